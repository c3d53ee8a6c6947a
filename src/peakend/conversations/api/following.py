"""Routes for what a person keeps an eye on: followed, pinned, mentions."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs


class FollowedSeenGiven(msgspec.Struct, forbid_unknown_fields=True):
    """How far a follower has seen."""

    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class MentionsGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which notes; none given means all of mine."""

    message_ids: Annotated[list[UUID], Meta(max_length=100)] | None = None
    read: bool = True


@get(
    "/following",
    summary="What I follow and have pinned, and how many mentions are new",
    opt=needs("conversations.read"),
)
async def following(actor: Actor, tx: Transaction) -> queries.Following:
    return await queries.following(tx, actor)


@get(
    "/followed-conversations",
    summary="Conversations that I follow, with what is new",
    opt=needs("conversations.read"),
)
async def followed(actor: Actor, tx: Transaction) -> list[queries.Followed]:
    return await queries.followed(tx, actor)


@put(
    "/conversations/{conversation_id:uuid}/follower",
    summary="Follow a conversation",
    opt=needs("conversations.read"),
    status_code=204,
)
async def follow(conversation_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.follow(tx, conversation_id=conversation_id, by=actor)


@delete(
    "/conversations/{conversation_id:uuid}/follower",
    summary="Follow a conversation no longer",
    opt=needs("conversations.read"),
)
async def unfollow(conversation_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.unfollow(tx, conversation_id=conversation_id, by=actor)


@post(
    "/conversations/{conversation_id:uuid}/follower-reads",
    summary="Say how far a followed conversation was seen",
    opt=needs("conversations.read"),
    status_code=204,
)
async def see_followed(
    conversation_id: UUID, data: FollowedSeenGiven, actor: Actor, tx: Transaction
) -> None:
    await actions.see_followed(tx, conversation_id=conversation_id, seq=data.seq, by=actor)


@put(
    "/conversations/{conversation_id:uuid}/pin",
    summary="Let a conversation stand first in my lists",
    opt=needs("conversations.read"),
    status_code=204,
)
async def pin(conversation_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.pin(tx, conversation_id=conversation_id, by=actor)


@delete(
    "/conversations/{conversation_id:uuid}/pin",
    summary="Let a conversation stand where its time puts it",
    opt=needs("conversations.read"),
)
async def unpin(conversation_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.unpin(tx, conversation_id=conversation_id, by=actor)


@get(
    "/conversations/{conversation_id:uuid}/blind-members",
    summary="Colleagues who may not see a conversation, and whom a note there calls in vain",
    opt=needs("conversations.note"),
)
async def blind_members(conversation_id: UUID, actor: Actor, tx: Transaction) -> list[UUID]:
    return await queries.blind_to(tx, conversation_id, actor)


@get("/mentions", summary="Notes that call me by name", opt=needs("conversations.read"))
async def mention_list(
    actor: Actor,
    tx: Transaction,
    unread: bool = False,
    cursor: Annotated[str | None, Parameter(max_length=400)] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
) -> Page[queries.Mention]:
    return await queries.mentions(tx, actor, everything=not unread, cursor=cursor, limit=limit)


@post(
    "/mentions/marks",
    summary="Mark notes that call me as read, or as new again",
    opt=needs("conversations.read"),
    status_code=204,
)
async def mark_mentions(data: MentionsGiven, actor: Actor, tx: Transaction) -> None:
    await actions.mark_mentions(tx, message_ids=data.message_ids, read=data.read, by=actor)


routes = [
    following,
    followed,
    follow,
    unfollow,
    see_followed,
    pin,
    unpin,
    blind_members,
    mention_list,
    mark_mentions,
]
