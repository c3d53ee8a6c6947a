"""Whose replies a senior must see before they go, and when waiting is too long."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

MOST_NAMED = 200
WARN_MIN = (1, 240)
LONGEST_WHY = 500


class ApprovalRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members and queues whose replies wait; minutes until writer and seniors are warned."""

    member_ids: list[UUID] = []
    queue_ids: list[UUID] = []
    warn_min: int = 10


class Held(msgspec.Struct, frozen=True):
    """The same as sets, to be asked with every reply."""

    members: frozenset[UUID]
    queues: frozenset[UUID]


def held(rules: ApprovalRules) -> Held:
    """Return the rules in the form in which they are asked."""
    return Held(frozenset(rules.member_ids), frozenset(rules.queue_ids))


def must_ask(
    rules: Held, *, member_id: UUID | None, senior: bool, queue_id: UUID | None = None
) -> bool:
    """Say whether a reply has to wait: of a named member always, in a named queue of no senior."""
    if member_id is not None and member_id in rules.members:
        return True
    return queue_id is not None and not senior and queue_id in rules.queues


def too_many(ids: Sequence[UUID]) -> bool:
    """Say whether more are named than anybody looks after."""
    return len(ids) > MOST_NAMED
