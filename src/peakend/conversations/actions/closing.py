"""The end of a conversation, second thoughts about it, and why the customer came."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.conversations.actions.snoozing import record_woken
from peakend.conversations.events import (
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ReasonSet,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    need_conversation,
    need_version,
)
from peakend.conversations.queries.visitor import FRONT
from peakend.conversations.rules.states import UNDO_GRACE, UNDO_WITHIN, may_undo, reopened_state
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.profiles.actions import need_complete

_CLOSE = """
UPDATE conversation SET
    state = 'closed', closed_at = $2, closed_from = state, solved = $3, reason_id = $4,
    reason_version = $5, unread = 0, awaiting_since = NULL, snoozed_until = NULL, woken_at = NULL,
    marked_unread = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

_REOPEN = """
UPDATE conversation SET
    state = $2, agent_id = $3, leg_id = $4, closed_at = NULL, closed_from = NULL, solved = NULL,
    last_agent_id = coalesce($3, agent_id, last_agent_id), version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

_OPEN = f"""
SELECT id FROM conversation
WHERE organisation_id = current_organisation() AND id = {FRONT} AND state <> 'closed'
"""  # noqa: S608 (a part of our own)

_REASON = """
SELECT v.version, r.id IS NOT NULL AS known
FROM (SELECT max(version) AS version FROM contact_reason_version
      WHERE organisation_id = current_organisation()) v
LEFT JOIN contact_reason r
    ON r.organisation_id = current_organisation()
    AND r.version = v.version AND r.id = $1 AND r.active
"""

_ANY_REASON = """
SELECT EXISTS (
    SELECT 1 FROM contact_reason
    WHERE organisation_id = current_organisation() AND active
      AND version = (SELECT max(version) FROM contact_reason_version
                     WHERE organisation_id = current_organisation()))
"""


class ReasonNeeded(Invalid):
    """The organisation wants to know why the customer came."""

    wording = "conversations.reason_needed"


class UnknownReason(Invalid):
    """The reason is not in the newest tree."""

    wording = "conversations.unknown_reason"


class TooLateToUndo(Conflict):
    """The closing stands; the conversation can still be reopened."""

    wording = "conversations.too_late_to_undo"


class MergedAway(Conflict):
    """It goes on in another conversation; there is nothing here to reopen."""

    wording = "conversations.merged_away"


class NotClosed(Conflict):
    """The conversation is still open."""

    wording = "conversations.not_closed"


class _Reason(msgspec.Struct, frozen=True):
    version: int | None
    known: bool


async def close(
    tx: Transaction,
    *,
    conversation_id: UUID,
    by: Actor,
    reason_id: UUID | None = None,
    solved: bool | None = None,
    version: int | None = None,
    bare: bool = False,
) -> None:
    """End a conversation; agents must say why the customer came where there are reasons.

    With `bare` nobody is asked for anything, as there was no customer.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale, ReasonNeeded,
    UnknownReason, FieldsMissing.
    """
    row = await need_version(tx, conversation_id, by, version)
    if row.state == "closed":
        raise ConversationIsClosed
    kept_reason, kept_version = row.reason_id, row.reason_version
    if reason_id is not None and reason_id != row.reason_id:
        kept_reason, kept_version = reason_id, await _reason_version(tx, reason_id)
    if not bare and kept_reason is None and by.kind == "member" and await tx.value(_ANY_REASON):
        raise ReasonNeeded(fields={"reason_id": "required"})
    if not bare and by.kind == "member":
        await need_complete(tx, conversation_id=conversation_id, customer_id=row.customer_id)
    await tx.run(_CLOSE, conversation_id, tx.now, solved, kept_reason, kept_version)
    await record_woken(tx, row, "customer" if by.kind == "visitor" else "member")
    if kept_reason != row.reason_id:
        await record(
            tx,
            ReasonSet(
                conversation_id=conversation_id, reason_id=kept_reason, reason_version=kept_version
            ),
        )
    await record(
        tx,
        ConversationClosed(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            agent_id=row.agent_id,
            leg_id=row.leg_id,
            from_state=row.state,
            by=by.kind,
            reason_id=kept_reason,
            solved=solved,
            lasted_s=max(0, int((tx.now - row.opened_at).total_seconds())),
            messages=row.last_seq,
            waited_ms=_waited_ms(row, tx.now),
        ),
    )


def _waited_ms(row: ConversationRecord, now: datetime) -> int | None:
    if row.awaiting_since is None:
        return None
    return max(0, int((now - row.awaiting_since).total_seconds() * 1000))


async def close_by_customer(tx: Transaction, *, by: Actor) -> UUID | None:
    """End the visitor's open conversation and return its id; None where nothing is open."""
    conversation_id: UUID | None = await tx.value(
        _OPEN,
        by.customer_id,
        by.channel_id,
    )
    if conversation_id is not None:
        await close(tx, conversation_id=conversation_id, by=by)
    return conversation_id


