"""Targets: the clock of a conversation is set to what is promised now, and says when it is late.

Every fact, timer and change of policy ends in the same question, asked of the rows as they are now:
so late, doubled or disordered facts change nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peakend.conversations import actions as conversations
from peakend.conversations.queries import (
    ConversationRecord,
    Due,
    clock_runs,
    need_conversation,
    newest_of_customers,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue as enqueue_job
from peakend.routing.events import TargetBreached, TargetWarned
from peakend.routing.queries.targets import (
    Applying,
    marks,
    promised,
    running,
    running_since,
)
from peakend.routing.rules.targets import Mark, Promise, owed_in, said, shown

AT_A_TIME = 200

_LOCK = """
INSERT INTO sla_clock AS k (conversation_id) VALUES ($1)
ON CONFLICT (organisation_id, conversation_id) DO UPDATE SET since = k.since
"""
_SET = """
UPDATE sla_clock SET policy_id = $2, since = $3
WHERE organisation_id = current_organisation() AND conversation_id = $1
  AND (policy_id, since) IS DISTINCT FROM ($2, $3::timestamptz)
"""
_MARK = """
INSERT INTO sla_mark (conversation_id, kind, at, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation_id, conversation_id, kind, at) DO NOTHING
"""


async def start_turn(tx: Transaction, *, conversation_id: UUID, at: datetime) -> None:
    """Set the clock for a customer who wrote, unless it runs already since before."""
    since = await running_since(tx, conversation_id)
    if since is None or since > at:
        await follow_targets(tx, conversation_id=conversation_id)


async def end_turn(
    tx: Transaction,
    *,
    conversation_id: UUID,
    waited_ms: int,
    until: datetime,
    replied: bool | None = None,
) -> None:
    """Remember how long the customer waited, and say so if that was too long.

    `replied` says that there was an answer before this one; without it the conversation does.
    """
    row = await _locked(tx, conversation_id)
    since = until - timedelta(milliseconds=waited_ms)
    await tx.run(_MARK, conversation_id, "turn", since, until)
    known = await marks(tx, conversation_id)
    applying = await promised(tx, row)
    turn = owed_in(
        applying.policy if applying else None,
        applying.hours if applying else None,
        known,
        since=since,
        until=until,
        replied=row.first_reply_at is not None if replied is None else replied,
    )
    for promise in turn:
        if promise.due_at < until:
            await _breach(tx, row, applying, promise, known)
    await _set(tx, row, applying, known)


async def mark_pause(tx: Transaction, *, conversation_id: UUID, at: datetime, aside: bool) -> None:
    """Remember when a conversation was put aside or taken up again, and set its clock."""
    row = await _locked(tx, conversation_id)
    await tx.run(_MARK, conversation_id, "aside" if aside else "back", at, None)
    await _set(tx, row, await promised(tx, row), await marks(tx, conversation_id))


async def keep_promise(
    tx: Transaction, *, conversation_id: UUID, at: datetime, until: datetime
) -> None:
    """Remember by when a customer was told to hear from us, and let that clock run."""
    row = await _locked(tx, conversation_id)
    await tx.run(_MARK, conversation_id, "promised", at, until)
    await _set(tx, row, await promised(tx, row), await marks(tx, conversation_id))


async def follow_targets(tx: Transaction, *, conversation_id: UUID) -> None:
    """Set the clock of a conversation to what is promised now."""
    row = await _locked(tx, conversation_id)
    await _set(tx, row, await promised(tx, row), await marks(tx, conversation_id))


async def follow_tier(tx: Transaction, *, customer_id: UUID) -> None:
    """Set the clocks of a customer who may have become more or less dear to us."""
    for conversation_id in await newest_of_customers(tx, {customer_id}):
        if await running_since(tx, conversation_id) is not None:
            await _ask(tx, conversation_id)


async def follow_policies(tx: Transaction, *, after: UUID | None = None) -> None:
    """Have every running clock set anew, some at a time; where it stopped it goes on."""
    some = await running(tx, after, AT_A_TIME)
    for conversation_id in some:
        await _ask(tx, conversation_id)
    if len(some) == AT_A_TIME:
        await enqueue_job(tx, "routing.follow_policies", after=some[-1])


async def _ask(tx: Transaction, conversation_id: UUID) -> None:
    await enqueue_job(
        tx,
        "routing.follow_targets",
        unique_key=str(conversation_id),
        conversation_id=conversation_id,
    )


async def _locked(tx: Transaction, conversation_id: UUID) -> ConversationRecord:
    """Return a conversation as it is once nobody else sets its clock."""
    await tx.run(_LOCK, conversation_id)
    return await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))


async def _set(
    tx: Transaction, row: ConversationRecord, applying: Applying | None, known: list[Mark]
) -> None:
    since = row.awaiting_since
    if since is None or not clock_runs(row.state, since, row.snoozed_until):
        await conversations.set_due(tx, conversation_id=row.id, due=None, stopped=True)
        await tx.run(_SET, row.id, applying.policy.id if applying else None, None)
        return
    owed = owed_in(
        applying.policy if applying else None,
        applying.hours if applying else None,
        known,
        since=since,
        replied=row.first_reply_at is not None,
    )
    for promise in owed:
        if tx.now >= promise.due_at:
            await _breach(tx, row, applying, promise, known)
        elif tx.now >= promise.warn_at:
            await _warn(tx, row, applying, promise, known)
    next_up = shown(owed, tx.now)
    due = Due(next_up.target, next_up.due_at, next_up.warn_at) if next_up else None
    await conversations.set_due(tx, conversation_id=row.id, due=due)
    await tx.run(_SET, row.id, applying.policy.id if applying else None, since)
    times = [at for one in owed for at in (one.warn_at, one.due_at) if at > tx.now]
    if times:
        await enqueue_job(
            tx,
            "routing.look_at_clock",
            run_at=min(times),
            unique_key=str(row.id),
            conversation_id=row.id,
        )


async def _warn(
    tx: Transaction,
    row: ConversationRecord,
    applying: Applying | None,
    promise: Promise,
    known: list[Mark],
) -> None:
    if await _say(tx, row, "warned", promise, known):
        await record(tx, TargetWarned(**_told(row, applying, promise)), occurred_at=promise.warn_at)


async def _breach(
    tx: Transaction,
    row: ConversationRecord,
    applying: Applying | None,
    promise: Promise,
    known: list[Mark],
) -> None:
    if await _say(tx, row, "breached", promise, known):
        await record(
            tx, TargetBreached(**_told(row, applying, promise)), occurred_at=promise.due_at
        )


async def _say(
    tx: Transaction, row: ConversationRecord, what: str, promise: Promise, known: list[Mark]
) -> bool:
    """Remember that something is said; False where it was said before, or worse than that."""
    if said(known, "breached", promise) or (what == "warned" and said(known, "warned", promise)):
        return False
    mark = Mark(kind=f"{what}_{promise.target}", at=promise.since)
    known.append(mark)
    return bool(await tx.run(_MARK, row.id, mark.kind, mark.at, None))


def _told(row: ConversationRecord, applying: Applying | None, promise: Promise) -> dict[str, Any]:
    return {
        "conversation_id": row.id,
        "leg_id": row.leg_id,
        "agent_id": row.agent_id,
        "queue_id": row.queue_id,
        # What was told to the customer holds without a policy.
        "policy_id": applying.policy.id if applying and promise.target != "promised" else None,
        "target": promise.target,
        "target_s": promise.target_s,
        "due_at": promise.due_at,
    }
