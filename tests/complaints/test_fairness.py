"""Groups of customers beside each other, the same matter beside the same."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.complaints import queries
from peakend.complaints.actions import GrantElsewhere
from peakend.complaints.rules.fairness import Given, group_gaps
from peakend.kernel.db import Database
from tests.complaints.complaining import Desk
from tests.complaints.shelf import Shelf


class Both(Desk, Shelf):
    """A desk with something to give."""


@pytest.fixture
async def desk(database: Database, organisation: UUID) -> Both:
    """An open floor with its people."""
    made = Both(database, organisation)
    await made.open()
    await made.staff()
    return made


def rows(group: str, cell: str, *fen: int) -> list[Given]:
    """Make what a group got for one matter."""
    return [Given(group=group, cell=cell, fen=one) for one in fen]


def test_a_worked_example() -> None:
    # Two matters; in each the vip got 1,000 fen more, with the same scatter of ±500 around.
    found = {
        one.group: one
        for one in group_gaps(
            rows("vip", "late", *[3500, 2500] * 5) + rows("standard", "late", *[2500, 1500] * 5)
            + rows("vip", "broken", *[6500, 5500] * 5)
            + rows("standard", "broken", *[5500, 4500] * 5)
            + rows("vip", "alone", 90_000)
        )
    }  # fmt: skip
    vip = found["vip"]
    assert (vip.matters, vip.compared, vip.gap_fen) == (21, 20, 1000)
    # Residual sum 40·500², 36 free: s² = 277,777.8; weights 5 + 5; reach 1.96·√(s²/10) = 326.67.
    assert vip.low_fen == pytest.approx(1000 - 326.66, abs=0.01)
    assert vip.verdict == "more"
    assert found["standard"].verdict == "less"
    assert found["standard"].high_fen == pytest.approx(-(1000 - 326.66), abs=0.01)


def test_what_nobody_else_had_is_not_compared() -> None:
    dear = group_gaps(rows("vip", "fire", *[90_000] * 30) + rows("standard", "late", *[100] * 30))
    assert [one.verdict for one in dear] == ["too_few", "too_few"]


@given(st.lists(st.integers(0, 10**6), min_size=10, max_size=20), st.integers(0, 5))
def test_who_gets_the_same_is_even(amounts: list[int], cells: int) -> None:
    same = [
        one
        for cell in range(cells + 1)
        for group in ("a", "b")
        for one in rows(group, str(cell), *amounts)
    ]
    for one in group_gaps(same):
        assert one.verdict == "same"
        assert one.gap_fen == pytest.approx(0, abs=1e-6)


async def test_settled_complaints_are_compared_by_tier(desk: Both) -> None:
    for _ in range(2):
        await desk.judge(await desk.filed())
    async with desk.tx() as tx:
        await tx.run(
            "UPDATE complaint SET state = 'closed', solution = 'compensate',"
            " compensation_fen = 2000"
        )
    async with desk.tx(desk.boss) as tx:
        [found] = await queries.fairness(tx, desk.boss, by="tier")
        [tongue] = await queries.fairness(tx, desk.boss, by="language")
    assert (found.group, found.matters, found.mean_fen, found.verdict) == (
        "standard", 2, 2000, "too_few"
    )  # fmt: skip
    assert tongue.matters == 2
    # A boss of nothing in particular sees it; an agent sees only what is his.
    async with desk.tx(desk.other) as tx:
        assert await queries.fairness(tx, desk.other, by="tier") == []


async def test_who_claims_often_is_listed_and_said(desk: Both) -> None:
    coupon = await desk.instrument()
    await desk.authority()
    await desk.budget(10_000_000)
    conversation_id = await desk.served(desk.agent)
    row = await desk.conversation(conversation_id)
    for _ in range(3):
        made = await desk.offer(desk.agent, conversation_id, coupon)
        await desk.act("accept", desk.agent, made.id)
    async with desk.tx(desk.boss) as tx:
        [found] = await queries.claimers(tx, desk.boss)
        said = await queries.suggestion(tx, desk.boss, conversation_id=conversation_id)
    assert (found.customer.id, found.grants, found.cost_fen) == (row.customer_id, 3, 6000)
    assert "近 180 天已补偿 3 次" in said.why
    desk.now += timedelta(days=181)
    async with desk.tx(desk.boss) as tx:
        assert await queries.claimers(tx, desk.boss) == []


async def test_a_step_says_what_its_grant_costs(desk: Both) -> None:
    coupon = await desk.instrument()
    await desk.authority()
    await desk.budget(10_000_000)
    complaint_id = await desk.filed(kind="timeliness")
    await desk.judge(complaint_id, kind="timeliness")
    conversation_id = (await desk.row(complaint_id)).conversation_id
    assert conversation_id is not None
    elsewhere = await desk.offer(desk.agent, await desk.served(desk.agent), coupon)
    with pytest.raises(GrantElsewhere):
        await desk.step(complaint_id, "compensation", grant_id=elsewhere.id)
    made = await desk.offer(desk.agent, conversation_id, coupon, amount=2)
    await desk.step(complaint_id, "compensation", grant_id=made.id, compensation_fen=1)
    assert (await desk.row(complaint_id)).compensation_fen == 4000
