"""A wait beyond the promise is made good by itself: once, within its bounds, and told."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.complaints import actions, queries
from peakend.complaints.actions import WaitRuleText
from peakend.complaints.rules.waits import WaitStep
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.routing import actions as routing
from tests.complaints.shelf import Shelf

STEPS = [WaitStep(0, 500), WaitStep(10, 1000)]


class Line(Shelf):
    """A shelf before which people wait."""

    async def rule(self, *, start: bool = True, **more: Any) -> UUID:
        """Promise ten minutes, or as said; five yuan beyond it, ten from ten minutes more on."""
        given = {"name": "网页十分钟", "promise_s": 600, "steps": STEPS, **more}
        if "instrument_id" not in given:
            given["instrument_id"] = await self.instrument("credit", unit="fen", face_fen=1)
        async with self.tx() as tx:
            rule_id = await actions.add_wait_rule(tx, given=WaitRuleText(**given))
            if start:
                await actions.start_wait_rule(tx, rule_id=rule_id, version=1)
        self.wait(1)
        return rule_id

    async def waits(self, conversation_id: UUID) -> list[queries.Wait]:
        async with self.tx() as tx:
            return await queries.waits_of_conversation(tx, conversation_id, self.system)

    async def waited(self, agent: Actor, minutes: float, customer_id: UUID | None = None) -> UUID:
        """Let a customer wait so long until somebody answers."""
        talk = await self.writes(customer_id)
        await self.drain()
        self.wait(minutes * 60)
        async with self.tx(agent) as tx:
            await routing.pick(tx, conversation_id=talk, by=agent)
        await self.drain()
        return talk

    async def told(self, conversation_id: UUID) -> list[str]:
        """Return what the house said by itself."""
        async with self.tx() as tx:
            found: list[str] | None = await tx.value(
                "SELECT array_agg(text ORDER BY seq) FROM message WHERE conversation_id = $1"
                " AND author_kind IN ('digital_agent', 'system') AND text <> ''",
                conversation_id,
            )
        return found or []


@pytest.fixture
async def line(database: Database, organisation: UUID) -> Line:
    made = Line(database, organisation)
    await made.open()
    return made


@pytest.fixture
async def agent(line: Line) -> Actor:
    return await line.hire("linxi")


async def test_a_wait_beyond_the_promise_is_granted_and_told_once(
    line: Line, agent: Actor, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "public_url", "https://desk.example")
    await line.rule()
    talk = await line.waited(agent, 28)
    [wait] = await line.waits(talk)
    assert (wait.waited_s, wait.promised_s, wait.over_s) == (1680, 600, 1080)
    assert (wait.result, wait.amount, wait.cost_fen, wait.unit) == ("granted", 1000, 1000, "fen")
    [grant] = await line.offers(line.system)
    assert (grant.state, grant.automatic, grant.id) == ("granted", True, wait.grant_id)
    assert await line.balances() == {"budget": -1000, "outstanding": 1000}
    promised, told = await line.told(talk)
    assert "10 分钟" in promised
    assert "28 分钟" in told
    assert "¥10" in told
    path = told.split("https://desk.example")[1]
    assert "28:00" in (await client.get(path)).text
    # Whatever comes again finds it settled.
    leg = (await line.legs(talk))[0]
    for _ in range(2):
        async with line.tx() as tx:
            await actions.keep_wait(tx, leg_id=leg.id)
            await actions.settle_wait(tx, wait_id=wait.id)
    await asyncio.gather(*(_settle(line, wait.id) for _ in range(8)))
    assert len(await line.offers(line.system)) == 1
    assert len(await line.told(talk)) == 2
    [settled] = await line.facts("WaitSettled")
    assert settled.payload["result"] == "granted"
    assert await line.breaches() == []


async def _settle(line: Line, wait_id: UUID) -> None:
    async with line.tx() as tx:
        await actions.settle_wait(tx, wait_id=wait_id)


async def test_within_the_promise_there_is_nothing(line: Line, agent: Actor) -> None:
    await line.rule()
    talk = await line.waited(agent, 10)
    [wait] = await line.waits(talk)
    assert (wait.promised_s, wait.result) == (600, None)
    assert await line.offers(line.system) == []
    assert len(await line.told(talk)) == 1


async def test_a_crash_before_the_end_leaves_nothing_half(
    line: Line, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told last: where telling fails neither grant nor books nor result remain."""
    await line.rule()
    paying = "peakend.complaints.actions.wait_paying.tell_granted"

    async def crash(*given: Any, **more: Any) -> None:
        raise RuntimeError("the light went out")

    with monkeypatch.context() as broken:
        broken.setattr(paying, crash)
        talk = await line.writes()
        await line.drain()
        line.wait(1200)
        async with line.tx(agent) as tx:
            await routing.pick(tx, conversation_id=talk, by=agent)
        wait = (await line.waits(talk))[0]
        leg = (await line.legs(talk))[0]
        async with line.tx() as tx:
            await actions.keep_wait(tx, leg_id=leg.id)
        with pytest.raises(RuntimeError):
            await _settle(line, wait.id)
    assert await line.offers(line.system) == []
    assert await line.balances() == {}
    await line.drain()
    assert [one.state for one in await line.offers(line.system)] == ["granted"]
    assert (await line.waits(talk))[0].result == "granted"


