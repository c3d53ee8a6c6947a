"""Rules of schemes and authority: tables of cases, and what holds for all of them."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.complaints.rules.authority import (
    NOTHING,
    Limits,
    Spent,
    Within,
    left_fen,
    limits_of,
    within_authority,
)
from peakend.complaints.rules.instruments import cost_of, fits_brand
from peakend.complaints.rules.scheme_preview import GrantSum, PastMatter, would_grant
from peakend.complaints.rules.schemes import (
    MOST_HOLD_OUT,
    Liability,
    Line,
    choose,
    differences,
    gone,
    held_out,
    path,
    twice,
)

STOVE, LATE, LOST = (UUID(int=n) for n in (1, 2, 3))
PARENTS = {LATE: STOVE, LOST: LATE, STOVE: None}
COUPON = UUID(int=9)


def line(
    severity: int | None = None,
    reason_id: UUID | None = None,
    *,
    liability: Liability = "ours",
    amount: int = 1,
    at: int = 0,
) -> Line:
    """Make a line; `at` tells it from others."""
    return Line(
        id=UUID(int=100 + at), liability=liability, severity=severity, reason_id=reason_id,
        instrument_id=COUPON, amount=amount, cost_fen=amount * 2000, words_zh="", words_en="",
        needs_approval=False,
    )  # fmt: skip


TABLE = [
    line(at=0),
    line(3, at=1),
    line(None, STOVE, at=2),
    line(3, STOVE, at=3),
    line(None, LATE, at=4),
    line(3, liability="partner", at=5),
]


@pytest.mark.parametrize(
    ("liability", "severity", "reason", "found"),
    [
        ("ours", 1, None, 0),
        ("ours", 3, None, 1),
        ("ours", 1, STOVE, 2),
        ("ours", 3, STOVE, 3),
        # The nearer reason goes before the exact severity of a farther one.
        ("ours", 3, LATE, 4),
        # A reason below one that is named belongs to it.
        ("ours", 3, LOST, 4),
        ("ours", 3, uuid4(), 1),
        ("partner", 3, LATE, 5),
        ("partner", 2, LATE, None),
        ("customer", 3, STOVE, None),
        ("unknown", 3, STOVE, None),
    ],
)
def test_the_line_that_holds(
    liability: str, severity: int, reason: UUID | None, found: int | None
) -> None:
    chosen = choose(TABLE, liability, severity, path(PARENTS, reason))
    assert (chosen.id.int - 100 if chosen else None) == found


reasons = st.sampled_from([None, STOVE, LATE, LOST])
severities = st.sampled_from([None, 1, 2, 3, 4])
liabilities: st.SearchStrategy[Liability] = st.sampled_from(["ours", "partner"])
lines = st.lists(st.tuples(severities, reasons, liabilities), max_size=12, unique=True).map(
    lambda found: [line(s, r, liability=who, at=n) for n, (s, r, who) in enumerate(found)]
)


@given(lines, liabilities, st.integers(1, 4), reasons, st.randoms())
def test_a_nearer_reason_always_wins(
    table: list[Line], liability: Liability, severity: int, reason: UUID | None, dice: object
) -> None:
    upwards = path(PARENTS, reason)
    chosen = choose(table, liability, severity, upwards)
    fitting = [
        one
        for one in table
        if one.liability == liability
        and one.severity in (None, severity)
        and (one.reason_id is None or one.reason_id in upwards)
    ]
    assert (chosen is None) == (not fitting)
    if chosen is None:
        return

    def far(one: Line) -> int:
        return len(upwards) if one.reason_id is None else upwards.index(one.reason_id)

    assert far(chosen) == min(far(one) for one in fitting)
    exact = [one for one in fitting if far(one) == far(chosen) and one.severity == severity]
    assert not exact or chosen in exact
    # The order in which somebody wrote the lines down decides nothing.
    shuffled = list(table)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(shuffled, liability, severity, upwards) == chosen


def test_a_tree_that_loops_ends() -> None:
    assert path({STOVE: LATE, LATE: STOVE}, STOVE) == [STOVE, LATE]


def test_two_lines_of_one_place_are_found() -> None:
    assert twice([line(3), line(3, at=1), line(2, at=2)]) == {("ours", 3, None)}
    assert twice(TABLE) == set()


def test_how_a_draft_differs() -> None:
    draft = [line(3, at=50), line(2, amount=5, at=51), line(4, at=52)]
    holding = [line(3, at=1), line(2, at=2), line(1, at=3)]
    assert [one.change for one in differences(draft, holding)] == ["same", "changed", "new"]
    assert differences(draft, holding)[1].was == holding[1]
    assert gone(draft, holding) == [holding[2]]


@pytest.mark.parametrize(
    ("amount", "spent", "answer"),
    [
        (5000, Spent(), "yes"),
        (5001, Spent(), "single"),
        (5000, Spent(case_fen=5000), "yes"),
        (5000, Spent(case_fen=5001), "case"),
        (5000, Spent(day_fen=15_001), "day"),
        (5000, Spent(month_fen=95_001), "month"),
        # What is nearest at hand is said first.
        (5001, Spent(case_fen=9000, day_fen=20_000), "single"),
        (0, Spent(month_fen=10**9), "yes"),
    ],
)
def test_within_authority(amount: int, spent: Spent, answer: Within) -> None:
    limits = Limits(
        per_grant_fen=5000, per_case_fen=10_000, per_day_fen=20_000, per_month_fen=100_000
    )
    assert within_authority(limits, spent, amount) == answer


def test_who_was_given_nothing_may_give_nothing() -> None:
    assert within_authority(NOTHING, Spent(), 1) == "single"
    assert within_authority(Limits(), Spent(month_fen=10**12), 10**9) == "yes"


fen = st.integers(0, 10**9)
some_limits = st.builds(
    Limits,
    per_grant_fen=st.none() | fen,
    per_case_fen=st.none() | fen,
    per_day_fen=st.none() | fen,
    per_month_fen=st.none() | fen,
)


@given(some_limits, st.lists(st.integers(1, 10**8), max_size=30))
def test_never_more_than_the_authority(limits: Limits, wanted: list[int]) -> None:
    given_fen = 0
    for amount in wanted:
        spent = Spent(case_fen=given_fen, day_fen=given_fen, month_fen=given_fen)
        left = left_fen(limits, spent)
        within = within_authority(limits, spent, amount)
        assert (within == "yes") == (left is None or amount <= left)
        if within == "yes":
            given_fen += amount
            assert limits.per_grant_fen is None or amount <= limits.per_grant_fen
    for most in (limits.per_case_fen, limits.per_day_fen, limits.per_month_fen):
        assert most is None or given_fen <= most


def test_whose_limits_hold() -> None:
    mine, team, boss, all_ = (Limits(per_grant_fen=n, per_day_fen=n) for n in (1, 2, 3, 4))
    assert limits_of(mine, [boss], all_) == (mine, "member")
    assert limits_of(None, [team, boss], all_) == (boss, "role")
    assert limits_of(None, [], all_) == (all_, "everybody")
    assert limits_of(None, [], None) == (NOTHING, None)
    wide = limits_of(None, [Limits(per_grant_fen=5), Limits(per_day_fen=7)], None)[0]
    assert (wide.per_grant_fen, wide.per_day_fen) == (None, None)


def test_what_it_costs() -> None:
    assert cost_of("fen", 99, 1500) == 1500
    assert cost_of("points", 2, 300) == 600
    assert cost_of("piece", 2000, 2) == 4000
    assert fits_brand(None, STOVE)
    assert fits_brand(STOVE, STOVE)
    assert not fits_brand(STOVE, None)


def test_who_is_held_out_stays_so_and_is_as_many_as_said() -> None:
    table, people = UUID(int=7), [UUID(int=n << 64) for n in range(4000)]
    first = [held_out(table, one, 0.1, extreme=False) for one in people]
    assert first == [held_out(table, one, 0.1, extreme=False) for one in people]
    assert 0.08 < sum(first) / len(people) < 0.12
    assert not any(held_out(table, one, 0.0, extreme=False) for one in people)
    # No share is taken that is larger than the rule allows.
    most = sum(held_out(table, one, 1.0, extreme=False) for one in people) / len(people)
    assert most < MOST_HOLD_OUT + 0.03
    assert first != [held_out(UUID(int=8), one, 0.1, extreme=False) for one in people]


@given(st.uuids(), st.uuids(), st.floats(0, 1))
def test_an_extreme_complaint_is_never_held_out(table: UUID, who: UUID, share: float) -> None:
    assert not held_out(table, who, share, extreme=True)


def test_a_preview_counts_what_a_version_would_have_given() -> None:
    draft = [line(at=1), line(4, STOVE, amount=3, at=2)]
    holding = [line(amount=2, at=3)]
    matters = [
        PastMatter(liability="ours", severity=2, path=[], given_fen=4000),
        PastMatter(liability="ours", severity=4, path=[LATE, STOVE], given_fen=0),
        PastMatter(liability="unknown", severity=4, path=[STOVE], given_fen=1500),
        PastMatter(liability="customer", severity=1, path=[], given_fen=0),
    ]
    found = would_grant(draft, holding, matters)
    assert (found.matters, found.unknown) == (4, 1)
    assert found.would == GrantSum(grants=2, cost_fen=2000 + 6000)
    assert found.holding == GrantSum(grants=2, cost_fen=4000 + 4000)
    assert found.given == GrantSum(grants=2, cost_fen=5500)
    assert [(one.matters, one.cost_fen) for one in found.lines] == [(1, 2000), (1, 6000)]


def test_nothing_was_and_nothing_would_have_been() -> None:
    found = would_grant([line(at=1)], [], [])
    nothing = GrantSum(grants=0, cost_fen=0)
    assert (found.matters, found.would, found.holding, found.given) == (0, *[nothing] * 3)
    assert [one.matters for one in found.lines] == [0]
