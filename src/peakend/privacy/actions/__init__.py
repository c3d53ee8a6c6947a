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
from peakend.privacy.actions.packing import (
    AlreadyPacking,
    NothingHeld,
    ask_package,
    drop_packages,
    fetched,
    package_step,
)
from peakend.privacy.actions.reporting import report

__all__ = [
    "AlreadyPacking",
    "ErasureAsked",
    "NothingHeld",
    "NothingToErase",
    "OnHold",
    "RetentionAsked",
    "RetentionStale",
    "StillOpen",
    "WrongDays",
    "ask_package",
    "drop_packages",
    "erase_customer",
    "erase_step",
    "fetched",
    "lift_hold",
    "package_step",
    "place_hold",
    "report",
    "retain_step",
    "set_retention",
    "start_retention",
]
