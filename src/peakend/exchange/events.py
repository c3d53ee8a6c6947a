"""Facts of tables carried in and out: which kind and how many, never what stands in them."""

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


@dataclass(frozen=True, kw_only=True)
class _OfTable(_OfRun, abstract=True):
    kind: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportChecked(_OfTable):
    """A table was gone through on trial: so many would be new, changed, the same, and are wrong."""

    new: int
    changed: int
    same: int
    wrong: int


@dataclass(frozen=True, kw_only=True)
class ImportStarted(_OfTable):
    """Somebody lets a table that was tried be carried in."""


@dataclass(frozen=True, kw_only=True)
class ImportFinished(_OfTable):
    """A table was carried in, or stopped on the way."""

    new: int
    changed: int
    same: int
    wrong: int
    stopped: bool


@dataclass(frozen=True, kw_only=True)
class ExportMade(_OfTable):
    """A table was carried out and waits to be fetched; `private` says that nothing is masked."""

    private: bool


@dataclass(frozen=True, kw_only=True)
class ArchiveAsked(_OfRun):
    """Somebody asked for the whole organisation as one archive."""


@dataclass(frozen=True, kw_only=True)
class ArchiveMade(_OfRun):
    """The whole organisation is packed and waits to be fetched."""

    rows: int
    files: int
    size: int


@dataclass(frozen=True, kw_only=True)
class OrganisationRestored(Fact):
    """This organisation came out of an archive, by hand of whoever runs the machine."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    rows: int
    files: int
