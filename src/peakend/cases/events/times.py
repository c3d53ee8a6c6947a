"""Facts of the time that people spend on cases."""

from dataclasses import dataclass
from uuid import UUID

from peakend.cases.events.cases import _OfCase


@dataclass(frozen=True, kw_only=True)
class CaseTimeSpent(_OfCase):
    """Somebody worked on it for a while, or on one of its steps.

    Units: seconds; negative where an entry was taken back. `agent_id` is who worked.
    """

    step_id: UUID | None
    spent_s: int
