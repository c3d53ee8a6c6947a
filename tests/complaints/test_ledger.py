"""The books: whatever is done in whatever order, they balance and keep within what was set."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.complaints import actions
from peakend.complaints.rules.grants import MOVES as STEPS
from peakend.complaints.rules.grants import State
from peakend.complaints.rules.ledger import KINDS, MOVES, entry, fits, forecast_fen, used_fen
from peakend.kernel.db import Database
from tests.complaints.shelf import Shelf

WHAT = st.sampled_from(sorted(MOVES))
COST = st.integers(min_value=0, max_value=10**12)
BALANCES = st.dictionaries(st.sampled_from(KINDS), st.integers(-(10**12), 10**12))


@given(WHAT, COST)
def test_an_entry_sums_up_to_nothing(what: str, cost: int) -> None:
    lines = entry(what, cost)  # type: ignore[arg-type]
    assert sum(line.amount_fen for line in lines) == 0
    assert len(lines) == (2 if cost else 0)


@given(st.lists(st.integers(0, 20), max_size=12), COST)
def test_every_way_through_a_grant_leaves_its_cost_in_one_place(
    choices: list[int], cost: int
) -> None:
    state: State = "waiting"
    balances = dict.fromkeys(KINDS, 0)
    acts = ["offer"]
    for choice in choices:
        steps = [(act, move) for (at, act), move in STEPS.items() if at == state]
        if not steps:
            break
        _, move = steps[choice % len(steps)]
        state = move.to
        acts += [move.books] if move.books else []
    for what in acts:
        for line in entry(what, cost):  # type: ignore[arg-type]
            balances[line.kind] += line.amount_fen
    assert sum(balances.values()) == 0
    assert all(balances[kind] >= 0 for kind in KINDS if kind != "budget")
    dropped = state in ("refused", "withdrawn", "lapsed")
    back = state in ("revoked", "expired")
    assert used_fen(balances) == (0 if dropped or back else cost)  # type: ignore[arg-type]


@given(COST, BALANCES, COST)
def test_a_cap_is_never_exceeded_by_what_fits(
    cap: int, balances: dict[str, int], cost: int
) -> None:
    if fits(cap, balances, cost) and cost:  # type: ignore[arg-type]
        assert used_fen(balances) + cost <= cap  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("balances", "day", "days", "expected"),
    [
        ({"budget": -3000, "spent": 3000}, 10, 30, 9000),
        ({"budget": -4000, "spent": 3000, "reserved": 1000}, 10, 30, 10_000),
        ({"budget": -3000, "returned": 3000}, 10, 30, 0),
        ({}, 1, 31, 0),
        ({"budget": -3000, "spent": 3000}, 30, 30, 3000),
    ],
)
def test_a_month_goes_on_as_it_did(
    balances: dict[str, int], day: int, days: int, expected: int
) -> None:
    found = forecast_fen(balances, day=day, days=days)  # type: ignore[arg-type]
    assert found == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_is_done_the_books_hold(
    database: Database, organisation: UUID, seed: int
) -> None:
    dice = random.Random(seed)
    shelf = Shelf(database, organisation)
    await shelf.open()
    await shelf.authority(single=6000)
    await shelf.hire("boss", role="supervisor")
    lin = await shelf.hire("lin")
    await shelf.ready(lin)
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=25, valid_d=2)
    refund = await shelf.instrument("refund", unit="fen", face_fen=1)
    await shelf.budget(60_000)
    refused = 0
    for _ in range(60):
        act = dice.choice(
            ["offer", "offer", "accept", "accept", "refuse", "withdraw", "revoke", "use", "wait"]
        )
        try:
            if act == "offer":
                what, amount = dice.choice([(coupon, dice.randint(1, 4)), (refund, 1234)])
                await shelf.offer(lin, conversation_id, what, amount=amount)
            elif act == "wait":
                shelf.wait(dice.choice([3600, 86_400 * 3]))
                await shelf.drain()
                await shelf.issue()
            elif offers := await shelf.offers(lin):
                more = {"reason": "发错了"} if act == "revoke" else {}
                await shelf.act(act, lin, dice.choice(offers).id, **more)
        except (actions.GrantStale, actions.OutOfStock, actions.BudgetExhausted):
            refused += 1
    assert await shelf.breaches() == []
    assert refused
