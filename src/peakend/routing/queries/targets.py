"""Targets: the policies, what applies to a conversation, and what is remembered of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord
from peakend.customers.queries import customer_briefs
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.naming import called
from peakend.routing.models import (
    SELECT_HOURS,
    SELECT_POLICY,
    HoursRow,
    SlaPolicyRow,
)
from peakend.routing.queries.hours import as_hours
from peakend.routing.rules.hours import Hours
from peakend.routing.rules.targets import Case, Mark, Policy, applying, lineage, unreached

MOST_POLICIES = 100
MOST_MARKS = 5_000

_HOURS_ID = """
SELECT hours_id FROM queue WHERE organisation_id = current_organisation() AND id = $1
"""
_MARKS = """
SELECT kind, at, until FROM sla_mark
WHERE organisation_id = current_organisation() AND conversation_id = $1
ORDER BY at DESC LIMIT $2
"""
_RUNNING = """
SELECT conversation_id FROM sla_clock
WHERE organisation_id = current_organisation() AND since IS NOT NULL
  AND ($1::uuid IS NULL OR conversation_id > $1)
ORDER BY conversation_id LIMIT $2
"""
_WAITING_SINCE = """
SELECT conversation_id FROM sla_clock
WHERE organisation_id = current_organisation() AND since IS NOT NULL AND since < $1
ORDER BY since LIMIT $2
"""
_SINCE = """
SELECT since FROM sla_clock
WHERE organisation_id = current_organisation() AND conversation_id = $1
"""


class PolicyNotFound(NotFound):
    """There is no such policy here."""

    wording = "routing.policy_not_found"


class PolicyView(SlaPolicyRow, frozen=True, kw_only=True):
    """A policy as it is shown; `behind` is one above that takes all it is for."""

    behind: UUID | None = None


class Applying(msgspec.Struct, frozen=True):
    """What is promised in a conversation, and the hours in which its time counts."""

    policy: Policy
    hours: Hours | None


class _Mark(msgspec.Struct, frozen=True):
    kind: str
    at: datetime
    until: datetime | None


async def policies(tx: Transaction) -> list[SlaPolicyRow]:
    """Return all policies in their order: the first that fits a conversation holds."""
    return await tx.all(SlaPolicyRow, SELECT_POLICY + " ORDER BY position, id LIMIT 100")


async def policy_views(tx: Transaction) -> list[PolicyView]:
    """Return all policies in their order, with which of those in use never come to hold."""
    rows = await policies(tx)
    used = [_policy(one) for one in rows if one.active]
    parents = await _parents(tx) if any(one.reason_ids for one in used) else {}
    behind = unreached(used, parents)
    return [PolicyView(**msgspec.structs.asdict(one), behind=behind.get(one.id)) for one in rows]


async def need_policy(tx: Transaction, policy_id: UUID) -> SlaPolicyRow:
    """Return a policy. Errors: PolicyNotFound."""
    found = await tx.one(SlaPolicyRow, SELECT_POLICY + " AND id = $1", policy_id)
    if found is None:
        raise PolicyNotFound
    return found


async def promised(tx: Transaction, row: ConversationRecord) -> Applying | None:
    """Return what is promised in a conversation as things stand now; None where nothing is."""
    known = [_policy(one) for one in await policies(tx) if one.active]
    case = await _case(tx, row, known)
    policy = applying(known, case)
    if policy is None:
        return None
    hours = None
    if not policy.round_the_clock and row.queue_id is not None:
        found = await tx.one(HoursRow, f"{SELECT_HOURS} AND id = ({_HOURS_ID})", row.queue_id)
        hours = as_hours(found) if found else None
    return Applying(policy, hours)


def _policy(row: SlaPolicyRow) -> Policy:
    return Policy(
        id=row.id,
        channels=frozenset(row.channels),
        queue_ids=frozenset(row.queue_ids),
        brand_ids=frozenset(row.brand_ids),
        tiers=frozenset(row.tiers),
        reason_ids=frozenset(row.reason_ids),
        first_reply_s=row.first_reply_s,
        next_reply_s=row.next_reply_s,
        resolve_s=row.resolve_s,
        round_the_clock=row.round_the_clock,
    )


async def _case(tx: Transaction, row: ConversationRecord, known: Sequence[Policy]) -> Case:
    """Return what the policies look at; what none of them asks for is not fetched."""
    tier = None
    if any(policy.tiers for policy in known):
        brief = (await customer_briefs(tx, [row.customer_id])).get(row.customer_id)
        tier = brief.tier if brief else None
    reasons: frozenset[UUID] = frozenset()
    if row.reason_id is not None and any(policy.reason_ids for policy in known):
        reasons = lineage(await _parents(tx), row.reason_id)
    return Case(
        channel=row.channel_kind,
        queue_id=row.queue_id,
        brand_id=row.brand_id,
        tier=tier,
        reason_ids=reasons,
    )


async def _parents(tx: Transaction) -> dict[UUID, UUID | None]:
    tree = await conversations.reason_tree(tx)
    return {node.id: node.parent_id for node in tree.nodes}


async def marks(tx: Transaction, conversation_id: UUID) -> list[Mark]:
    """Return what is remembered of a conversation's turns and pauses. Counts: the newest 5,000."""
    found = await tx.all(_Mark, _MARKS, conversation_id, MOST_MARKS)
    return [Mark(kind=one.kind, at=one.at, until=one.until) for one in reversed(found)]


async def running_since(tx: Transaction, conversation_id: UUID) -> datetime | None:
    """Return since when the clock of a conversation runs, as it was last looked at."""
    since: datetime | None = await tx.value(_SINCE, conversation_id)
    return since


async def running(tx: Transaction, after: UUID | None, limit: int) -> list[UUID]:
    """Return conversations whose clock runs, by id, after one."""

    class Running(msgspec.Struct, frozen=True):
        conversation_id: UUID

    return [one.conversation_id for one in await tx.all(Running, _RUNNING, after, limit)]


async def waiting_since(tx: Transaction, before: datetime, limit: int) -> list[UUID]:
    """Return conversations whose customers have waited for people since before a moment."""

    class Waiting(msgspec.Struct, frozen=True):
        conversation_id: UUID

    found = await tx.all(Waiting, _WAITING_SINCE, before, limit)
    return [one.conversation_id for one in found]


called(
    "sla_policy",
    "SELECT id, name FROM sla_policy"
    " WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
