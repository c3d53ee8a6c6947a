"""Who may reach a complaint: the only door to its row; and what the house has decided."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.cases import queries as cases
from peakend.cases.queries import CaseRow
from peakend.complaints.models import (
    COMPLAINT_COLUMNS,
    REVIEW_COLUMNS,
    STEP_COLUMNS,
    ComplaintRow,
    ReviewRow,
    RulesRow,
    StepRow,
)
from peakend.complaints.rules.recording import ComplaintRules, may_see
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound

_ALL = f"""
SELECT {COMPLAINT_COLUMNS} FROM complaint
WHERE organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)
_RULES = """
SELECT rules, version FROM complaint_rules
WHERE organisation_id = current_organisation() AND kind = 'complaints'
"""


class ComplaintNotFound(NotFound):
    """There is no such complaint for this actor."""

    wording = "complaints.not_found"


class ComplaintStale(Conflict):
    """Somebody else changed it first."""

    wording = "complaints.stale"


class ComplaintIsClosed(Conflict):
    """The complaint is over."""

    wording = "complaints.is_closed"


async def complaint_row(
    tx: Transaction, complaint_id: UUID, *, lock: bool = False
) -> ComplaintRow | None:
    """Return a complaint whoever asks; None where there is none."""
    sql = f"{_ALL} AND id = $1"
    return await tx.one(ComplaintRow, f"{sql} FOR NO KEY UPDATE" if lock else sql, complaint_id)


async def need_complaint(
    tx: Transaction, complaint_id: UUID, actor: Actor, *, lock: bool = False
) -> ComplaintRow:
    """Return a complaint that the actor may see. Errors: ComplaintNotFound, whatever the cause."""
    row = await complaint_row(tx, complaint_id, lock=lock)
    if row is None or not sees(actor, row):
        raise ComplaintNotFound
    return row


async def need_complaint_version(
    tx: Transaction, complaint_id: UUID, actor: Actor, version: int | None
) -> ComplaintRow:
    """Return a locked complaint that is as the actor saw it, and not over.

    Errors: ComplaintNotFound, ComplaintStale, ComplaintIsClosed.
    """
    row = await need_complaint(tx, complaint_id, actor, lock=True)
    if version is not None and row.version != version:
        raise ComplaintStale(version=row.version)
    if row.state == "closed":
        raise ComplaintIsClosed
    return row


def sees(actor: Actor, row: ComplaintRow) -> bool:
    """Say whether an actor sees a complaint that was read without him."""
    return may_see(
        actor,
        owner_id=row.owner_id,
        filed_by=row.filed_by,
        queue_id=row.queue_id,
        brand_id=row.brand_id,
    )


async def complaint_of_case(tx: Transaction, case_id: UUID) -> ComplaintRow | None:
    """Return the complaint of a case, whoever asks."""
    return await tx.one(ComplaintRow, f"{_ALL} AND case_id = $1", case_id)


async def case_of(tx: Transaction, row: ComplaintRow) -> CaseRow | None:
    """Return the case of a complaint, whoever asks."""
    return await cases.case_row(tx, row.case_id)


async def complaints_of_conversation(tx: Transaction, conversation_id: UUID) -> list[ComplaintRow]:
    """Return the complaints from a conversation, newest first, whoever asks. Counts: 5."""
    sql = f"{_ALL} AND conversation_id = $1 ORDER BY filed_at DESC, id DESC LIMIT 5"
    return await tx.all(ComplaintRow, sql, conversation_id)


async def open_complaints_of(tx: Transaction, customer_ids: Collection[UUID]) -> list[ComplaintRow]:
    """Return the complaints of a customer that are not over, newest first. Counts: 5."""
    sql = (
        f"{_ALL} AND customer_id = ANY($1::uuid[]) AND state <> 'closed'"
        " ORDER BY filed_at DESC, id DESC LIMIT 5"
    )
    return await tx.all(ComplaintRow, sql, list(customer_ids))


async def complaints_by_id(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, ComplaintRow]:
    """Return complaints by their ids, whoever asks."""
    rows = await tx.all(ComplaintRow, f"{_ALL} AND id = ANY($1::uuid[])", list(ids))
    return {row.id: row for row in rows}


async def steps_of(tx: Transaction, complaint_id: UUID) -> list[StepRow]:
    """Return the steps taken, the oldest first. Counts: 100."""
    return await tx.all(
        StepRow,
        f"SELECT {STEP_COLUMNS} FROM settlement_step"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND complaint_id = $1"
        " ORDER BY no LIMIT 100",
        complaint_id,
    )


async def review_of(tx: Transaction, complaint_id: UUID, *, lock: bool = False) -> ReviewRow | None:
    """Return the contact that a complaint set before quality review."""
    sql = (
        f"SELECT {REVIEW_COLUMNS} FROM complaint_review"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND complaint_id = $1"
    )
    return await tx.one(ReviewRow, f"{sql} FOR UPDATE" if lock else sql, complaint_id)


async def house_rules(tx: Transaction) -> tuple[ComplaintRules, int]:
    """Return what the house has decided, and its version; 0 is what nobody has changed yet."""
    row = await tx.one(RulesRow, _RULES)
    if row is None:
        return ComplaintRules(), 0
    return msgspec.convert(row.rules, ComplaintRules), row.version
