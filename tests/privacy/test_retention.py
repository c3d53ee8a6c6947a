"""What is too old goes at night; it is counted before, and what is on hold stays."""

from datetime import timedelta

from peakend.kernel import clock, limits
from peakend.kernel.actors import Actor
from peakend.privacy import actions, jobs
from tests.privacy import planting
from tests.privacy.conftest import Place


async def test_a_night_removes_what_was_counted_and_leaves_what_is_held(place: Place) -> None:
    ends = []
    for _ in range(2):
        _, conversation_id, _ = await planting.as_visitor(place)
        await planting.close(place, conversation_id)
        ends.append(conversation_id)
    hold = {"subject": "conversation", "subject_id": ends[0], "code": "tax"}
    await place.does("POST", "/privacy/holds", hold)
    kinds = {one["category"]: one for one in await place.does("GET", "/privacy/retention")}
    for category in kinds:
        asked = {"category": category, "days": 30}
        assert (await place.does("POST", "/privacy/retention/amounts", asked))["now"] == 0
    asked = {"category": "messages", "days": 30}
    assert (await place.does("POST", "/privacy/retention/amounts", asked))["soon"] == 1
    for category, one in kinds.items():
        days = max(one["least"], 30) if one["most"] is None else one["most"]
        form = {"category": category, "days": days, "version": 0}
        await place.does("PUT", "/privacy/retention", form)
    stale = {"category": "messages", "days": 60, "version": 0}
    assert (await place.boss.send("PUT", "/privacy/retention", stale)).status_code == 409
    system = Actor.system(place.centre.organisation_id)
    later = clock.now() + timedelta(days=400)
    async with place.centre.database.transaction(system, later) as tx:
        run_id = await actions.start_retention(tx)
    for _ in range(40):
        async with place.centre.database.transaction(system, later) as tx:
            await actions.retain_step(tx, run_id=run_id)
    [run] = await place.does("GET", "/privacy/retention/runs")
    assert run["finished_at"] is not None
    assert run["removed"]["messages"] == 1
    held = await place.does("GET", f"/conversations/{ends[0]}")
    gone = await place.does("GET", f"/conversations/{ends[1]}")
    assert [one["code"] for one in gone["messages"]["items"]] == ["staff_removed"]
    assert len(held["messages"]["items"]) > 1


async def test_a_night_forgets_who_asked_the_day_before(place: Place) -> None:
    database, organisation_id = place.centre.database, place.centre.organisation_id
    now = clock.now()
    for key, days in (("visit:192.0.2.7", 2), ("visit:192.0.2.8", 0)):
        await limits.allow(key, rate=1, burst=2, now=now - timedelta(days=days))
    async with database.transaction(Actor.system(organisation_id), now) as tx:
        await jobs.retain(tx)
    async with database.system() as tx:
        kept = await tx.value("SELECT array_agg(key) FROM rate_limit WHERE key LIKE 'visit:192.0%'")
    assert kept == ["visit:192.0.2.8"]


async def test_who_was_merged_is_held_with_whom_he_was_merged_into(place: Place) -> None:
    _, _, customer_id = await planting.as_visitor(place)
    absorbed = await planting.merged(place, customer_id)
    system = Actor.system(place.centre.organisation_id)
    asked = "SELECT on_hold($1::uuid)"
    async with place.centre.database.transaction(system) as tx:
        assert not await tx.value(asked, absorbed)
    await place.does(
        "POST", "/privacy/holds", {"subject": "customer", "subject_id": customer_id, "code": "tax"}
    )
    async with place.centre.database.transaction(system) as tx:
        assert await tx.value(asked, absorbed)
        assert await tx.value(asked, customer_id)
