"""How much of his limits each member has used, today and this month."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import Member, members, organisation, rights_of
from peakend.complaints.models.authority import AUTHORITY_COLUMNS, Authority
from peakend.complaints.queries.authority import limits_in
from peakend.complaints.rules.authority import MOST_AUTHORITIES, Limits, Subject, limits_of
from peakend.kernel.db import Transaction

GRANTS = "compensation.grant"
_ALL = f"""
SELECT {AUTHORITY_COLUMNS} FROM grant_authority
WHERE organisation_id = current_organisation()
LIMIT {MOST_AUTHORITIES}
"""  # noqa: S608 (names of columns only)
# As the limits themselves count: what somebody else approved is not of his own authority.
_USED = """
SELECT by_id,
       coalesce(sum(cost_fen) FILTER (WHERE made_at >= $1), 0)::bigint AS day_fen,
       coalesce(sum(cost_fen), 0)::bigint AS month_fen,
       count(*)::int AS grants
FROM compensation_grant
WHERE organisation_id = current_organisation()
  AND made_at >= $2
  AND by_id IS NOT NULL
  AND request_id IS NULL
  AND NOT automatic
  AND state IN ('offered', 'granted', 'used', 'expired')
GROUP BY by_id LIMIT 2000
"""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a member gave by himself, and how much he may. Units: fen; `grants` are of the month."""

    member_id: UUID
    name: str
    limits: Limits
    subject: Subject | None
    day_fen: int
    month_fen: int
    grants: int


class _Used(msgspec.Struct, frozen=True):
    by_id: UUID
    day_fen: int
    month_fen: int
    grants: int


async def authority_usage(tx: Transaction) -> list[Usage]:
    """Return how much of his limits each member who may give has used, the most first."""
    zone = ZoneInfo((await organisation(tx)).time_zone)
    today = datetime.combine(tx.now.astimezone(zone).date(), time(), zone)
    used = {one.by_id: one for one in await tx.all(_Used, _USED, today, today.replace(day=1))}
    everybody = await members(tx, active_only=True)
    rights = await rights_of(tx, [one.id for one in everybody])
    rows = await tx.all(Authority, _ALL)
    found = [
        _usage(one, rows, used.get(one.id))
        for one in everybody
        if one.id in used or GRANTS in rights[one.id].permissions
    ]
    return sorted(found, key=lambda one: (-one.month_fen, one.name))


def _usage(member: Member, rows: Sequence[Authority], used: _Used | None) -> Usage:
    roles = {member.built_in or member.role, *(str(one) for one in member.role_ids)}
    own = next((limits_in(one) for one in rows if one.member_id == member.id), None)
    everybody = next((limits_in(one) for one in rows if one.subject == "everybody"), None)
    of_roles = [limits_in(one) for one in rows if one.subject == "role" and one.role in roles]
    limits, subject = limits_of(own, of_roles, everybody)
    return Usage(
        member_id=member.id,
        name=member.name,
        limits=limits,
        subject=subject,
        day_fen=used.day_fen if used else 0,
        month_fen=used.month_fen if used else 0,
        grants=used.grants if used else 0,
    )
