"""Whether groups of customers get the same for the same matter."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

import msgspec

NORMAL_95 = 1.959963984540054
# A group with fewer matters that somebody else had as well says nothing.
LEAST_IN_GROUP = 10

Even = Literal["more", "less", "same", "too_few"]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody of a group got for a matter; `cell` is the same for the same matter."""

    group: str
    cell: Hashable
    fen: int


class GroupGap(msgspec.Struct, frozen=True, kw_only=True):
    """How much more a group got than others for the same matters, with its 95 % interval.

    Units: fen. Counts: `matters` of the group, of which `compared` have their like elsewhere.
    """

    group: str
    matters: int
    compared: int
    mean_fen: float
    gap_fen: float | None
    low_fen: float | None
    high_fen: float | None
    verdict: Even


def group_gaps(rows: Iterable[Given]) -> list[GroupGap]:
    """Return for each group how far it is from the others, the same matter beside the same.

    Within a cell the mean of the group stands beside that of all others; cells weigh by how much
    they say (n·m/(n+m)), and what differs within a cell is chance.
    Source: conditional parity by strata, measures 3.5.
    """
    known = list(rows)
    return [_gap(group, known) for group in sorted({one.group for one in known})]


def _gap(group: str, rows: Sequence[Given]) -> GroupGap:
    cells: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for one in rows:
        cells[one.cell][one.group != group].append(one.fen)
    own = [fen for mine, _ in cells.values() for fen in mine]
    both = [(mine, theirs) for mine, theirs in cells.values() if mine and theirs]
    compared = sum(len(mine) for mine, _ in both)
    free = sum(len(mine) + len(theirs) - 2 for mine, theirs in both)
    usual = GroupGap(
        group=group, matters=len(own), compared=compared, mean_fen=sum(own) / len(own),
        gap_fen=None, low_fen=None, high_fen=None, verdict="too_few",
    )  # fmt: skip
    others = sum(len(theirs) for _, theirs in both)
    if compared < LEAST_IN_GROUP or others < LEAST_IN_GROUP or free < 1:
        return usual
    weights = [len(mine) * len(theirs) / (len(mine) + len(theirs)) for mine, theirs in both]
    whole = sum(weights)
    gap = sum(w * (_mean(a) - _mean(b)) for w, (a, b) in zip(weights, both, strict=True)) / whole
    chance = sum(_apart(a) + _apart(b) for a, b in both) / free
    # A weight is 1 / (1/n + 1/m), so that the variances of the cells add up to this.
    reach = NORMAL_95 * math.sqrt(chance / whole)
    low, high = gap - reach, gap + reach
    return msgspec.structs.replace(
        usual, gap_fen=gap, low_fen=low, high_fen=high,
        verdict="more" if low > 0 else "less" if high < 0 else "same",
    )  # fmt: skip


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


def _apart(values: Sequence[int]) -> float:
    middle = _mean(values)
    return sum((one - middle) ** 2 for one in values)
