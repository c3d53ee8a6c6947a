"""Tables of assist and the rows they give."""

from peakend.assist.models.approvals import APPROVAL_COLUMNS, ApprovalRow
from peakend.assist.models.care import CareRow
from peakend.assist.models.digital import SESSION_COLUMNS, JudgementRow, Session
from peakend.assist.models.helps import HELP_COLUMNS, HelpOffer
from peakend.assist.models.side import NOTE_COLUMNS, THREAD_COLUMNS, SideNoteRow, SideThreadRow
from peakend.assist.models.watching import SIGNAL_COLUMNS, SignalRow, StepIn
from peakend.kernel.personal import plain

__all__ = [
    "APPROVAL_COLUMNS",
    "HELP_COLUMNS",
    "NOTE_COLUMNS",
    "SESSION_COLUMNS",
    "SIGNAL_COLUMNS",
    "THREAD_COLUMNS",
    "ApprovalRow",
    "CareRow",
    "HelpOffer",
    "JudgementRow",
    "Session",
    "SideNoteRow",
    "SideThreadRow",
    "SignalRow",
    "StepIn",
]

plain(
    "settings",
    "care_rules",
    "assist_topic",
)
plain(
    "numbers",
    "assist_session",
    "assist_judgement",
    "help_offer",
    "watch",
    "step_in",
)
