"""Facts of the directory: ids and short codes, never names or numbers to dial."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class DirectoryEntryChanged(Fact):
    """An entry of the directory changed; `what` is created, updated, removed or restored."""

    subject: ClassVar[str] = "entry_id"
    entry_id: UUID
    owner_id: UUID | None
    what: str


@dataclass(frozen=True, kw_only=True)
class DirectoryEntryVerified(Fact):
    """Somebody vouched that an entry is right; it is due again at `due_at`."""

    subject: ClassVar[str] = "entry_id"
    entry_id: UUID
    owner_id: UUID | None
    by_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DirectoryEntryDue(Fact):
    """An entry has to be looked at again; `standing` is soon or overdue.

    It is told to the owner, and to who keeps the directory where nobody owns it.
    """

    subject: ClassVar[str] = "entry_id"
    entry_id: UUID
    owner_id: UUID | None
    standing: str
    due_at: datetime