async def test_who_leaves_gets_it_too_where_the_rule_says_so(line: Line, agent: Actor) -> None:
    first = await line.rule()
    talk = await line.writes()
    await line.drain()
    line.wait(1300)
    async with line.tx() as tx:
        await conversations.close(tx, conversation_id=talk, by=await _visitor(line, talk))
    await line.drain()
    [wait] = await line.waits(talk)
    assert (wait.outcome, wait.result) == ("left", "granted")
    assert "没有接通" in (await line.told(talk))[-1]
    async with line.tx() as tx:
        row = await queries.wait_rule(tx, first, line.system)
        await actions.stop_wait_rule(tx, rule_id=first, version=row.version)
    await line.rule(for_left=False)
    other = await line.writes()
    await line.drain()
    line.wait(1300)
    async with line.tx() as tx:
        await conversations.close(tx, conversation_id=other, by=await _visitor(line, other))
    await line.drain()
    assert (await line.waits(other))[0].result == "left"


async def _visitor(line: Line, conversation_id: UUID) -> Actor:
    row = await line.conversation(conversation_id)
    return Actor(
        organisation_id=line.organisation_id, kind="visitor", name="", customer_id=row.customer_id
    )


async def test_of_one_contact_nothing_is_given_twice(line: Line, agent: Actor) -> None:
    other = await line.hire("zhaoyu")
    await line.rule(most_a_day=None, most_a_month=None)
    talk = await line.waited(agent, 30)
    await line.transfer(agent, talk, line.queue_id, "queue")
    await line.drain()
    line.wait(1500)
    async with line.tx(other) as tx:
        await routing.pick(tx, conversation_id=talk, by=other)
    await line.drain()
    results = [one.result for one in await line.waits(talk)]
    assert results[0] == "granted"
    assert "granted" not in results[1:]
    assert len(await line.offers(line.system)) == 1


@pytest.mark.parametrize(
    ("bound", "result"), [("most_a_day", "customer_cap"), ("most_a_month", "month_cap")]
)
async def test_the_bounds_of_a_customer_hold(
    line: Line, agent: Actor, bound: str, result: str
) -> None:
    await line.rule(**({"most_a_day": None, "most_a_month": None} | {bound: 2}))
    customer = await line.customer()
    results = []
    for _ in range(3):
        talk = await line.waited(agent, 12, customer)
        results.append((await line.waits(talk))[-1].result)
        async with line.tx(agent) as tx:
            await conversations.close(tx, conversation_id=talk, by=agent)
            # Long ago, so that who writes again does so in another conversation.
            await tx.run(
                "UPDATE conversation SET closed_at = closed_at - interval '90 days',"
                " last_message_at = last_message_at - interval '90 days' WHERE id = $1",
                talk,
            )
        await line.drain()
    assert results == ["granted", "granted", result]


async def test_many_at_once_never_pass_the_day(line: Line) -> None:
    agent = await line.hire("many", capacity=50)
    await line.rule(day_fen=1500)
    talks = [await line.writes() for _ in range(8)]
    await line.drain()
    line.wait(700)
    waits = []
    for talk in talks:
        async with line.tx(agent) as tx:
            await routing.pick(tx, conversation_id=talk, by=agent)
        leg = (await line.legs(talk))[0]
        async with line.tx() as tx:
            await actions.keep_wait(tx, leg_id=leg.id)
        waits.append((await line.waits(talk))[0].id)
    await asyncio.gather(*(_settle(line, one) for one in waits for _ in range(2)))
    await line.drain()
    assert sum(one.cost_fen for one in await line.offers(line.system)) == 1500
    assert await line.breaches() == []


async def test_an_empty_purse_or_shelf_is_said(line: Line, agent: Actor) -> None:
    await line.rule()
    await line.budget(400)
    talk = await line.waited(agent, 12)
    [wait] = await line.waits(talk)
    assert (wait.result, wait.grant_id) == ("budget", None)
    await line.rule(
        instrument_id=await line.instrument(stock=0), steps=[WaitStep(0, 1)], promise_s=60
    )
    talk = await line.waited(agent, 12)
    assert (await line.waits(talk))[0].result == "stopped"
    assert await line.offers(line.system) == []


async def test_in_an_extreme_complaint_a_person_decides(line: Line, agent: Actor) -> None:
    await line.rule()
    boss = await line.hire("boss", role="supervisor")
    talk = await line.writes()
    await line.drain()
    async with line.tx(boss) as tx:
        await actions.open_complaint(
            tx, conversation_id=talk, by=boss,
            filing=actions.Filing(
                tier="extreme", kind="timeliness", severity=4, title="要上热搜", words="漏气没人管"
            ),
        )  # fmt: skip
    line.wait(1200)
    async with line.tx(agent) as tx:
        await routing.pick(tx, conversation_id=talk, by=agent)
    await line.drain()
    assert (await line.waits(talk))[0].result == "extreme"
    assert await line.offers(line.system) == []


