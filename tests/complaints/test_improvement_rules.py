"""How improvements move, whether they helped, and which reasons are worth a look."""

from datetime import date
from uuid import UUID

import pytest

from peakend.complaints.rules.exceptions import over
from peakend.complaints.rules.improvements import (
    STATES,
    Window,
    difference,
    family,
    is_window,
    lineage,
    may_move,
    measure,
    proposed,
    usual_windows,
)

DAYS = Window(date(2026, 11, 1), date(2026, 11, 30))
A, B, C, D = (UUID(int=n) for n in range(1, 5))
TREE = {A: None, B: A, C: B, D: None}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ((40, 400), (10, 400), "better"),
        ((10, 400), (40, 400), "worse"),
        ((40, 400), (38, 400), "same"),
        # Few contacts say nothing, however far apart they are.
        ((29, 29), (0, 400), "too_few"),
        ((30, 400), (0, 29), "too_few"),
        ((0, 0), (0, 0), "too_few"),
        ((3, 30), (0, 30), "same"),
    ],
)
def test_whether_it_helped(before: tuple[int, int], after: tuple[int, int], effect: str) -> None:
    found = difference(measure(DAYS, *before, 0), measure(DAYS, *after, 0))
    assert found.effect == effect


def test_the_interval_is_newcombes() -> None:
    # Newcombe 1998, table II, a: 56/70 and 48/80, method 10.
    found = difference(measure(DAYS, 48, 80, 0), measure(DAYS, 56, 70, 0))
    assert found.per_100 == pytest.approx(20)
    assert (found.low, found.high) == (
        pytest.approx(5.24, abs=0.01), pytest.approx(33.39, abs=0.01),
    )  # fmt: skip


def test_windows() -> None:
    before, after = usual_windows(date(2026, 11, 1), date(2026, 11, 20))
    assert (before.from_on, before.until_on, before.days) == (
        date(2026, 10, 2), date(2026, 10, 31), 30,
    )  # fmt: skip
    assert after == Window(date(2026, 11, 21), date(2026, 12, 20))
    assert usual_windows(date(2026, 11, 1), None)[1] is None
    assert is_window(Window(date(2026, 1, 1), date(2026, 1, 1)))
    assert not is_window(Window(date(2026, 1, 2), date(2026, 1, 1)))
    assert not is_window(Window(date(2026, 1, 1), date(2026, 4, 3)))
    assert measure(DAYS, 0, 0, 0).per_100 is None


def test_what_did_not_help_goes_on_and_what_was_not_done_is_not_checked() -> None:
    ways = {(old, new) for old in STATES for new in STATES if may_move(old, new)}
    assert ("done", "checked") in ways
    assert ("checked", "doing") in ways
    assert ("dropped", "open") in ways
    assert not ways & {("open", "checked"), ("doing", "checked"), ("dropped", "done")}


def test_families_of_reasons() -> None:
    assert family(TREE, A) == {A, B, C}
    assert lineage(TREE, C) == [C, B, A]
    assert lineage({A: B, B: A}, A) == [A, B]
    assert lineage(TREE, None) == []


def test_reasons_worth_a_look_come_by_how_often_people_came_again() -> None:
    counts = [(A, 10, 8), (B, 9, 5), (C, 30, 26), (D, 50, 40)]
    assert proposed(counts, taken=[D]) == [C, B]
    assert proposed(counts, taken=[]) == [D, C, B]


def test_over_the_usual_limit() -> None:
    assert [over(None, 10**9), over(100, 100), over(100, 101)] == [False, False, True]
