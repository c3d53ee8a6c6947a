"""What becomes of a transfer that failed: a call-back is promised, with an owner and an apology.

Where nobody took it the customer was told by routing already; who left meanwhile is told here, in
the conversation and by mail.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from peakend.accounts.queries import organisation
from peakend.cases.actions.opening import OwnerUnfit
from peakend.cases.actions.promises import make_promise
from peakend.cases.rules.promises import SOONEST
from peakend.conversations import actions as conversations
from peakend.conversations.queries import (
    ConversationNotFound,
    ConversationRecord,
    need_conversation,
)
from peakend.customers.queries import mail_addresses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import word
from peakend.mail.actions import queue_mail
from peakend.mail.ports import Person
from peakend.mail.queries import house_values, moment_text, sending_brand
from peakend.routing.queries import LegNotFound, need_leg, remedy_due


async def promise_answer(
    tx: Transaction,
    *,
    from_leg_id: UUID,
    conversation_id: UUID,
    owner_id: UUID | None,
    due_at: datetime,
) -> UUID | None:
    """Put down what a customer was told whose transfer nobody took, once for each leg."""
    by = Actor.system(tx.organisation_id)
    try:
        await need_conversation(tx, conversation_id, by)
    except ConversationNotFound:
        # Erased meanwhile.
        return None
    words = word("cases.transfer_promise", (await organisation(tx)).language)
    # A reaction that comes late keeps to what was said, as far as a promise can.
    due_at = max(due_at, tx.now + SOONEST + timedelta(seconds=1))
    for owner in dict.fromkeys((owner_id, None)):
        try:
            return await make_promise(
                tx, kind="call_back", words=words, due_at=due_at, by=by,
                conversation_id=conversation_id, owner_id=owner,
                client_id=uuid5(from_leg_id, "transfer"),
            )  # fmt: skip
        except OwnerUnfit:
            continue
    return None


async def remedy_abandoned(tx: Transaction, *, leg_id: UUID) -> None:
    """Promise a call-back to who left while his transfer waited, and tell him; else nothing."""
    try:
        leg = await need_leg(tx, leg_id)
    except LegNotFound:
        return
    if leg.return_to is None or leg.state != "abandoned" or leg.ended_at is None:
        return
    due_at = await remedy_due(tx, leg.queue_id, leg.ended_at)
    made = await promise_answer(
        tx, from_leg_id=leg.id, conversation_id=leg.conversation_id, owner_id=leg.return_to,
        due_at=due_at,
    )  # fmt: skip
    if made is None:
        return
    talk = await need_conversation(tx, leg.conversation_id, Actor.system(tx.organisation_id))
    zone = ZoneInfo((await organisation(tx)).time_zone)
    language: Literal["zh-CN", "en"] = "en" if talk.language == "en" else "zh-CN"
    when = moment_text(due_at.astimezone(zone), language)
    words = word("cases.transfer_left", language, when=when)
    _, new = await conversations.announce(
        tx, conversation_id=talk.id, text=words, code="transfer_left",
        client_id=uuid5(leg.id, "transfer left"),
    )  # fmt: skip
    if new:
        await mail_words(tx, talk, about=leg.id, words=words)


async def mail_words(
    tx: Transaction, talk: ConversationRecord, *, about: UUID, words: str
) -> UUID | None:
    """Send words to the customer of a conversation by mail.

    None where nobody vouched for an address of his, or where mails do not go out.
    """
    known = await mail_addresses(tx, talk.customer_id)
    to = next((one.email for one in known if one.verified), None)
    brand_id = talk.brand_id or await sending_brand(tx)
    if to is None or brand_id is None:
        return None
    return await queue_mail(
        tx, brand_id=brand_id, kind="notice", about=about, to=Person(to),
        language="en" if talk.language == "en" else "zh-CN", customer_id=talk.customer_id,
        values=await house_values(tx, brand_id)
        | {"words": words, "conversation.number": str(talk.number)},
    )  # fmt: skip
