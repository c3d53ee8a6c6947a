"""What becomes of a grant, what it costs, and how long an offer stands."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from peakend.complaints.rules.ledger import What

State = Literal[
    "waiting", "offered", "granted", "used", "refused", "withdrawn", "lapsed", "revoked", "expired"
]
Act = Literal[
    "approve", "decline", "accept", "refuse", "withdraw", "lapse", "use", "revoke", "expire"
]

# A customer may take as long to think about an offer.
OFFER_STANDS = timedelta(days=7)
MOST_AMOUNT = 10**9
LONGEST_KEY, LONGEST_REASON, LONGEST_WORDS = 100, 300, 1_000
# What has left the house as soon as it was issued; the rest is used later, or not.
USED_AT_ONCE = frozenset({"points", "credit", "refund"})
OPEN: frozenset[State] = frozenset({"waiting", "offered"})


class Move(msgspec.Struct, frozen=True):
    """Where an act leads, and what it says in the books."""

    to: State
    books: What | None


MOVES: dict[tuple[State, Act], Move] = {
    ("waiting", "approve"): Move("offered", None),
    ("waiting", "decline"): Move("withdrawn", "drop"),
    ("waiting", "withdraw"): Move("withdrawn", "drop"),
    ("waiting", "lapse"): Move("lapsed", "drop"),
    ("offered", "accept"): Move("granted", "grant"),
    ("offered", "refuse"): Move("refused", "drop"),
    ("offered", "withdraw"): Move("withdrawn", "drop"),
    ("offered", "lapse"): Move("lapsed", "drop"),
    ("granted", "use"): Move("used", "use"),
    ("granted", "revoke"): Move("revoked", "back"),
    ("granted", "expire"): Move("expired", "back"),
    ("used", "revoke"): Move("revoked", "undo"),
}


def move(state: State, act: Act) -> Move | None:
    """Return where an act leads from a state; None where it cannot be done."""
    return MOVES.get((state, act))


def acts(state: State) -> list[Act]:
    """Return what may be done from a state."""
    return [act for (at, act) in MOVES if at == state]


def goes_back_to_stock(act: Act) -> bool:
    """Say whether an act gives back what was taken from the stock."""
    return act in ("decline", "refuse", "withdraw", "lapse", "revoke", "expire")


def expires_at(granted_at: datetime, valid_d: int | None) -> datetime | None:
    """Return when what was granted runs out."""
    return None if valid_d is None else granted_at + timedelta(days=valid_d)
