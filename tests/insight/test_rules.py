"""Service levels against published and golden figures, and the order that algebra promises."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.insight.metrics import METRICS, SERVICE_LEVELS
from peakend.insight.rules import (
    Counts,
    Formula,
    abandonment,
    answer_wait_s,
    digital_share,
    guard_rail,
    increment,
    interval_of,
    of_abandoned,
    of_answered,
    service_level,
    share,
    total,
    wilson,
)

ICMI = Counts(
    answered=1000, abandoned=60, answered_within=860, abandoned_within=20, abandoned_short=10
)


@pytest.mark.parametrize(
    ("formula", "percent"),
    [
        ("sla.abn_good", 83.0189),
        ("sla.answered", 86.0),
        ("sla.offered", 81.1321),
        ("sla.excl_within", 82.6923),
        ("sla.short_good", 82.0755),
        ("sla.excl_short", 81.9048),
    ],
)
def test_published_example(formula: Formula, percent: float) -> None:
    assert service_level(ICMI, formula).value == pytest.approx(percent / 100, abs=5e-7)


def test_interval_of_the_published_example() -> None:
    """The score interval lies around (p + z²/2n)/(1 + z²/n), so both ends prove each other."""
    level = service_level(ICMI)
    assert (level.low, level.high) == pytest.approx((0.7866589048, 0.8337342887), abs=1e-10)
    z = 1.959963984540054
    middle = (860 / 1060 + z * z / 2120) / (1 + z * z / 1060)
    assert level.low is not None
    assert level.high is not None
    assert (level.low + level.high) / 2 == pytest.approx(middle, abs=1e-12)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (80, 100, 0.7111708344, 0.8666330667),
        (0, 59, 0.0, 0.0611293705),
        (4, 5, 0.376, 0.964),
        (170, 200, 0.794, 0.893),
    ],
)
def test_wilson_goldens(part: int, whole: int, low: float, high: float) -> None:
    digits = 1e-10 if whole in (100, 59) else 5e-4
    assert wilson(part, whole) == pytest.approx((low, high), abs=digits)


# The golden day, scope queue 1: waits of the answered and of those who left, in seconds.
ANSWERED = (5, 20, 35, 2, 19)
ABANDONED = (3, 18, 60)
CALLED_BACK = 200


def golden_day(*, callback: bool, target_s: float = 20.0) -> Counts:
    answered = (*ANSWERED, CALLED_BACK) if callback else ANSWERED
    return total(
        [of_answered(wait, target_s) for wait in answered]
        + [of_abandoned(wait, target_s) for wait in ABANDONED]
    )


@pytest.mark.parametrize(
    ("callback", "percents"),
    [
        (False, (75.00, 80.00, 50.00, 66.67, 62.50, 57.14)),
        (True, (66.67, 66.67, 44.44, 57.14, 55.56, 50.00)),
    ],
)
def test_golden_day(callback: bool, percents: tuple[float, ...]) -> None:
    day = golden_day(callback=callback)
    assert (day.offered, day.answered, day.abandoned) == ((9, 6, 3) if callback else (8, 5, 3))
    order: tuple[Formula, ...] = (
        "sla.abn_good",
        "sla.answered",
        "sla.offered",
        "sla.excl_within",
        "sla.short_good",
        "sla.excl_short",
    )
    found = [service_level(day, formula).value for formula in order]
    assert [round(value * 100, 2) for value in found if value is not None] == list(percents)


def test_golden_day_below_instead_of_within() -> None:
    day = golden_day(callback=False, target_s=19.999)
    found = {f: service_level(day, f).value for f in SERVICE_LEVELS.values()}
    percents = {f: round(100 * value, 2) for f, value in found.items() if value is not None}
    assert percents == {
        "sla.abn_good": 62.5,
        "sla.answered": 60.0,
        "sla.offered": 37.5,
        "sla.excl_within": 50.0,
        "sla.short_good": 50.0,
        "sla.excl_short": 42.86,
    }


def test_golden_day_waits_and_abandonment() -> None:
    day, with_callback = golden_day(callback=False), golden_day(callback=True)
    assert answer_wait_s(day) == pytest.approx(16.2)
    assert answer_wait_s(with_callback) == pytest.approx(46.8333, abs=5e-5)
    assert abandonment(day).value == pytest.approx(0.375)
    assert abandonment(day, exclude_short=True).value == pytest.approx(0.2857, abs=5e-5)
    assert abandonment(with_callback).value == pytest.approx(1 / 3)
    assert abandonment(with_callback, exclude_short=True).value == pytest.approx(0.25)


@st.composite
def any_counts(draw: st.DrawFn) -> Counts:
    answered, abandoned = draw(st.integers(0, 500)), draw(st.integers(0, 500))
    within = draw(st.integers(0, abandoned))
    return Counts(
        answered=answered,
        abandoned=abandoned,
        answered_within=draw(st.integers(0, answered)),
        abandoned_within=within,
        abandoned_short=draw(st.integers(0, within)),
    )


@given(any_counts())
def test_the_six_formulas_keep_their_order(counts: Counts) -> None:
    level = {f: service_level(counts, f).value for f in SERVICE_LEVELS.values()}

    def at_least(one: str, other: str) -> bool:
        a, b = level[one], level[other]  # type: ignore[index]
        return a is None or b is None or a >= b - 1e-12

    assert at_least("sla.abn_good", "sla.excl_within")
    assert at_least("sla.excl_within", "sla.excl_short")
    assert at_least("sla.excl_short", "sla.offered")
    assert at_least("sla.answered", "sla.excl_within")
    assert at_least("sla.abn_good", "sla.short_good")
    assert at_least("sla.short_good", "sla.offered")


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_an_interval_holds_its_value(part: int, whole: int) -> None:
    found = share(min(part, whole), whole)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_nothing_counted_has_no_value() -> None:
    for metric in METRICS.values():
        assert metric.of(Counts()).value is None
    assert digital_share(Counts(ended=150, ended_digital=45)).value == pytest.approx(0.3)


def test_a_leg_counts_where_it_entered_its_queue() -> None:
    at = datetime(2026, 11, 20, 9, 15, 3, tzinfo=UTC)
    queue = UUID(int=7)
    fact = {"live": True, "wait_s": 20.0, "target_s": 20}
    found = increment("WorkAnswered", at, queue, fact)
    assert found is not None
    assert found.interval_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert found.counts == Counts(answered=1, answered_within=1, answered_wait_ms=20_000)
    late = increment("WorkAnswered", at, queue, fact | {"wait_s": 20.001})
    assert late is not None
    assert late.counts.answered_within == 0
    assert increment("WorkAnswered", at, queue, fact | {"live": False}) is None
    assert increment("ReplySent", at, queue, {}) is None


def test_an_undone_closing_is_taken_back() -> None:
    at = datetime(2026, 11, 20, 9, 15, 3, tzinfo=UTC)
    closed = increment("ConversationClosed", at, None, {"from_state": "digital"})
    undone = increment("ConversationReopened", at, None, {"undo": True, "state": "digital"})
    assert closed is not None
    assert undone is not None
    assert closed.counts + undone.counts == Counts()
    assert increment("ConversationClosed", at, None, {"from_state": "waiting"}) is None
    assert increment("ConversationReopened", at, None, {"undo": False, "state": "digital"}) is None


@given(st.datetimes())
def test_quarters_of_an_hour(at: datetime) -> None:
    start = interval_of(at)
    assert start.minute in (0, 15, 30, 45)
    assert timedelta(0) <= at - start < timedelta(minutes=15)


@pytest.mark.parametrize(
    ("level", "rail"),
    [
        (None, "none"),
        (0.79, "missed"),
        (0.8, "near"),
        (0.85, "met"),
        (0.95, "met"),
        (0.96, "costly"),
    ],
)
def test_guard_rails(level: float | None, rail: str) -> None:
    assert guard_rail(level) == rail


def test_every_metric_has_its_own_version() -> None:
    assert len({metric.version for metric in METRICS.values()}) == len(METRICS)
