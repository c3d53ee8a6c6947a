"""How steps go: which are ready, what may be done to one, whom it is for, when it is late.

No clock and no database: whoever asks says what time it is, and which time counts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

StepState = Literal["waiting", "ready", "taken", "done", "skipped", "returned"]
StepAct = Literal["take", "tick", "finish", "return", "skip", "resume", "release", "give"]
Duty = Literal["everybody", "in_turn", "present"]
Near = Literal["fine", "near", "late"]
DUTIES: tuple[Duty, ...] = ("everybody", "in_turn", "present")

OVER = frozenset({"done", "skipped"})
# A step with somebody: its clock runs.
RUNS = frozenset({"ready", "taken"})
_FROM: Mapping[StepAct, frozenset[str]] = {
    "take": frozenset({"ready"}),
    "release": frozenset({"taken"}),
    "tick": RUNS,
    "finish": RUNS,
    "return": RUNS,
    "skip": frozenset({"waiting", "ready", "taken", "returned"}),
    "resume": frozenset({"returned", "done", "skipped"}),
    "give": frozenset({"waiting", "ready", "taken", "returned"}),
}


class Laid(msgspec.Struct, frozen=True):
    """What of a step says whether others may begin."""

    key: str
    after: Sequence[str]
    state: StepState


class Member(msgspec.Struct, frozen=True):
    """Who is of a department: in which place, and whether his hours are open now."""

    id: UUID
    present: bool


class Given(msgspec.Struct, frozen=True):
    """Whom a step is for: one person or all who are told."""

    member_id: UUID | None
    told: tuple[UUID, ...]


def ready_now(steps: Sequence[Laid]) -> list[str]:
    """Return which waiting steps may begin: all that they come after is over.

    What is named and is there no longer holds nobody up.
    """
    known = {step.key for step in steps}
    over = {step.key for step in steps if step.state in OVER}
    return [
        step.key
        for step in steps
        if step.state == "waiting" and not (set(step.after) & known) - over
    ]


def ended(steps: Sequence[Laid]) -> bool:
    """Say whether there were steps and all of them are over."""
    return bool(steps) and all(step.state in OVER for step in steps)


def downstream(steps: Sequence[Laid], key: str) -> set[str]:
    """Return the steps that wait for one, also through others."""
    found: set[str] = set()
    edge = {key}
    while edge:
        edge = {step.key for step in steps if set(step.after) & edge} - found - {key}
        found |= edge
    return found


def upstream(steps: Sequence[Laid], key: str) -> set[str]:
    """Return the steps that one waits for, also through others."""
    after = {step.key: set(step.after) for step in steps}
    found: set[str] = set()
    edge = after.get(key, set()) & after.keys()
    while edge:
        found |= edge
        edge = set().union(*(after[one] for one in edge)) & after.keys() - found
    return found


def set_back(steps: Sequence[Laid], key: str) -> list[str]:
    """Return which steps have to wait again when one that was over is worked on once more.

    What is done stays done; what nobody began yet waits, and so does what somebody holds.
    """
    behind = downstream(steps, key)
    return [step.key for step in steps if step.key in behind and step.state in RUNS]


def may(state: StepState, act: StepAct) -> bool:
    """Say whether something may be done to a step in this state."""
    return state in _FROM[act]


def open_checks(checklist: Sequence[Mapping[str, object]]) -> int:
    """Return how many lines of a checklist are not ticked off."""
    return sum(1 for line in checklist if not line.get("at"))


def whom(duty: Duty, members: Sequence[Member], last: UUID | None) -> Given:
    """Return whom of a department a step goes to; members come in their order.

    everybody: all are told, whoever takes it has it. present: those whose hours are open, all where
    nobody's are. in_turn: the next one after `last` among those who are present, among all where
    nobody is.
    """
    everyone = tuple(one.id for one in members)
    there = tuple(one.id for one in members if one.present) or everyone
    if duty == "everybody" or not members:
        return Given(None, everyone)
    if duty == "present":
        return Given(None, there)
    start = everyone.index(last) + 1 if last in everyone else 0
    turn = next(one for one in everyone[start:] + everyone[:start] if one in there)
    return Given(turn, (turn,))


def near(
    state: StepState, due_at: datetime | None, warn_at: datetime | None, now: datetime
) -> Near:
    """Return how a step stands to its time; a clock that does not run is fine."""
    if state not in RUNS or due_at is None:
        return "fine"
    if now >= due_at:
        return "late"
    return "near" if warn_at is not None and now >= warn_at else "fine"


def look_again(
    *, state: StepState, due_at: datetime | None, warn_at: datetime | None, now: datetime
) -> datetime | None:
    """Return when the clock of a step has something to say next; None where it has not."""
    if state not in RUNS or due_at is None or now >= due_at:
        return None
    return due_at if warn_at is None or now >= warn_at else warn_at
