"""All conversations of a company, as far as the reader may see them, newest first."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode
from peakend.profiles.queries import company_customers, need_company

_PAGE = """
SELECT c.id, c.opened_at AS at FROM conversation c
WHERE c.organisation_id = current_organisation()
  AND c.customer_id = ANY($1::uuid[])
  AND ($2 OR c.agent_id = $3 OR c.queue_id = ANY($4::uuid[]) OR c.brand_id = ANY($5::uuid[]))
  AND ($6::timestamptz IS NULL OR (c.opened_at, c.id) < ($6, $7))
ORDER BY c.opened_at DESC, c.id DESC
LIMIT $8
"""


class _Key(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime


async def company_conversations(
    tx: Transaction, company_id: UUID, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> Page[ConversationRow]:
    """Return what the customers of a company have or had with us, whoever of them wrote.

    Counts: the 1,000 customers who joined last. Errors: CompanyNotFound, WrongCursor.
    """
    await need_company(tx, company_id)
    after = _after(cursor) if cursor else None
    keys = await tx.all(
        _Key,
        _PAGE,
        await company_customers(tx, company_id),
        actor.sees_all,
        actor.id,
        actor.seen_queues,
        actor.seen_brands,
        after.at if after else None,
        after.id if after else None,
        limit + 1,
    )
    found = await rows(tx, [one.id for one in keys[:limit]], actor)
    last = keys[limit - 1] if len(keys) > limit else None
    return Page(found, cursor_encode(last.at.isoformat(), last.id) if last else None)


def _after(cursor: str) -> _Key:
    at, identifier = cursor_decode(cursor, 2)
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise WrongCursor
        return _Key(UUID(str(identifier)), moment)
    except ValueError as error:
        raise WrongCursor from error
