"""Facts of complaints."""

from peakend.complaints.events.exceptions import (
    ExceptionAsked,
    ExceptionClosed,
    ExceptionSettled,
    PolicyChanged,
)
from peakend.complaints.events.improvements import (
    CustomerThanked,
    ImprovementChecked,
    ImprovementMoved,
    ImprovementOpened,
    KnownGapChanged,
)
from peakend.complaints.events.schemes import (
    AuthorityChanged,
    InstrumentChanged,
    SchemeDrafted,
    SchemeEnded,
    SchemePublished,
)
from peakend.complaints.events.waits import WaitEnded, WaitProofGiven, WaitProofTaken

__all__ = [
    "AuthorityChanged",
    "CustomerThanked",
    "ExceptionAsked",
    "ExceptionClosed",
    "ExceptionSettled",
    "ImprovementChecked",
    "ImprovementMoved",
    "ImprovementOpened",
    "InstrumentChanged",
    "KnownGapChanged",
    "PolicyChanged",
    "SchemeDrafted",
    "SchemeEnded",
    "SchemePublished",
    "WaitEnded",
    "WaitProofGiven",
    "WaitProofTaken",
]
