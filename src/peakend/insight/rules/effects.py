"""What compensation does: those to whom a scheme offered something beside those held out.

Everybody stays on the side on which the draw put him, whatever he was given by hand afterwards:
the difference is what the scheme does, not what compensation does (decision 0073).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from peakend.insight.rules import NORMAL_95, Estimate, share, wilson

Outcome = Literal["repeat", "complained", "back"]
OUTCOMES: tuple[Outcome, ...] = ("repeat", "complained", "back")
# Fewer on a side say nothing of a share.
LEAST_A_SIDE = 20

Verdict = Literal["more", "less", "same", "too_few", "no_hold_out"]


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What came after a draw; `rating` is the first one given after it. Units: fen."""

    held: bool
    repeat: bool
    complained: bool
    back: bool
    rating: int | None
    given_fen: int


@dataclass(frozen=True)
class Gap:
    """How much higher it is with the scheme than without, with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Compared:
    """A measure on both sides of the draw."""

    offered: Estimate
    held: Estimate
    gap: Gap


@dataclass(frozen=True)
class Effect:
    """What came after the draws of a scheme. Units: fen; shares of one; ratings 1 to 5."""

    offered: int
    held: int
    offered_fen: int
    held_fen: int
    repeat: Compared
    complained: Compared
    back: Compared
    rating: Compared


def effect(cases: Sequence[Followed]) -> Effect:
    """Return what came after, on both sides."""
    offered = [one for one in cases if not one.held]
    held = [one for one in cases if one.held]
    return Effect(
        offered=len(offered),
        held=len(held),
        offered_fen=sum(one.given_fen for one in offered),
        held_fen=sum(one.given_fen for one in held),
        repeat=_shares(offered, held, lambda one: one.repeat),
        complained=_shares(offered, held, lambda one: one.complained),
        back=_shares(offered, held, lambda one: one.back),
        rating=_ratings(offered, held),
    )


def gap_of_shares(part: int, whole: int, other_part: int, other_whole: int) -> Gap:
    """Return the difference of two shares.

    Source: Newcombe 1998, method 10 (from the score intervals of both).
    """
    if not other_whole:
        return Gap(None, None, None, "no_hold_out")
    if whole < LEAST_A_SIDE or other_whole < LEAST_A_SIDE:
        return Gap(None, None, None, "too_few")
    a, b = part / whole, other_part / other_whole
    a_low, a_high = wilson(part, whole)
    b_low, b_high = wilson(other_part, other_whole)
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return Gap(a - b, low, high, _verdict(low, high))


def mean(values: Sequence[float]) -> Estimate:
    """Return a mean with its normal 95 % interval; none where there are fewer than two."""
    if not values:
        return Estimate(None, 0, None, None)
    middle = sum(values) / len(values)
    if len(values) < 2:
        return Estimate(middle, len(values), None, None)
    reach = NORMAL_95 * math.sqrt(_variance(values) / len(values))
    return Estimate(middle, len(values), middle - reach, middle + reach)


def _shares(
    offered: Sequence[Followed], held: Sequence[Followed], is_so: Callable[[Followed], bool]
) -> Compared:
    a, b = sum(map(is_so, offered)), sum(map(is_so, held))
    return Compared(
        share(a, len(offered)), share(b, len(held)), gap_of_shares(a, len(offered), b, len(held))
    )


def _ratings(offered: Sequence[Followed], held: Sequence[Followed]) -> Compared:
    a = [float(one.rating) for one in offered if one.rating is not None]
    b = [float(one.rating) for one in held if one.rating is not None]
    return Compared(mean(a), mean(b), _gap_of_means(a, b, there_is=bool(held)))


def _gap_of_means(a: Sequence[float], b: Sequence[float], *, there_is: bool) -> Gap:
    if not there_is:
        return Gap(None, None, None, "no_hold_out")
    if len(a) < LEAST_A_SIDE or len(b) < LEAST_A_SIDE:
        return Gap(None, None, None, "too_few")
    difference = sum(a) / len(a) - sum(b) / len(b)
    reach = NORMAL_95 * math.sqrt(_variance(a) / len(a) + _variance(b) / len(b))
    low, high = difference - reach, difference + reach
    return Gap(difference, low, high, _verdict(low, high))


def _variance(values: Sequence[float]) -> float:
    middle = sum(values) / len(values)
    return sum((one - middle) ** 2 for one in values) / (len(values) - 1)


def _verdict(low: float, high: float) -> Verdict:
    return "more" if low > 0 else "less" if high < 0 else "same"
