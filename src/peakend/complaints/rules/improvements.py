"""How improvements move, and whether they helped: shares of contacts before and after.

No clock and no database.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal["root_cause", "timeliness", "simplify", "exception", "flaw"]
State = Literal["open", "doing", "done", "checked", "dropped"]
Effect = Literal["better", "same", "worse", "too_few"]
STATES: tuple[State, ...] = ("open", "doing", "done", "checked", "dropped")
WAYS: Mapping[State, tuple[State, ...]] = {
    "open": ("doing", "done", "dropped"),
    "doing": ("open", "done", "dropped"),
    # What did not help goes on.
    "done": ("doing", "checked", "dropped"),
    "checked": ("doing",),
    "dropped": ("open",),
}
MOST_IMPROVEMENTS = 500
MOST_GAPS = 200
WINDOW_D = 30
WINDOW_MOST_D = 92
# So many contacts must have ended on either side before anybody says whether it helps.
LEAST = 30
# A reason is proposed when so many of its contacts came from customers who had come before.
LEAST_REPEATS = 3
PROPOSED = 20
NORMAL_95 = 1.959964


class Window(msgspec.Struct, frozen=True):
    """Days from the first to the last, both whole."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.until_on - self.from_on).days + 1


class Measure(msgspec.Struct, frozen=True):
    """Contacts of a reason among all that ended in a window; `per_100` is None where none ended."""

    window: Window
    contacts: int
    all: int
    repeats: int
    per_100: float | None


class Difference(msgspec.Struct, frozen=True):
    """How many contacts in a hundred fewer (or more) than before, with its 95 % interval."""

    per_100: float | None
    low: float | None
    high: float | None
    effect: Effect


def may_move(old: State, new: State) -> bool:
    """Say whether an improvement may go from one state to another."""
    return new in WAYS[old]


def usual_windows(made_on: date, done_on: date | None) -> tuple[Window, Window | None]:
    """Return the thirty days before it was written down, and the thirty after it was done."""
    before = Window(made_on - timedelta(days=WINDOW_D), made_on - timedelta(days=1))
    if done_on is None:
        return before, None
    return before, Window(done_on + timedelta(days=1), done_on + timedelta(days=WINDOW_D))


def is_window(window: Window) -> bool:
    """Say whether a window can be measured."""
    return 1 <= window.days <= WINDOW_MOST_D


def measure(window: Window, contacts: int, whole: int, repeats: int) -> Measure:
    """Return contacts per hundred."""
    return Measure(window, contacts, whole, repeats, 100 * contacts / whole if whole else None)


def _wilson(part: int, whole: int) -> tuple[float, float]:
    p, z = part / whole, NORMAL_95
    middle = p + z * z / (2 * whole)
    reach = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return (middle - reach) / scale, (middle + reach) / scale


def difference(before: Measure, after: Measure) -> Difference:
    """Return what changed, and whether that is more than chance.

    Source: Newcombe 1998, method 10 (the difference of two shares from their score intervals).
    """
    if before.all < LEAST or after.all < LEAST:
        return Difference(None, None, None, "too_few")
    a, b = before.contacts / before.all, after.contacts / after.all
    a_low, a_high = _wilson(before.contacts, before.all)
    b_low, b_high = _wilson(after.contacts, after.all)
    change = b - a
    low = change - math.hypot(b - b_low, a_high - a)
    high = change + math.hypot(b_high - b, a - a_low)
    effect: Effect = "better" if high < 0 else "worse" if low > 0 else "same"
    return Difference(100 * change, 100 * low, 100 * high, effect)


def family(parents: Mapping[UUID, UUID | None], root: UUID) -> frozenset[UUID]:
    """Return a reason and everything below it."""
    found = {root}
    grew = True
    while grew:
        more = {one for one, parent in parents.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return frozenset(found)


def lineage(parents: Mapping[UUID, UUID | None], reason_id: UUID | None) -> list[UUID]:
    """Return a reason and those above it, the nearest first; a circle ends where it closes."""
    found: list[UUID] = []
    while reason_id is not None and reason_id not in found:
        found.append(reason_id)
        reason_id = parents.get(reason_id)
    return found


def proposed(counts: Iterable[tuple[UUID, int, int]], taken: Iterable[UUID]) -> list[UUID]:
    """Return the reasons worth a look: by how many of their contacts came again, then by contacts.

    Counts: `(reason, contacts, customers)`; at most twenty. Those that somebody works at are out.
    """
    busy = set(taken)
    worth = [
        (contacts - customers, contacts, reason)
        for reason, contacts, customers in counts
        if reason not in busy and contacts - customers >= LEAST_REPEATS
    ]
    worth.sort(key=lambda one: (-one[0], -one[1], str(one[2])))
    return [reason for _, _, reason in worth[:PROPOSED]]
