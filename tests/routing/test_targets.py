"""Clocks of targets against a slow calculator that looks at every minute."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.routing.rules.hours import Hours
from peakend.routing.rules.targets import (
    Case,
    Mark,
    Policy,
    applying,
    lineage,
    pauses,
    promises,
    said,
    shown,
    turns,
    unreached,
    without,
)
from tests.routing.test_hours import business_hours, moments, wall_minutes

MINUTE = timedelta(minutes=1)
HORIZON = 4 * 24 * 60
STORY = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.sampled_from(["writes", "answers", "snoozes", "wakes", "closes"]),
    ),
    max_size=14,
)


class Diary:
    """A conversation minute by minute, and the marks that reactions leave of it."""

    def __init__(self, start: datetime, story: list[tuple[int, str]]) -> None:
        self.marks: list[Mark] = []
        self.since: datetime | None = None
        self.aside = False
        self.replied = False
        self.states: list[tuple[datetime, bool, bool]] = [(start, False, False)]
        at = start
        for gap, what in story:
            at += MINUTE * gap
            getattr(self, what)(at)
            self.states.append((at, self.since is not None, self.aside))

    def writes(self, at: datetime) -> None:
        self.since = self.since or at
        self.wakes(at)

    def answers(self, at: datetime) -> None:
        if self.since is not None:
            self.marks.append(Mark(kind="turn", at=self.since, until=at))
            self.replied = True
        self.since = None

    def closes(self, at: datetime) -> None:
        replied = self.replied
        self.answers(at)
        self.replied = replied
        self.wakes(at)

    def snoozes(self, at: datetime) -> None:
        self.marks.append(Mark(kind="aside", at=at))
        self.aside = True

    def wakes(self, at: datetime) -> None:
        if self.aside:
            self.marks.append(Mark(kind="back", at=at))
        self.aside = False

    def counted(self, at: datetime) -> bool:
        """Say whether the customer waits for us in this minute, from the story alone."""
        waits = aside = False
        for moment, waited, put_aside in self.states:
            if moment <= at:
                waits, aside = waited, put_aside
        return waits and not aside


def slow_due(diary: Diary, hours: Hours | None, begin: datetime, minutes: int) -> datetime | None:
    """Walk from a moment, minute by minute, until so many of them counted."""
    left = minutes
    for step in range(HORIZON):
        at = begin + MINUTE * step
        if diary.counted(at) and (hours is None or wall_minutes(hours, at)):
            left -= 1
            if left == 0:
                return at + MINUTE
    return None


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.none(), business_hours()), moments, STORY, st.integers(1, 60), st.integers(1, 600)
)
def test_agrees_with_looking_at_every_minute(
    hours: Hours | None,
    start: datetime,
    story: list[tuple[int, str]],
    reply_min: int,
    resolve_min: int,
) -> None:
    # A clock runs at the end, or there is nothing to ask about.
    diary = Diary(start, [*story, (5, "writes")])
    assert diary.since is not None
    policy = Policy(
        id=uuid4(),
        first_reply_s=reply_min * 240,
        next_reply_s=reply_min * 480,
        resolve_s=resolve_min * 240,
    )
    found = {
        one.target: one
        for one in promises(
            policy, hours, diary.marks[::-1], since=diary.since, replied=diary.replied
        )
    }
    reply = "next_reply" if diary.replied else "first_reply"
    reply_all = reply_min * (8 if diary.replied else 4)
    for target, begin, minutes in (
        (reply, diary.since, reply_all),
        ("resolve", start, resolve_min * 4),
    ):
        due_at = slow_due(diary, hours, begin, minutes)
        if due_at is not None:
            assert found[target].due_at == due_at
            assert found[target].warn_at == slow_due(diary, hours, begin, minutes * 3 // 4)
        elif target in found:
            assert found[target].due_at > begin + MINUTE * HORIZON


@settings(max_examples=100, deadline=None)
@given(business_hours(), moments, STORY, st.integers(1, 60), st.integers(1, 900))
def test_an_answer_is_late_or_it_is_not(
    hours: Hours, start: datetime, story: list[tuple[int, str]], reply_min: int, gap: int
) -> None:
    diary = Diary(start, [*story, (5, "writes")])
    since, replied = diary.since, diary.replied
    assert since is not None
    until = max(since, diary.states[-1][0]) + MINUTE * gap
    policy = Policy(id=uuid4(), first_reply_s=reply_min * 60, next_reply_s=reply_min * 60)
    due_at = slow_due(diary, hours, since, reply_min)
    diary.answers(until)
    turn = promises(policy, hours, diary.marks, since=since, until=until, replied=replied)
    late = [one for one in turn if one.due_at < until]
    assert bool(late) == (due_at is not None and due_at < until)
    if late:
        assert late[0].due_at == due_at


moment = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return moment + timedelta(minutes=minutes)


def test_spans_without_others() -> None:
    spans = [(at(0), at(10)), (at(20), None)]
    assert without(spans, []) == spans
    assert without(spans, [(at(2), at(3)), (at(8), at(25))]) == [
        (at(0), at(2)),
        (at(3), at(8)),
        (at(25), None),
    ]
    assert without(spans, [(at(5), None)]) == [(at(0), at(5))]


def test_marks_in_any_order_tell_the_same() -> None:
    marks = [
        Mark(kind="back", at=at(30)),
        Mark(kind="aside", at=at(12)),
        Mark(kind="aside", at=at(15)),
        Mark(kind="turn", at=at(40), until=at(42)),
        Mark(kind="turn", at=at(0), until=at(5)),
    ]
    assert pauses(marks) == pauses(marks[::-1]) == [(at(12), at(30))]
    assert turns(marks, at(50)) == [(at(0), at(5)), (at(40), at(42)), (at(50), None)]


def test_the_first_policy_that_fits_holds() -> None:
    queue, other, reason, above = (UUID(int=n) for n in range(1, 5))
    gold = Policy(id=uuid4(), tiers=frozenset({"gold"}))
    mine = Policy(id=uuid4(), queue_ids=frozenset({queue}))
    why = Policy(id=uuid4(), reason_ids=frozenset({above}))
    mails = Policy(id=uuid4(), channels=frozenset({"mail"}))
    policies = [gold, why, mine]
    assert applying(policies, Case(queue_id=queue, tier="gold")) is gold
    assert applying(policies, Case(queue_id=queue, tier="standard")) is mine
    assert applying(policies, Case(queue_id=other)) is None
    parents = {reason: above, above: None}
    assert applying(policies, Case(reason_ids=lineage(parents, reason))) is why
    # A kind of channel holds for it alone; without one a policy holds for all, also for none.
    assert applying([mails, mine], Case(channel="mail", queue_id=queue)) is mails
    assert applying([mails, mine], Case(channel="web", queue_id=queue)) is mine
    assert applying([mails, mine], Case(channel="mail", queue_id=other)) is mails
    assert applying([mails], Case(channel="web")) is None
    assert applying([mails], Case()) is None
    assert lineage({reason: above, above: reason}, reason) == {reason, above}


def test_what_stands_behind_one_that_takes_all_of_it_is_found() -> None:
    gas, water, brand = (uuid4() for _ in range(3))
    top, leaf, other = uuid4(), uuid4(), uuid4()
    parents = {top: None, leaf: top, other: None}

    def one(**given: Any) -> Policy:
        return Policy(id=uuid4(), **given)

    def behind(*policies: Policy) -> dict[int, int]:
        at = {policy.id: place for place, policy in enumerate(policies)}
        return {at[low]: at[high] for low, high in unreached(policies, parents).items()}

    everybody = one()
    vip = one(tiers=frozenset({"vip"}))
    # Behind what is for everybody nothing comes to hold, not even the same again.
    assert behind(everybody, vip, one()) == {1: 0, 2: 0}
    assert behind(vip, everybody) == {}
    # A part of what is asked above is taken; what reaches beyond it is not.
    both = one(queue_ids=frozenset({gas, water}))
    assert behind(both, one(queue_ids=frozenset({gas})), vip) == {1: 0}
    assert behind(one(queue_ids=frozenset({gas})), both) == {}
    narrow = one(queue_ids=frozenset({gas}), tiers=frozenset({"vip"}))
    assert behind(vip, narrow) == {1: 0}
    assert behind(narrow, vip) == {}
    assert behind(one(brand_ids=frozenset({brand})), one()) == {}
    # Behind the same kinds of channel, or behind all, nothing comes to hold; behind others it does.
    mails, chats = one(channels=frozenset({"mail"})), one(channels=frozenset({"web"}))
    mails_of_vip = one(channels=frozenset({"mail"}), tiers=frozenset({"vip"}))
    assert behind(everybody, mails) == {1: 0}
    assert behind(mails, mails_of_vip) == {1: 0}
    assert behind(vip, mails_of_vip) == {1: 0}
    assert behind(mails_of_vip, mails, chats, everybody) == {}
    # A reason stands for those below it, never for those above.
    assert behind(one(reason_ids=frozenset({top})), one(reason_ids=frozenset({leaf}))) == {1: 0}
    assert behind(one(reason_ids=frozenset({leaf})), one(reason_ids=frozenset({top}))) == {}
    mixed = one(reason_ids=frozenset({leaf, other}))
    assert behind(one(reason_ids=frozenset({top})), mixed) == {}


@given(
    st.lists(
        st.tuples(*(st.frozensets(st.integers(0, 2), max_size=2) for _ in range(5))), max_size=5
    ),
    st.tuples(*(st.one_of(st.none(), st.integers(0, 3)) for _ in range(5))),
)
def test_nobody_is_warned_of_what_may_hold(
    asked: list[tuple[frozenset[int], ...]], case: tuple[int | None, ...]
) -> None:
    ids = [UUID(int=one) for one in range(4)]
    # Reason 1 lies below 0, and 2 below 1.
    parents = {ids[0]: None, ids[1]: ids[0], ids[2]: ids[1], ids[3]: None}

    def named(some: frozenset[int]) -> frozenset[UUID]:
        return frozenset(ids[one] for one in some)

    policies = [
        Policy(
            id=uuid4(),
            channels=frozenset(str(one) for one in channels),
            queue_ids=named(queues),
            brand_ids=named(brands),
            tiers=frozenset(str(one) for one in tiers),
            reason_ids=named(reasons),
        )
        for channels, queues, brands, tiers, reasons in asked
    ]
    channel, queue, brand, tier, reason = case
    holds = applying(
        policies,
        Case(
            channel=None if channel is None else str(channel),
            queue_id=None if queue is None else ids[queue],
            brand_id=None if brand is None else ids[brand],
            tier=None if tier is None else str(tier),
            reason_ids=lineage(parents, None if reason is None else ids[reason]),
        ),
    )
    assert holds is None or holds.id not in unreached(policies, parents)


def test_a_solution_that_is_late_hides_no_answer_due() -> None:
    policy = Policy(id=uuid4(), next_reply_s=180, resolve_s=600)
    marks = [Mark(kind="turn", at=at(0), until=at(12))]
    owed = promises(policy, None, marks, since=at(20), replied=True)
    assert [one.target for one in owed] == ["resolve", "next_reply"]
    now = shown(owed, at(21))
    assert now is not None
    assert now.target == "next_reply"


@pytest.mark.parametrize(("off_s", "known"), [(0.0004, True), (1.0, False)])
def test_what_is_said_of_a_turn_is_found_by_its_beginning(off_s: float, known: bool) -> None:
    policy = Policy(id=uuid4(), first_reply_s=60)
    [promise] = promises(policy, None, [], since=at(0), replied=False)
    mark = Mark(kind="breached_first_reply", at=at(0) + timedelta(seconds=off_s))
    assert said([mark], "breached", promise) is known
