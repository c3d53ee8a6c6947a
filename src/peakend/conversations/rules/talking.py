"""What may be quoted, taken back, and put to a message."""

from datetime import datetime, timedelta
from typing import Literal, get_args

Reaction = Literal["like", "heart", "smile", "thanks", "worried", "done"]
REACTIONS: tuple[str, ...] = get_args(Reaction)
MOST_REACTIONS = 20

RECALL_WITHIN = timedelta(minutes=2)
# A request made at the last moment travels for a while.
RECALL_GRACE = timedelta(seconds=5)

# What both sides see, and may therefore answer to.
SAID = ("customer", "agent", "digital")
OWN = ("customer", "agent", "note")


def in_time_to_recall(at: datetime, now: datetime) -> bool:
    """Say whether a message is young enough to be taken back."""
    return now - at <= RECALL_WITHIN + RECALL_GRACE


def may_quote(kind: str, *, into: str, here: bool) -> bool:
    """Say whether a message of a kind may be quoted in another; `here` is the same conversation.

    Only a note quotes notes, and only a note carries something to another conversation: nothing
    internal reaches a customer, and nothing of one customer another one.
    """
    if into == "note":
        return kind in (*SAID, "note")
    return kind in SAID and (here or into == "customer")


def with_reaction(
    known: list[dict[str, str]], by: str, code: Reaction | None
) -> list[dict[str, str]] | None:
    """Return reactions after one person's new one: each has at most one; None where full."""
    others = [one for one in known if one["by"] != by]
    if code is None:
        return others
    return None if len(others) >= MOST_REACTIONS else [*others, {"by": by, "code": code}]
