"""The announced wait against a simulated queue."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.routing.rules.waiting import (
    Wait,
    expected_wait,
    gamma_quantile,
    round_up,
    usual_handle_s,
)


def test_says_nothing_when_nobody_serves() -> None:
    assert expected_wait(3, slots=0, free=0, handle_s=300) == Wait(None, None)


def test_says_soon_when_somebody_is_free() -> None:
    assert expected_wait(0, slots=3, free=1, handle_s=300) == Wait(0, 30)


@given(st.integers(0, 200), st.integers(1, 60), st.floats(30, 3000))
def test_longer_lines_wait_longer_and_more_people_shorter(
    ahead: int, slots: int, handle_s: float
) -> None:
    here = expected_wait(ahead, slots, 0, handle_s)
    longer = expected_wait(ahead + 1, slots, 0, handle_s)
    fewer = expected_wait(ahead, slots + 1, 0, handle_s)
    assert here.low_s is not None
    assert here.high_s is not None
    assert here.low_s <= here.high_s
    assert (here.low_s, here.high_s) <= (longer.low_s, longer.high_s)
    assert fewer.high_s is not None
    assert fewer.high_s <= here.high_s


def test_half_wait_less_than_low_and_four_fifths_less_than_high() -> None:
    """Simulates the line itself: exponential talks, customers ahead who lose patience."""
    chance = random.Random(7)
    slots, handle_s, patience_s, ahead = 12, 400.0, 900.0, 9
    waits = []
    for _ in range(20_000):
        wait = 0.0
        for left in range(ahead, -1, -1):
            wait += chance.expovariate(slots / handle_s + left / patience_s)
        waits.append(wait)
    waits.sort()
    wait = expected_wait(ahead, slots, 0, handle_s, patience_s)
    assert wait.low_s is not None
    assert wait.high_s is not None
    for told, share in ((wait.low_s, 0.5), (wait.high_s, 0.8)):
        true = waits[int(len(waits) * share)]
        assert told == pytest.approx(round_up(true), abs=60)


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, 30), (30, 30), (31, 60), (121, 180), (600, 600), (601, 900)]
)
def test_times_are_rounded_up_to_what_people_say(seconds: float, said: int) -> None:
    assert round_up(seconds) == said


def test_gamma_quantiles_match_the_exponential() -> None:
    assert gamma_quantile(100, 10_000, 0.0) == pytest.approx(69.3, rel=0.02)
    assert gamma_quantile(100, 10_000, 0.8416212336) == pytest.approx(160.9, rel=0.02)


def test_few_samples_are_drawn_to_the_default() -> None:
    assert usual_handle_s([]) == 420
    assert usual_handle_s([100]) == pytest.approx((100 + 4 * 420) / 5)
    assert usual_handle_s([100] * 10) == 100
