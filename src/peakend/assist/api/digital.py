"""Routes of the digital agent: a visitor asks for a person or judges; agents get suggestions."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter

from peakend.assist import actions, queries
from peakend.conversations import queries as timeline
from peakend.conversations.queries import VisitorConversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs, visitor

Asked = Annotated[str | None, Parameter(max_length=500)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An empty body."""


class Judgement(msgspec.Struct, forbid_unknown_fields=True):
    """What a customer says of an answer."""

    message_id: UUID
    solved: bool


class TopicQueue(msgspec.Struct, forbid_unknown_fields=True):
    """The queue that questions on a category go to; None: the channel's own."""

    queue_id: UUID | None = None


async def _own_channel(
    request: Request[Any, Any, Any], database: Database, actor: Actor, key: str
) -> UUID:
    """Return the channel of the key, which must be the visitor's. Errors: UnknownKey."""
    channel = await timeline.channel_by_key(database, key)
    if channel.id != actor.channel_id:
        raise timeline.UnknownKey
    channel.check_origin(request.headers.get("origin"), request.headers.get("host", ""))
    return channel.id


@post("/web/{key:str}/persons", summary="Ask for a person", opt=visitor(), status_code=200)
async def want_person(
    request: Request[Any, Any, Any],
    database: Database,
    tx: Transaction,
    actor: Actor,
    key: str,
    data: Nothing,
) -> VisitorConversation | None:
    channel_id = await _own_channel(request, database, actor, key)
    assert actor.customer_id is not None
    await actions.want_person(
        tx,
        channel_id=channel_id,
        customer_id=actor.customer_id,
        language=actor.language,
        by=actor,
    )
    return await timeline.visitor_state(tx, actor)


@post("/web/{key:str}/judgements", summary="Judge an answer", opt=visitor(), status_code=200)
async def judge_answer(
    request: Request[Any, Any, Any],
    database: Database,
    tx: Transaction,
    actor: Actor,
    key: str,
    data: Judgement,
) -> VisitorConversation | None:
    await _own_channel(request, database, actor, key)
    row = await timeline.newest_conversation(tx, actor)
    if row is None:
        raise actions.AnswerNotFound
    await actions.judge(
        tx, conversation_id=row.id, message_id=data.message_id, solved=data.solved, by=actor
    )
    return await timeline.visitor_state(tx, actor)


@get(
    "/conversations/{conversation_id:uuid}/suggestions",
    summary="Articles that may help",
    opt=needs("knowledge.read"),
)
async def suggestions(
    tx: Transaction, actor: Actor, conversation_id: UUID, q: Asked = None
) -> list[queries.Suggestion]:
    return await queries.suggestions(tx, conversation_id=conversation_id, q=q, by=actor)


@get("/knowledge/search", summary="Search articles", opt=needs("knowledge.read"))
async def search_knowledge(
    tx: Transaction, actor: Actor, q: Asked = None, brand: UUID | None = None
) -> list[queries.Suggestion]:
    return await queries.search(tx, text=q or "", brand_id=brand)


@post(
    "/article-categories/{category_id:uuid}/queue",
    summary="Send a topic to a queue",
    opt=needs("settings.manage"),
    status_code=204,
)
async def send_topic(tx: Transaction, category_id: UUID, data: TopicQueue) -> None:
    await actions.send_topic(tx, category_id=category_id, queue_id=data.queue_id)


routes = [want_person, judge_answer, suggestions, search_knowledge, send_topic]
