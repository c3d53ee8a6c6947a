"""Routes beside a conversation: whispers, questions to colleagues, reading and answering them."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post, put
from msgspec import Meta

from peakend.assist import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
OPEN_FOR = timedelta(days=30)


class Whispered(msgspec.Struct, forbid_unknown_fields=True):
    """A line beside a conversation; the client's own id makes a repeat harmless."""

    client_id: UUID
    text: Text


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """A question to colleagues."""

    client_id: UUID
    member_ids: Annotated[list[UUID], Meta(min_length=1, max_length=8)]
    text: Text


class SideRead(msgspec.Struct, forbid_unknown_fields=True):
    """How far somebody has read."""

    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Resolution(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the question is answered."""

    resolved: bool


@post(
    "/conversations/{conversation_id:uuid}/whispers",
    summary="Say something that only the agent sees",
    opt=needs("conversations.take_over"),
)
async def whisper(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: Whispered
) -> queries.SideThread:
    thread_id = await actions.whisper(
        tx, conversation_id=conversation_id, client_id=data.client_id, text=data.text, by=actor
    )
    return (await queries.side_view(tx, thread_id, actor)).thread


@post(
    "/conversations/{conversation_id:uuid}/side-threads",
    summary="Ask colleagues beside a conversation",
    opt=needs("conversations.note"),
)
async def ask(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: Asked
) -> queries.SideThread:
    thread_id = await actions.ask(
        tx,
        conversation_id=conversation_id,
        client_id=data.client_id,
        member_ids=data.member_ids,
        text=data.text,
        by=actor,
    )
    return (await queries.side_view(tx, thread_id, actor)).thread


@get("/side-threads", summary="Side threads that wait for me", opt=needs("conversations.note"))
async def my_side_threads(tx: Transaction, actor: Actor) -> list[queries.SideThread]:
    return await queries.my_side_threads(tx, actor, tx.now - OPEN_FOR)


@get(
    "/side-threads/{thread_id:uuid}",
    summary="A side thread with the conversation that it is about",
    opt=needs("conversations.note"),
)
async def side_thread(tx: Transaction, actor: Actor, thread_id: UUID) -> queries.SideView:
    return await queries.side_view(tx, thread_id, actor)


@post(
    "/side-threads/{thread_id:uuid}/notes",
    summary="Write into a side thread",
    opt=needs("conversations.note"),
)
async def add_side_note(
    tx: Transaction, actor: Actor, thread_id: UUID, data: Whispered
) -> queries.SideThread:
    await actions.add_side_note(
        tx, thread_id=thread_id, client_id=data.client_id, text=data.text, by=actor
    )
    return (await queries.side_view(tx, thread_id, actor)).thread


@post(
    "/side-threads/{thread_id:uuid}/reads",
    summary="Say how far a side thread was read",
    opt=needs("conversations.note"),
    status_code=204,
)
async def read_side_thread(tx: Transaction, actor: Actor, thread_id: UUID, data: SideRead) -> None:
    await actions.read_side_thread(tx, thread_id=thread_id, seq=data.seq, by=actor)


@put(
    "/side-threads/{thread_id:uuid}/resolution",
    summary="Say whether a question is answered",
    opt=needs("conversations.note"),
)
async def resolve_side_thread(
    tx: Transaction, actor: Actor, thread_id: UUID, data: Resolution
) -> queries.SideThread:
    await actions.resolve_side_thread(tx, thread_id=thread_id, resolved=data.resolved, by=actor)
    return (await queries.side_view(tx, thread_id, actor)).thread


routes = [
    whisper,
    ask,
    my_side_threads,
    side_thread,
    add_side_note,
    read_side_thread,
    resolve_side_thread,
]
