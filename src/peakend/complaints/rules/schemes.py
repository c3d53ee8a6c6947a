"""The policy table: which line holds for a matter, and how a draft differs from what holds."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

Liability = Literal["ours", "partner", "customer", "nobody"]
Known = Literal["ours", "partner", "customer", "nobody", "unknown"]
TableState = Literal["draft", "published", "ended"]
Change = Literal["new", "changed", "same"]

SEVERITIES = range(1, 5)
# A matter of which nobody said how bad it is.
USUAL_SEVERITY = 2
MOST_LINES = 300
MOST_TABLES = 500
LONGEST_WORDS = 500
MOST_LINE_FEN = 100_000_000
# A fifth without compensation is the most that can be asked of customers for the sake of knowing.
MOST_HOLD_OUT = 0.2


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: no reason is for every reason, no severity for each of the four.

    Units: `amount` is in the unit of the instrument.
    """

    id: UUID
    liability: Liability
    severity: int | None
    reason_id: UUID | None
    instrument_id: UUID
    amount: int
    cost_fen: int
    words_zh: str
    words_en: str
    needs_approval: bool


Place = tuple[str, int | None, UUID | None]


def place(line: Line) -> Place:
    """Return the place of a line in its table; two lines of one place contradict each other."""
    return line.liability, line.severity, line.reason_id


def path(parents: dict[UUID, UUID | None], reason_id: UUID | None) -> list[UUID]:
    """Return a reason and those above it in the tree, the nearest first."""
    found: list[UUID] = []
    while reason_id is not None and reason_id not in found:
        found.append(reason_id)
        reason_id = parents.get(reason_id)
    return found


def choose(
    lines: Iterable[Line], liability: str, severity: int, reason_path: Sequence[UUID]
) -> Line | None:
    """Return the line that holds for a matter: the nearest reason, then the exact severity.

    Source: decision 0073; the same matter always meets the same line, whoever looks.
    """
    best: Line | None = None
    nearest: tuple[int, int] | None = None
    for line in lines:
        if line.liability != liability or line.severity not in (None, severity):
            continue
        if line.reason_id is not None and line.reason_id not in reason_path:
            continue
        near = (
            len(reason_path) if line.reason_id is None else reason_path.index(line.reason_id),
            int(line.severity is None),
        )
        if nearest is None or near < nearest:
            best, nearest = line, near
    return best


def twice(lines: Iterable[Line]) -> set[Place]:
    """Return the places that more than one line claims."""
    seen: set[Place] = set()
    found: set[Place] = set()
    for line in lines:
        (found if place(line) in seen else seen).add(place(line))
    return found


class Difference(msgspec.Struct, frozen=True):
    """How a line of a draft stands to what holds now; `was` is the line of the same place."""

    change: Change
    was: Line | None


def differences(draft: Sequence[Line], holding: Sequence[Line]) -> list[Difference]:
    """Return for each line of a draft how it stands to the line that holds at its place."""
    there = {place(line): line for line in holding}
    return [_difference(line, there.get(place(line))) for line in draft]


def gone(draft: Sequence[Line], holding: Sequence[Line]) -> list[Line]:
    """Return the lines that hold now and of whose place a draft says nothing."""
    kept = {place(line) for line in draft}
    return [line for line in holding if place(line) not in kept]


def _difference(line: Line, was: Line | None) -> Difference:
    if was is None:
        return Difference("new", None)
    same = msgspec.structs.replace(was, id=line.id) == line
    return Difference("same" if same else "changed", was)


def held_out(table_id: UUID, customer_id: UUID, share: float, *, extreme: bool) -> bool:
    """Say whether a customer is offered nothing by himself, so that the effect can be seen.

    The same customer meets the same answer for as long as a version holds. Never for an extreme
    complaint, whatever the share. Source: docs/measures.md 3.5 (against a hold-out).
    """
    if extreme or share <= 0:
        return False
    digest = hashlib.blake2b(table_id.bytes + customer_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 < min(share, MOST_HOLD_OUT)
