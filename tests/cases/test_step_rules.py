"""Steps: what a template may be, which step is ready, whom it is for, when it is late."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.cases.rules.steps import (
    Laid,
    Member,
    downstream,
    ended,
    look_again,
    may,
    near,
    open_checks,
    ready_now,
    set_back,
    upstream,
    whom,
)
from peakend.cases.rules.templates import (
    TemplateCheck,
    TemplateStep,
    circle_of,
    layers,
    template_fault,
)

A, B, C = (UUID(int=one) for one in (1, 2, 3))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def step(key: str, *after: str, **given: object) -> TemplateStep:
    return TemplateStep(
        **{"key": key, "title_zh": f"步骤{key}", "department_id": A, "after": list(after)} | given
    )


def laid(**states: str) -> list[Laid]:
    """Return look → (part, visit) → check, in the given states."""
    after = {"look": (), "part": ("look",), "visit": ("look",), "check": ("part", "visit")}
    return [Laid(key, after[key], state) for key, state in states.items()]


@pytest.mark.parametrize(
    ("steps", "code", "at"),
    [
        ([], "none", 0),
        ([step("a"), step("b", "a")], None, 0),
        ([step("a"), step("a")], "twice", 1),
        ([step("a"), step("b", "x")], "unknown", 1),
        ([step("a", "a")], "itself", 0),
        ([step("A b")], "key", 0),
        ([step("a", title_zh=" ")], "title", 0),
        ([step("a", checklist=[TemplateCheck(zh=" ")])], "title", 0),
        ([step("a", department_id=None)], "department", 0),
        ([step("a", department_id=None, who="owner")], None, 0),
        ([step("a", department_id=None, who="outsider")], None, 0),
        ([step("a", "c"), step("b", "a"), step("c", "b")], "circle", 0),
        ([step("z"), step("a", "z", "b"), step("b", "a")], "circle", 1),
    ],
)
def test_what_a_template_may_be(steps: list[TemplateStep], code: str | None, at: int) -> None:
    found = template_fault(steps)
    assert (found and found.code, found.at if found else 0) == (code, at)


def test_a_circle_is_named_in_the_order_of_the_work() -> None:
    found = template_fault([step("a", "c"), step("b", "a"), step("c", "b")])
    assert found is not None
    assert found.what == "步骤a → 步骤b → 步骤c → 步骤a"


@pytest.mark.parametrize(
    ("states", "ready"),
    [
        ({"look": "waiting", "part": "waiting", "visit": "waiting", "check": "waiting"}, ["look"]),
        ({"look": "done", "part": "waiting", "visit": "waiting", "check": "waiting"},
         ["part", "visit"]),
        ({"look": "skipped", "part": "done", "visit": "waiting", "check": "waiting"}, ["visit"]),
        ({"look": "done", "part": "done", "visit": "taken", "check": "waiting"}, []),
        ({"look": "done", "part": "done", "visit": "returned", "check": "waiting"}, []),
        ({"look": "done", "part": "done", "visit": "skipped", "check": "waiting"}, ["check"]),
        ({"look": "done", "part": "done", "visit": "done", "check": "done"}, []),
        # One that is named and gone holds nobody up.
        ({"part": "done", "check": "waiting"}, ["check"]),
    ],
)  # fmt: skip
def test_which_steps_are_ready(states: dict[str, str], ready: list[str]) -> None:
    assert ready_now(laid(**states)) == ready


def test_what_lies_before_and_behind() -> None:
    steps = laid(look="done", part="taken", visit="ready", check="waiting")
    assert downstream(steps, "look") == {"part", "visit", "check"}
    assert upstream(steps, "check") == {"look", "part", "visit"}
    assert downstream(steps, "check") == upstream(steps, "look") == set()
    assert set_back(steps, "look") == ["part", "visit"]
    assert not ended(steps)
    assert ended(laid(look="done", part="skipped"))
    assert not ended([])


@st.composite
def templates(draw: st.DrawFn) -> dict[str, list[str]]:
    """Return steps that wait for any others, in circles too."""
    keys = [f"s{n}" for n in range(draw(st.integers(1, 8)))]
    return {key: draw(st.lists(st.sampled_from(keys), max_size=3, unique=True)) for key in keys}


@given(templates(), st.data())
def test_a_template_ends_or_is_refused(after: dict[str, list[str]], data: st.DataObject) -> None:
    steps = [step(key, *others) for key, others in after.items()]
    fault = template_fault(steps)
    states = dict.fromkeys(after, "waiting")
    order = []
    while ready := ready_now([Laid(key, after[key], states[key]) for key in after]):
        key = data.draw(st.sampled_from(ready))
        states[key] = data.draw(st.sampled_from(["done", "skipped"]))
        order.append(key)
    assert (fault is None) == (set(order) == set(after))
    assert all(order.index(one) < order.index(key) for key in order for one in after[key])
    assert {key for layer in layers(after) for key in layer} == set(order)
    circle = circle_of(after)
    assert bool(circle) == (fault is not None)
    assert all(one in after[two] for one, two in zip(circle, circle[1:] + circle[:1], strict=True))


@pytest.mark.parametrize(
    ("act", "states"),
    [
        ("take", "ready"),
        ("release", "taken"),
        ("tick", "ready taken"),
        ("finish", "ready taken"),
        ("return", "ready taken"),
        ("skip", "waiting ready taken returned"),
        ("resume", "returned done skipped"),
        ("give", "waiting ready taken returned"),
    ],
)
def test_what_may_be_done(act: str, states: str) -> None:
    every = ("waiting", "ready", "taken", "done", "skipped", "returned")
    assert [one for one in every if may(one, act)] == sorted(states.split(), key=every.index)


@pytest.mark.parametrize(
    ("duty", "present", "last", "member", "told"),
    [
        ("everybody", "", None, None, "ABC"),
        ("present", "B", None, None, "B"),
        # Nobody is there: it waits for all of them until the hours begin.
        ("present", "", None, None, "ABC"),
        ("in_turn", "ABC", None, "A", "A"),
        ("in_turn", "ABC", "A", "B", "B"),
        ("in_turn", "ABC", "C", "A", "A"),
        ("in_turn", "AC", "A", "C", "C"),
        ("in_turn", "", "B", "C", "C"),
        ("in_turn", "B", "B", "B", "B"),
    ],
)
def test_whom_a_step_goes_to(
    duty: str, present: str, last: str | None, member: str | None, told: str
) -> None:
    names = {"A": A, "B": B, "C": C}
    found = whom(
        duty, [Member(names[one], one in present) for one in "ABC"], names[last] if last else None
    )
    assert found.member_id == (names[member] if member else None)
    assert found.told == tuple(names[one] for one in told)


def test_a_department_of_nobody_and_one_who_left() -> None:
    assert whom("in_turn", [], A).told == ()
    assert whom("in_turn", [Member(B, True), Member(C, True)], A).member_id == B


@pytest.mark.parametrize("minutes", [0, 44, 45, 59, 60, 600])
@pytest.mark.parametrize("state", ["waiting", "ready", "taken", "done", "skipped", "returned"])
def test_the_clock_of_a_step(state: str, minutes: int) -> None:
    times = {"due_at": NOON + timedelta(hours=1), "warn_at": NOON + timedelta(minutes=45)}
    now = NOON + timedelta(minutes=minutes)
    again = look_again(state=state, now=now, **times)
    if state not in ("ready", "taken"):
        assert (near(state, now=now, **times), again) == ("fine", None)
        return
    expected = "fine" if minutes < 45 else "near" if minutes < 60 else "late"
    assert near(state, now=now, **times) == expected
    # The next look lies ahead of now, so that a clock that jumps asks no job without an end.
    assert again is None or again > now
    assert (again is None) == (expected == "late")


def test_lines_that_are_not_ticked() -> None:
    assert (
        open_checks([{"zh": "拍照", "at": None}, {"zh": "签字", "at": "2026"}, {"zh": "复核"}]) == 2
    )
