"""Who needs help: signals come with their cause, go with it, and are said once."""

from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.assist import actions, queries
from peakend.assist.rules.watching import Case, Line, Signal, WatchRules, ear, signals, tone
from peakend.conversations import actions as conversations
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import PeakendError
from peakend.kernel.ids import new_id
from peakend.kernel.worker import tick
from peakend.routing import actions as routing
from tests.assist.shop import Shop
from tests.routing.floor import Floor

RULES = WatchRules()
NOW = clock.now()
ANGRY, GRAVE = "等了半天没人管，太差了", "再不来我就投诉到消协"


def said(*texts: str, kind: str = "customer", code: str | None = None) -> list[Line]:
    return [Line(kind, NOW + timedelta(seconds=n), text, code) for n, text in enumerate(texts)]


def kinds(found: list[Signal]) -> dict[str, int]:
    return {one.kind: one.level for one in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("燃气灶打不着火怎么办", None),
        ("I pressed the button and nothing happens", None),
        ("人工费多少钱", None),
        ("你们这服务太差了", "upset"),
        ("This is a complete JOKE, a joke!", "upset"),
        ("I want to make a complaint", "grave"),
        ("家里有煤气味", "grave"),
        ("转人工", "person"),
        ("let me talk to a human", "person"),
        ("scampi for dinner", None),
        ("再不来我打 12315", "grave"),
        ("I will call 12315", "grave"),
    ],
)
def test_words_are_weighed(text: str, expected: str | None) -> None:
    assert tone(text, ear(RULES)) == expected


def test_one_bad_word_is_soon_two_or_a_grave_one_is_now() -> None:
    once = Case(state="serving", lines=said("你好", ANGRY))
    assert kinds(signals(once, RULES, NOW)) == {"upset": 1}
    twice = Case(state="serving", lines=said(ANGRY, "还是没人理"))
    assert kinds(signals(twice, RULES, NOW)) == {"upset": 2}
    assert kinds(signals(Case(state="serving", lines=said(GRAVE)), RULES, NOW)) == {"upset": 2}


def test_calm_words_end_it_and_so_does_the_end() -> None:
    calm = said(GRAVE, "好的", "谢谢你", "明天上午可以")
    assert signals(Case(state="serving", lines=calm), RULES, NOW) == []
    assert signals(Case(state="closed", lines=said(GRAVE)), RULES, NOW) == []


def test_a_person_who_is_there_is_not_asked_for() -> None:
    lines = said("转人工", "人工呢")
    assert kinds(signals(Case(state="waiting", lines=lines), RULES, NOW)) == {"person": 1}
    assert signals(Case(state="serving", lines=lines), RULES, NOW) == []
    button = [Line("system", NOW, "", "staff_context", asked=True), *said("转人工")]
    assert kinds(signals(Case(state="waiting", lines=button), RULES, NOW)) == {"person": 1}
    one = [*said("转人工"), Line("system", NOW, "", "staff_context", asked=True)]
    assert signals(Case(state="waiting", lines=one), RULES, NOW) == []


def test_silence_counts_only_where_somebody_is_due_to_be_there() -> None:
    case = Case(state="serving", lines=(), awaiting_since=NOW - timedelta(seconds=301))
    assert kinds(signals(case, RULES, NOW)) == {"silent": 1}
    long = Case(state="serving", lines=(), awaiting_since=NOW - timedelta(seconds=601))
    assert kinds(signals(long, RULES, NOW)) == {"silent": 2}
    night = Case(state="waiting", lines=(), awaiting_since=NOW - timedelta(hours=5), attended=False)
    assert signals(night, RULES, NOW) == []


def test_what_is_switched_off_calls_nobody() -> None:
    off = WatchRules(upset=False, silent=False, person=False, lost=False, late=False)
    case = Case(
        state="waiting",
        lines=said(GRAVE, "转人工", "转人工"),
        awaiting_since=NOW - timedelta(hours=1),
        due_at=NOW,
        warn_at=NOW,
        unsolved=9,
    )
    assert signals(case, off, NOW) == []
    assert tone(GRAVE, ear(off)) is None


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def shown(floor: Floor, by: Actor) -> dict[UUID, dict[str, int]]:
    async with floor.tx(by) as tx:
        found = await queries.interventions(tx, by)
    return {
        one.conversation.id: {reason.kind: reason.level for reason in one.reasons}
        for one in found.items
    }


async def go_round(floor: Floor) -> None:
    await tick(floor.database, floor.now)
    await floor.drain()


