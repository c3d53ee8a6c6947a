"""Facts of acts on many conversations; each conversation's own change has its own fact."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfRun(Fact, abstract=True):
    subject: ClassVar[str] = "run_id"
    run_id: UUID
    agent_id: UUID
    leg_id: UUID | None = None
    what: str
    total: int


@dataclass(frozen=True, kw_only=True)
class BulkStarted(_OfRun):
    """Somebody asked for one act on many conversations; `total` is 0 while they are gathered."""


@dataclass(frozen=True, kw_only=True)
class BulkMoved(_OfRun):
    """So many are done by now, and so many were left out, each with its reason."""

    done: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class BulkFinished(_OfRun):
    """All of them are done or left out."""

    done: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class BulkUndone(_OfRun):
    """So many are as they were before, and so many stayed because they had changed since."""

    put_back: int
    kept: int
