"""Alerts: they never flutter, they are kept, and somebody takes care of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.insight import actions, queries
from peakend.insight.actions import AlertRuleForm
from peakend.insight.rules.alerts import Standing, Thresholds, is_bad, is_good, sensible, step
from peakend.kernel import clock
from tests.routing.floor import Floor

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MANY = AlertRuleForm(measure="waiting", scope="each", raise_at=2, clear_at=1, hold_s=30)


@st.composite
def rules(draw: st.DrawFn) -> Thresholds:
    low, high = sorted(draw(st.lists(st.integers(0, 20), min_size=2, max_size=2, unique=True)))
    hold_s = draw(st.integers(0, 120))
    if draw(st.booleans()):
        return Thresholds(measure="agents_ready", raise_at=low, clear_at=high, hold_s=hold_s)
    return Thresholds(measure="waiting", raise_at=high, clear_at=low, hold_s=hold_s)


@settings(max_examples=300, deadline=None)
@given(rules(), st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 20))))
def test_no_alert_turns_faster_than_its_rule_allows(
    rule: Thresholds, seen: list[tuple[int, int | None]]
) -> None:
    standing, now, looks = Standing(), NOW, []
    turned_at: datetime | None = None
    for later_s, value in seen:
        now += timedelta(seconds=later_s)
        looks.append((now, value))
        before = standing.raised
        standing, turn = step(rule, standing, value, now)
        assert (turn is not None) == (standing.raised != before)
        if turn is None:
            continue
        beyond = is_bad if turn == "raised" else is_good
        held_since = now
        for at, told in reversed(looks):
            if not beyond(rule, told) or (turned_at is not None and at <= turned_at):
                break
            held_since = at
        assert (now - held_since).total_seconds() >= rule.hold_s, "it was beyond all the time"
        if turned_at is not None:
            assert (now - turned_at).total_seconds() >= rule.hold_s
        turned_at = now


def test_between_the_thresholds_nothing_changes() -> None:
    """Service level: raised at 80 %, cleared at 85 %; 82 % in between keeps what is."""
    rule = Thresholds(measure="service_level", raise_at=0.8, clear_at=0.85, hold_s=0)
    standing = Standing()
    said = []
    for n, value in enumerate([0.9, 0.82, 0.8, 0.82, 0.84, 0.85, 0.81]):
        standing, turn = step(rule, standing, value, NOW + timedelta(seconds=n))
        said.append(turn)
    assert said == [None, None, "raised", None, None, "cleared", None]
    assert not sensible(Thresholds(measure="waiting", raise_at=5, clear_at=5, hold_s=0))
    assert not sensible(Thresholds(measure="service_level", raise_at=0.8, clear_at=1.5, hold_s=0))


async def looked(floor: Floor, wait_s: float = 0) -> int:
    floor.wait(wait_s)
    async with floor.tx() as tx:
        return await actions.watch(tx)


async def test_too_many_waiting_raise_an_alert_until_few_wait(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor", serves=False)
    async with floor.tx() as tx:
        for rule in await queries.alert_rules(tx):
            await actions.delete_alert_rule(tx, rule.id)
        await actions.add_alert_rule(tx, MANY)
    first, second = await floor.writes(), await floor.writes()
    await floor.drain()
    assert [await looked(floor), await looked(floor, 29)] == [0, 0]
    assert [await looked(floor, 1), await looked(floor)] == [1, 0], "once, however often one looks"
    async with floor.tx() as tx:
        (alert,) = await queries.alerts_now(tx)
    assert (alert.measure, alert.queue_id, alert.value) == ("waiting", floor.queue_id, 2)
    for _ in range(2):
        async with floor.tx(boss) as tx:
            await actions.acknowledge(tx, alert.id, by=boss)
    await floor.close(first)
    assert [await looked(floor), await looked(floor, 29)] == [0, 0]
    third = await floor.writes()
    await floor.drain()
    assert await looked(floor, 5) == 0, "two wait again: the holding time begins anew"
    await floor.close(second)
    await floor.close(third)
    assert [await looked(floor), await looked(floor, 30)] == [0, 1]
    async with floor.tx() as tx:
        assert await queries.alerts_now(tx) == []
        (past,) = (await queries.alerts_before(tx, None)).items
    assert (past.id, past.acknowledged_by) == (alert.id, "boss")
    kinds = [f.type for f in await floor.facts("AlertRaised", "AlertAcknowledged", "AlertCleared")]
    assert kinds == ["AlertRaised", "AlertAcknowledged", "AlertCleared"]


async def test_who_may_set_alerts_and_who_sees_them(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    floor.now = clock.now()
    agent = await floor.hire("agent")
    boss = await floor.hire("boss", role="supervisor")
    await floor.drain()
    await floor.sign_in(client, boss)
    for rule in (await client.get("/api/alert-rules")).json():
        assert (await client.delete(f"/api/alert-rules/{rule['id']}")).status_code == 204
    given = {"measure": "waiting", "scope": "queue", "queue_id": str(floor.queue_id),
             "raise_at": 1, "clear_at": 0, "hold_s": 10}  # fmt: skip
    made = (await client.post("/api/alert-rules", json=given)).json()
    together = await client.post("/api/alert-rules", json=given | {"clear_at": 1})
    assert (together.status_code, list(together.json()["error"]["fields"])) == (422, ["clear_at"])
    other = given | {"queue_id": str(UUID(int=9))}
    assert (await client.post("/api/alert-rules", json=other)).status_code == 404
    address = f"/api/alert-rules/{made['id']}"
    changed = await client.patch(address, json=given | {"raise_at": 2, "version": made["version"]})
    assert changed.json()["raise_at"] == 2
    stale = await client.patch(address, json=given | {"version": made["version"]})
    assert stale.status_code == 409
    await floor.writes()
    await floor.writes()
    await floor.drain()
    await looked(floor)
    assert await looked(floor, 10) == 1
    (alert,) = (await client.get("/api/alerts")).json()
    taken = await client.post(f"/api/alerts/{alert['id']}/acknowledgements")
    assert taken.json()[0]["acknowledged_by"] == "boss"
    unknown = await client.post(f"/api/alerts/{UUID(int=3)}/acknowledgements")
    assert unknown.status_code == 404
    # A rule that changes clears what it raised: the history keeps it.
    await client.delete(address)
    assert (await client.get("/api/alerts")).json() == []
    assert [one["id"] for one in (await client.get("/api/alerts/past")).json()["items"]] == [
        alert["id"]
    ]
    await floor.sign_in(client, agent)
    assert (await client.get("/api/alerts")).status_code == 403
