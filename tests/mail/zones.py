"""What stands for the name system and for the process that proves signatures, in tests."""

from peakend.adapters.mail.seals import heads, signed
from peakend.mail.ports import Heads, NameKind, NamesUnknown


class Zone:
    """Names with what they have; `silent` ones never answer."""

    def __init__(self, records: dict[tuple[str, str], list[str]] | None = None) -> None:
        self.records = records or {}
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    async def ask(self, name: str, kind: NameKind, *, fresh: bool = False) -> list[str]:
        """Return what a name has, as written down."""
        self.asked.append((name, kind))
        if name in self.silent or "*" in self.silent:
            raise NamesUnknown
        return self.records.get((name, kind), [])


class InHere:
    """The checks of the process apart, in this one."""

    async def heads(self, raw: bytes) -> Heads | None:
        """Return what the head says."""
        return heads(raw)

    async def signed(self, raw: bytes, keys: dict[int, str]) -> list[int]:
        """Return the places of signatures that hold."""
        return signed(raw, keys)

    async def close(self) -> None:
        """Nothing is kept ready."""
