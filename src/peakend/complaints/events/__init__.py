"""Facts of complaints."""

from peakend.complaints.events.waits import (
    WaitEnded,
    WaitProofGiven,
    WaitProofTaken,
)

__all__ = ["WaitEnded", "WaitProofGiven", "WaitProofTaken"]
