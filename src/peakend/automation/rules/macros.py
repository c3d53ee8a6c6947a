"""What a macro may hold, in which order its steps go, and who may take which of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

LONGEST_TEXT = 4_000
MOST_TAGS = 20
MOST_MACROS = 1_000

Scope = Literal["all", "team", "own"]
Priority = Literal["low", "normal", "high", "urgent"]
End = Literal["transfer", "assign", "snooze", "close"]
Later = Literal["hour", "tomorrow", "monday"]
What = Literal[
    "take",
    "reply",
    "card",
    "note",
    "tags",
    "reason",
    "priority",
    "transfer",
    "assign",
    "snooze",
    "close",
]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom a conversation is passed on."""

    kind: Literal["agent", "team", "queue"]
    id: UUID


class Steps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a macro does. The order is fixed, and it ends in one way at most."""

    take: bool = False
    reply: Text = ""
    # A template of cards, an order, a step or replies to choose from.
    rich_template_id: UUID | None = None
    note: Text = ""
    tag_ids: Annotated[list[UUID], Meta(max_length=MOST_TAGS)] = []
    reason_id: UUID | None = None
    priority: Priority | None = None
    end: End | None = None
    to: Target | None = None
    snooze: Later | None = None
    solved: bool | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation stands for the person who would run a macro."""

    state: str
    agent_id: UUID | None
    by_id: UUID | None
    rights: frozenset[str]

    @property
    def mine(self) -> bool:
        """Say whether the person holds it."""
        return self.state == "serving" and self.agent_id is not None and self.agent_id == self.by_id


def order(steps: Steps) -> list[What]:
    """Return the steps in the order in which they go."""
    found: list[What] = []
    if steps.take:
        found.append("take")
    if steps.reply:
        found.append("reply")
    if steps.rich_template_id:
        found.append("card")
    if steps.note:
        found.append("note")
    if steps.tag_ids:
        found.append("tags")
    if steps.reason_id:
        found.append("reason")
    if steps.priority:
        found.append("priority")
    if steps.end:
        found.append(steps.end)
    return found


def steps_fault(steps: Steps) -> str | None:
    """Return which field of the steps does not fit the others; None where all do."""
    if not order(steps):
        return "steps"
    if steps.end in ("transfer", "assign"):
        if steps.to is None or (steps.end == "assign" and steps.to.kind != "agent"):
            return "to"
    elif steps.to is not None:
        return "to"
    if (steps.end == "snooze") != (steps.snooze is not None):
        return "snooze"
    if steps.solved is not None and steps.end != "close":
        return "solved"
    return None


def is_shared_as_wide(scope: Scope, team_id: UUID | None, card: Scope, of: UUID | None) -> bool:
    """Say whether everybody who may run a macro may use its card, too."""
    return scope == "own" or card == "all" or (scope == card == "team" and team_id == of)


_RIGHTS: dict[What, str] = {
    "take": "conversations.assign_self",
    "reply": "conversations.reply",
    "card": "conversations.reply",
    "note": "conversations.note",
    "tags": "conversations.note",
    "reason": "conversations.note",
    "priority": "conversations.note",
    "transfer": "conversations.transfer",
    "assign": "conversations.assign",
    "snooze": "conversations.note",
    "close": "conversations.close",
}


def refusal(what: What, standing: Standing) -> str | None:
    """Return the wording of why a step is not for this person now; None where it is."""
    if _RIGHTS[what] not in standing.rights:
        return "kernel.not_permitted"
    if standing.state == "closed" and what not in ("note", "tags", "reason", "priority"):
        return "conversations.closed"
    leads = "conversations.take_over" in standing.rights
    if what == "take" and standing.state == "serving" and not (standing.mine or leads):
        return "routing.held_by_colleague"
    if what in ("reply", "card", "snooze"):
        held = standing.state == "serving" and (standing.mine or leads)
        return None if held else "conversations.not_yours"
    if what == "transfer":
        may_pass = standing.mine or "conversations.assign" in standing.rights
        return None if standing.state == "serving" and may_pass else "routing.not_held"
    if what == "close" and not (standing.mine or leads):
        return "conversations.not_yours"
    return None


def snoozed_to(later: Later, times: Sequence[tuple[str, datetime]]) -> datetime | None:
    """Return the moment that is meant, of the times that the house offers (soonest first).

    Where tomorrow or Monday is no day of business it is the next day that is one.
    """
    if later == "hour":
        return next((at for when, at in times if when == "hour"), None)
    days = [(when, at) for when, at in times if when in ("tomorrow", "monday", "opening")]
    if not days:
        return None
    if later == "tomorrow":
        return days[0][1]
    return next((at for when, at in days if when == "monday"), days[-1][1])
