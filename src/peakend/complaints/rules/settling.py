"""How a complaint is settled: which step comes next on the path of its kind.

An outcome is negotiated (what was unsatisfying, the supervisor, a solution both can accept); who
was kept waiting is compensated first and the process improved then; an attitude is looked at by
somebody who was not there, and the customer gets an apology.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from peakend.complaints.rules.recognising import Kind, Tier

StepKind = Literal[
    "unsatisfying", "supervisor", "solution", "apology", "compensation", "offer", "accepted",
    "refused", "again", "unsettled", "improvement",
]  # fmt: skip
State = Literal["filed", "examining", "settling", "offered", "settled", "unsettled", "closed"]
Liability = Literal["ours", "partner", "customer", "nobody", "unknown"]

OPEN: tuple[State, ...] = ("filed", "examining", "settling", "offered")
DONE: tuple[State, ...] = ("settled", "unsettled")
_BEGIN: dict[Kind, StepKind] = {
    "outcome": "unsatisfying",
    "timeliness": "compensation",
    "attitude": "unsatisfying",
}
_NEXT: dict[Kind, dict[StepKind, tuple[StepKind, ...]]] = {
    "outcome": {
        "unsatisfying": ("supervisor",),
        "supervisor": ("solution",),
        "solution": ("offer",),
        "offer": ("accepted", "refused"),
        "refused": ("again", "unsettled"),
        "again": ("supervisor", "solution"),
    },
    "timeliness": {
        "compensation": ("accepted", "refused"),
        "accepted": ("improvement",),
        "refused": ("again", "unsettled"),
        "again": ("supervisor", "compensation"),
        "supervisor": ("compensation",),
        "unsettled": ("improvement",),
    },
    "attitude": {
        "unsatisfying": ("apology",),
        "apology": ("accepted", "refused"),
        "refused": ("again", "unsettled"),
        "again": ("supervisor", "apology"),
        "supervisor": ("apology", "solution"),
        "solution": ("offer",),
        "offer": ("accepted", "refused"),
    },
}
_STATE: dict[StepKind, State] = {
    "offer": "offered",
    "compensation": "offered",
    "apology": "offered",
    "accepted": "settled",
    "unsettled": "unsettled",
}
OFFERS: tuple[StepKind, ...] = ("offer", "compensation", "apology")
# The whole path as it is shown before anything is done.
PATHS: dict[Kind, tuple[StepKind, ...]] = {
    "outcome": ("unsatisfying", "supervisor", "solution", "offer", "accepted"),
    "timeliness": ("compensation", "accepted", "improvement"),
    "attitude": ("unsatisfying", "apology", "accepted"),
}


def next_steps(kind: Kind, taken: Sequence[StepKind]) -> tuple[StepKind, ...]:
    """Return the steps that may be taken now, given those taken, the oldest first.

    A kind corrected on the way keeps what was done: where the last step is not on the new path,
    it begins.
    """
    if "improvement" in taken:
        return ()
    if not taken:
        return (_BEGIN[kind],)
    last = taken[-1]
    if last in ("accepted", "unsettled"):
        return _NEXT[kind].get(last, ())
    return _NEXT[kind].get(last) or (_BEGIN[kind],)


def state_after(step: StepKind, before: State) -> State:
    """Return the state of a complaint after a step."""
    if step == "improvement":
        return before
    return _STATE.get(step, "settling")


def may_close(kind: Kind | None, state: State, taken: Sequence[StepKind], *, reviewed: bool) -> str:
    """Return why a complaint cannot be closed yet, as a code; empty where it can."""
    if state not in DONE:
        return "not_settled"
    if kind == "attitude" and not reviewed:
        return "not_reviewed"
    if kind == "timeliness" and "improvement" not in taken:
        return "not_improved"
    return ""


class Clocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In how many minutes of business time a complaint of each tier is to be settled."""

    inquiry: int = 8 * 60
    business: int = 8 * 60
    ordinary: int = 4 * 60
    extreme: int = 60

    def of(self, tier: Tier) -> timedelta:
        """Return the time for a tier."""
        return timedelta(minutes=getattr(self, tier))


def warn_at(begun: datetime, due: datetime) -> datetime:
    """Return when a quarter of the time is left."""
    return due - (due - begun) / 4


Standing = Literal["none", "running", "warned", "overdue"]


def standing(state: State, warn: datetime | None, due: datetime | None, now: datetime) -> Standing:
    """Return how the clock of a complaint stands."""
    if state not in OPEN or due is None:
        return "none"
    if now >= due:
        return "overdue"
    return "warned" if warn is not None and now >= warn else "running"
