"""Which rule fits, which comes next, and who may decide by it."""

from uuid import UUID

import pytest

from peakend.cases.rules.approvals import (
    DECIDES,
    Colleague,
    Rung,
    Stand,
    Who,
    able,
    first_rung,
    higher,
    standing_in,
    usual,
)

BRAND, OTHER = UUID(int=901), UUID(int=902)
TEAM, ROLE = UUID(int=801), UUID(int=802)


def rung(number: int, from_fen: int, place: int = 0, kind: str = "compensation") -> Rung:
    return Rung(
        id=UUID(int=number), kind=kind, from_fen=from_fen, place=place, who=Who(), minutes=10,
        then="next",
    )  # fmt: skip


LADDER = [
    rung(3, 50_000), rung(1, 0, 1), rung(2, 20_000), rung(4, 0, 0), rung(5, 0, kind="exception"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "amount", "first", "then"),
    [
        ("compensation", None, 4, [1, 2, 3]),
        ("compensation", 0, 4, [1, 2, 3]),
        ("compensation", 19_999, 4, [1, 2, 3]),
        ("compensation", 20_000, 2, [3]),
        ("compensation", 10**12, 3, []),
        ("exception", 10**12, 5, []),
    ],
)
def test_the_highest_beginning_reached_holds_and_the_rest_come_next(
    kind: str, amount: int | None, first: int, then: list[int]
) -> None:
    found = first_rung(LADDER, kind, amount)
    after = higher(LADDER, kind, from_fen=found.from_fen, place=found.place)
    assert found.id == UUID(int=first)
    assert [one.id for one in after] == [UUID(int=one) for one in then]


def test_where_there_is_no_rule_whoever_may_decide_is_asked_for_an_hour() -> None:
    assert first_rung(LADDER, "statement", 5) == usual("statement")
    assert first_rung([rung(2, 20_000)], "compensation", 19_999) == usual("compensation")
    assert (usual("statement").minutes, usual("statement").then) == (60, "expire")


def one(number: int, **more: object) -> Colleague:
    given = {
        "permissions": frozenset({DECIDES}), "built_in": "supervisor", "role_ids": frozenset(),
        "team_ids": frozenset(), "brand_ids": None,
    } | more  # fmt: skip
    return Colleague(id=UUID(int=number), **given)  # type: ignore[arg-type]


PEOPLE = [
    one(1, permissions=frozenset(), built_in="agent", team_ids=frozenset({TEAM})),
    one(2, team_ids=frozenset({TEAM})),
    one(3, built_in="admin", permissions=frozenset({DECIDES, "cases.set_up"})),
    one(4, role_ids=frozenset({ROLE}), brand_ids=frozenset({OTHER})),
]


@pytest.mark.parametrize(
    ("who", "brand", "asked_by", "expected"),
    [
        (Who(), None, None, {2, 3, 4}),
        (Who(), BRAND, None, {2, 3}),
        (Who(), OTHER, None, {2, 3, 4}),
        (Who(), None, 2, {3, 4}),
        (Who(permission="cases.set_up"), None, None, {3}),
        (Who(by="role", built_in="supervisor"), None, None, {2, 4}),
        (Who(by="role", role_id=ROLE), None, None, {4}),
        # Who is named but may not decide is not asked.
        (Who(by="team", team_id=TEAM), None, None, {2}),
        (Who(by="members", member_ids=[UUID(int=1), UUID(int=3)]), None, None, {3}),
        (Who(by="members", member_ids=[UUID(int=3)]), None, 3, set()),
    ],
)
def test_who_may_decide(
    who: Who, brand: UUID | None, asked_by: int | None, expected: set[int]
) -> None:
    asker = UUID(int=asked_by) if asked_by else None
    found = able(who, PEOPLE, brand_id=brand, asked_by=asker)
    assert {one.int for one in found} == expected


@pytest.mark.parametrize(
    ("stands", "brand", "asked_by", "expected"),
    [
        ([Stand(UUID(int=3), UUID(int=2))], None, None, {3: None, 2: 3}),
        ([Stand(UUID(int=3), UUID(int=2), ("exception",))], None, None, {3: None}),
        ([Stand(UUID(int=3), UUID(int=2), ("compensation",))], None, None, {3: None, 2: 3}),
        # A deputy never decides what he asked for, nor where he may not see.
        ([Stand(UUID(int=3), UUID(int=2))], None, 2, {3: None}),
        ([Stand(UUID(int=3), UUID(int=4))], BRAND, None, {3: None}),
        # Nobody decides for the one who asked.
        ([Stand(UUID(int=3), UUID(int=2))], None, 3, {}),
        # Whoever may not decide cannot be a deputy, and no deputy has one.
        ([Stand(UUID(int=3), UUID(int=1))], None, None, {3: None}),
        ([Stand(UUID(int=3), UUID(int=2)), Stand(UUID(int=2), UUID(int=4))], None, None,
         {3: None, 2: 3}),
    ],
)  # fmt: skip
def test_deputies(
    stands: list[Stand], brand: UUID | None, asked_by: int | None, expected: dict[int, int | None]
) -> None:
    asker = UUID(int=asked_by) if asked_by else None
    own = able(Who(permission="cases.set_up"), PEOPLE, brand_id=brand, asked_by=asker)
    found = standing_in(own, stands, PEOPLE, kind="compensation", brand_id=brand, asked_by=asker)
    assert {one.int: of.int if of else None for one, of in found.items()} == expected
