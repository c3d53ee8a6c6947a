"""What belongs to a crisis: complaints with their cases, cases, conversations."""

from uuid import UUID

from peakend.cases import queries as cases
from peakend.complaints.actions.crises import facts_of, need_open
from peakend.complaints.actions.crisis_room import CrisisFull
from peakend.complaints.events import CrisisLinked, CrisisUnlinked
from peakend.complaints.models import CrisisRow
from peakend.complaints.queries import CrisisPartNotFound, crisis_link_rows, need_complaint
from peakend.complaints.rules.crises import MOST_LINKED, Linked
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_LINK = """
INSERT INTO crisis_link (id, crisis_id, kind, target_id, case_id, conversation_id, customer_id, at,
    by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisation_id, crisis_id, kind, target_id) DO NOTHING
RETURNING id
"""
_UNLINK = """
DELETE FROM crisis_link
WHERE organisation_id = current_organisation() AND crisis_id = $1 AND id = $2
RETURNING kind
"""


async def link_crisis(
    tx: Transaction, *, crisis_id: UUID, kind: Linked, target_id: UUID, by: Actor
) -> None:
    """Put what one sees to a crisis file; the same twice is harmless.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisFull, ComplaintNotFound, CaseNotFound,
    ConversationNotFound.
    """
    await put_to(tx, await need_open(tx, crisis_id, by), kind, target_id, by)


async def unlink_crisis(tx: Transaction, *, crisis_id: UUID, link_id: UUID, by: Actor) -> None:
    """Take something out of a crisis file again.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, CrisisPartNotFound.
    """
    row = await need_open(tx, crisis_id, by, lead=True)
    kind = await tx.value(_UNLINK, crisis_id, link_id)
    if kind is None:
        raise CrisisPartNotFound
    await record(tx, CrisisUnlinked(**facts_of(row), kind=kind))


async def put_to(tx: Transaction, row: CrisisRow, kind: Linked, target_id: UUID, by: Actor) -> None:
    """Put something to a locked file. Errors: those of `link_crisis`."""
    case_id, conversation_id, customer_id = await _parts(tx, kind, target_id, by)
    if len(await crisis_link_rows(tx, row.id)) >= MOST_LINKED:
        raise CrisisFull(most=MOST_LINKED)
    by_id = by.id if by.kind == "member" else None
    made = await tx.value(
        _LINK, new_id(), row.id, kind, target_id, case_id, conversation_id, customer_id, tx.now,
        by_id,
    )  # fmt: skip
    if made is not None:
        await record(tx, CrisisLinked(**facts_of(row), kind=kind, target_id=target_id))


async def _parts(
    tx: Transaction, kind: Linked, target_id: UUID, by: Actor
) -> tuple[UUID | None, UUID | None, UUID]:
    if kind == "complaint":
        found = await need_complaint(tx, target_id, by)
        return found.case_id, found.conversation_id, found.customer_id
    if kind == "case":
        case = await cases.need_case(tx, target_id, by)
        return case.id, case.conversation_id, case.customer_id
    talk = await conversations.need_conversation(tx, target_id, by)
    return None, talk.id, talk.customer_id
