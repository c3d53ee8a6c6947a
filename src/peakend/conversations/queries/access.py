"""Who may reach a conversation: the only door to its row."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

import msgspec

from peakend.conversations.models import CONVERSATION_COLUMNS, ConversationRecord
from peakend.conversations.rules.states import may_see
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound

_ONE = f"""
SELECT {CONVERSATION_COLUMNS} FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.id = $1
"""  # noqa: S608 (names of columns only)


class ConversationNotFound(NotFound):
    """There is no such conversation for this actor."""

    wording = "conversations.not_found"


class ConversationIsClosed(Conflict):
    """The conversation is over."""

    wording = "conversations.closed"


class ConversationStale(Conflict):
    """Somebody else changed it first."""

    wording = "conversations.stale"


class NotYours(Conflict):
    """Somebody else, or nobody yet, holds the conversation."""

    wording = "conversations.not_yours"


async def need_conversation(
    tx: Transaction, conversation_id: UUID, actor: Actor, *, lock: bool = False
) -> ConversationRecord:
    """Return a conversation that the actor may see; `lock` keeps its row for this transaction.

    Errors: ConversationNotFound, the same for what is missing and for what is not theirs.
    """
    row = await tx.one(
        ConversationRecord, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, conversation_id
    )
    if row is None:
        raise ConversationNotFound
    if not may_see(
        actor,
        agent_id=row.agent_id,
        queue_id=row.queue_id,
        customer_id=row.customer_id,
        brand_id=row.brand_id,
    ):
        raise ConversationNotFound
    return row


async def need_version(
    tx: Transaction, conversation_id: UUID, actor: Actor, version: int | None
) -> ConversationRecord:
    """Return a locked conversation that is still as the actor saw it. Errors: ConversationStale."""
    row = await need_conversation(tx, conversation_id, actor, lock=True)
    if version is not None and row.version != version:
        raise ConversationStale(version=row.version)
    return row


class _Version(msgspec.Struct, frozen=True):
    id: UUID
    version: int


async def versions(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the versions of conversations, for the contexts above that follow changes."""
    if not ids:
        return {}
    found = await tx.all(
        _Version,
        "SELECT id, version FROM conversation "
        "WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        list(ids),
    )
    return {one.id: one.version for one in found}


class Placed(Protocol):
    """The part of a row that decides who may see it."""

    @property
    def agent_id(self) -> UUID | None: ...
    @property
    def queue_id(self) -> UUID | None: ...
    @property
    def brand_id(self) -> UUID | None: ...


def visible(actor: Actor, row: Placed) -> bool:
    """Say whether a member may see a row that was read by somebody else (live push)."""
    if actor.kind == "visitor":
        return False
    return may_see(
        actor,
        agent_id=row.agent_id,
        queue_id=row.queue_id,
        customer_id=_NOBODY,
        brand_id=row.brand_id,
    )


_NOBODY = UUID(int=0)
