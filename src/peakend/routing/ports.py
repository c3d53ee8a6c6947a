"""What routing needs from above: whether a waiting customer is still there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peakend.kernel.db import Transaction


class CustomersSeen(Protocol):
    """Says when the customers of waiting conversations were last there."""

    async def __call__(
        self, tx: Transaction, *, conversation_ids: list[UUID]
    ) -> Mapping[UUID, datetime]:
        """Return the last sign of life of each; those nothing is known of are left out."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    customers_seen: CustomersSeen | None = None


provided = Provided()
