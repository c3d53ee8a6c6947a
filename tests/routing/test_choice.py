"""Who gets what: properties of the choice, and the order of waiting."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.routing.rules.choice import (
    OVER_COUNT,
    RETRY_AFTER,
    STARVING_AFTER,
    Ready,
    Rings,
    Waiting,
    choose,
    has_room,
    in_order,
    is_asked,
    who_is_asked,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
QUEUES = [UUID(int=n) for n in range(1, 4)]
SKILLS = [UUID(int=n) for n in range(11, 14)]
AGENTS = [UUID(int=n) for n in range(21, 27)]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def suits(work: Waiting, agent: Ready, now: datetime) -> bool:
    """Return whether an agent may be offered a piece of work now."""
    tried_at = work.tried.get(agent.agent_id)
    return (
        has_room(agent)
        and is_asked(who_is_asked(work, now), agent)
        and (tried_at is None or now - tried_at >= RETRY_AFTER)
    )


works = st.builds(
    Waiting,
    leg_id=st.uuids(),
    queue_id=st.sampled_from(QUEUES),
    entered_at=st.floats(0, 1500).map(ago),
    priority=st.integers(0, 20),
    skills=st.frozensets(st.sampled_from(SKILLS), max_size=2),
    firm=st.frozensets(st.sampled_from(SKILLS[:1])),
    rings=st.builds(
        Rings,
        relax_after_s=st.none() | st.integers(1, 900),
        overflow_after_s=st.none() | st.integers(1, 900),
        overflow_over=st.none() | st.integers(1, 4),
        overflow_queue_id=st.sampled_from(QUEUES),
    ),
    last_agent_id=st.none() | st.sampled_from(AGENTS),
    only=st.none() | st.frozensets(st.sampled_from(AGENTS), max_size=2),
    behind=st.integers(0, 5),
    live=st.booleans(),
    tried=st.dictionaries(st.sampled_from(AGENTS), st.floats(0, 120).map(ago), max_size=2),
)


@st.composite
def teams(draw: st.DrawFn) -> list[Ready]:
    ids = draw(st.sets(st.sampled_from(AGENTS)))
    return [
        Ready(
            agent_id=agent_id,
            queue_ids=draw(st.frozensets(st.sampled_from(QUEUES))),
            skills=draw(st.frozensets(st.sampled_from(SKILLS))),
            load=draw(st.integers(0, 4)),
            capacity=draw(st.integers(0, 3)),
            idle_since=ago(draw(st.floats(0, 900))),
            offers=draw(st.integers(0, 1)),
            patient=draw(st.integers(0, 3)),
        )
        for agent_id in sorted(ids)
    ]


@settings(max_examples=400, deadline=None)
@given(st.lists(works, max_size=12, unique_by=lambda work: work.leg_id), teams())
def test_offers_are_allowed_unique_and_complete(waiting: list[Waiting], team: list[Ready]) -> None:
    choices = choose(waiting, team, NOW)
    legs, agents = {w.leg_id: w for w in waiting}, {a.agent_id: a for a in team}
    chosen = {choice.leg_id: choice.agent_id for choice in choices}
    assert len(chosen) == len(choices) == len(set(chosen.values()))
    for choice in choices:
        work, agent = legs[choice.leg_id], agents[choice.agent_id]
        assert agent.load < agent.capacity
        assert (work.skills & work.firm if choice.ring else work.skills) <= agent.skills
        assert agent.agent_id not in work.tried or (NOW - work.tried[agent.agent_id] >= RETRY_AFTER)
    idle = [agent for agent in team if agent.agent_id not in chosen.values()]
    for work in waiting:
        if work.leg_id not in chosen:
            assert not any(suits(work, agent, NOW) for agent in idle), (
                "work left beside a free agent"
            )


@settings(max_examples=400, deadline=None)
@given(st.lists(works, max_size=12, unique_by=lambda work: work.leg_id), teams())
def test_nobody_overtakes_the_one_who_waits_longest(
    waiting: list[Waiting], team: list[Ready]
) -> None:
    chosen = {choice.leg_id: choice.agent_id for choice in choose(waiting, team, NOW)}
    agents = {agent.agent_id: agent for agent in team}
    for old in waiting:
        if old.leg_id in chosen or NOW - old.entered_at < STARVING_AFTER:
            continue
        for other in waiting:
            if other.entered_at > old.entered_at and other.leg_id in chosen:
                assert not suits(old, agents[chosen[other.leg_id]], NOW)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=40, max_size=120), st.integers(1, 3))
def test_a_stream_of_urgent_newcomers_starves_nobody(urgency: list[int], capacity: int) -> None:
    """One agent serves one a minute; two urgent ones arrive a minute; a plain one waits already."""
    plain = Waiting(leg_id=UUID(int=1), queue_id=QUEUES[0], entered_at=NOW)
    waiting = [plain]
    now = NOW
    agent = Ready(
        agent_id=AGENTS[0],
        queue_ids=frozenset(QUEUES),
        skills=frozenset(),
        load=0,
        capacity=capacity,
        idle_since=NOW,
    )
    for number, priority in enumerate(urgency):
        for twice in range(2):
            leg_id = UUID(int=100 + 2 * number + twice)
            waiting.append(
                Waiting(leg_id=leg_id, queue_id=QUEUES[0], entered_at=now, priority=priority)
            )
        served = {choice.leg_id for choice in choose(waiting, [agent], now)}
        waiting = [work for work in waiting if work.leg_id not in served]
        now += timedelta(minutes=1)
    assert plain not in waiting


def test_priority_counts_as_minutes() -> None:
    """Five minutes of waiting and priority ten make fifteen points."""
    fifteen = Waiting(leg_id=UUID(int=1), queue_id=None, entered_at=ago(300), priority=10)
    nine = Waiting(leg_id=UUID(int=2), queue_id=None, entered_at=ago(540))
    urgent = Waiting(leg_id=UUID(int=3), queue_id=None, entered_at=ago(0), priority=16)
    assert in_order([nine, fifteen, urgent], NOW) == [urgent, fifteen, nine]


def agent(number: int, load: int = 0, idle_s: float = 60, **kw: object) -> Ready:
    given = {"capacity": 3, "skills": frozenset(SKILLS), "queue_ids": frozenset(QUEUES)} | kw
    return Ready(agent_id=AGENTS[number], load=load, idle_since=ago(idle_s), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "capacity", "offered"), [(1, 3, True), (2, 3, False), (0, 1, True), (0, 2, True)]
)
def test_an_old_mail_takes_no_place_of_those_on_the_line(
    held: int, capacity: int, *, offered: bool
) -> None:
    seat = agent(0, load=held, patient=held, capacity=capacity)
    mail = Waiting(leg_id=UUID(int=1), queue_id=QUEUES[0], entered_at=ago(9000), live=False)
    chat = Waiting(leg_id=UUID(int=2), queue_id=QUEUES[0], entered_at=ago(5))
    [made] = choose([mail, chat], [seat], NOW)
    assert made.leg_id == (mail if offered else chat).leg_id
    # Who is asked for by name may always get it.
    asked = replace(mail, only=frozenset({seat.agent_id}))
    assert len(choose([asked], [seat], NOW)) == 1


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ([agent(0, idle_s=10), agent(1, idle_s=99)], 1),
        ([agent(0, load=1, idle_s=500), agent(1, idle_s=1)], 1),
        ([agent(0, load=1, capacity=5), agent(1, load=1, capacity=2)], 0),
        ([agent(0, idle_s=500), agent(2, load=2)], 2),
        ([agent(0, idle_s=5), agent(2, load=3)], 0),
        ([agent(0, offers=1)], None),
        ([agent(0, skills=frozenset(SKILLS[:1]))], None),
        ([agent(0, queue_ids=frozenset(QUEUES[1:]))], None),
    ],
)
def test_freest_then_longest_idle_but_the_known_agent_first(
    team: Sequence[Ready], expected: int | None
) -> None:
    work = Waiting(
        leg_id=UUID(int=1),
        queue_id=QUEUES[0],
        entered_at=ago(5),
        skills=frozenset(SKILLS[:2]),
        last_agent_id=AGENTS[2],
    )
    found = choose([work], team, NOW)
    assert [AGENTS.index(one.agent_id) for one in found] == ([] if expected is None else [expected])


def plainly(waiting: Sequence[Waiting], team: Sequence[Ready], now: datetime) -> dict[UUID, UUID]:
    """Choose by looking at everybody for everything: slow, and obviously right."""
    left, found = list(team), {}
    for work in in_order(waiting, now):
        waited_s = (now - work.entered_at).total_seconds()
        rings, skills, places = work.rings, work.skills, [work.queue_id]
        if rings.relax_after_s is not None and waited_s >= rings.relax_after_s and not work.only:
            skills = {one for one in skills if one in work.firm}
        late = rings.overflow_after_s is not None and waited_s >= rings.overflow_after_s
        if late or (rings.overflow_over is not None and work.behind >= rings.overflow_over):
            places.append(rings.overflow_queue_id)
        if work.only is not None:
            skills = work.skills
        fitting = [
            agent
            for agent in left
            if agent.load < agent.capacity
            and not agent.offers
            and (work.live or work.only is not None or agent.patient < max(1, agent.capacity - 1))
            and all(skill in agent.skills for skill in skills)
            and (
                agent.agent_id in work.only
                if work.only is not None
                else any(place in agent.queue_ids for place in places)
            )
            and not (
                agent.agent_id in work.tried and now - work.tried[agent.agent_id] < RETRY_AFTER
            )
        ]
        fitting.sort(
            key=lambda one: (
                one.agent_id != work.last_agent_id,
                one.load / one.capacity,
                one.idle_since,
                one.agent_id,
            )
        )
        if fitting:
            found[work.leg_id] = fitting[0].agent_id
            left.remove(fitting[0])
    return found


@settings(max_examples=600, deadline=None)
@given(st.lists(works, max_size=14, unique_by=lambda work: work.leg_id), teams())
def test_the_quick_way_chooses_as_the_plain_one(waiting: list[Waiting], team: list[Ready]) -> None:
    choices = choose(waiting, team, NOW)
    assert {one.leg_id: one.agent_id for one in choices} == plainly(waiting, team, NOW)
    for choice in choices:
        assert choice.agent not in choice.others
        assert choice.candidates >= 1


def test_the_circle_widens_but_never_to_who_is_not_allowed() -> None:
    rings = Rings(relax_after_s=60, overflow_after_s=120, overflow_queue_id=QUEUES[1])
    able, allowed = SKILLS[:2]
    team = {
        "both": agent(0, queue_ids=frozenset(QUEUES[:1]), skills=frozenset([able, allowed])),
        "allowed": agent(1, queue_ids=frozenset(QUEUES[:1]), skills=frozenset([allowed])),
        "elsewhere": agent(2, queue_ids=frozenset(QUEUES[1:2]), skills=frozenset([allowed])),
        "able": agent(3, queue_ids=frozenset(QUEUES[:2]), skills=frozenset([able])),
    }

    def may_be_asked(waited_s: float) -> set[str]:
        work = Waiting(
            leg_id=UUID(int=1), queue_id=QUEUES[0], entered_at=ago(waited_s), rings=rings,
            skills=frozenset([able, allowed]), firm=frozenset([allowed]),
        )  # fmt: skip
        return {name for name, one in team.items() if suits(work, one, NOW)}

    assert may_be_asked(59) == {"both"}
    assert may_be_asked(60) == {"both", "allowed"}
    assert may_be_asked(120) == may_be_asked(86_400) == {"both", "allowed", "elsewhere"}


def test_so_many_as_are_too_many_are_offered_to_a_second_queue() -> None:
    rings = Rings(overflow_over=3, overflow_queue_id=QUEUES[1])
    line = [
        Waiting(
            leg_id=UUID(int=n), queue_id=QUEUES[0], entered_at=ago(9 - n), rings=rings, behind=6 - n
        )
        for n in range(7)
    ]
    asked = [who_is_asked(work, NOW) for work in line]
    assert [one.ring for one in asked] == [OVER_COUNT] * 4 + [0] * 3
    second = agent(0, queue_ids=frozenset(QUEUES[1:2]), skills=frozenset())
    (made,) = choose(line, [second], NOW)
    assert (made.leg_id, made.ring) == (line[0].leg_id, OVER_COUNT), "who waits longest goes first"
