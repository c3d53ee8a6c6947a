"""The name system of a test: it answers from what the test wrote down, and counts the questions."""

from peakend.mail.ports import NameKind, NamesUnknown


class Zone:
    """Names with what they have; `silent` ones never answer."""

    def __init__(self, records: dict[tuple[str, str], list[str]] | None = None) -> None:
        self.records = records or {}
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    async def ask(self, name: str, kind: NameKind) -> list[str]:
        """Return what a name has, as written down."""
        self.asked.append((name, kind))
        if name in self.silent or "*" in self.silent:
            raise NamesUnknown
        return self.records.get((name, kind), [])
