"""One act on one conversation, as a hand would do it, and how it stood before and after."""

from typing import Any
from uuid import UUID, uuid5

import msgspec

from peakend.automation.actions.macros import run_macro
from peakend.automation.models import BulkItemRow
from peakend.automation.queries import need_macro
from peakend.automation.rules.bulk import ANYHOW, Bulk, BulkArgs, bulk_refusal
from peakend.automation.rules.macros import Standing
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.conversations.queries import ConversationRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.routing import actions as routing


class BulkRefused(Conflict):
    """The act is not for this person here; `why` is the wording of the reason."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


_FIELDS: dict[str, tuple[str, ...]] = {
    "assign": ("agent_id", "state"),
    "priority": ("priority",),
    "snooze": ("snoozed_until",),
    "close": ("state", "closed_at", "rating", "reason_id"),
}


async def state_of(tx: Transaction, what: str, conversation_id: UUID) -> dict[str, Any]:
    """Return what an act changes of a conversation, as it is now."""
    if what in ("tag", "untag"):
        return {"tag_ids": await tags_of(tx, conversation_id)}
    system = Actor.system(tx.organisation_id)
    row = await shown.need_conversation(tx, conversation_id, system)
    found = {name: getattr(row, name) for name in _FIELDS.get(what, ())}
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


async def tags_of(tx: Transaction, conversation_id: UUID) -> list[str]:
    """Return the tags of a conversation in a steady order."""
    rows = await shown.rows(tx, [conversation_id], None)
    return sorted(str(tag.id) for tag in rows[0].tags)


async def act(
    tx: Transaction, run_id: UUID, what: Bulk, args: BulkArgs, item: BulkItemRow, by: Actor
) -> None:
    """Do it, if the person may and nothing has changed since that speaks against it.

    Errors: ConversationNotFound, ConversationStale, and whatever the act itself refuses.
    """
    here = item.conversation_id
    if what == "macro":
        # It locks for itself, whom it needs before the conversation.
        await _macro(tx, run_id, args, item, by)
        return
    await shown.need_conversation(tx, here, by)
    if what in ("assign", "queue"):
        await routing.lock_hands(tx, here, [args.agent_id] if args.agent_id else [])
    if what in ANYHOW:
        row = await shown.need_conversation(tx, here, by, lock=True)
    else:
        row = await shown.need_version(tx, here, by, item.version)
    why = bulk_refusal(what, _standing(row, by))
    if why is not None:
        raise BulkRefused(why)
    if what in ("tag", "untag"):
        await _tags(tx, what, args.tag_ids, here, by)
    else:
        await _one(tx, what, args, here, by)


def _standing(row: ConversationRecord, by: Actor) -> Standing:
    return Standing(state=row.state, agent_id=row.agent_id, by_id=by.id, rights=by.permissions)


async def _one(tx: Transaction, what: Bulk, args: BulkArgs, here: UUID, by: Actor) -> None:
    if what == "assign" and args.agent_id is not None:
        await routing.assign(tx, conversation_id=here, agent_id=args.agent_id, by=by)
    elif what == "queue" and args.queue_id is not None:
        await routing.transfer(
            tx, conversation_id=here, kind="queue", to_id=args.queue_id, note="", version=None,
            by=by,
        )  # fmt: skip
    elif what == "priority" and args.priority is not None:
        await conversations.set_priority(tx, conversation_id=here, priority=args.priority, by=by)
    elif what == "snooze" and args.until is not None:
        await conversations.snooze(tx, conversation_id=here, until=args.until, by=by)
    elif what == "close":
        await conversations.close(
            tx, conversation_id=here, by=by, reason_id=args.reason_id, solved=args.solved
        )
    elif what == "reopen":
        await conversations.reopen(tx, conversation_id=here, by=by)


async def _tags(tx: Transaction, what: str, tag_ids: list[UUID], here: UUID, by: Actor) -> None:
    has = {UUID(one) for one in await tags_of(tx, here)}
    wanted = has | set(tag_ids) if what == "tag" else has - set(tag_ids)
    await conversations.tag(tx, conversation_id=here, tag_ids=sorted(wanted), by=by)


async def _macro(
    tx: Transaction, run_id: UUID, args: BulkArgs, item: BulkItemRow, by: Actor
) -> None:
    assert args.macro_id is not None
    macro = await need_macro(tx, args.macro_id, by)
    await run_macro(
        tx,
        run_id=uuid5(run_id, str(item.conversation_id)),
        macro_id=macro.id,
        conversation_id=item.conversation_id,
        by=by,
        macro_version=macro.version,
        version=item.version,
        reason_id=args.reason_id,
        solved=args.solved if macro.steps.end == "close" and macro.steps.solved is None else None,
    )
