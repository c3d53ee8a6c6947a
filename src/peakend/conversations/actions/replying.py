"""What the house says: an agent's reply, the digital agent's, a note, a line of the system."""

from typing import Any
from uuid import UUID

from peakend.accounts.queries import MemberNotFound, member_briefs
from peakend.conversations.actions.answering import checked_mail_text, send_by_mail
from peakend.conversations.actions.drafting import drop_said
from peakend.conversations.actions.following import call
from peakend.conversations.actions.fronting import bring_forward
from peakend.conversations.actions.posting import NewMessage, Posted, Said, checked_text, post
from peakend.conversations.actions.quoting import check_quotable
from peakend.conversations.actions.receiving import attached
from peakend.conversations.events import (
    DigitalReplySent,
    MemberMentioned,
    NoteAdded,
    ReplySent,
    SystemMessageAdded,
)
from peakend.conversations.models import MessageRecord
from peakend.conversations.ports import provided
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.queries.settings import need_channel
from peakend.conversations.rules.answering import MAIL, MailGiven
from peakend.conversations.rules.rich import RICH
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record

OPEN = ("digital", "waiting", "serving")
ANY = (*OPEN, "closed")


class NotInChat(Conflict):
    """The customer has not come to the chat with it: it goes by mail only."""

    wording = "conversations.not_in_chat"


async def reply(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    text: str,
    by: Actor,
    file_ids: list[UUID] | None = None,
    article_id: UUID | None = None,
    reply_to: UUID | None = None,
    mail: MailGiven | None = None,
    in_chat: bool = False,
) -> MessageRecord:
    """Send an agent's answer, once for each client id; `reply_to` is the message it quotes.

    It goes where the customer wrote last, unless `mail` or `in_chat` says otherwise. Only who holds
    the conversation (or sees all of them) may. Errors: ConversationNotFound, ConversationIsClosed,
    NotYours, NotInChat, EmptyMessage, TextTooLong, FileNotFound, MessageNotFound, MessageIsGone,
    NotQuotable, those of `queue_answer`, NobodyToMail, and what the house says of the wording.
    """
    kept, _ = await replied(
        tx, conversation_id=conversation_id, client_id=client_id, text=text, by=by,
        file_ids=file_ids, article_id=article_id, reply_to=reply_to, mail=mail,
        in_chat=in_chat,
    )  # fmt: skip
    return kept


async def replied(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    text: str,
    by: Actor,
    file_ids: list[UUID] | None = None,
    article_id: UUID | None = None,
    reply_to: UUID | None = None,
    rich: dict[str, Any] | None = None,
    mail: MailGiven | None = None,
    in_chat: bool = False,
) -> tuple[MessageRecord, Posted | None]:
    """Send an answer as `reply` does; no Posted where it was there already.

    `rich` is what the message shows in the place of its text. Errors: those of `reply`.
    """
    if provided.approval is not None:
        await provided.approval(tx, by=by, queue_id=None, posted=False)
    kept_text, files = await checked_reply(
        tx, conversation_id=conversation_id, text=text, by=by, file_ids=file_ids,
        reply_to=reply_to, mail=mail,
    )  # fmt: skip
    message = NewMessage(
        kind="agent",
        text=kept_text,
        author_kind="member",
        author_id=by.id,
        client_id=client_id,
        files=files,
        article_id=article_id,
        reply_to=reply_to,
        code=RICH if rich is not None else None,
        params=rich,
    )
    kept, posted = await put_reply(tx, conversation_id, message, by, mail=mail, in_chat=in_chat)
    if posted is not None and provided.approval is not None:
        # The queue is known from the row that was written, so nobody asks for it before.
        await provided.approval(tx, by=by, queue_id=posted.queue_id, posted=True)
    return kept, posted


async def checked_reply(
    tx: Transaction,
    *,
    conversation_id: UUID,
    text: str,
    by: Actor,
    file_ids: list[UUID] | None = None,
    reply_to: UUID | None = None,
    mail: MailGiven | None = None,
) -> tuple[str, list[dict[str, Any]] | None]:
    """Return text and files as a reply keeps them.

    Errors: those of `reply` that its words, files and quote can have.
    """
    if reply_to is not None:
        await check_quotable(tx, reply_to, into="agent", conversation_id=conversation_id, by=by)
    if mail is not None:
        text = await checked_mail_text(tx, text, mail)
    if provided.wording is not None:
        await provided.wording(tx, text)
    return checked_text(text, may_be_empty=bool(file_ids)), await attached(tx, file_ids)


