"""Routes for putting a conversation aside, taking it up again, and marking it as unread."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Snoozing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Until when; without an offset it is the organisation's own time."""

    until: datetime
    version: Version | None = None


class Waking(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What was seen when it is taken up again."""

    version: Version | None = None


@get(
    "/conversations/{conversation_id:uuid}/snooze-times",
    summary="Times to choose for putting it aside",
    opt=needs("conversations.read"),
)
async def snooze_times(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.SnoozeTime]:
    row = await queries.need_conversation(tx, conversation_id, actor)
    return await queries.snooze_times(tx, row.queue_id)


@post(
    "/conversations/{conversation_id:uuid}/snoozes",
    summary="Put it aside until a time, or until the customer writes",
    opt=needs("conversations.note"),
    status_code=200,
)
async def snooze(
    conversation_id: UUID, data: Snoozing, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.snooze(
        tx, conversation_id=conversation_id, until=data.until, by=actor, version=data.version
    )
    return (await queries.rows(tx, [conversation_id], actor))[0]


@post(
    "/conversations/{conversation_id:uuid}/wakings",
    summary="Take up again what was put aside",
    opt=needs("conversations.note"),
    status_code=200,
)
async def wake(
    conversation_id: UUID, data: Waking, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.wake(tx, conversation_id=conversation_id, by=actor, version=data.version)
    return (await queries.rows(tx, [conversation_id], actor))[0]


@post(
    "/conversations/{conversation_id:uuid}/unread-marks",
    summary="Mark as unread",
    opt=needs("conversations.read"),
    status_code=200,
)
async def mark_unread(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.mark_unread(tx, conversation_id=conversation_id, by=actor)
    return (await queries.rows(tx, [conversation_id], actor))[0]


routes = [snooze_times, snooze, wake, mark_unread]
