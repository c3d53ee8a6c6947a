"""Passing on: transfers with their way back, and giving work back to the queue."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.conversations import actions as conversations
from peakend.conversations.queries.access import need_conversation, need_version
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue as enqueue_job
from peakend.routing.actions.lines import Passed, end_leg, enqueue, serve_at_once
from peakend.routing.actions.presence import lock_presence
from peakend.routing.actions.taking import AgentAway
from peakend.routing.events import ReplyPromised, TransferRequested, TransferReturned, WorkRescued
from peakend.routing.models import WorkItem
from peakend.routing.queries.hours import remedy_due
from peakend.routing.queries.queues import need_queue
from peakend.routing.queries.seats import presence_of
from peakend.routing.queries.work import active_leg, need_leg

TRANSFER_LIMIT_S = 180
PASSED_ON_PRIORITY = 10
"""Who was passed on has waited once already: it counts as ten minutes."""

Kind = Literal["agent", "team", "queue"]


class NotHeld(Conflict):
    """Only what an agent holds can be passed on."""

    wording = "routing.not_held"


class PassedToSelf(Conflict):
    """A conversation is not passed on to whom holds it."""

    wording = "routing.passed_to_self"


class NoteNeeded(Invalid):
    """A second transfer needs its reason."""

    wording = "routing.note_needed"


class TeamEmpty(Conflict):
    """Nobody is in the team."""

    wording = "routing.team_empty"


async def transfer(
    tx: Transaction,
    *,
    conversation_id: UUID,
    kind: Kind,
    to_id: UUID,
    note: str,
    version: int | None,
    by: Actor,
) -> UUID:
    """Pass a conversation on with a note and its whole context; return the new leg.

    If nobody takes it in time it comes back to the sender, with an alarm.
    Errors: ConversationNotFound, ConversationStale, NotHeld, PassedToSelf, AgentAway, TeamEmpty,
    NoteNeeded, MemberNotFound, TeamNotFound, QueueNotFound.
    """
    leg = await _need_held(tx, conversation_id, by)
    conversation = await need_version(tx, conversation_id, by, version)
    if conversation.state == "closed":
        raise NotHeld
    if leg.transfers > 0 and not note.strip():
        raise NoteNeeded(fields={"note": "routing.note_needed"})
    await _need_target(tx, kind, to_id, leg)
    queue_id = to_id if kind == "queue" else leg.queue_id or conversation.queue_id
    queue = await need_queue(tx, queue_id) if queue_id else None
    limit_s = queue.transfer_limit_s if queue else TRANSFER_LIMIT_S
    if note.strip():
        await conversations.note(
            tx, conversation_id=conversation_id, client_id=None, text=note, by=by
        )
    await end_leg(tx, leg, "transferred")
    passed = Passed(
        from_leg=leg,
        only_agent_id=to_id if kind == "agent" else None,
        only_team_id=to_id if kind == "team" else None,
        return_to=leg.agent_id,
        return_by=tx.now + timedelta(seconds=limit_s),
        tried=leg.agent_id,
    )
    new_leg_id = await enqueue(
        tx, conversation_id, queue_id, priority=PASSED_ON_PRIORITY, passed=passed
    )
    assert new_leg_id is not None
    await _tell_transfer(tx, leg, new_leg_id, queue_id, kind, to_id, limit_s)
    return new_leg_id


async def _tell_transfer(
    tx: Transaction,
    leg: WorkItem,
    new_leg_id: UUID,
    queue_id: UUID | None,
    kind: Kind,
    to_id: UUID,
    limit_s: int,
) -> None:
    """Put the transfer into the timeline and the log, and set the clock of its way back."""
    assert leg.agent_id is not None
    await conversations.system_message(
        tx,
        conversation_id=leg.conversation_id,
        code=f"transferred_to_{kind}",
        params={"to_id": str(to_id), "from_id": str(leg.agent_id)},
    )
    await record(
        tx,
        TransferRequested(
            leg_id=new_leg_id,
            from_leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=queue_id,
            agent_id=leg.agent_id,
            to_kind=kind,
            to_id=to_id,
            limit_s=limit_s,
            transfers=leg.transfers + 1,
        ),
    )
    await enqueue_job(
        tx,
        "routing.return_transfer",
        run_at=tx.now + timedelta(seconds=limit_s),
        leg_id=new_leg_id,
    )


async def _need_held(tx: Transaction, conversation_id: UUID, by: Actor) -> WorkItem:
    await need_conversation(tx, conversation_id, by)
    seen = await active_leg(tx, conversation_id)
    if seen is None or seen.agent_id is None:
        raise NotHeld
    await lock_presence(tx, [seen.agent_id])
    leg = await active_leg(tx, conversation_id, lock=True)
    if leg is None or leg.state != "serving" or leg.id != seen.id:
        raise NotHeld
    if leg.agent_id != by.id and not by.may("conversations.assign"):
        raise NotHeld
    return leg


async def _need_target(tx: Transaction, kind: Kind, to_id: UUID, leg: WorkItem) -> None:
    if kind == "queue":
        await need_queue(tx, to_id)
    elif kind == "team":
        team = await accounts.need_team(tx, to_id)
        if not set(team.member_ids) - {leg.agent_id}:
            raise TeamEmpty
    elif to_id == leg.agent_id:
        raise PassedToSelf
    else:
        member = await accounts.need_member(tx, to_id)
        if not member.active or (await presence_of(tx, to_id)).state == "offline":
            raise AgentAway(name=member.name)


async def return_transfer(tx: Transaction, *, leg_id: UUID, why: str = "nobody") -> bool:
    """Bring back a transfer that nobody took; say whether there was anything to do.

    A sender who left gets the alarm all the same, and the customer waits in the queue, in front.
    """
    seen = await need_leg(tx, leg_id)
    if seen.state not in ("waiting", "offered") or seen.return_to is None:
        return False
    if why == "nobody" and (seen.return_by is None or seen.return_by > tx.now):
        return False
    await lock_presence(tx, [who for who in (seen.return_to, seen.offered_to) if who])
    leg = await need_leg(tx, leg_id, lock=True)
    if leg.state not in ("waiting", "offered") or leg.return_to is None:
        return False
    system = Actor.system(tx.organisation_id)
    if (await need_conversation(tx, leg.conversation_id, system, lock=True)).state == "closed":
        # The reaction to the closing ends this leg.
        return False
    await end_leg(tx, leg, "returned", state="returned")
    if (await presence_of(tx, leg.return_to)).state == "offline":
        why = "sender_away"
        new_leg_id = await enqueue(
            tx,
            leg.conversation_id,
            leg.queue_id,
            priority=PASSED_ON_PRIORITY * 2,
            passed=Passed(from_leg=leg),
        )
    else:
        back = await serve_at_once(
            tx,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            customer_id=leg.customer_id,
            agent_id=leg.return_to,
            source="returned",
            before=leg,
        )
        new_leg_id = back.id
    assert new_leg_id is not None
    await _promise(tx, leg, new_leg_id, owned=why != "sender_away")
    await record(
        tx,
        TransferReturned(
            leg_id=new_leg_id,
            from_leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=leg.return_to,
            why=why,
            waited_s=max(0.0, (tx.now - leg.entered_at).total_seconds()),
        ),
    )
    return True


async def _promise(tx: Transaction, leg: WorkItem, new_leg_id: UUID, *, owned: bool) -> None:
    """Apologise to the customer, and say to both sides by when somebody answers."""
    assert leg.return_to is not None
    promised_at = await remedy_due(tx, leg.queue_id, tx.now)
    params = {"promised_at": promised_at.isoformat(timespec="seconds")}
    if owned:
        params["to_id"] = str(leg.return_to)
    await conversations.system_message(
        tx,
        conversation_id=leg.conversation_id,
        code="transfer_failed" if owned else "transfer_failed_away",
        params=params,
    )
    await record(
        tx,
        ReplyPromised(
            leg_id=new_leg_id,
            from_leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=leg.return_to,
            owner_id=leg.return_to if owned else None,
            promised_at=promised_at,
        ),
    )


async def release(tx: Transaction, *, conversation_id: UUID, by: Actor) -> UUID:
    """Give a conversation back to its queue, in front, for somebody else.

    Errors: ConversationNotFound, NotHeld.
    """
    leg = await _need_held(tx, conversation_id, by)
    if (await need_conversation(tx, conversation_id, by, lock=True)).state == "closed":
        raise NotHeld
    await end_leg(tx, leg, "released")
    new_leg_id = await enqueue(
        tx,
        conversation_id,
        leg.queue_id,
        priority=PASSED_ON_PRIORITY,
        passed=Passed(from_leg=leg, tried=leg.agent_id),
    )
    assert new_leg_id is not None
    return new_leg_id


async def give_to_digital(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Give a conversation from its agent back to the digital agent.

    Errors: ConversationNotFound, NotHeld.
    """
    leg = await _need_held(tx, conversation_id, by)
    if (await need_conversation(tx, conversation_id, by, lock=True)).state == "closed":
        raise NotHeld
    await end_leg(tx, leg, "handed_back")
    await conversations.release(tx, conversation_id=conversation_id, state="digital")


async def rescue(tx: Transaction, leg: WorkItem) -> UUID | None:
    """Give a waiting customer of an agent who left to somebody else; None if it is not needed."""
    assert leg.agent_id is not None
    await lock_presence(tx, [leg.agent_id])
    now = await need_leg(tx, leg.id, lock=True)
    if now.state != "serving" or (await presence_of(tx, leg.agent_id)).state != "offline":
        return None
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, leg.conversation_id, system, lock=True)
    if conversation.state != "serving" or conversation.awaiting_since is None:
        return None
    await end_leg(tx, now, "agent_left")
    new_leg_id = await enqueue(
        tx,
        leg.conversation_id,
        leg.queue_id,
        priority=PASSED_ON_PRIORITY,
        passed=Passed(from_leg=now),
    )
    assert new_leg_id is not None
    await record(
        tx,
        WorkRescued(
            leg_id=new_leg_id,
            from_leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=leg.agent_id,
        ),
    )
    return new_leg_id
