"""What accounts need from above: the queues a member serves.

`entry/wiring.py` sets `provided.member_queues`; without it a member serves no queue.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from peakend.kernel.db import Transaction


class MemberQueues(Protocol):
    """Knows which queues a member serves."""

    async def __call__(self, tx: Transaction, member_id: UUID) -> Sequence[tuple[UUID, str]]:
        """Return id and name of each queue, in their order."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    member_queues: MemberQueues | None

    def __init__(self) -> None:
        self.member_queues = None


provided = Provided()
