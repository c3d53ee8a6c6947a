"""Whose replies a senior must see before they go, and when waiting is too long."""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

BuiltIn = Literal["agent", "supervisor", "admin"]
MOST_NAMED = 200
WARN_MIN = (1, 240)
NEWCOMER_DAYS = (0, 365)
LONGEST_WHY = 500


class ApprovalRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members, roles and queues whose replies wait; minutes until writer and seniors are warned.

    Counts: `newcomer_days` is for how many days after joining a named role waits, 0 is always;
    `role_queue_ids` are the queues that roles wait in, none is all.
    """

    member_ids: list[UUID] = []
    built_in: list[BuiltIn] = []
    role_ids: list[UUID] = []
    role_queue_ids: list[UUID] = []
    newcomer_days: int = 0
    queue_ids: list[UUID] = []
    own_team: bool = False
    warn_min: int = 10


class Held(msgspec.Struct, frozen=True):
    """The same as sets, to be asked with every reply; `holders` are who holds a named role."""

    members: frozenset[UUID]
    holders: frozenset[UUID]
    role_queues: frozenset[UUID]
    queues: frozenset[UUID]

    @property
    def by_queue(self) -> bool:
        """Say whether it matters in which queue somebody writes."""
        return bool(self.queues or (self.holders and self.role_queues))


def held(rules: ApprovalRules, holders: Iterable[UUID] = ()) -> Held:
    """Return the rules in the form in which they are asked."""
    return Held(
        frozenset(rules.member_ids),
        frozenset(holders),
        frozenset(rules.role_queue_ids),
        frozenset(rules.queue_ids),
    )


def must_ask(
    rules: Held, *, member_id: UUID | None, senior: bool, queue_id: UUID | None = None
) -> bool:
    """Say whether a reply has to wait: of a named member always, in a named queue of no senior.

    Of a named role it waits everywhere, or in the queues that are named for roles.
    """
    if member_id is not None and member_id in rules.members:
        return True
    if member_id in rules.holders and (not rules.role_queues or queue_id in rules.role_queues):
        return True
    return queue_id is not None and not senior and queue_id in rules.queues


def too_many(ids: Sequence[object]) -> bool:
    """Say whether more are named than anybody looks after."""
    return len(ids) > MOST_NAMED
