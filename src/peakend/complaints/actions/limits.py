"""Whether somebody may give so much by himself, looked at under the lock of who gives."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from peakend.accounts.queries import organisation
from peakend.complaints.models.authority import AUTHORITY_COLUMNS, Authority
from peakend.complaints.rules.authority import Limits, Spent, limits_of, within_authority
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

_AUTHORITIES = f"""
SELECT {AUTHORITY_COLUMNS} FROM grant_authority
WHERE organisation_id = current_organisation()
  AND (subject = 'everybody' OR role = ANY($1::text[]) OR member_id = $2)
LIMIT 100
"""  # noqa: S608 (names of columns only)
# What somebody else approved is not of his own authority.
_SPENT = """
SELECT coalesce(sum(cost_fen) FILTER (WHERE case_id = $2 OR conversation_id = $5), 0)::bigint
           AS case_fen,
       coalesce(sum(cost_fen) FILTER (WHERE made_at >= $3), 0)::bigint AS day_fen,
       coalesce(sum(cost_fen) FILTER (WHERE made_at >= $4), 0)::bigint AS month_fen
FROM compensation_grant
WHERE organisation_id = current_organisation()
  AND by_id = $1
  AND request_id IS NULL
  AND NOT automatic
  AND state IN ('offered', 'granted', 'used', 'expired')
  AND (made_at >= $4 OR case_id = $2 OR conversation_id = $5)
"""


async def over_authority(
    tx: Transaction,
    by: Actor,
    cost_fen: int,
    *,
    case_id: UUID | None,
    conversation_id: UUID | None,
) -> str:
    """Return which limit of the giver it is above: single, case, day, month; empty for none."""
    spent = await own_spent(tx, by, case_id=case_id, conversation_id=conversation_id)
    found = within_authority(await own_limits(tx, by), spent, cost_fen)
    return "" if found == "yes" else found


async def own_limits(tx: Transaction, by: Actor) -> Limits:
    """Return what somebody may give without asking."""
    rows = await tx.all(Authority, _AUTHORITIES, sorted({*by.roles, by.role}), by.id)
    of = {row.subject: _limits(row) for row in rows}
    roles = [_limits(row) for row in rows if row.subject == "role"]
    return limits_of(of.get("member"), roles, of.get("everybody"))[0]


async def own_spent(
    tx: Transaction, by: Actor, *, case_id: UUID | None, conversation_id: UUID | None
) -> Spent:
    """Return what somebody gave without asking: for a matter, today and this month.

    A matter is a case, or the conversation where there is none.
    """
    zone = ZoneInfo((await organisation(tx)).time_zone)
    today = datetime.combine(tx.now.astimezone(zone).date(), time(), zone)
    month = today.replace(day=1)
    found = await tx.one(Spent, _SPENT, by.id, case_id, today, month, conversation_id)
    assert found is not None
    return found


def _limits(row: Authority) -> Limits:
    return Limits(**{name: getattr(row, name) for name in Limits.__struct_fields__})
