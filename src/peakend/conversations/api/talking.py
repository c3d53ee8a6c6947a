"""Routes for taking messages back and putting signs to them, of the desk and of the visitor."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post, put
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.conversations.api.web import own_channel
from peakend.conversations.rules.talking import Reaction
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, visitor

Http = Request[Any, Any, Any]


class ReactionGiven(msgspec.Struct, forbid_unknown_fields=True):
    """The sign to put to a message; nothing takes it away."""

    reaction: Reaction | None


class LookGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Why what was taken back must be seen."""

    reason: Annotated[str, Meta(max_length=400)]


@post(
    "/messages/{message_id:uuid}/recalls",
    summary="Take one's own message back",
    opt=needs("conversations.note"),
    status_code=200,
)
async def recall(message_id: UUID, actor: Actor, tx: Transaction) -> queries.Message:
    await actions.recall(tx, message_id=message_id, by=actor)
    return (await queries.messages_by_id(tx, [message_id]))[0]


@put(
    "/messages/{message_id:uuid}/reaction",
    summary="Put a sign to a message, or take it away",
    opt=needs("conversations.note"),
)
async def react(
    message_id: UUID, data: ReactionGiven, actor: Actor, tx: Transaction
) -> queries.Message:
    await spend(f"react:{actor.organisation_id}:{actor.id}", rate=2, burst=40)
    await actions.react(tx, message_id=message_id, reaction=data.reaction, by=actor)
    return (await queries.messages_by_id(tx, [message_id]))[0]


@post(
    "/messages/{message_id:uuid}/looks",
    summary="See what a recalled message said, for a reason",
    opt=needs("conversations.originals"),
    status_code=200,
)
async def original(
    message_id: UUID, data: LookGiven, actor: Actor, tx: Transaction
) -> actions.Original:
    return await actions.original(tx, message_id=message_id, reason=data.reason, by=actor)


@post(
    "/web/{key:str}/messages/{message_id:uuid}/recalls",
    summary="Take one's own message back",
    opt=visitor(),
    status_code=200,
)
async def recall_by_visitor(
    key: str, message_id: UUID, request: Http, database: Database, actor: Actor, tx: Transaction
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    await spend(f"recall:{actor.id}", rate=0.5, burst=20)
    await actions.recall(tx, message_id=message_id, by=actor)
    return await queries.visitor_state(tx, actor)


@put(
    "/web/{key:str}/messages/{message_id:uuid}/reaction",
    summary="Put a sign to a message, or take it away",
    opt=visitor(),
)
async def react_as_visitor(
    key: str,
    message_id: UUID,
    data: ReactionGiven,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    await spend(f"react:{actor.id}", rate=1, burst=20)
    await actions.react(tx, message_id=message_id, reaction=data.reaction, by=actor)
    return await queries.visitor_state(tx, actor)


routes = [recall, react, original, recall_by_visitor, react_as_visitor]
