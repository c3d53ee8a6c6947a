"""Putting a conversation aside: until a time, and always until the customer writes."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from peakend.accounts.queries import organisation
from peakend.conversations.events import ConversationSnoozed, ConversationWoken
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    NotYours,
    need_conversation,
    need_version,
)
from peakend.conversations.rules.snoozing import fits
from peakend.conversations.rules.states import leads
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue

_SNOOZE = """
UPDATE conversation SET
    snoozed_until = $2, woken_at = NULL, marked_unread = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

_WAKE = """
UPDATE conversation SET
    snoozed_until = NULL, woken_at = $2::timestamptz,
    marked_unread = marked_unread OR $2 IS NOT NULL,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class WrongTime(Invalid):
    """The time is over already, or more than a year away."""

    wording = "conversations.wrong_time"


async def snooze(
    tx: Transaction,
    *,
    conversation_id: UUID,
    until: datetime,
    by: Actor,
    version: int | None = None,
) -> None:
    """Put a conversation aside; a time without an offset is the organisation's own.

    Only who holds it, or sees all, may. Errors: ConversationNotFound, ConversationStale,
    ConversationIsClosed, NotYours, WrongTime.
    """
    row = await need_version(tx, conversation_id, by, version)
    agent_id = _held(row, by)
    if until.tzinfo is None:
        until = until.replace(tzinfo=ZoneInfo((await organisation(tx)).time_zone))
    if not fits(until, tx.now):
        raise WrongTime(fields={"until": "wrong"})
    if row.snoozed_until == until:
        return
    await tx.run(_SNOOZE, conversation_id, until)
    await record(
        tx,
        ConversationSnoozed(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            leg_id=row.leg_id,
            agent_id=agent_id,
            until=until,
        ),
    )
    await enqueue(
        tx, "conversations.wake_on_time", run_at=until, conversation_id=conversation_id, until=until
    )


def _held(row: ConversationRecord, by: Actor) -> UUID:
    """Return who holds it. Errors: ConversationIsClosed, NotYours."""
    if row.state == "closed":
        raise ConversationIsClosed
    if row.state != "serving" or row.agent_id is None:
        raise NotYours
    if row.agent_id != by.id and not leads(by):
        raise NotYours
    return row.agent_id


async def wake(
    tx: Transaction, *, conversation_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Take up again by hand what was put aside; where nothing was, nothing happens.

    Errors: ConversationNotFound, ConversationStale, ConversationIsClosed, NotYours.
    """
    row = await need_version(tx, conversation_id, by, version)
    _held(row, by)
    if row.snoozed_until is None:
        return
    await tx.run(_WAKE, conversation_id, None)
    await record_woken(tx, row, "member")


async def wake_on_time(tx: Transaction, *, conversation_id: UUID, until: datetime) -> None:
    """Bring back what was put aside until now; a timer of an earlier plan changes nothing."""
    system = Actor.system(tx.organisation_id)
    row = await need_conversation(tx, conversation_id, system, lock=True)
    if row.snoozed_until != until:
        return
    await tx.run(_WAKE, conversation_id, tx.now)
    await record_woken(tx, row, "timer")


async def record_woken(tx: Transaction, row: ConversationRecord, why: str) -> None:
    """Record that what was put aside no longer is; `row` is as it was before."""
    if row.snoozed_until is None or row.agent_id is None:
        return
    await record(
        tx,
        ConversationWoken(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            leg_id=row.leg_id,
            agent_id=row.agent_id,
            until=row.snoozed_until,
            why=why,
        ),
    )
