"""What a long wait is worth, and which promise holds for it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.complaints.rules.waits import (
    Already,
    Promise,
    WaitStep,
    holding,
    outcome_of,
    owed,
    parts_of_proof,
    proof_token,
    steps_fit,
)

STEPS = (WaitStep(0, 500), WaitStep(5, 1000), WaitStep(20, 2000))
BRAND, QUEUE = UUID(int=1), UUID(int=2)
NOTHING = Already(0, 0)


def rule(number: int = 9, **given: object) -> Promise:
    """Return a promise of a minute that gives by three steps."""
    return Promise(id=UUID(int=number), promise_s=60, steps=STEPS, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("waited_s", "result", "amount"),
    [
        (0, "within", 0),
        (60, "within", 0),
        (61, "granted", 500),
        (60 + 299, "granted", 500),
        (60 + 300, "granted", 1000),
        (60 + 1199, "granted", 1000),
        (60 + 1200, "granted", 2000),
        (86_400, "granted", 2000),
    ],
)
def test_longer_waits_are_worth_more(waited_s: int, result: str, amount: int) -> None:
    found = owed(rule(), waited_s, "answered", NOTHING)
    assert (found.result, found.amount, found.cost_fen) == (result, amount, amount)


@pytest.mark.parametrize(
    ("given", "outcome", "already", "result"),
    [
        ({}, "left", NOTHING, "granted"),
        ({"for_left": False}, "left", NOTHING, "left"),
        ({"for_left": False}, "answered", NOTHING, "granted"),
        ({}, "returned", NOTHING, "granted"),
        ({}, "closed", NOTHING, "granted"),
        ({}, "answered", Already(1, 0), "customer_cap"),
        ({"most_a_day": 2}, "answered", Already(1, 0), "granted"),
        ({"most_a_day": None}, "answered", Already(9, 0), "granted"),
        ({"day_fen": 500}, "answered", NOTHING, "granted"),
        ({"day_fen": 500}, "answered", Already(0, 1), "day_cap"),
        ({"day_fen": 5000, "unit_fen": 10}, "answered", NOTHING, "granted"),
        ({"day_fen": 4999, "unit_fen": 10}, "answered", NOTHING, "day_cap"),
    ],
)
def test_what_bounds_it(given: dict, outcome: str, already: Already, result: str) -> None:
    assert owed(rule(**given), 61, outcome, already).result == result  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 5), st.integers(0, 100_000))
def test_no_cap_is_ever_passed(waited_s: int, cap: int, grants: int, spent: int) -> None:
    found = owed(rule(day_fen=cap, most_a_day=3), waited_s, "answered", Already(grants, spent))
    if found.result == "granted":
        assert spent + found.cost_fen <= cap
        assert grants < 3
        assert waited_s > 60


def test_the_nearest_promise_holds() -> None:
    everybody, chat = rule(1), rule(2, channel="web")
    brand, queue = rule(3, brand_id=BRAND), rule(4, queue_id=QUEUE)
    known = [chat, queue, everybody, brand]

    def found(**place: object) -> Promise | None:
        where = {"brand_id": None, "queue_id": None, "channel": "phone", **place}
        return holding(known, **where)  # type: ignore[arg-type]

    assert found() == everybody
    assert found(channel="web") == chat
    assert found(channel="web", brand_id=BRAND) == brand
    assert found(channel="web", brand_id=BRAND, queue_id=QUEUE) == queue
    assert holding([queue], brand_id=None, queue_id=None, channel="web") is None


@pytest.mark.parametrize(
    ("state", "ended", "answered", "outcome"),
    [
        ("waiting", None, False, None),
        ("offered", None, False, None),
        ("serving", None, True, "answered"),
        ("done", "transferred", True, "answered"),
        ("abandoned", "silent", False, "left"),
        ("returned", "returned", False, "returned"),
        ("done", "closed", False, "closed"),
    ],
)
def test_how_a_wait_ended(state: str, ended: str | None, answered: bool, outcome: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC) if answered else None
    assert outcome_of(state, ended, at) == outcome


@pytest.mark.parametrize(
    ("steps", "fit"),
    [
        ((), False),
        (STEPS, True),
        ((WaitStep(0, 0),), False),
        ((WaitStep(-1, 5),), False),
        ((WaitStep(5, 500), WaitStep(0, 1000)), False),
        ((WaitStep(0, 500), WaitStep(5, 500)), False),
        (tuple(WaitStep(n, n + 1) for n in range(11)), False),
    ],
)
def test_steps_that_make_sense(steps: tuple[WaitStep, ...], fit: bool) -> None:
    assert steps_fit(steps) is fit


def test_a_link_says_whose_wait_it_is() -> None:
    made = proof_token(BRAND, QUEUE, 3, "signature")
    assert parts_of_proof(made) == (BRAND, QUEUE, 3, "signature")
    for wrong in ("", ".", "x.y", "é.s", "a" * 200 + ".s", made.replace(".", "")):
        assert parts_of_proof(wrong) is None
