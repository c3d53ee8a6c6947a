"""What custom fields hold, as columns of a list of conversations show it."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.conversations.queries.rows import rows
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.profiles.queries import Given, sifting_fields, values_beside


class FieldHeld(msgspec.Struct, frozen=True):
    """What a custom field holds."""

    field_id: UUID
    value: Given


class ConversationFields(msgspec.Struct, frozen=True):
    """What custom fields hold for a conversation and its customer; empty ones are left out."""

    conversation_id: UUID
    values: list[FieldHeld]


async def conversation_fields(
    tx: Transaction, actor: Actor, ids: Collection[UUID], field_ids: Collection[UUID]
) -> list[ConversationFields]:
    """Return what fields hold for those conversations that the actor may see.

    Masked fields are left out, as they cannot be searched by either.
    """
    known = await sifting_fields(tx, field_ids, actor)
    seen = {one.id: one.customer.id for one in await rows(tx, ids, actor)}
    found = await values_beside(tx, seen, list(known.values()))
    return [
        ConversationFields(one, [FieldHeld(field_id, value) for field_id, value in held.items()])
        for one, held in found.items()
    ]
