"""Routes of the web channel: which other conversations a customer has, and going on with one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from peakend.conversations import actions, queries
from peakend.conversations.api.web import own_channel
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import visitor

Http = Request[Any, Any, Any]


class Continued(msgspec.Struct, forbid_unknown_fields=True):
    """With which conversation the chat goes on."""

    conversation_id: UUID


@get(
    "/web/{key:str}/conversations",
    summary="Other open conversations of the customer",
    opt=visitor(),
)
async def own_conversations(
    key: str, request: Http, database: Database, actor: Actor, tx: Transaction
) -> list[queries.OwnConversation]:
    await own_channel(request, database, key, actor)
    return await queries.own_conversations(tx, actor)


@post(
    "/web/{key:str}/continuations",
    summary="Go on with another conversation in the chat",
    opt=visitor(),
    status_code=200,
)
async def go_on(
    key: str, data: Continued, request: Http, database: Database, actor: Actor, tx: Transaction
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    await spend(f"continue:{actor.id}", rate=0.2, burst=10)
    await actions.go_on_in_chat(tx, conversation_id=data.conversation_id, by=actor)
    return await queries.visitor_state(tx, actor)


routes = [own_conversations, go_on]
