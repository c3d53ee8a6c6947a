"""Routes of the desk: lists, one conversation, writing, closing, labels, search."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.conversations.rules.answering import MailGiven
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Refused
from peakend.kernel.files import File, save_file
from peakend.kernel.limits import spend
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

MAX_UPLOAD = 21 * 1024 * 1024

Text = Annotated[str, Meta(max_length=20_000)]
Files = Annotated[list[UUID], Meta(max_length=10)]
Ids = Annotated[list[UUID], Meta(max_length=20)]
Seq = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Cursor = Annotated[str | None, Parameter(max_length=400)]
Limit = Annotated[int, Parameter(ge=1, le=100)]


class NewMessage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A reply or a note; the client's own id makes a repeat harmless."""

    client_id: UUID
    kind: Literal["agent", "note"]
    text: Text = ""
    file_ids: Files = []
    mentions: Ids = []
    article_id: UUID | None = None
    reply_to: UUID | None = None
    mail: MailGiven | None = None
    in_chat: bool = False


class ReadGiven(msgspec.Struct, forbid_unknown_fields=True):
    """How far a person has read."""

    seq: Seq


class Closing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How a conversation ends."""

    reason_id: UUID | None = None
    solved: bool | None = None
    version: Version | None = None


class Reopening(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How a conversation goes on; `undo` takes a closing back within seconds."""

    undo: bool = False
    version: Version | None = None


class TagsGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The tags a conversation shall have."""

    tag_ids: Ids
    version: Version | None = None


class ReasonGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why the customer came."""

    reason_id: UUID | None
    version: Version | None = None


class PriorityGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How urgent a conversation is."""

    priority: Literal["low", "normal", "high", "urgent"]
    version: Version | None = None


@get("/conversations", summary="A list of conversations", opt=needs("conversations.read"))
async def conversation_list(
    actor: Actor,
    tx: Transaction,
    view: Literal["mine", "snoozed", "queue", "all", "closed", "digital"] = "mine",
    q_queue: UUID | None = None,
    agent: UUID | None = None,
    tag: UUID | None = None,
    brand: UUID | None = None,
    channel: UUID | None = None,
    customer: UUID | None = None,
    order: Literal["recent", "due"] = "recent",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[queries.ConversationRow]:
    filters = queries.Filters(
        queue_id=q_queue,
        agent_id=agent,
        tag_id=tag,
        brand_id=brand,
        channel_id=channel,
        customer_id=customer,
    )
    return await queries.conversation_list(
        tx, actor, view, filters, order=order, cursor=cursor, limit=limit
    )


@get("/conversations/counts", summary="Sizes of the lists", opt=needs("conversations.read"))
async def conversation_counts(actor: Actor, tx: Transaction) -> queries.Counts:
    return await queries.counts(tx, actor)


@get(
    "/conversations/{conversation_id:uuid}",
    summary="One conversation",
    opt=needs("conversations.read"),
)
async def conversation_card(
    conversation_id: UUID, actor: Actor, tx: Transaction, card: bool = False
) -> queries.Conversation:
    return await queries.conversation(tx, conversation_id, actor, card=card)


@get(
    "/conversations/opened",
    summary="Several conversations at once, for whoever walks through them",
    opt=needs("conversations.read"),
)
async def conversations_ahead(
    actor: Actor,
    tx: Transaction,
    ids: Annotated[list[UUID], Parameter(min_items=1, max_items=5)],
    card: bool = False,
) -> list[queries.Conversation]:
    return await queries.conversations(tx, ids, actor, card=card)


@get(
    "/conversations/{conversation_id:uuid}/messages",
    summary="Messages of a conversation",
    opt=needs("conversations.read"),
)
async def message_list(
    conversation_id: UUID,
    actor: Actor,
    tx: Transaction,
    before_seq: Annotated[int | None, Parameter(ge=0, le=2**31 - 1)] = None,
    after_seq: Annotated[int | None, Parameter(ge=0, le=2**31 - 1)] = None,
    around_seq: Annotated[int | None, Parameter(ge=0, le=2**31 - 2)] = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Page[queries.Message]:
    row = await queries.need_conversation(tx, conversation_id, actor)
    found = await queries.messages(
        tx, row, before_seq=before_seq, after_seq=after_seq, around_seq=around_seq, limit=limit
    )
    more = bool(found) and after_seq is None and found[0].seq > 1
    return Page(found, str(found[0].seq) if more else None)


@get(
    "/conversations/{conversation_id:uuid}/contacts",
    summary="All contacts of the same customer",
    opt=needs("conversations.read"),
)
async def contact_list(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.ConversationRow]:
    row = await queries.need_conversation(tx, conversation_id, actor)
    return await queries.customer_contacts(tx, row.customer_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/messages",
    summary="Reply, or leave a note",
    opt=needs("conversations.note"),
    status_code=200,
)
async def write_message(
    conversation_id: UUID, data: NewMessage, actor: Actor, tx: Transaction
) -> queries.Message:
    if data.kind == "note":
        written = await actions.note(
            tx,
            conversation_id=conversation_id,
            client_id=data.client_id,
            text=data.text,
            by=actor,
            file_ids=data.file_ids,
            mentions=data.mentions,
            reply_to=data.reply_to,
        )
        return await queries.message_of(tx, written)
    if not actor.may("conversations.reply"):
        raise Refused
    written = await actions.reply(
        tx,
        conversation_id=conversation_id,
        client_id=data.client_id,
        text=data.text,
        by=actor,
        file_ids=data.file_ids,
        article_id=data.article_id,
        reply_to=data.reply_to,
        mail=data.mail,
        in_chat=data.in_chat,
    )
    return await queries.message_of(tx, written)


@post(
    "/conversations/{conversation_id:uuid}/reads",
    summary="Mark as read",
    opt=needs("conversations.read"),
    status_code=204,
)
async def mark_read(conversation_id: UUID, data: ReadGiven, actor: Actor, tx: Transaction) -> None:
    await actions.mark_read_by_agent(tx, conversation_id=conversation_id, seq=data.seq, by=actor)


async def _row(tx: Transaction, conversation_id: UUID, actor: Actor) -> queries.ConversationRow:
    """Return the fresh row; who has just let go of a conversation still gets it once."""
    return (await queries.rows(tx, [conversation_id], None))[0]


@post(
    "/conversations/{conversation_id:uuid}/closings",
    summary="End a conversation",
    opt=needs("conversations.close"),
    status_code=200,
)
async def close_conversation(
    conversation_id: UUID, data: Closing, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.close(
        tx,
        conversation_id=conversation_id,
        by=actor,
        reason_id=data.reason_id,
        solved=data.solved,
        version=data.version,
    )
    return await _row(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/reopenings",
    summary="Let a conversation go on, or take a closing back",
    opt=needs("conversations.close"),
    status_code=200,
)
async def reopen_conversation(
    conversation_id: UUID, data: Reopening, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.reopen(
        tx, conversation_id=conversation_id, by=actor, undo=data.undo, version=data.version
    )
    return await _row(tx, conversation_id, actor)


@put(
    "/conversations/{conversation_id:uuid}/tags",
    summary="Give a conversation its tags",
    opt=needs("conversations.note"),
)
async def tag_conversation(
    conversation_id: UUID, data: TagsGiven, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.tag(
        tx,
        conversation_id=conversation_id,
        tag_ids=data.tag_ids,
        by=actor,
        version=data.version,
    )
    return await _row(tx, conversation_id, actor)


@put(
    "/conversations/{conversation_id:uuid}/reason",
    summary="Say why the customer came",
    opt=needs("conversations.note"),
)
async def set_reason(
    conversation_id: UUID, data: ReasonGiven, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.set_reason(
        tx,
        conversation_id=conversation_id,
        reason_id=data.reason_id,
        by=actor,
        version=data.version,
    )
    return await _row(tx, conversation_id, actor)


@put(
    "/conversations/{conversation_id:uuid}/priority",
    summary="Say how urgent it is",
    opt=needs("conversations.note"),
)
async def set_priority(
    conversation_id: UUID, data: PriorityGiven, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.set_priority(
        tx,
        conversation_id=conversation_id,
        priority=data.priority,
        by=actor,
        version=data.version,
    )
    return await _row(tx, conversation_id, actor)


@post(
    "/files",
    summary="Upload a file",
    opt=needs("conversations.note"),
    request_max_body_size=MAX_UPLOAD,
)
async def upload(
    actor: Actor,
    tx: Transaction,
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> File:
    await spend(f"upload:{actor.organisation_id}:{actor.id}", rate=1, burst=40)
    return await save_upload(tx, data, purpose="message")


async def save_upload(tx: Transaction, parts: dict[str, UploadFile], *, purpose: str) -> File:
    """Store the part `file` of a form. Errors: NoFile, FileTooLarge, FileBroken."""
    part = parts.get("file")
    if not isinstance(part, UploadFile):
        raise actions.NoFile
    return await save_file(tx, await part.read(), part.filename or "file", purpose=purpose)


@get("/search", summary="Find conversations, messages, customers", opt=needs("search.read"))
async def search(
    actor: Actor,
    tx: Transaction,
    q: Annotated[str, Parameter(max_length=400)] = "",
    kind: Literal["conversations", "messages", "customers"] | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Parameter(ge=1, le=50)] = 20,
) -> queries.Found:
    await spend(f"search:{actor.organisation_id}:{actor.id}", rate=10, burst=60)
    return await queries.search(tx, actor, q, kind=kind, cursor=cursor, limit=limit)


routes = [
    conversation_list,
    conversation_counts,
    conversation_card,
    conversations_ahead,
    message_list,
    contact_list,
    write_message,
    mark_read,
    close_conversation,
    reopen_conversation,
    tag_conversation,
    set_reason,
    set_priority,
    upload,
    search,
]
