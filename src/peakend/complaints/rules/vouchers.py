"""How often a voucher is asked for, and what a try that failed means."""

from datetime import timedelta
from typing import Literal

from peakend.complaints.ports import Ending

OrderState = Literal["waiting", "issued", "refused", "uncertain", "dead"]

LEASE = timedelta(seconds=60)
LONGEST_NUMBER = 80
# Seconds from one try to the next.
RETRY_S = (5, 60, 600, 3600, 14_400)


def next_try_s(attempt: int, spread: float) -> float | None:
    """Return the seconds until the next try after so many; None where somebody has to look.

    `spread`, 0 to 1, lengthens it by up to a fifth.
    """
    return None if attempt > len(RETRY_S) else RETRY_S[attempt - 1] * (1 + 0.2 * spread)


def given_up(ending: Ending) -> OrderState:
    """Return how an order stands that is not tried again."""
    return {"issued": "issued", "refused": "refused", "later": "dead", "unknown": "uncertain"}[
        ending
    ]  # type: ignore[return-value]
