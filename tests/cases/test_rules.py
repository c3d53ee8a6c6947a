"""The pure rules of cases: clock, sight, moves, numbers, who counts as told."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.cases.queries.hours import HoursTime
from peakend.cases.rules.cases import higher, may_assign, may_move, may_reopen, may_see, number_in
from peakend.cases.rules.clock import AnyTime, Due, due, due_by, resumed, runs
from peakend.cases.rules.informing import not_told_fault, told_fault
from peakend.kernel.actors import Actor
from peakend.routing.rules.hours import Hours, parse_hours

WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SHANGHAI = HoursTime(parse_hours("Asia/Shanghai", WEEK, [(date(2026, 10, 1), [])]))
# Fridays until eight, nobody at the weekend; the clocks of Berlin change on 25 October 2026.
BERLIN = HoursTime(parse_hours("Europe/Berlin", WEEK | {"sun": [["00:00", "06:00"]]}, []))
NEVER = HoursTime(Hours(time_zone="UTC", week=((),) * 7))
H = 3600


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("time", "at", "open_s", "due_at", "warn_at"),
    [
        (AnyTime(), "2026-11-20T10:00Z", 4 * H, "2026-11-20T14:00Z", "2026-11-20T13:00Z"),
        # 16:00 on a Friday in Shanghai: an hour is left today, three come on Monday.
        (SHANGHAI, "2026-11-20T16:00+08:00", 4 * H,
         "2026-11-23T12:00+08:00", "2026-11-23T11:00+08:00"),
        # Opened at night: the clock begins in the morning.
        (SHANGHAI, "2026-11-20T02:00+08:00", 8 * H,
         "2026-11-20T17:00+08:00", "2026-11-20T15:00+08:00"),
        # Over a holiday.
        (SHANGHAI, "2026-09-30T16:00+08:00", 2 * H,
         "2026-10-02T10:00+08:00", "2026-10-02T09:30+08:00"),
        # The night in which an hour comes twice: seven open hours between 0 and 6.
        (BERLIN, "2026-10-24T12:00+02:00", 7 * H,
         "2026-10-25T06:00+01:00", "2026-10-25T04:15+01:00"),
        # Hours that never open: the time on the wall.
        (NEVER, "2026-11-20T10:00Z", 4 * H, "2026-11-20T14:00Z", "2026-11-20T13:00Z"),
    ],
)  # fmt: skip
def test_due_in_business_time(
    time: AnyTime, at: str, open_s: int, due_at: str, warn_at: str
) -> None:
    assert due(time, _at(at), open_s) == Due(_at(due_at), _at(warn_at))


@pytest.mark.parametrize(
    ("paused", "now", "due_at", "warn_at"),
    [
        # Two hours were left at noon on Friday; on Monday morning two are left.
        ("2026-11-20T12:00+08:00", "2026-11-23T09:00+08:00",
         "2026-11-23T11:00+08:00", "2026-11-23T10:00+08:00"),
        # It had been warned of before: it still is.
        ("2026-11-20T13:30+08:00", "2026-11-23T09:00+08:00",
         "2026-11-23T09:30+08:00", "2026-11-23T09:00+08:00"),
        # Late before it waited: late still.
        ("2026-11-20T15:00+08:00", "2026-11-23T09:00+08:00",
         "2026-11-20T14:00+08:00", "2026-11-20T13:00+08:00"),
    ],
)  # fmt: skip
def test_the_clock_stands_while_it_waits(paused: str, now: str, due_at: str, warn_at: str) -> None:
    was = Due(_at("2026-11-20T14:00+08:00"), _at("2026-11-20T13:00+08:00"))
    assert resumed(SHANGHAI, _at(paused), _at(now), was) == Due(_at(due_at), _at(warn_at))


@given(
    start=st.integers(0, 365 * 24 * 60),
    open_s=st.integers(60, 40 * H),
    stood=st.integers(0, 20 * 24 * H),
    after=st.floats(0, 1.2),
)
def test_standing_takes_nothing_and_gives_nothing(
    start: int, open_s: int, stood: int, after: float
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    was = due(SHANGHAI, at, open_s)
    assert was.warn_at <= was.due_at
    paused = SHANGHAI.after(at, open_s * after)
    now = paused + timedelta(seconds=stood)
    then = resumed(SHANGHAI, paused, now, was)
    assert then.warn_at <= then.due_at
    if paused < was.due_at:
        left = SHANGHAI.between(paused, was.due_at)
        assert SHANGHAI.between(now, then.due_at) == pytest.approx(left, abs=1e-3)
    else:
        assert then == was


def test_a_chosen_time_is_warned_of_in_open_time() -> None:
    at, chosen = _at("2026-11-20T16:00+08:00"), _at("2026-11-23T12:00+08:00")
    assert due_by(SHANGHAI, at, chosen).warn_at == _at("2026-11-23T11:00+08:00")
    # A Sunday has no open time before it: the warning is not later than the time itself.
    sunday = _at("2026-11-22T12:00+08:00")
    assert due_by(SHANGHAI, at, sunday).warn_at <= sunday


def test_states() -> None:
    assert [s for s in ("open", "working", "waiting", "done", "closed") if runs(s)] == [
        "open", "working",
    ]  # fmt: skip
    assert may_move("open", "done")
    assert may_move("done", "working")
    assert may_move("working", "open")
    assert not may_move("done", "closed"), "closing takes that the customer was told"
    assert not may_move("closed", "working"), "that is opening again"
    assert not may_move("open", "open")
    now = _at("2026-11-20T12:00Z")
    assert may_reopen("closed", now - timedelta(days=30), now)
    assert not may_reopen("closed", now - timedelta(days=30, seconds=1), now)
    assert not may_reopen("done", None, now)


ME, MATE, QUEUE, BRAND, CUSTOMER = (uuid4() for _ in range(5))


def _member(scope: str, **more: object) -> Actor:
    return Actor(organisation_id=uuid4(), kind="member", id=ME, scope=scope, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("actor", "row", "seen"),
    [
        (_member("own"), {}, False),
        (_member("own"), {"owner_id": ME}, True),
        (_member("own"), {"opened_by": ME}, True),
        (_member("own"), {"party": True}, True),
        (_member("own", queue_ids=frozenset({QUEUE})), {"queue_id": QUEUE}, False),
        (_member("queue", queue_ids=frozenset({QUEUE})), {"queue_id": QUEUE}, True),
        (_member("queue"), {"queue_id": QUEUE}, False),
        (_member("queue"), {"owner_id": MATE, "teammates": [MATE]}, True),
        (_member("own"), {"owner_id": MATE, "teammates": [MATE]}, False),
        (_member("own", seen_brand_ids=frozenset({BRAND})), {"brand_id": BRAND}, True),
        (_member("own", seen_brand_ids=frozenset({uuid4()})), {"brand_id": BRAND}, False),
        (_member("all"), {}, True),
        (Actor(organisation_id=uuid4(), kind="visitor", customer_id=CUSTOMER), {}, True),
        (Actor(organisation_id=uuid4(), kind="visitor", customer_id=uuid4()), {}, False),
        (Actor(organisation_id=uuid4(), kind="visitor"), {}, False),
    ],
)
def test_who_sees(actor: Actor, row: dict[str, UUID], seen: bool) -> None:
    given = {"owner_id": None, "opened_by": None, "queue_id": None, "brand_id": None}
    assert may_see(actor, customer_id=CUSTOMER, **(given | row)) is seen  # type: ignore[arg-type]


def test_who_gives_to_whom() -> None:
    agent, boss = _member("own"), _member("all", permissions=frozenset({"cases.manage"}))
    assert may_assign(agent, None, ME)
    assert may_assign(agent, ME, None)
    assert not may_assign(agent, MATE, ME), "nobody takes what somebody else holds"
    assert not may_assign(agent, None, MATE)
    assert not may_assign(agent, ME, MATE)
    assert may_assign(boss, MATE, uuid4())
    assert may_assign(boss, MATE, None)
    assert higher("high", "normal") == higher("normal", "high") == "high"


@pytest.mark.parametrize(
    ("words", "number"),
    [("W-1024", 1024), ("w1024", 1024), (" 1024 ", 1024), ("w - 7", 7), ("1024号", None),
     ("王女士", None), ("W-", None), ("9" * 19, None), ("", None)],
)  # fmt: skip
def test_numbers_that_people_type(words: str, number: int | None) -> None:
    assert number_in(words) == number


DONE = _at("2026-11-20T12:00Z")
NOW = _at("2026-11-20T13:00Z")


@pytest.mark.parametrize(
    ("channel", "at", "done_at", "message", "fault"),
    [
        ("phone", NOW, DONE, False, None),
        ("message", NOW, DONE, True, None),
        ("message", NOW, DONE, False, "no_message"),
        ("phone", NOW, None, False, "not_done"),
        ("phone", NOW + timedelta(hours=1), DONE, False, "future"),
        ("phone", DONE - timedelta(hours=1), DONE, False, "before"),
        ("mail", DONE - timedelta(minutes=1), DONE, False, None),
    ],
)
def test_who_counts_as_told(
    channel: str, at: datetime, done_at: datetime | None, message: bool, fault: str | None
) -> None:
    said = told_fault(channel=channel, at=at, done_at=done_at, now=NOW, by_message=message)
    assert said == fault


def test_why_nobody_was_told() -> None:
    assert not_told_fault(why="unreachable", words="") is None
    assert not_told_fault(why="other", words=" ") == "words"
    assert not_told_fault(why="other", words="客户已出国") is None
    assert not_told_fault(why="lazy", words="x") == "unknown"
