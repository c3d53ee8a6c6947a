"""What moves from one customer to another when they are merged, and back."""

from typing import Any
from uuid import UUID

from peakend.customers.models import MergeRow
from peakend.customers.queries import forget_visitor
from peakend.kernel.db import Transaction

# Who has the same phone twice keeps it twice: the survivor's counts, with the better trust of both.
_TRUST = """
    SELECT coalesce(jsonb_agg(jsonb_build_array(o.id, i.id)), '[]')
    FROM identity o
    JOIN identity i
      ON i.organisation_id = o.organisation_id AND i.kind = o.kind AND i.blind = o.blind
    WHERE o.organisation_id = current_organisation()
      AND o.customer_id = $1 AND i.customer_id = $2 AND o.verified
"""
_IDENTITIES = """
    UPDATE identity o SET customer_id = $2
    WHERE o.organisation_id = current_organisation() AND o.customer_id = $1
      AND NOT EXISTS (
          SELECT FROM identity i
          WHERE i.organisation_id = o.organisation_id AND i.customer_id = $2
            AND i.kind = o.kind AND i.blind = o.blind)
"""
_MOVES = {
    "identity": _IDENTITIES,
    **{
        table: f"UPDATE {table} o SET customer_id = $2"  # noqa: S608 (names of our tables only)
        " WHERE o.organisation_id = current_organisation() AND o.customer_id = $1"
        for table in ("customer_note", "visitor", "page_view")
    },
}


async def move(tx: Transaction, absorbed_id: UUID, survivor_id: UUID) -> dict[str, Any]:
    """Give the survivor what was the other's, and return what that was."""
    trust = await tx.value(_TRUST, absorbed_id, survivor_id)
    await _pass_trust(tx, [one[0] for one in trust], [one[1] for one in trust])
    moved: dict[str, Any] = {"trust": trust}
    for table, statement in _MOVES.items():
        ids = await tx.value(
            f"WITH m AS ({statement} RETURNING o.id)"  # noqa: S608 (our own statements)
            " SELECT coalesce(array_agg(id), '{}') FROM m",
            absorbed_id,
            survivor_id,
        )
        moved[table] = [str(one) for one in ids]
        if table == "visitor":
            for one in ids:
                forget_visitor(one)
    return moved


async def move_back(tx: Transaction, row: MergeRow) -> None:
    """Give back what moved, unless it belongs to somebody else by now."""
    for table in _MOVES:
        ids = [UUID(one) for one in row.moved[table]]
        await tx.run(
            f"UPDATE {table} SET customer_id = $2"  # noqa: S608 (names of our tables only)
            " WHERE organisation_id = current_organisation()"
            " AND id = ANY($1::uuid[]) AND customer_id = $3",
            ids,
            row.absorbed_id,
            row.survivor_id,
        )
        if table == "visitor":
            for one in ids:
                forget_visitor(one)
    trust = row.moved["trust"]
    await _pass_trust(tx, [one[1] for one in trust], [one[0] for one in trust])


async def _pass_trust(tx: Transaction, losing: list[str], winning: list[str]) -> None:
    # One after the other: a verified identity has one owner at any moment.
    for ids, verified in ((losing, False), (winning, True)):
        if ids:
            await tx.run(
                "UPDATE identity SET verified = $2"
                " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
                [UUID(one) for one in ids],
                verified,
            )
