"""Putting one conversation back to what it was before an act, unless it has changed since."""

from datetime import datetime
from uuid import UUID

from peakend.automation.actions.changing import state_of
from peakend.automation.models import BulkItemRow
from peakend.automation.rules.bulk import UNDO_WITHIN, same
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.routing import actions as routing


class ChangedSince(Conflict):
    """Somebody changed it after the act, so it stays as it is."""

    wording = "automation.changed_since"


async def put_back(tx: Transaction, what: str, item: BulkItemRow, by: Actor) -> None:
    """Put a conversation back. Errors: ConversationNotFound, ChangedSince, and of the way back."""
    here, before = item.conversation_id, item.before or {}
    await shown.need_conversation(tx, here, by)
    if what == "assign":
        agent_id = before.get("agent_id")
        await routing.lock_hands(tx, here, [UUID(agent_id)] if agent_id else [])
    await shown.need_conversation(tx, here, by, lock=True)
    if not same(await state_of(tx, what, here), item.after or {}):
        raise ChangedSince
    if before == item.after:
        return
    if what in ("tag", "untag"):
        ids = [UUID(one) for one in before["tag_ids"]]
        await conversations.tag(tx, conversation_id=here, tag_ids=ids, by=by)
    elif what == "priority":
        await conversations.set_priority(
            tx, conversation_id=here, priority=before["priority"], by=by
        )
    elif what == "snooze":
        await _snoozed(tx, here, before.get("snoozed_until"), by)
    elif what == "close":
        await conversations.reopen(
            tx, conversation_id=here, by=by, undo=True, within=UNDO_WITHIN * 2
        )
    elif what == "assign":
        await _held(tx, here, before, by)


async def _snoozed(tx: Transaction, here: UUID, until: str | None, by: Actor) -> None:
    moment = datetime.fromisoformat(until) if until else None
    if moment is not None and moment > tx.now:
        await conversations.snooze(tx, conversation_id=here, until=moment, by=by)
    else:
        await conversations.wake(tx, conversation_id=here, by=by)


async def _held(tx: Transaction, here: UUID, before: dict[str, str | None], by: Actor) -> None:
    agent_id = before["agent_id"]
    if agent_id is not None and before["state"] == "serving":
        await routing.assign(tx, conversation_id=here, agent_id=UUID(agent_id), by=by)
    elif before["state"] == "digital":
        await routing.give_to_digital(tx, conversation_id=here, by=by)
    else:
        await routing.release(tx, conversation_id=here, by=by)
