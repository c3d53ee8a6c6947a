"""What is done for the sake of privacy."""

from peakend.privacy.actions.erasing import (
    ErasureAsked,
    NothingToErase,
    OnHold,
    StillOpen,
    erase_customer,
    erase_step,
)
from peakend.privacy.actions.holding import lift_hold, place_hold
from peakend.privacy.actions.keeping import (
    RetentionAsked,
    RetentionStale,
    WrongDays,
    retain_step,
    set_retention,
    start_retention,
)
from peakend.privacy.actions.reporting import report

__all__ = [
    "ErasureAsked",
    "NothingToErase",
    "OnHold",
    "RetentionAsked",
    "RetentionStale",
    "StillOpen",
    "WrongDays",
    "erase_customer",
    "erase_step",
    "lift_hold",
    "place_hold",
    "report",
    "retain_step",
    "set_retention",
    "start_retention",
]