def _code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return found


async def test_what_was_published_when_he_came_counts(line: Line, agent: Actor) -> None:
    rule_id = await line.rule()
    talk = await line.writes()
    await line.drain()
    # A shorter promise takes the place of the one that he was told.
    await line.rule(promise_s=60)
    async with line.tx() as tx:
        assert not (await queries.wait_rule(tx, rule_id, line.system)).active
    line.wait(300)
    async with line.tx(agent) as tx:
        await routing.pick(tx, conversation_id=talk, by=agent)
    await line.drain()
    [wait] = await line.waits(talk)
    assert (wait.promised_s, wait.result) == (600, None)


async def test_a_draft_is_kept_previewed_started_by_two_and_stopped(
    line: Line, client: httpx.AsyncClient, agent: Actor
) -> None:
    admin, other = await line.hire("root", role="admin"), await line.hire("gu", role="admin")
    await line.waited(agent, 20)
    credit = await line.instrument("credit", unit="fen", face_fen=1)
    await line.sign_in(client, admin)
    given: dict[str, Any] = {
        "name": "十分钟", "promise_s": 600, "instrument_id": str(credit),
        "steps": [{"from_minutes": 0, "amount": 500}],
    }  # fmt: skip
    would = (await client.post("/api/wait-rules/previews", json=given)).json()
    assert (would["over"], would["grants"], would["cost_fen"]) == (1, 1, 500)
    for wrong in (
        {"steps": []}, {"promise_s": 1}, {"name": " "}, {"instrument_id": str(line.queue_id)},
        {"steps": [{"from_minutes": 0, "amount": 10**8}]}, {"queue_id": str(credit)},
    ):  # fmt: skip
        refused = await client.post("/api/wait-rules", json=given | wrong)
        assert refused.status_code in (400, 422), wrong
    made = (await client.post("/api/wait-rules", json=given)).json()
    path = f"/api/wait-rules/{made['id']}"
    assert (made["active"], made["version"]) == (False, 1)
    changed = await client.put(path, json=given | {"version": 1, "promise_s": 480})
    assert changed.json()["promise_s"] == 480
    assert (await client.put(path, json=given | {"version": 1})).status_code == 409
    async with line.tx() as tx:
        await accounts.set_two_person_rule(tx, active=True)
    alone = await client.post(f"{path}/start", json={"version": 2})
    assert (alone.status_code, _code(alone)) == (409, "accounts.second_person_needed")
    async with line.tx(admin) as tx:
        proposal_id = await accounts.propose(
            tx, kind="wait_rule.start", body={"rule_id": made["id"], "version": 2},
            reason="答应过客户", address="",
        )  # fmt: skip
    async with line.tx(other) as tx:
        await accounts.confirm(tx, proposal_id=proposal_id, address="")
    [held] = (await client.get("/api/wait-rules")).json()
    assert (held["active"], held["started_by"], held["proposed_by"]) == (True, "gu", "root")
    assert (await client.put(path, json=given | {"version": held["version"]})).status_code == 409
    assert (await client.delete(path, params={"version": held["version"]})).status_code == 409
    ended = await client.post(f"{path}/end", json={"version": held["version"]})
    assert ended.json()["active"] is False
    gone = await client.delete(path, params={"version": ended.json()["version"]})
    assert gone.status_code == 204
    assert (await client.get("/api/wait-rules")).json() == []
    await line.sign_in(client, agent)
    assert (await client.post("/api/wait-rules", json=given)).status_code == 403


async def test_the_days_say_how_many_waited_too_long(
    line: Line, client: httpx.AsyncClient, agent: Actor
) -> None:
    await line.rule()
    long = await line.waited(agent, 15)
    await line.waited(agent, 5)
    boss = await line.hire("boss", role="supervisor")
    await line.sign_in(client, boss)
    days = (await client.get("/api/waits/days")).json()
    assert sum(one["waits"] for one in days) == 2
    assert sum(one["over"] for one in days) == 1
    assert sum(one["cost_fen"] for one in days) == 500
    early = {"before": (line.now - timedelta(days=3)).isoformat()}
    assert (await client.get("/api/waits/days", params=early)).json() == []
    found = (await client.get("/api/waits", params={"granted": "true", "channel": "web"})).json()
    assert [one["conversation_id"] for one in found["items"]] == [str(long)]
    # The agent sends the record into the conversation.
    await line.sign_in(client, agent)
    path = f"/api/waits/{found['items'][0]['id']}/proof-messages"
    sent = await client.post(path, json={"client_id": str(line.queue_id)})
    assert sent.status_code == 201
    assert (await client.post(path, json={"client_id": str(line.queue_id)})).status_code == 201
    async with line.tx() as tx:
        count = await tx.value(
            "SELECT count(*) FROM message WHERE conversation_id = $1 AND kind = 'agent'"
            " AND text LIKE '%/w-proof/%'",
            long,
        )
    assert count == 1
