"""How long it will take: a range, rounded up, or an honest "we cannot say"."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

DEFAULT_HANDLE_S = 420.0
DEFAULT_PATIENCE_S = 900.0
ENOUGH_SAMPLES = 5
QUICK_S = 30
"""What an offer and its acceptance take when somebody is free."""


@dataclass(frozen=True)
class Wait:
    """A range of waiting time; both ends None when nobody is there to serve."""

    low_s: int | None
    high_s: int | None


def expected_wait(
    ahead: int,
    slots: float,
    free: int,
    handle_s: float,
    patience_s: float = DEFAULT_PATIENCE_S,
) -> Wait:
    """Return the middle (p50) and the careful (p80) waiting time for somebody with `ahead` before.

    Counts: `slots` places at the desk that serve this queue, `free` of them empty.
    Source: measures 3.1, QLm = sum of 1/(n·mu + i·theta), the smallest error of those tried.
    """
    if slots <= 0:
        return Wait(None, None)
    if free > ahead:
        return Wait(0, QUICK_S)
    steps = [1 / (slots / handle_s + i / patience_s) for i in range(ahead - free + 1)]
    mean = sum(steps)
    variance = sum(step * step for step in steps)
    return Wait(
        round_up(gamma_quantile(mean, variance, 0.0)),
        round_up(gamma_quantile(mean, variance, 0.8416212336)),
    )


def gamma_quantile(mean: float, variance: float, z: float) -> float:
    """Return a quantile of a gamma distribution by mean and variance; z is the normal's.

    Source: Wilson and Hilferty 1931; within 2 % for the quantiles used here.
    """
    shape = mean * mean / variance
    root = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
    return float(mean * max(root, 0.0) ** 3)


def round_up(seconds: float) -> int:
    """Return a time that can be said aloud: half minutes, then minutes, then five minutes."""
    step = 30 if seconds <= 120 else 60 if seconds <= 600 else 300
    return max(step, math.ceil(seconds / step - 1e-9) * step)


def usual_handle_s(recent_s: Sequence[float]) -> float:
    """Return the mean of recent handle times, drawn to the default while there are few."""
    if not recent_s:
        return DEFAULT_HANDLE_S
    missing = max(0, ENOUGH_SAMPLES - len(recent_s))
    return (sum(recent_s) + missing * DEFAULT_HANDLE_S) / (len(recent_s) + missing)
