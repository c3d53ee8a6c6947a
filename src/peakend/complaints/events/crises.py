"""Facts of crisis files: ids and codes only.

`drill` marks what was only practised; it counts nowhere. `member_ids` are whom the file names: only
they, and who leads complaints, hear of it.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfCrisis(Fact, abstract=True):
    subject: ClassVar[str] = "crisis_id"
    crisis_id: UUID
    drill: bool
    member_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class CrisisOpened(_OfCrisis):
    """A crisis file was opened; `kind` says what threatens."""

    kind: str
    owner_id: UUID
    case_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CrisisChanged(_OfCrisis):
    """What stands at the top of a crisis file changed: its title, its people, what threatens."""

    owner_id: UUID


@dataclass(frozen=True, kw_only=True)
class CrisisEntryAdded(_OfCrisis):
    """Something that happened, or that somebody asked us, was written down."""

    entry_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class CrisisEntryAnswered(_OfCrisis):
    """What the press, an authority or a campaign asked was answered; `late` after its time."""

    entry_id: UUID
    kind: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class CrisisPlaybookLaid(_OfCrisis):
    """A playbook was laid onto a crisis file: its steps run."""

    playbook_id: UUID
    steps: int


@dataclass(frozen=True, kw_only=True)
class CrisisStepSet(_OfCrisis):
    """A step was added, done, skipped or opened again (`state`)."""

    step_id: UUID
    state: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class CrisisStepOverdue(_OfCrisis):
    """A step was not done in time."""

    step_id: UUID


@dataclass(frozen=True, kw_only=True)
class StatementSet(_OfCrisis):
    """A statement is draft, asked, approved, refused or published now."""

    statement_id: UUID
    state: str


@dataclass(frozen=True, kw_only=True)
class StatementTaken(_OfCrisis):
    """An approved statement, in this version, was taken into an answer to a customer."""

    statement_id: UUID
    no: int


@dataclass(frozen=True, kw_only=True)
class CrisisLinked(_OfCrisis):
    """A complaint, a case or a conversation belongs to a crisis from now on."""

    kind: str
    target_id: UUID


@dataclass(frozen=True, kw_only=True)
class CrisisUnlinked(_OfCrisis):
    """Something belongs to a crisis no longer."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class CrisisClosed(_OfCrisis):
    """A crisis is over, with its review."""

    open_s: int


@dataclass(frozen=True, kw_only=True)
class PlaybookChanged(Fact):
    """What is to be done in a crisis changed; `what` is created, updated or removed."""

    subject: ClassVar[str] = "playbook_id"
    playbook_id: UUID
    what: str
