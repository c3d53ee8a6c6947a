"""Which colleagues may not see a conversation, so that nobody calls them in vain."""

from collections.abc import Collection
from uuid import UUID

from peakend.accounts.queries import members, members_by_id
from peakend.conversations.queries.access import need_conversation, visible
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


async def blind_to(
    tx: Transaction, conversation_id: UUID, actor: Actor, among: Collection[UUID] | None = None
) -> list[UUID]:
    """Return the active members, or those of them, who may not see a conversation.

    Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, actor)
    ids = [one.id for one in await members(tx, active_only=True)] if among is None else list(among)
    people = await members_by_id(tx, ids)
    return sorted(one for one, (who, _) in people.items() if not visible(who, row))