async def test_angry_words_call_once_and_are_over_with_the_conversation(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    row = await floor.conversation(here)
    assert await shown(floor, boss) == {}
    await floor.writes(row.customer_id, ANGRY)
    await floor.drain()
    assert await shown(floor, boss) == {here: {"upset": 1}}
    for _ in range(2):
        async with floor.tx() as tx:
            await actions.look_at(tx, conversation_id=here)
    assert len(await floor.facts("InterventionNeeded")) == 1
    await floor.writes(row.customer_id, GRAVE)
    await floor.drain()
    assert await shown(floor, boss) == {here: {"upset": 2}}
    assert [f.payload["level"] for f in await floor.facts("InterventionNeeded")] == [1, 2]
    await floor.close(here)
    assert await shown(floor, boss) == {}
    over = await floor.facts("InterventionOver")
    assert [(f.payload["kind"], f.payload["why"]) for f in over] == [("upset", "closed")]
    async with floor.tx() as tx:
        assert await tx.value("SELECT count(*) FROM watch") == 0


async def test_an_ordinary_message_brings_no_job_of_its_own(floor: Floor) -> None:
    agent = await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    row = await floor.conversation(here)
    await floor.writes(row.customer_id, "好的，明天上午可以上门吗")
    async with floor.tx() as tx:
        names = await tx.value("SELECT array_agg(name ORDER BY name) FROM job")
    assert [one for one in names if one.startswith("assist.look")] == []
    fact = (await floor.facts("MessageReceived"))[-1]
    assert fact.payload["tone"] is None


async def test_silence_is_found_by_the_round_and_ends_with_the_answer(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    floor.wait(330)
    await go_round(floor)
    assert (await shown(floor, boss))[here]["silent"] == 1
    floor.wait(300)
    await go_round(floor)
    assert (await shown(floor, boss))[here]["silent"] == 2
    async with floor.tx(agent) as tx:
        await conversations.reply(
            tx, conversation_id=here, client_id=new_id(), text="您好，让您久等了", by=agent
        )
    floor.wait(11)
    await go_round(floor)
    assert await shown(floor, boss) == {}


async def test_a_dismissed_cause_does_not_call_again_but_a_new_one_does(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    customer = (await floor.conversation(here)).customer_id
    await floor.writes(customer, ANGRY)
    await floor.drain()
    floor.wait(1)
    for _ in range(2):
        async with floor.tx(boss) as tx:
            await actions.dismiss(
                tx, conversation_id=here, kinds=["upset"], why="handled", note="已电话", by=boss
            )
    assert len(await floor.facts("InterventionDismissed")) == 1
    async with floor.tx() as tx:
        await actions.look_at(tx, conversation_id=here)
    assert await shown(floor, boss) == {}
    async with floor.tx(boss) as tx:
        await actions.restore(tx, conversation_id=here, by=boss)
    assert await shown(floor, boss) == {here: {"upset": 1}}
    async with floor.tx(boss) as tx:
        await actions.dismiss(
            tx, conversation_id=here, kinds=["upset"], why="no_need", note="", by=boss
        )
    await floor.writes(customer, ANGRY)
    await floor.drain()
    assert await shown(floor, boss) == {here: {"upset": 2}}
    with pytest.raises(PeakendError):
        async with floor.tx(boss) as tx:
            await actions.dismiss(
                tx, conversation_id=here, kinds=["late"], why="handled", note="", by=boss
            )


async def test_the_list_asks_for_what_an_admin_decided(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    customer = (await floor.conversation(here)).customer_id
    rules = WatchRules(upset_zh=["  气炸了 ", "气炸了"], grave_zh=[])
    async with floor.tx() as tx:
        await actions.set_watch_rules(tx, rules=rules, version=0)
    with pytest.raises(actions.CareStale):
        async with floor.tx() as tx:
            await actions.set_watch_rules(tx, rules=rules, version=0)
    async with floor.tx() as tx:
        assert (await queries.fresh_care(tx)).watch.upset_zh == ["气炸了"]
    await floor.writes(customer, GRAVE)
    await floor.drain()
    assert await shown(floor, boss) == {}
    await floor.writes(customer, "真是气炸了")
    await floor.drain()
    assert await shown(floor, boss) == {here: {"upset": 1}}


async def test_taken_over_from_an_agent_and_handed_back(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent, boss)
    here = await floor.served(agent)
    with pytest.raises(actions.NothingToHandBack):
        async with floor.tx(agent) as tx:
            await actions.hand_back(tx, conversation_id=here, by=agent)
    async with floor.tx(boss) as tx:
        await routing.pick(tx, conversation_id=here, by=boss)
    await floor.drain()
    assert [f.payload["source"] for f in await floor.facts("SteppedIn")] == ["agent"]
    async with floor.tx(boss) as tx:
        back = (await queries.watched(tx, here, boss)).back
    assert back is not None
    assert (back.to, back.agent_id, back.name) == ("agent", agent.id, "lin")
    async with floor.tx(boss) as tx:
        await actions.hand_back(tx, conversation_id=here, by=boss)
    await floor.drain()
    row = await floor.conversation(here)
    assert (row.state, row.agent_id) == ("serving", agent.id)
    facts = await floor.facts("HandedBack")
    assert [(f.payload["to"], f.agent_id) for f in facts] == [("agent", boss.id)]
    with pytest.raises(actions.NothingToHandBack):
        async with floor.tx(boss) as tx:
            await actions.hand_back(tx, conversation_id=here, by=boss)


async def test_taken_over_from_the_digital_agent_and_handed_back(shop: Shop) -> None:
    boss = await shop.hire("boss", role="supervisor")
    await shop.ready(boss)
    here = await shop.says("燃气灶打不着火怎么办")
    shop.wait(1)
    async with shop.tx(boss) as tx:
        await routing.pick(tx, conversation_id=here, by=boss)
    await shop.drain()
    await shop.says("那要怎么办")
    async with shop.tx(boss) as tx:
        assert (await queries.watched(tx, here, boss)).back is not None
        await actions.hand_back(tx, conversation_id=here, by=boss)
    await shop.drain()
    assert await shop.state(here) == "digital"
    # What the customer still waits for is answered at once.
    assert (await shop.conversation(here)).awaiting_since is None
    assert "staff_handed_back" in await shop.codes(here)
    assert await shop.leg(here) is None


async def test_the_third_time_that_the_digital_agent_does_not_help(shop: Shop) -> None:
    boss = await shop.hire("boss", role="supervisor", serves=False)
    here = await shop.says("燃气灶打不着火怎么办")
    await shop.judges(here, solved=False)
    await shop.says("量子力学是什么")
    assert "lost" not in (await shown(shop, boss)).get(here, {})
    await shop.says("相对论又是什么")
    assert (await shown(shop, boss))[here].get("lost") == 1


async def test_asking_twice_for_a_person(shop: Shop) -> None:
    boss = await shop.hire("boss", role="supervisor", serves=False)
    here = await shop.says("转人工")
    assert await shown(shop, boss) == {}
    await shop.says("人工客服在哪")
    await shop.says("转人工")
    assert (await shown(shop, boss))[here]["person"] == 1


def test_passed_from_hand_to_hand() -> None:
    handed = said("", "", kind="system", code="transferred_to_agent")
    case = Case(state="serving", lines=handed, transfers=2, here_since=NOW + timedelta(hours=1))
    (found,) = signals(case, RULES, NOW)
    assert (found.kind, found.level, found.times) == ("passed", 1, 2)
    assert (found.since, found.last_at) == (handed[0].at, handed[1].at)
    once = msgspec.structs.replace(case, transfers=1)
    assert signals(once, RULES, NOW) == []
    # Of a long conversation only the end is read.
    long = msgspec.structs.replace(case, transfers=3, lines=said("你好"))
    (found,) = signals(long, RULES, NOW)
    assert (found.level, found.last_at) == (2, long.here_since)
    assert signals(long, msgspec.structs.replace(RULES, passed=False), NOW) == []


async def test_a_second_transfer_calls_a_supervisor(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor", serves=False)
    first, second, third = [await floor.hire(name) for name in ("lin", "zhao", "qian")]
    for one in (first, second, third):
        await floor.ready(one)
    here = await floor.served(first)
    await floor.transfer(first, here, second.id, note="换人")
    await floor.drain()
    await floor.accept(second, here)
    await floor.drain()
    assert "passed" not in (await shown(floor, boss)).get(here, {})
    await floor.transfer(second, here, third.id, note="这件事归她")
    await floor.drain()
    assert (await shown(floor, boss))[here]["passed"] == 1


async def test_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    await floor.writes((await floor.conversation(here)).customer_id, GRAVE)
    await floor.drain()
    await floor.sign_in(client, agent)
    assert (await client.get("/api/interventions")).status_code == 403
    seen = (await client.get(f"/api/conversations/{here}/watch")).json()
    assert [one["kind"] for one in seen["reasons"]] == ["upset"]
    await floor.sign_in(client, boss)
    found = (await client.get("/api/interventions")).json()
    assert (found["count"], found["urgent"], len(found["items"])) == (1, 1, 1)
    assert found["items"][0]["conversation"]["id"] == str(here)
    sent = {"kinds": ["upset"], "why": "handled"}
    path = f"/api/interventions/{here}/dismissals"
    assert (await client.post(path, json=sent)).status_code == 204
    assert (await client.get("/api/interventions")).json()["items"] == []
    assert (await client.delete(path)).status_code == 204
    assert len((await client.get("/api/interventions")).json()["items"]) == 1
    assert (await client.get("/api/watch-rules")).status_code == 403


async def test_rules_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    await floor.sign_in(client, await floor.hire("fang", role="admin"))
    rules = (await client.get("/api/watch-rules")).json()
    assert rules.pop("version") == 0
    assert rules.pop("kind") == "watch"
    assert "太差" in rules["upset_zh"]
    changed = {**rules, "silent_s": 120, "version": 0}
    answer = await client.put("/api/watch-rules", json=changed)
    assert (answer.status_code, answer.json()["silent_s"], answer.json()["version"]) == (
        200,
        120,
        1,
    )
    assert (await client.put("/api/watch-rules", json=changed)).status_code == 409
    wrong = {**changed, "version": 1, "silent_s": 5}
    assert (await client.put("/api/watch-rules", json=wrong)).status_code == 422