async def reopen(
    tx: Transaction,
    *,
    conversation_id: UUID,
    by: Actor,
    undo: bool = False,
    within: timedelta = UNDO_WITHIN + UNDO_GRACE,
    version: int | None = None,
) -> None:
    """Let a closed conversation go on: with the agent who asks, or as if it had not been closed.

    `undo` restores state, agent and leg, `within` a few seconds only; otherwise the agent gets a
    new leg from routing. Errors: ConversationNotFound, NotClosed, TooLateToUndo,
    ConversationStale, OtherIsOpen.
    """
    row = await need_version(tx, conversation_id, by, version)
    if row.state != "closed":
        if undo:
            return
        raise NotClosed
    if row.merged_into_id is not None:
        raise MergedAway
    if undo and not may_undo(row.closed_at, tx.now, within):
        raise TooLateToUndo
    await _none_open(tx, row)
    if undo:
        state, agent_id, leg_id = row.closed_from or "waiting", row.agent_id, row.leg_id
    else:
        by_agent = by.kind == "member"
        state = reopened_state(by_agent=by_agent, had_agent=True, digital=False)
        agent_id, leg_id = (by.id if by_agent else None), None
    await tx.run(_REOPEN, conversation_id, state, agent_id, leg_id)
    assert row.closed_at is not None
    await record(
        tx,
        ConversationReopened(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            agent_id=agent_id,
            leg_id=leg_id,
            state=state,
            by=by.kind,
            undo=undo,
            closed_for_s=max(0, int((tx.now - row.closed_at).total_seconds())),
            last_agent_id=row.agent_id or row.last_agent_id,
        ),
    )


class OtherIsOpen(Conflict):
    """The customer already has a newer conversation that is open."""

    wording = "conversations.other_is_open"


async def _none_open(tx: Transaction, row: ConversationRecord) -> None:
    other = await tx.value(
        "SELECT 1 FROM conversation WHERE organisation_id = current_organisation() "
        "AND customer_id = $1 AND channel_id = $2 AND state <> 'closed' AND NOT beside "
        "AND NOT (SELECT beside FROM conversation "
        "WHERE organisation_id = current_organisation() AND id = $3)",
        row.customer_id,
        row.channel_id,
        row.id,
    )
    if other is not None:
        raise OtherIsOpen


async def set_reason(
    tx: Transaction,
    *,
    conversation_id: UUID,
    reason_id: UUID | None,
    by: Actor,
    version: int | None = None,
) -> None:
    """Say why the customer came. Errors: ConversationNotFound, ConversationStale, UnknownReason."""
    row = await need_version(tx, conversation_id, by, version)
    if row.reason_id == reason_id:
        return
    reason_version = await _reason_version(tx, reason_id) if reason_id is not None else None
    await tx.run(
        "UPDATE conversation SET reason_id = $2, reason_version = $3, version = version + 1 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        conversation_id,
        reason_id,
        reason_version,
    )
    await record(
        tx,
        ReasonSet(
            conversation_id=conversation_id, reason_id=reason_id, reason_version=reason_version
        ),
    )


async def _reason_version(tx: Transaction, reason_id: UUID) -> int:
    found = await tx.one(_Reason, _REASON, reason_id)
    if found is None or not found.known or found.version is None:
        raise UnknownReason(fields={"reason_id": "unknown"})
    return found.version


async def set_rating(tx: Transaction, *, conversation_id: UUID, rating: int) -> None:
    """Show the customer's stars on the conversation; asked for by the context of surveys."""
    row = await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id), lock=True)
    if row.rating == rating:
        return
    await tx.run(
        "UPDATE conversation SET rating = $2, version = version + 1 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        conversation_id,
        rating,
    )
    await record(tx, ConversationRated(conversation_id=conversation_id, rating=rating))
