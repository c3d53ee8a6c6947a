"""An agent finds that a conversation by mail is spam: it ends, and its mails are kept aside."""

from uuid import UUID

from peakend.conversations.actions.closing import close, reopen
from peakend.conversations.actions.replying import system_message
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import need_version
from peakend.conversations.rules.states import UNDO_GRACE, UNDO_WITHIN, may_undo
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.mail.actions import BlockText, block, lift_blocks_of
from peakend.mail.actions import mark_spam as mark_mails
from peakend.mail.queries import need_received

MOST_MAILS = 500
_MAILS = """
SELECT coalesce(array_agg(received_id ORDER BY seq DESC), '{}') FROM (
    SELECT mm.received_id, m.seq FROM message m
    JOIN message_mail mm ON mm.organisation_id = m.organisation_id AND mm.message_id = m.id
    WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
      AND m.kind = 'customer' AND mm.received_id IS NOT NULL
    ORDER BY m.seq DESC LIMIT $2) found
"""


class NotByMail(Conflict):
    """Only what came by mail can be spam."""

    wording = "conversations.not_by_mail"


async def mark_spam(
    tx: Transaction,
    *,
    conversation_id: UUID,
    by: Actor,
    blocks: bool = False,
    version: int | None = None,
) -> None:
    """End a conversation as spam, without a reason; with `blocks` its sender is not heard again.

    Once more changes nothing. Errors: ConversationNotFound, ConversationStale, NotByMail.
    """
    row = await need_version(tx, conversation_id, by, version)
    received_ids = await _mails(tx, row)
    await mark_mails(tx, received_ids=received_ids)
    if blocks:
        sender = (await need_received(tx, received_ids[0])).from_email
        if sender:
            await block(
                tx,
                block=BlockText(pattern=sender, brand_id=row.brand_id),
                conversation_id=row.id,
                customer_id=row.customer_id,
            )
    if row.state != "closed":
        code = "staff_sender_blocked" if blocks else "staff_marked_spam"
        await system_message(tx, conversation_id=row.id, code=code, params=_by(by))
        await close(tx, conversation_id=row.id, by=by, bare=True)


async def unmark_spam(
    tx: Transaction, *, conversation_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Let a conversation go on that is no spam; what was blocked out of it is lifted.

    Errors: ConversationNotFound, ConversationStale, NotByMail, NotClosed, OtherIsOpen.
    """
    row = await need_version(tx, conversation_id, by, version)
    await mark_mails(tx, received_ids=await _mails(tx, row), spam=False)
    await lift_blocks_of(tx, conversation_id=row.id)
    undo = may_undo(row.closed_at, tx.now, UNDO_WITHIN + UNDO_GRACE)
    await reopen(tx, conversation_id=row.id, by=by, undo=undo)
    await system_message(tx, conversation_id=row.id, code="staff_no_spam", params=_by(by))


def _by(by: Actor) -> dict[str, str]:
    return {"agent_id": str(by.id)} if by.kind == "member" else {}


async def _mails(tx: Transaction, row: ConversationRecord) -> list[UUID]:
    found: list[UUID] = await tx.value(_MAILS, row.id, MOST_MAILS)
    if row.channel_kind != "mail" or not found:
        raise NotByMail
    return found
