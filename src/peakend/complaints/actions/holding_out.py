"""Drawing whether a scheme offers anything for a complaint, so that its effect can be seen."""

from uuid import UUID

from peakend.complaints.events import HoldOutDrawn
from peakend.complaints.models import ComplaintRow
from peakend.complaints.queries.draws import Draw, draw_of
from peakend.complaints.queries.schemes import line_for
from peakend.complaints.rules.schemes import held_out, path
from peakend.conversations import queries as conversations
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

_KEEP = """
INSERT INTO hold_out (complaint_id, customer_id, table_id, scheme_id, share, held, at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (organisation_id, complaint_id) DO NOTHING
"""
_UNDO = "DELETE FROM hold_out WHERE organisation_id = current_organisation() AND complaint_id = $1"
# Who has been offered something already is no part of the comparison.
_OFFERED = """
SELECT EXISTS (SELECT FROM compensation_grant
    WHERE organisation_id = current_organisation() AND NOT automatic
      AND (case_id = $1 OR complaint_id = $2 OR conversation_id = $3))
"""


async def draw(tx: Transaction, row: ComplaintRow) -> None:
    """Draw once for a complaint of known liability; an extreme one is never held out."""
    known = await draw_of(tx, row.id)
    if row.tier == "extreme":
        if known is not None:
            await _undo(tx, known)
        return
    if known is not None or row.liability == "unknown" or await _offered(tx, row):
        return
    tree = await conversations.reason_tree(tx)
    table, line = await line_for(
        tx,
        brand_id=row.brand_id,
        liability=row.liability,
        severity=row.severity,
        path=path({node.id: node.parent_id for node in tree.nodes}, row.reason_id),
    )
    if table is None or line is None:
        return
    share = table.hold_out_share
    held = held_out(table.id, row.customer_id, share, extreme=False)
    made = await tx.run(_KEEP, row.id, row.customer_id, table.id, line.id, share, held, tx.now)
    if made:
        await _tell(tx, row.id, row.customer_id, table.id, line.id, share, held=held)


async def _offered(tx: Transaction, row: ComplaintRow) -> bool:
    return bool(await tx.value(_OFFERED, row.case_id, row.id, row.conversation_id))


async def _undo(tx: Transaction, known: Draw) -> None:
    await tx.run(_UNDO, known.complaint_id)
    await _tell(
        tx, known.complaint_id, known.customer_id, known.table_id, known.scheme_id, 0.0, held=False
    )


async def _tell(
    tx: Transaction, complaint_id: UUID, customer_id: UUID, table_id: UUID, scheme_id: UUID,
    share: float, *, held: bool,
) -> None:  # fmt: skip
    await record(
        tx,
        HoldOutDrawn(
            complaint_id=complaint_id, customer_id=customer_id, table_id=table_id,
            scheme_id=scheme_id, share=share, held=held,
        ),
    )  # fmt: skip
