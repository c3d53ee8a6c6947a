"""Lists of customers, and finding them by name or by an exact identity."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.customers.queries.cards import CustomerRow, identities
from peakend.customers.queries.sealing import blind_identity
from peakend.customers.queries.seeing import (
    IdentityView,
    first_of_each_kind,
    identity_view,
    shown_name,
)
from peakend.customers.rules import KINDS, folded, normal, sought_grams
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    tier: str
    verified: bool
    since: datetime


_LATEST = """
    SELECT id, name, tier, verified, since
    FROM customer
    WHERE organisation_id = current_organisation()
      AND known
      AND ($1::uuid IS NULL OR id < $1)
    ORDER BY id DESC
    LIMIT $2
"""
# Equality on grams is an index condition also under row-level security; newest come first.
_BY_NAME = """
    SELECT c.id, c.name, c.tier, c.verified, c.since
    FROM customer_gram g
    JOIN customer c
      ON c.organisation_id = g.organisation_id
     AND c.id = g.customer_id
    WHERE g.organisation_id = current_organisation()
      AND g.gram = $1
      AND ($4::uuid IS NULL OR g.customer_id < $4)
      AND NOT EXISTS (
          SELECT FROM unnest($2::text[]) AS wanted (gram)
          WHERE NOT EXISTS (
              SELECT FROM customer_gram o
              WHERE o.organisation_id = g.organisation_id
                AND o.gram = wanted.gram
                AND o.customer_id = g.customer_id
          )
      )
      AND strpos(c.folded, $3) > 0
      AND c.merged_into_id IS NULL
    ORDER BY g.customer_id DESC
    LIMIT $5
"""
_BY_IDENTITY = """
    SELECT DISTINCT c.id, c.name, c.tier, c.verified, c.since
    FROM identity i
    JOIN customer c
      ON c.organisation_id = i.organisation_id
     AND c.id = i.customer_id
    WHERE i.organisation_id = current_organisation()
      AND i.kind = ANY($1::text[])
      AND i.blind = ANY($2::bytea[])
      AND c.merged_into_id IS NULL
      AND ($3::uuid IS NULL OR c.id < $3)
    ORDER BY c.id DESC
    LIMIT $4
"""


async def customer_page(
    tx: Transaction, *, q: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CustomerRow]:
    """Return customers who are known by name or identity, newest first; those found with `q`."""
    if q and q.strip():
        return await search(tx, q, limit, cursor)
    rows = await tx.all(_Row, _LATEST, _before(cursor), limit + 1)
    return await _page(tx, rows, limit)


async def search(
    tx: Transaction, q: str, limit: int = 20, cursor: str | None = None
) -> Page[CustomerRow]:
    """Return customers whose name holds `q`, or who have exactly this phone, mail or login.

    A part of a number finds nobody: what is masked cannot be guessed digit by digit.
    """
    plain = folded(q)[:100]
    before = _before(cursor)
    rows: list[_Row] = []
    if any(char.isdigit() or char == "@" for char in plain):
        forms = [(kind, normal(kind, q)) for kind in KINDS]
        blinds = [blind_identity(tx.organisation_id, kind, form) for kind, form in forms if form]
        rows = await tx.all(_Row, _BY_IDENTITY, list(KINDS), blinds, before, limit + 1)
    # Who sees no names whole finds nobody by parts of one: what is masked cannot be guessed.
    wanted = sought_grams(plain) if tx.actor.level("name", "whole") == "whole" else []
    if not rows and wanted:
        rows = await tx.all(_Row, _BY_NAME, wanted[0], wanted[1:], plain, before, limit + 1)
    return await _page(tx, rows, limit)


def _before(cursor: str | None) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(str(cursor_decode(cursor, 1)[0]))
    except ValueError as error:
        raise WrongCursor from error


async def customer_rows(tx: Transaction, ids: list[UUID]) -> list[CustomerRow]:
    """Return customers as lists show them."""
    rows = await tx.all(
        _Row,
        """
        SELECT id, name, tier, verified, since
        FROM customer
        WHERE organisation_id = current_organisation()
          AND id = ANY($1::uuid[])
        """,
        ids,
    )
    return (await _page(tx, rows, len(rows))).items if rows else []


async def _page(tx: Transaction, rows: list[_Row], limit: int) -> Page[CustomerRow]:
    shown = rows[:limit]
    views: dict[UUID, list[IdentityView]] = {}
    for row in await identities(tx, [row.id for row in shown]) if shown else []:
        views.setdefault(row.customer_id, []).append(identity_view(tx.actor, row))
    items = [
        CustomerRow(
            row.id,
            shown_name(tx.actor, row.name, row.id),
            row.tier,
            row.verified,
            row.since,
            first_of_each_kind(views.get(row.id, [])),
        )
        for row in shown
    ]
    return Page(items, cursor_encode(shown[-1].id) if len(rows) > limit else None)


async def is_erased(tx: Transaction, customer_id: UUID) -> bool:
    """Say whether everything about a customer was removed."""
    erased: bool = await tx.value(
        "SELECT erased_at IS NOT NULL AND NOT known FROM customer"
        " WHERE organisation_id = current_organisation() AND id = $1",
        customer_id,
    )
    return erased
