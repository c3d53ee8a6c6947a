"""Signatures of mails are proven in processes apart."""

import sys

import msgspec

from peakend.adapters.mail.cells import CellDied, Pool
from peakend.mail.ports import Heads

HEAD = 256 * 1024


class Asked(msgspec.Struct, frozen=True):
    """A mail, and the records of its keys; none where its head is asked for."""

    raw: bytes
    keys: dict[int, str] | None


class SealCells(Pool):
    """Reads who mails claim to be from and proves their signatures, each within its budget."""

    def __init__(self, most: int = 1, command: list[str] | None = None) -> None:
        super().__init__(command or [sys.executable, "-m", "peakend.adapters.mail.sealcell"], most)

    async def heads(self, raw: bytes) -> Heads | None:
        """Return what the head says; None where it could not be read within the budget."""
        # What stands beyond is no head that anybody reads.
        try:
            answer = await self.asked(msgspec.msgpack.encode(Asked(raw[: 2 * HEAD], None)))
            return msgspec.msgpack.decode(answer, type=Heads)
        except (CellDied, msgspec.DecodeError):
            return None

    async def signed(self, raw: bytes, keys: dict[int, str]) -> list[int]:
        """Return the places of signatures that hold, by the records of their keys."""
        try:
            answer = await self.asked(msgspec.msgpack.encode(Asked(raw, keys)))
            return msgspec.msgpack.decode(answer, type=list[int])
        except (CellDied, msgspec.DecodeError):
            return []
