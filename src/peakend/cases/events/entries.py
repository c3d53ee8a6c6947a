"""Facts of what is written down in a case."""

from dataclasses import dataclass
from uuid import UUID

from peakend.cases.events.cases import _OfCase


@dataclass(frozen=True, kw_only=True)
class CaseEntryAdded(_OfCase):
    """A note or a line of progress was added; `visible` says for whom it is."""

    entry_id: UUID
    kind: str
    visible: str
    files: int
