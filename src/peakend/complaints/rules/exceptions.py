"""What may be said about breaking a policy, and what it has taught."""

from typing import Literal

State = Literal["waiting", "granted", "refused", "expired", "withdrawn", "closed"]
Outcome = Literal["kept", "lost", "unknown"]
STATES: tuple[State, ...] = ("waiting", "granted", "refused", "expired", "withdrawn", "closed")
MOST_POLICIES = 200
MOST_FEN = 10**12
PAGE = 50


def over(limit_fen: int | None, cost_fen: int) -> bool:
    """Say whether it costs more than is usual for the policy."""
    return limit_fen is not None and cost_fen > limit_fen
