"""What the demo promises of waits, and some that took longer and were made good unasked."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from peakend.complaints import actions, queries
from peakend.complaints.rules.waits import WaitStep
from peakend.entry.demo.cast import Cast, read_cast
from peakend.entry.demo.history import AlreadyTalking, Played
from peakend.entry.demo.material import Dialogue, dialogues
from peakend.entry.demo.plan import Past
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.routing import queries as routing

STARTED = timedelta(days=20)
INSTRUMENT = "会员积分"
# How many hours ago each of them came, and how many minutes he waited.
WAITED = ((5, 28), (29, 14), (54, 41))


async def let_wait(database: Database, organisation_id: UUID) -> None:
    """Promise ten minutes in the chat, and let three customers wait longer; told once."""
    cast = await read_cast(database, organisation_id)
    system, now = Actor.system(organisation_id), clock.now()
    async with database.transaction(system, now=now - STARTED) as tx:
        if await queries.wait_rules(tx, system) or not await _promise(tx):
            return
    left = list(WAITED)
    for told in _fitting(cast):
        if not left:
            return
        hours, minutes = left[0]
        # Whose player talks today lets another one have waited.
        with suppress(AlreadyTalking):
            async with database.transaction(system, now=now - timedelta(hours=hours)) as tx:
                await _wait(tx, cast, told, minutes, now)
            left.pop(0)


async def _promise(tx: Transaction) -> bool:
    found = await queries.instruments(tx, tx.actor)
    points = next((one for one in found if one.name_zh == INSTRUMENT), None)
    if points is None:
        return False
    text = actions.WaitRuleText(
        name="网页咨询 10 分钟接通",
        channel="web",
        promise_s=600,
        instrument_id=points.id,
        steps=[WaitStep(0, 500), WaitStep(10, 1000), WaitStep(30, 2000)],
        day_fen=50_000,
    )
    rule_id = await actions.add_wait_rule(tx, given=text)
    await actions.start_wait_rule(tx, rule_id=rule_id, version=1)
    return True


def _fitting(cast: Cast) -> list[Dialogue]:
    """Return dialogues in which a person is asked for, each of another customer."""
    found: dict[str, Dialogue] = {}
    for one in dialogues():
        asks = any(turn.does == "ask_person" for turn in one.turns)
        if asks and one.customer and one.customer in cast.customers:
            found.setdefault(one.customer, one)
    return list(found.values())


async def _wait(tx: Transaction, cast: Cast, told: Dialogue, minutes: int, until: datetime) -> None:
    one = Past(
        at=tx.now, told=told, customer=told.customer, wait_s=minutes * 60, ends="as_told",
        transfers=False, rates=False, seed=minutes,
    )  # fmt: skip
    played = Played(cast, one, {}, until)
    await played.run(tx)
    if played.conversation_id is None:
        return
    tx.actor = played.system
    for leg in await routing.legs_of(tx, played.conversation_id):
        await actions.keep_wait(tx, leg_id=leg.id)
    for wait in await queries.waits_of_conversation(tx, played.conversation_id, played.system):
        await actions.settle_wait(tx, wait_id=wait.id)
