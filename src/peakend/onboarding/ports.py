"""What onboarding needs from outside: who makes a sample, and how backups stand."""

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

Thing = Literal["customer", "conversation", "article", "canned_reply", "tag"]


class Made(NamedTuple):
    """Something that a sample is made of."""

    kind: Thing
    id: UUID


class MakeSample(Protocol):
    """Makes a sample through the same actions as people do."""

    async def __call__(self, tx: Transaction, *, by: Actor, language: str) -> list[Made]:
        """Return everything that was made; it belongs to this transaction."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    make_sample: MakeSample | None
    fresh_backup: Callable[[], Awaitable[bool | None]] | None

    def __init__(self) -> None:
        self.make_sample = None
        self.fresh_backup = None


provided = Provided()
