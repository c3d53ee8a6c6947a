"""What a senior has let go: a reply or a rich message in the name of who wrote it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.actions.answering import checked_mail_text
from peakend.conversations.actions.posting import NewMessage, checked_text
from peakend.conversations.actions.receiving import attached
from peakend.conversations.actions.replying import put_reply
from peakend.conversations.actions.rich import tell_rich
from peakend.conversations.models import MessageRecord
from peakend.conversations.ports import provided
from peakend.conversations.rules.answering import MailGiven
from peakend.conversations.rules.rich import RICH
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


async def approved_reply(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    text: str,
    writer_id: UUID,
    files: list[dict[str, Any]] | None = None,
    article_id: UUID | None = None,
    reply_to: UUID | None = None,
    rich: dict[str, Any] | None = None,
    template_id: UUID | None = None,
    mail: dict[str, Any] | None = None,
) -> MessageRecord:
    """Send what a senior has approved, in the name of the writer who still holds the conversation.

    `rich` is what it shows in the place of its text, `mail` what was kept of how it goes by mail.
    Errors: ConversationNotFound, ConversationIsClosed, NotYours, EmptyMessage, TextTooLong, those
    of `queue_answer`, and what the house says of the wording.
    """
    given = msgspec.convert(mail, MailGiven) if mail is not None else None
    if given is not None:
        text = await checked_mail_text(tx, text, given)
    if provided.wording is not None:
        await provided.wording(tx, text)
    message = NewMessage(
        kind="agent",
        text=checked_text(text, may_be_empty=bool(files)),
        author_kind="member",
        author_id=writer_id,
        client_id=client_id,
        files=files,
        article_id=article_id,
        reply_to=reply_to,
        code=RICH if rich is not None else None,
        params=rich,
    )
    writer = Actor(organisation_id=tx.organisation_id, kind="member", id=writer_id)
    kept, posted = await put_reply(tx, conversation_id, message, writer, mail=given)
    if posted is not None and rich is not None:
        await tell_rich(tx, kept, posted, agent_id=writer_id, template_id=template_id)
    return kept


async def attached_beside(
    tx: Transaction, file_ids: Sequence[UUID], known: Sequence[dict[str, Any]] | None
) -> list[dict[str, Any]] | None:
    """Return what a message keeps of its files: of `known` ones what was kept, others are new.

    Errors: FileNotFound where a new one is not this actor's.
    """
    kept = {str(one["id"]): one for one in known or ()}
    new = await attached(tx, [one for one in file_ids if str(one) not in kept])
    kept |= {str(one["id"]): one for one in new or ()}
    return [kept[str(one)] for one in file_ids] or None