async def put_reply(
    tx: Transaction,
    conversation_id: UUID,
    message: NewMessage,
    by: Actor,
    *,
    mail: MailGiven | None = None,
    in_chat: bool = False,
) -> tuple[MessageRecord, Posted | None]:
    """Write an answer of whoever holds the conversation; no Posted where it was there already."""
    said = Said(
        ReplySent,
        {
            "agent_id": by.id,
            "length": len(message.text),
            "files": len(message.files or ()),
            "article_id": message.article_id,
        },
    )
    kept, posted = await post(
        tx, conversation_id, message, said, states=("serving",), by=by, must_hold=True
    )
    if posted is not None and (
        mail is not None or await _asks_for_mail(tx, posted, message, in_chat=in_chat)
    ):
        kept = await send_by_mail(tx, kept, mail, by)
        await drop_said(tx, conversation_id, message.text, by)
    if posted is not None and posted.beside:
        await bring_forward(tx, conversation_id)
    return kept, posted


async def _asks_for_mail(
    tx: Transaction, posted: Posted, message: NewMessage, *, in_chat: bool
) -> bool:
    """Say whether an answer goes by mail though nobody said so: where the customer wrote last.

    Cards are for the chat, as far as there is one.
    """
    if posted.channel != MAIL:
        return False
    if not in_chat and message.code is None:
        return True
    if (await need_channel(tx, posted.channel_id)).kind != MAIL:
        return False
    if message.code is None:
        raise NotInChat
    return True


async def note(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID | None,
    text: str,
    by: Actor,
    file_ids: list[UUID] | None = None,
    mentions: list[UUID] | None = None,
    reply_to: UUID | None = None,
) -> MessageRecord:
    """Add an internal note, also to a closed conversation, and call the colleagues it names.

    `reply_to` may be a message of another conversation that the writer sees: so it is passed on.
    Errors: ConversationNotFound, EmptyMessage, TextTooLong, FileNotFound, MemberNotFound,
    MessageNotFound, MessageIsGone, NotQuotable.
    """
    if reply_to is not None:
        await check_quotable(tx, reply_to, into="note", conversation_id=conversation_id, by=by)
    named = list(dict.fromkeys(mentions or ()))
    if named and len(await member_briefs(tx, named)) != len(named):
        raise MemberNotFound
    message = NewMessage(
        kind="note",
        text=checked_text(text, may_be_empty=bool(file_ids or reply_to)),
        author_kind="customer" if by.kind == "visitor" else by.kind,
        author_id=by.id,
        client_id=client_id,
        files=await attached(tx, file_ids),
        mentions=named,
        reply_to=reply_to,
    )
    # A note is part of the leg of whoever holds the conversation; $6 is its author.
    said = Said(
        NoteAdded,
        {"agent_id": by.id, "mentions": len(named)},
        (("leg_id", "CASE WHEN r.agent_id = $6 THEN r.leg_id END"),),
    )
    kept, posted = await post(tx, conversation_id, message, said, states=ANY, by=by)
    if posted is None or by.id is None:
        return kept
    leg_id = posted.leg_id if posted.agent_id == by.id else None
    for member_id in named:
        await record(
            tx,
            MemberMentioned(
                conversation_id=conversation_id,
                message_id=kept.id,
                member_id=member_id,
                agent_id=by.id,
                leg_id=leg_id,
            ),
        )
    if called := [one for one in named if one != by.id]:
        row = await need_conversation(tx, conversation_id, by)
        await call(tx, row, kept.id, kept.seq, called)
    return kept


async def digital_reply(
    tx: Transaction,
    *,
    conversation_id: UUID,
    text: str,
    sources: list[dict[str, Any]] | None = None,
    code: str | None = None,
    params: dict[str, Any] | None = None,
    client_id: UUID | None = None,
) -> MessageRecord:
    """Let the digital agent speak; `client_id` makes a repeated reaction speak once.

    `sources` are dictionaries with article_id, title, url, slug. In the state `waiting` it may
    still say something (that the customer is in the queue), but that answers nobody.
    Errors: ConversationNotFound, ConversationIsClosed, NotYours (a person serves).
    """
    message = NewMessage(
        kind="digital",
        text=checked_text(text, may_be_empty=code is not None),
        author_kind="digital_agent",
        author_id=None,
        client_id=client_id,
        sources=sources,
        code=code,
        params=params,
    )
    by = Actor.digital(tx.organisation_id)
    said = Said(DigitalReplySent, {"code": code, "sources": len(sources or ())})
    states = ("digital", "waiting")
    kept, _ = await post(tx, conversation_id, message, said, states=states, by=by)
    return kept


async def system_message(
    tx: Transaction,
    *,
    conversation_id: UUID,
    code: str,
    params: dict[str, Any] | None = None,
    client_id: UUID | None = None,
) -> MessageRecord:
    """Put a line of the house's own into the timeline; its words are `conversations.said.<code>`.

    `params` must hold ids, numbers and short codes only: the reader's side fills in names.
    """
    message = NewMessage(
        kind="system",
        text="",
        author_kind="system",
        author_id=None,
        client_id=client_id,
        code=code,
        params=params,
    )
    by = Actor.system(tx.organisation_id)
    said = Said(SystemMessageAdded, {"code": code})
    kept, _ = await post(tx, conversation_id, message, said, states=ANY, by=by)
    return kept
