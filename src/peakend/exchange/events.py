"""Facts of tables carried in and out: which kind and how many, never what stands in them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfImport(Fact, abstract=True):
    subject: ClassVar[str] = "run_id"
    run_id: UUID
    agent_id: UUID
    leg_id: UUID | None = None
    kind: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportChecked(_OfImport):
    """A table was gone through on trial: so many would be new, changed, the same, and are wrong."""

    new: int
    changed: int
    same: int
    wrong: int


@dataclass(frozen=True, kw_only=True)
class ImportStarted(_OfImport):
    """Somebody lets a table that was tried be carried in."""


@dataclass(frozen=True, kw_only=True)
class ImportFinished(_OfImport):
    """A table was carried in, or stopped on the way."""

    new: int
    changed: int
    same: int
    wrong: int
    stopped: bool


@dataclass(frozen=True, kw_only=True)
class ExportMade(Fact):
    """A table was carried out and waits to be fetched; `private` says that nothing is masked."""

    subject: ClassVar[str] = "run_id"
    run_id: UUID
    agent_id: UUID
    leg_id: UUID | None = None
    kind: str
    rows: int
    private: bool
