"""How long cases may take: the house says, a brand may say otherwise, open cases keep theirs."""

from datetime import timedelta

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.cases import actions, queries
from peakend.cases.rules.clock import DueTimes, in_order
from tests.cases.conftest import Desk


@pytest.mark.parametrize(
    ("times", "fits"),
    [
        (DueTimes(), True),
        (DueTimes(normal_minutes=60, high_minutes=60, urgent_minutes=60), True),
        (DueTimes(normal_minutes=60), False),
        (DueTimes(high_minutes=239), False),
    ],
)
def test_what_is_more_urgent_takes_no_longer(times: DueTimes, fits: bool) -> None:
    assert in_order(times) is fits


async def test_the_house_and_a_brand_say_how_long(desk: Desk) -> None:
    before = await desk.row(await desk.case())
    async with desk.tx() as tx:
        brand = await accounts.add_brand(tx, name="到家", slug="home", colour="#0b6b75")
        house = DueTimes(normal_minutes=600, high_minutes=300, urgent_minutes=60, warn_percent=50)
        await actions.set_due_times(tx, brand_id=None, times=house, version=0)
        own = DueTimes(normal_minutes=120, high_minutes=60, urgent_minutes=30)
        await actions.set_due_times(tx, brand_id=brand, times=own, version=0)
    row = await desk.row(await desk.case())
    # No hours are set on this floor: any hour counts.
    assert row.due_at - row.opened_at == timedelta(minutes=600)
    assert row.warn_at - row.opened_at == timedelta(minutes=300)
    urgent = await desk.row(await desk.case(brand_id=brand, priority="urgent"))
    assert urgent.due_at - urgent.opened_at == timedelta(minutes=30)
    assert (await desk.row(before.id)).due_at == before.due_at
    async with desk.tx() as tx:
        await actions.raise_priority(tx, row.id, "urgent", "urged")
    raised = await desk.row(row.id)
    assert raised.due_at - raised.opened_at == timedelta(minutes=60)
    async with desk.tx() as tx:
        await actions.unset_due_times(tx, brand_id=brand)
        found = await queries.all_due_times(tx)
    assert (found.house.normal_minutes, found.house.version, found.brands) == (600, 1, [])


async def test_two_who_set_them_at_once(desk: Desk, client: httpx.AsyncClient) -> None:
    boss = await desk.hire("fang.li", role="admin", serves=False)
    await desk.sign_in(client, boss)
    given = {"normal_minutes": 600, "high_minutes": 300, "urgent_minutes": 60, "warn_percent": 20}
    path = "/api/case-due-times"
    assert (await client.put(path, json={**given, "version": 0})).json()["house"]["version"] == 1
    stale = await client.put(path, json={**given, "version": 0})
    assert stale.status_code == 409
    wrong = await client.put(path, json={**given, "high_minutes": 30, "version": 1})
    assert wrong.status_code == 422
