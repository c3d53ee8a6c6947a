"""What may be said to a customer of a crisis: approved statements, and nothing else of the file."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.complaints.models import CRISIS_COLUMNS, CrisisRow
from peakend.complaints.queries.crises import CrisisNotFound, need_crisis
from peakend.complaints.queries.spoken import versions_in_force
from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

MOST_SHOWN = 20

_OF = f"""
SELECT {CRISIS_COLUMNS} FROM crisis
WHERE organisation_id = current_organisation() AND state = 'open'
  AND (id IN (SELECT crisis_id FROM crisis_link
              WHERE organisation_id = current_organisation()
                AND (conversation_id = $1 OR customer_id = ANY($2::uuid[])))
       OR (NOT drill AND reason_id = $3 AND brand_id IS NOT DISTINCT FROM $4))
ORDER BY drill, number DESC LIMIT 3
"""  # noqa: S608 (names of columns only)


class ApprovedWords(msgspec.Struct, frozen=True, kw_only=True):
    """An approved statement as it may be said."""

    statement_id: UUID
    no: int
    title: str
    words: str
    approved_at: datetime | None


class SpokenFor(msgspec.Struct, frozen=True, kw_only=True):
    """A crisis to which a conversation belongs; its id only for whom the file names.

    In a drill nothing is taken into an answer.
    """

    number: int
    drill: bool
    crisis_id: UUID | None
    statements: list[ApprovedWords]


async def crises_of_conversation(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> list[CrisisRow]:
    """Return open crises of a conversation: linked, of its customer, or about the same matter.

    Counts: at most 3, real ones first. Errors: ConversationNotFound.
    """
    row = await conversations.need_conversation(tx, conversation_id, actor)
    parts = await customers.parts_of(tx, row.customer_id)
    return await tx.all(
        CrisisRow, _OF, row.id, [row.customer_id, *parts], row.reason_id, row.brand_id
    )


async def approved_words(tx: Transaction, conversation_id: UUID, actor: Actor) -> list[SpokenFor]:
    """Return what may be said in a conversation of a crisis. Errors: ConversationNotFound."""
    return [
        SpokenFor(
            number=row.number,
            drill=row.drill,
            crisis_id=await _named(tx, row.id, actor),
            statements=await _statements(tx, row.id),
        )
        for row in await crises_of_conversation(tx, conversation_id, actor)
    ]


async def _named(tx: Transaction, crisis_id: UUID, actor: Actor) -> UUID | None:
    try:
        await need_crisis(tx, crisis_id, actor)
    except CrisisNotFound:
        return None
    return crisis_id


class _Id(msgspec.Struct, frozen=True):
    id: UUID


async def _statements(tx: Transaction, crisis_id: UUID) -> list[ApprovedWords]:
    ids = await tx.all(
        _Id,
        "SELECT id FROM crisis_statement WHERE organisation_id = current_organisation()"
        " AND crisis_id = $1 ORDER BY drafted_at, id LIMIT 50",
        crisis_id,
    )
    held = await versions_in_force(tx, [one.id for one in ids])
    held.sort(key=lambda one: (one.decided_at is not None, one.decided_at), reverse=True)
    return [
        ApprovedWords(
            statement_id=one.statement_id, no=one.no, title=one.title, words=one.words,
            approved_at=one.decided_at,
        )
        for one in held[:MOST_SHOWN]
    ]  # fmt: skip
