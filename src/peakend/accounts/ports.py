"""What accounts need from above: which queues there are, and which a member serves.

`entry/wiring.py` sets them in `provided`; without it there is no queue.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from peakend.kernel.db import Transaction


class MemberQueues(Protocol):
    """Knows which queues members serve."""

    async def __call__(
        self, tx: Transaction, teams: Mapping[UUID, Collection[UUID]], /
    ) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
        """Return id and name of each member's queues, in their order, given each one's teams."""


class KnownQueues(Protocol):
    """Knows which queues there are."""

    async def __call__(self, tx: Transaction, queue_ids: Collection[UUID], /) -> Collection[UUID]:
        """Return those of the queues that exist."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    member_queues: MemberQueues
    known_queues: KnownQueues

    def __init__(self) -> None:
        self.member_queues = _none
        self.known_queues = _no_queue


async def _none(
    tx: Transaction, teams: Mapping[UUID, Collection[UUID]], /
) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
    return dict.fromkeys(teams, ())


async def _no_queue(tx: Transaction, queue_ids: Collection[UUID], /) -> Collection[UUID]:
    return ()


provided = Provided()
