"""What may be done to many conversations at once, what that needs, and what can be put back."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.automation.rules.macros import MOST_TAGS, Priority, Standing, What, refusal

MOST_CHOSEN = 5_000
GATHERED_AT_ONCE = 500
UNDO_WITHIN = timedelta(minutes=10)

Bulk = Literal["assign", "queue", "tag", "untag", "priority", "snooze", "close", "reopen", "macro"]
# These change one row each, and nobody's load: several go in one transaction.
LIGHT: dict[str, int] = {"tag": 20, "untag": 20, "priority": 20, "snooze": 20}
UNDOABLE: frozenset[str] = frozenset({"assign", "tag", "untag", "priority", "snooze", "close"})
# What was said since stands beside these; before all others somebody should look again.
ANYHOW: frozenset[str] = frozenset({"tag", "untag"})
PROGRESS_EVERY = 20

_STEPS: dict[str, What] = {
    "assign": "assign", "queue": "transfer", "tag": "tags", "untag": "tags",
    "priority": "priority", "snooze": "snooze", "close": "close",
}  # fmt: skip
RIGHTS: dict[str, str] = {
    "assign": "conversations.assign",
    "queue": "conversations.transfer",
    "close": "conversations.close",
    "reopen": "conversations.close",
}


class BulkArgs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an act needs to know; only what belongs to it may be given."""

    agent_id: UUID | None = None
    queue_id: UUID | None = None
    tag_ids: Annotated[list[UUID], Meta(max_length=MOST_TAGS)] = []
    priority: Priority | None = None
    until: datetime | None = None
    reason_id: UUID | None = None
    solved: bool | None = None
    macro_id: UUID | None = None


_NEEDS: dict[str, tuple[str, ...]] = {
    "assign": ("agent_id",),
    "queue": ("queue_id",),
    "tag": ("tag_ids",),
    "untag": ("tag_ids",),
    "priority": ("priority",),
    "snooze": ("until",),
    "close": ("solved",),
    "reopen": (),
    "macro": ("macro_id",),
}
_MAY: dict[str, tuple[str, ...]] = {"close": ("reason_id",), "macro": ("reason_id", "solved")}


def args_fault(what: Bulk, args: BulkArgs) -> str | None:
    """Return which argument is missing or does not belong to the act; None where all fit."""
    given = {name for name in args.__struct_fields__ if getattr(args, name) not in (None, [])}
    for name in _NEEDS[what]:
        if name not in given:
            return name
    strange = given - {*_NEEDS[what], *_MAY.get(what, ())}
    return min(strange) if strange else None


def bulk_refusal(what: Bulk, standing: Standing) -> str | None:
    """Return the wording of why an act is not for this person here; None where it is."""
    if RIGHTS.get(what, "conversations.note") not in standing.rights:
        return "kernel.not_permitted"
    step = _STEPS.get(what)
    return refusal(step, standing) if step is not None else None


def undo_until(what: str, finished_at: datetime | None, done: int) -> datetime | None:
    """Return until when an act can be put back; None where it cannot."""
    if what not in UNDOABLE or finished_at is None or not done:
        return None
    return finished_at + UNDO_WITHIN


def same(now: dict[str, Any], after: dict[str, Any]) -> bool:
    """Say whether a conversation still is as an act left it."""
    return now == after
