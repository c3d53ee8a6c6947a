"""What a machine makes of a conversation: its tier and kind, with the reasons."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.cases import queries as cases
from peakend.complaints.queries.access import (
    complaints_of_conversation,
    house_rules,
    open_complaints_of,
    sees,
)
from peakend.complaints.rules.recognising import Heard, Recognised, Words, recognised
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord
from peakend.customers.queries import parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.routing import queries as routing

READ_BACK = 60
LOOKED_BACK = timedelta(days=90)
_EARLIER = """
SELECT count(*)::int FROM complaint
WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])
  AND filed_at >= $2 AND tier IN ('ordinary', 'extreme')
"""


class ComplaintBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint beside a conversation."""

    id: UUID
    number: int
    case_id: UUID
    tier: str
    kind: str | None
    state: str
    confirmed: bool
    due_at: datetime
    warn_at: datetime


class ComplaintBeside(msgspec.Struct, frozen=True):
    """What stands beside a conversation: its complaint, else what a machine would make of it.

    `others` are complaints of the same customer from elsewhere that are not over.
    """

    complaint: ComplaintBrief | None
    suggestion: Recognised
    others: list[ComplaintBrief]


async def beside(tx: Transaction, conversation_id: UUID, actor: Actor) -> ComplaintBeside:
    """Return the complaint of a conversation and a suggestion. Errors: ConversationNotFound."""
    row = await conversations.need_conversation(tx, conversation_id, actor)
    own = [one for one in await complaints_of_conversation(tx, row.id) if sees(actor, one)]
    parts = await parts_of(tx, row.customer_id)
    others = [
        one
        for one in await open_complaints_of(tx, parts)
        if one.conversation_id != row.id and sees(actor, one)
    ]
    return ComplaintBeside(
        complaint=_brief(own[0]) if own else None,
        suggestion=await judged(tx, row),
        others=[_brief(one) for one in others[:3]],
    )


async def judged(tx: Transaction, row: ConversationRecord) -> Recognised:
    """Return what the words and the history of a conversation's customer amount to."""
    rules, _ = await house_rules(tx)
    said = await conversations.transcript(tx, row.id, READ_BACK)
    texts = [one.text for one in said if one.kind == "customer" and one.recalled_at is None]
    words = Words(tuple(rules.extreme_words), tuple(rules.ordinary_words))
    return recognised(await _heard(tx, row, texts), words)


async def _heard(tx: Transaction, row: ConversationRecord, texts: list[str]) -> Heard:
    parts = await parts_of(tx, row.customer_id)
    known = await cases.cases_of_customer(tx, row.customer_id, closed=False)
    waited = sum(
        ((leg.answered_at or leg.ended_at or tx.now) - leg.entered_at).total_seconds()
        for leg in await routing.legs_of(tx, row.id)
        if leg.live
    )
    return Heard(
        texts=texts,
        complaints=await tx.value(_EARLIER, parts, tx.now - LOOKED_BACK),
        broken_promises=await cases.broken_promises_of(tx, parts, tx.now - LOOKED_BACK),
        repeats=max((one.repeats for one in known), default=0),
        waited_min=int(waited // 60),
    )


def _brief(row: object) -> ComplaintBrief:
    return ComplaintBrief(
        **{
            name: getattr(row, name)
            for name in ComplaintBrief.__struct_fields__
            if name != "confirmed"
        },
        confirmed=getattr(row, "confirmed_at", None) is not None,
    )
