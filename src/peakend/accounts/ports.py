"""What accounts need from above: the queues a member serves.

`entry/wiring.py` sets `provided.member_queues`; without it a member serves no queue.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from peakend.kernel.db import Transaction


class MemberQueues(Protocol):
    """Knows which queues members serve."""

    async def __call__(
        self, tx: Transaction, member_ids: Collection[UUID]
    ) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
        """Return id and name of each member's queues, in their order."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    member_queues: MemberQueues

    def __init__(self) -> None:
        self.member_queues = _none


async def _none(
    tx: Transaction, member_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
    return dict.fromkeys(member_ids, ())


provided = Provided()
