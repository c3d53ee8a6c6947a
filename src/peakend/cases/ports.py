"""What cases need from above: whoever asks for an approval does what was let pass, at once."""

from typing import Literal, Protocol
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is over, as whoever asked needs it; `answer` is what was said of it."""

    id: UUID
    kind: str
    subject_id: UUID
    state: Literal["granted", "refused", "expired", "withdrawn"]
    amount_fen: int | None
    currency: str | None
    asked_by: UUID | None
    decided_by: UUID | None
    answer: str


class Decided(Protocol):
    """Does what an approval is about, in the transaction that decides it."""

    async def __call__(self, tx: Transaction, request: Asked, approved: bool) -> None:
        """Do it, or leave it; not approved is also what expired or was withdrawn (`state`).

        What it raises undoes the decision.
        """


class Provided:
    """Holds what `entry/wiring.py` plugs in; a kind of approval with nobody is only recorded."""

    def __init__(self) -> None:
        self.decided: dict[str, Decided] = {}


provided = Provided()
