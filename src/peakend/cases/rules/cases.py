"""The states of a case, who sees it, and how urgent it may become.

open: nobody works on it yet. working. waiting: for the customer or somebody outside; its clock
stands. done: what was asked for is done, the customer is not told yet. closed: told, or why not.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from peakend.kernel.actors import Actor

CaseState = Literal["open", "working", "waiting", "done", "closed"]
MovedTo = Literal["open", "working", "waiting", "done"]
CasePriority = Literal["normal", "high", "urgent"]
LinkKind = Literal["origin", "later", "repeat", "complaint"]

STATES: tuple[CaseState, ...] = ("open", "working", "waiting", "done", "closed")
OPEN_STATES: tuple[CaseState, ...] = ("open", "working", "waiting", "done")
PRIORITIES: tuple[CasePriority, ...] = ("normal", "high", "urgent")
REOPENED_WITHIN = timedelta(days=30)

_NUMBER = re.compile(r"^\s*(?:w\s*-?\s*)?(\d{1,18})\s*$", re.IGNORECASE)


def may_move(former: str, to: str) -> bool:
    """Say whether a case may be put from one state into another.

    Closing is no move: it takes that the customer was told. Nor is opening what was closed.
    """
    return former in OPEN_STATES and to in OPEN_STATES and former != to


def may_reopen(state: str, closed_at: datetime | None, now: datetime) -> bool:
    """Say whether a closed case may be worked on again."""
    return state == "closed" and closed_at is not None and now - closed_at <= REOPENED_WITHIN


def may_see(
    actor: Actor,
    *,
    owner_id: UUID | None,
    opened_by: UUID | None,
    queue_id: UUID | None,
    brand_id: UUID | None,
    customer_id: UUID,
    teammates: Collection[UUID] = (),
    party: bool = False,
) -> bool:
    """Say whether a case exists for this actor; `party` says that he has a part of it."""
    if actor.kind == "visitor":
        return actor.customer_id is not None and actor.customer_id == customer_id
    if actor.sees_all or party:
        return True
    if actor.id is not None and actor.id in (owner_id, opened_by):
        return True
    if brand_id is not None and brand_id in actor.seen_brand_ids:
        return True
    if actor.scope != "queue":
        return False
    if queue_id is not None and queue_id in actor.queue_ids:
        return True
    return owner_id is not None and owner_id in teammates


def may_assign(actor: Actor, owner_id: UUID | None, to: UUID | None) -> bool:
    """Say whether an actor may decide who sees to a case: himself where nobody does, or lead."""
    if actor.kind != "member" or actor.may("cases.manage"):
        return True
    if to == actor.id:
        return owner_id in (None, actor.id)
    return to is None and owner_id == actor.id


def higher(one: str, other: str) -> CasePriority:
    """Return the more urgent of two priorities."""
    return max((p for p in PRIORITIES if p in (one, other)), key=PRIORITIES.index)


def shown_number(number: int) -> str:
    """Return a case's number as people say it."""
    return f"W-{number}"


def number_in(words: str) -> int | None:
    """Return the number that somebody looks for: `W-1024`, `w1024`, `1024`; None for words."""
    found = _NUMBER.match(words)
    return int(found[1]) if found else None
