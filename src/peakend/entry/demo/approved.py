"""Replies of the past that a supervisor saw first: approved, changed, or returned and sent anew."""

from datetime import timedelta
from uuid import UUID

from peakend.assist import actions as assist
from peakend.conversations import queries as timeline
from peakend.conversations.queries import Message
from peakend.entry.demo.rights import leading
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.ids import new_id

SENIOR = "zhao.xiaoyan"
ONE_OF = 24
# What would lie in the future has not happened.
LATEST = timedelta(minutes=10)
_WHY = "先说清什么时候有结果，再说怎么处理。"
_BETTER = "{text}有问题随时找我，我来跟进。"


async def say(tx: Transaction, *, conversation_id: UUID, text: str) -> Message | None:
    """Let few replies wait for the supervisor; nothing is said where this is none of them."""
    chosen = conversation_id.int % ONE_OF
    if chosen > 2 or tx.now > clock.now() - LATEST:
        return None
    boss = await _senior(tx)
    writer = tx.actor
    if boss is None or boss.id == writer.id:
        return None
    seen = 10_000
    if chosen == 0:
        first = await _ask(tx, conversation_id, text, writer)
        await _later(tx, boss, 40 + first.int % 160)
        await assist.decide_approval(
            tx, approval_id=first, outcome="returned", by=boss, seen_seq=seen, why=_WHY
        )
        await _later(tx, writer, 35)
        await assist.withdraw_approval(tx, approval_id=first, by=writer)
    approval_id = await _ask(tx, conversation_id, text, writer)
    await _later(tx, boss, 30 + approval_id.int % 150)
    better = _BETTER.format(text=text) if chosen == 1 else None
    await assist.decide_approval(
        tx,
        approval_id=approval_id,
        outcome="changed" if better else "approved",
        by=boss,
        seen_seq=seen,
        text=better,
    )
    await _later(tx, writer, 1)
    said = await timeline.transcript(tx, conversation_id, 10)
    return next(one for one in reversed(said) if one.kind == "agent")


async def _ask(tx: Transaction, conversation_id: UUID, text: str, writer: Actor) -> UUID:
    return await assist.ask_approval(
        tx, conversation_id=conversation_id, client_id=new_id(), text=text, by=writer
    )


async def _later(tx: Transaction, actor: Actor, seconds: float) -> None:
    await tx.flush()
    tx.actor = actor
    tx.now += timedelta(seconds=seconds)


async def _senior(tx: Transaction) -> Actor | None:
    member_id = await tx.value(
        "SELECT id FROM member WHERE organisation_id = current_organisation() AND login = $1",
        SENIOR,
    )
    if member_id is None:
        return None
    return leading(tx.organisation_id, member_id)
