"""One compensation whole: what it was for, by which line of which scheme, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names, member_names
from peakend.complaints.models.grants import Grant
from peakend.complaints.models.ledger import LedgerRow
from peakend.complaints.queries.grants import GrantView, grant_view, need_grant
from peakend.complaints.queries.ledger import Sought, ledger_rows
from peakend.complaints.queries.lists import reason_labels
from peakend.customers.queries import customer_briefs
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

_TYPES = [
    "CompensationAsked", "CompensationOffered", "CompensationTold", "CompensationGranted",
    "CompensationRefused", "CompensationEnded", "CompensationUsed", "VoucherSettled",
    "VoucherAskedAgain",
]  # fmt: skip
_SAID = ("over", "off_scheme", "approved", "by", "after_s", "how", "adapter", "state", "attempt")
# By type and moment: facts of one grant are looked for among those of its time.
_FACTS = """
SELECT id, type, occurred_at, actor, payload FROM event
WHERE organisation_id = current_organisation()
  AND type = ANY($1::text[])
  AND occurred_at >= $2
  AND subject = $3
ORDER BY id LIMIT 50
"""
_SCHEME = """
SELECT s.id AS scheme_id, t.id AS table_id, t.version, t.brand_id, s.liability, s.severity,
       s.reason_id
FROM scheme s
JOIN scheme_table t ON t.organisation_id = s.organisation_id AND t.id = s.table_id
WHERE s.organisation_id = current_organisation() AND s.id = $1
"""


class GrantStep(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a compensation; `said` are codes and numbers."""

    id: UUID
    type: str
    at: datetime
    by_kind: str
    by: str | None
    said: dict[str, Any]


class GrantLine(msgspec.Struct, frozen=True, kw_only=True):
    """The line of the scheme that said so."""

    scheme_id: UUID
    table_id: UUID
    version: int
    brand_id: UUID | None
    liability: str
    severity: int | None
    reason_id: UUID | None
    reason: str | None = None


class GrantFile(msgspec.Struct, frozen=True, kw_only=True):
    """A compensation whole: by which line of the scheme, what happened, what stands in the books.

    Counts: the first fifty facts; the books have at most six entries of one.
    """

    grant: GrantView
    customer: str
    brand: str | None
    reason_code: str
    line: GrantLine | None
    steps: list[GrantStep]
    books: list[LedgerRow]


class _Fact(msgspec.Struct, frozen=True):
    id: UUID
    type: str
    occurred_at: datetime
    actor: str
    payload: dict[str, Any]


async def grant_file(tx: Transaction, grant_id: UUID, actor: Actor) -> GrantFile:
    """Return a compensation whole. Errors: GrantNotFound."""
    grant = await need_grant(tx, grant_id, actor)
    briefs = await customer_briefs(tx, [grant.customer_id], actor.language)
    customer = briefs.get(grant.customer_id)
    brands = await brand_names(tx)
    return GrantFile(
        grant=await grant_view(tx, grant_id, actor),
        customer=customer.name if customer else "",
        brand=brands.get(grant.brand_id) if grant.brand_id else None,
        reason_code=grant.reason_code,
        line=await _line(tx, grant),
        steps=await _steps(tx, grant),
        books=[one async for one in ledger_rows(tx, actor, Sought(grant_id=grant_id))],
    )


async def _line(tx: Transaction, grant: Grant) -> GrantLine | None:
    if grant.scheme_id is None:
        return None
    found = await tx.one(GrantLine, _SCHEME, grant.scheme_id)
    if found is None or found.reason_id is None:
        return found
    names = await reason_labels(tx)
    return msgspec.structs.replace(found, reason=names.get(found.reason_id))


async def _steps(tx: Transaction, grant: Grant) -> list[GrantStep]:
    facts = await tx.all(_Fact, _FACTS, _TYPES, grant.made_at, grant.id)
    names = await member_names(tx, {one for fact in facts if (one := _who(fact.actor))})
    return [
        GrantStep(
            id=fact.id,
            type=fact.type,
            at=fact.occurred_at,
            by_kind=fact.actor.partition(":")[0],
            by=names.get(who) if (who := _who(fact.actor)) else None,
            said={name: fact.payload[name] for name in _SAID if name in fact.payload},
        )
        for fact in facts
    ]


def _who(actor: str) -> UUID | None:
    kind, _, found = actor.partition(":")
    return UUID(found) if kind == "member" and found else None
