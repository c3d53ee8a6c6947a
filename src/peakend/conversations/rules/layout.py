"""Two timelines become one, or one becomes two: who stands where, and what is read of it; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.conversations.rules.states import Kind

# So many messages are numbered anew at once; longer conversations stay apart.
MOST_MESSAGES = 2000
SPOKEN = frozenset({"customer", "agent", "digital"})


class Header(msgspec.Struct, frozen=True):
    """A message without its words; the marks say what the other side has seen of it."""

    id: UUID
    conversation_id: UUID
    seq: int
    kind: Kind
    at: datetime
    read: bool = False
    delivered: bool = False
    agent_read: bool = False


class Marks(msgspec.Struct, frozen=True):
    """How far each side has come in a new order."""

    read: int
    delivered: int
    agent_read: int


def interleaved(messages: Iterable[Header]) -> list[Header]:
    """Return the messages of several conversations in the order of time.

    Within one conversation the order stays as it was, even where two clocks disagreed.
    """
    latest: dict[UUID, datetime] = {}
    keyed = []
    for one in sorted(messages, key=lambda m: m.seq):
        at = max(latest.get(one.conversation_id, one.at), one.at)
        latest[one.conversation_id] = at
        keyed.append((at, one.conversation_id, one.seq, one))
    return [one for *_, one in sorted(keyed, key=lambda k: k[:3])]


def marks(ordered: Sequence[Header]) -> Marks:
    """Return marks that call nothing seen which was not, in an order numbered from 1."""

    def before_first(unseen: Iterable[bool]) -> int:
        return next((at for at, new in enumerate(unseen) if new), len(ordered))

    ours = [one.kind in ("agent", "digital") for one in ordered]
    return Marks(
        before_first(own and not one.read for own, one in zip(ours, ordered, strict=True)),
        before_first(own and not one.delivered for own, one in zip(ours, ordered, strict=True)),
        before_first(one.kind == "customer" and not one.agent_read for one in ordered),
    )


def unanswered(ordered: Sequence[Header]) -> list[Header]:
    """Return what the customer said since the last answer of a person."""
    found: list[Header] = []
    for one in ordered:
        if one.kind == "agent":
            found = []
        elif one.kind == "customer":
            found.append(one)
    return found


def last_spoken(ordered: Sequence[Header]) -> Header | None:
    """Return the newest message that was said by or to the customer."""
    return next((one for one in reversed(ordered) if one.kind in SPOKEN), None)
