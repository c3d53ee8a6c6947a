"""Urging (催办): counted, it raises the case, tells its owner and, from the third, who leads."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.cases.actions.moving import raise_priority
from peakend.cases.events.urges import CaseUrged
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import CaseIsClosed, CaseNotFound, case_row, need_case
from peakend.cases.queries.leads import leads_of
from peakend.cases.rules.urges import LONGEST_URGE, UrgedBy, counts, effect
from peakend.conversations.queries import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_LAST = """
SELECT max(at) FROM urge
WHERE organisation_id = current_organisation() AND case_id = $1 AND by = 'customer' AND counted
"""
_ADD = """
INSERT INTO urge (id, case_id, conversation_id, message_id, by, member_id, channel, words, rule,
    said, counted, times, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT DO NOTHING
"""
_COUNT = """
UPDATE service_case SET urges = urges + 1, last_urged_at = $2, version = version + 1,
    updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class Urged(msgspec.Struct, frozen=True):
    """What became of an urge: how often by now, and whether this one counted."""

    times: int
    counted: bool


async def urge(
    tx: Transaction,
    *,
    case_id: UUID,
    by: UrgedBy,
    channel: str,
    actor: Actor | None = None,
    words: str = "",
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
    rule: str | None = None,
    said: str = "",
) -> Urged:
    """Record that somebody is waiting, and say so to whoever holds the case.

    Without an actor it is the house that heard the customer, on his page or in his words; the same
    message urges once. Errors: CaseNotFound, CaseIsClosed.
    """
    row = await _locked(tx, case_id, actor)
    if row.state == "closed":
        raise CaseIsClosed
    counted = counts(by, await tx.value(_LAST, case_id) if by == "customer" else None, tx.now)
    times = row.urges + int(counted)
    words = words.replace("\x00", "").strip()[:LONGEST_URGE]
    member_id = actor.id if actor is not None and actor.kind == "member" else None
    if not await tx.run(
        _ADD, new_id(), case_id, conversation_id, message_id, by, member_id, channel, words,
        rule, said[:40], counted, times, tx.now,
    ):  # fmt: skip
        return Urged(row.urges, counted=False)
    leads: list[UUID] = []
    if counted:
        await tx.run(_COUNT, case_id, tx.now)
        does = effect(times, row.priority)
        if does.priority != row.priority:
            await raise_priority(tx, case_id, does.priority, "urged")
        if does.supervisor:
            leads = (await leads_of(tx, [row.owner_id]))[row.owner_id]
    await record(
        tx,
        CaseUrged(
            **followed(row, conversation_id), by_customer=by == "customer", channel=channel,
            times=times, counted=counted, rule=rule, member_ids=leads,
        ),
    )  # fmt: skip
    return Urged(times, counted)


async def urge_by_member(
    tx: Transaction,
    *,
    case_id: UUID,
    actor: Actor,
    by: UrgedBy = "agent",
    channel: str = "desk",
    words: str = "",
    conversation_id: UUID | None = None,
) -> Urged:
    """Take an agent's own urge, or one that a customer spoke to him.

    Errors: CaseNotFound, CaseIsClosed, ConversationNotFound.
    """
    if conversation_id is not None:
        await need_conversation(tx, conversation_id, actor)
    return await urge(
        tx, case_id=case_id, by=by, channel=channel, actor=actor, words=words,
        conversation_id=conversation_id,
    )  # fmt: skip


async def _locked(tx: Transaction, case_id: UUID, actor: Actor | None) -> CaseRow:
    if actor is not None:
        return await need_case(tx, case_id, actor, lock=True)
    row = await case_row(tx, case_id, lock=True)
    if row is None:
        raise CaseNotFound
    return row


def followed(row: CaseRow, conversation_id: UUID | None = None) -> dict[str, Any]:
    """Return what every fact here says of a case; the conversation is where it was said."""
    return {
        "case_id": row.id,
        "customer_id": row.customer_id,
        "conversation_id": conversation_id or row.conversation_id,
        "agent_id": row.owner_id,
    }
