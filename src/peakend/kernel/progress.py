"""How much of a long piece of work is done, in what people count."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Done:
    """So much of so much.

    Counts: bytes, files, or segments of the log.
    """

    count: int
    total: int
    unit: Literal["bytes", "files", "segments"]

    @property
    def share(self) -> float:
        """Return the part that is done."""
        return min(self.count / self.total, 1.0) if self.total else 1.0
