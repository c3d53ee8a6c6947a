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
from peakend.complaints.events.waits import (
    WaitEnded,
    WaitProofGiven,
    WaitProofTaken,
)

__all__ = [
    "CustomerThanked",
    "ExceptionAsked",
    "ExceptionClosed",
    "ExceptionSettled",
    "ImprovementChecked",
    "ImprovementMoved",
    "ImprovementOpened",
    "KnownGapChanged",
    "PolicyChanged",
    "WaitEnded",
    "WaitProofGiven",
    "WaitProofTaken",
]
