"""The same matter settled differently: same reason, same fault, same severity (F90)."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import ComplaintRow
from peakend.complaints.queries.lists import reason_labels
from peakend.complaints.rules.recording import Fault, Solution
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

MOST_GROUPS, MOST_IN_GROUP, LOOKED_BACK = 50, 20, timedelta(days=180)

# A fault that nobody named is no same fault.
_ALIKE = """
FROM complaint
WHERE organisation_id = current_organisation() AND state IN ('settled', 'unsettled', 'closed')
  AND solution IS NOT NULL AND fault <> 'unknown' AND filed_at >= $1
"""
_GROUPS = f"""
SELECT reason_id, fault, severity, count(*)::int AS count,
    mode() WITHIN GROUP (ORDER BY solution) AS usual,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY compensation_fen)::bigint AS usual_fen,
    min(compensation_fen) AS least_fen, max(compensation_fen) AS most_fen,
    count(DISTINCT solution)::int AS solutions
{_ALIKE}
  AND ($2 OR owner_id = $3 OR filed_by = $3 OR brand_id = ANY($4::uuid[])
       OR queue_id = ANY($5::uuid[]))
  AND ($6::uuid IS NULL OR brand_id = $6)
GROUP BY reason_id, fault, severity
HAVING count(DISTINCT solution) > 1 OR min(compensation_fen) <> max(compensation_fen)
ORDER BY max(compensation_fen) - min(compensation_fen) DESC, count(*) DESC LIMIT $7
"""
_MEMBERS = f"""
SELECT * FROM (
    SELECT id, number, reason_id, fault, severity, solution, compensation_fen, owner_id, filed_at,
        row_number() OVER (
            PARTITION BY reason_id, fault, severity ORDER BY filed_at DESC, id) AS place
    {_ALIKE}
      AND ($2 OR owner_id = $3 OR filed_by = $3 OR brand_id = ANY($4::uuid[])
           OR queue_id = ANY($5::uuid[]))
      AND ($6::uuid IS NULL OR brand_id = $6)
) m WHERE place <= $7 ORDER BY filed_at DESC, id LIMIT 1000
"""  # noqa: S608 (our own words)
_PRECEDENT = f"""
SELECT count(*)::int AS count, mode() WITHIN GROUP (ORDER BY solution) AS usual,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY compensation_fen)::bigint AS usual_fen
{_ALIKE}
  AND reason_id IS NOT DISTINCT FROM $2 AND fault = $3 AND severity = $4 AND id <> $5
  AND brand_id IS NOT DISTINCT FROM $6
"""  # noqa: S608 (our own words)


class Precedent(msgspec.Struct, frozen=True):
    """How the same matter was settled before: most often so, half of them with at least so much."""

    count: int
    usual: Solution
    usual_fen: int


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint among those alike; `differs` where it is not the usual way."""

    id: UUID
    number: int
    solution: Solution
    compensation_fen: int
    owner: str | None
    filed_at: datetime
    differs: bool


class Uneven(msgspec.Struct, frozen=True, kw_only=True):
    """The same matter with differing solutions or compensation.

    Counts: the last 180 days; the 20 newest of each.
    """

    reason: str | None
    fault: Fault
    severity: int
    count: int
    usual: Solution
    usual_fen: int
    least_fen: int
    most_fen: int
    items: list[Settled]


class _Group(msgspec.Struct, frozen=True):
    reason_id: UUID | None
    fault: Fault
    severity: int
    count: int
    usual: Solution
    usual_fen: int
    least_fen: int
    most_fen: int
    solutions: int


class _Member(msgspec.Struct, frozen=True):
    id: UUID
    number: int
    reason_id: UUID | None
    fault: str
    severity: int
    solution: Solution
    compensation_fen: int
    owner_id: UUID | None
    filed_at: datetime
    place: int


class _Before(msgspec.Struct, frozen=True):
    count: int
    usual: Solution | None
    usual_fen: int | None


async def precedent(tx: Transaction, row: ComplaintRow) -> Precedent | None:
    """Return how the house settled the same matter before; None where it has not."""
    if row.fault == "unknown":
        return None
    found = await tx.one(
        _Before, _PRECEDENT, tx.now - LOOKED_BACK, row.reason_id, row.fault, row.severity, row.id,
        row.brand_id,
    )  # fmt: skip
    if found is None or found.usual is None or found.usual_fen is None:
        return None
    return Precedent(found.count, found.usual, found.usual_fen)


async def consistency(
    tx: Transaction, actor: Actor, *, brand_id: UUID | None = None
) -> list[Uneven]:
    """Return what was settled differently though it is the same, the widest first."""
    given = (
        tx.now - LOOKED_BACK, actor.sees_all, actor.id, actor.seen_brands, actor.seen_queues,
        brand_id,
    )  # fmt: skip
    groups = await tx.all(_Group, _GROUPS, *given, MOST_GROUPS)
    if not groups:
        return []
    members = await tx.all(_Member, _MEMBERS, *given, MOST_IN_GROUP)
    names = await accounts.member_names(tx, {one.owner_id for one in members if one.owner_id})
    reasons = await reason_labels(tx)
    return [
        Uneven(
            reason=reasons.get(group.reason_id) if group.reason_id else None,
            fault=group.fault,
            severity=group.severity,
            count=group.count,
            usual=group.usual,
            usual_fen=group.usual_fen,
            least_fen=group.least_fen,
            most_fen=group.most_fen,
            items=[_settled(one, group, names) for one in members if _of(one, group)],
        )
        for group in groups
    ]


def _of(one: _Member, group: _Group) -> bool:
    return (one.reason_id, one.fault, one.severity) == (
        group.reason_id, group.fault, group.severity
    )  # fmt: skip


def _settled(one: _Member, group: _Group, names: dict[UUID, str]) -> Settled:
    return Settled(
        id=one.id,
        number=one.number,
        solution=one.solution,
        compensation_fen=one.compensation_fen,
        owner=names.get(one.owner_id) if one.owner_id else None,
        filed_at=one.filed_at,
        differs=one.solution != group.usual or one.compensation_fen != group.usual_fen,
    )
