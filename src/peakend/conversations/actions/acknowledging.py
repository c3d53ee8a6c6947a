"""Telling who has written a mail that it arrived: off until somebody wants it, and rarely twice."""

from uuid import UUID

from peakend.conversations.actions.answering import answers_at
from peakend.conversations.queries.access import ConversationNotFound, need_conversation
from peakend.conversations.queries.answering import language_of, start_of
from peakend.conversations.queries.threading import conversation_mail
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.mail import actions as mail
from peakend.mail import queries as mails
from peakend.mail.ports import Person


async def acknowledge_mail(tx: Transaction, *, conversation_id: UUID) -> UUID | None:
    """Acknowledge the mail that began a conversation, where its mailbox does; return the mail.

    Only a person's mail, and only where somebody vouches for its sender: else anybody could have us
    write to anybody (security.md, 34). Asked twice, the limiter says no.
    """
    try:
        row = await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    except ConversationNotFound:
        return None
    thread = await conversation_mail(tx, row.id)
    # Most mailboxes do not: what an answer would begin with is looked up for those that do.
    if thread is None or not await mails.acknowledges(tx, thread.mailbox_id):
        return None
    start = await start_of(tx, row, to_send=True)
    came = start.newest
    if came is None or start.brand_id is None or came.automatic or row.state == "closed":
        return None
    box = await mails.answering_mailbox(tx, start.brand_id, came.mailbox_id)
    if box is None or box.id != came.mailbox_id or not box.acknowledges:
        return None
    bounds = mails.Bounds(mailbox_id=box.id, conversation_id=row.id)
    own = {one.lower() for one in await mails.own_addresses(tx)}
    why = "" if came.trust == "verified" else "unverified"
    why = "own" if came.from_email.lower() in own else why
    if why:
        await mail.tell_held(tx, bounds=bounds, brand_id=start.brand_id, why=why)
        return None
    return await mail.queue_mail(
        tx,
        brand_id=start.brand_id,
        kind="acknowledgement",
        about=row.id,
        # Nothing that a stranger wrote goes along: neither his name nor his subject.
        to=Person(came.from_email),
        language=language_of(row),
        values=await mails.house_values(tx, start.brand_id)
        | {"conversation.number": str(row.number)},
        customer_id=row.customer_id,
        bounds=bounds,
        in_reply_to=came.message_id,
        reply_to=await answers_at(tx, start, row),
    )
