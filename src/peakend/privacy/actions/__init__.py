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
from peakend.privacy.actions.repeating import (
    Repeated,
    begin_anew,
    note_in_ledger,
    repeat_erasures,
    tend_ledger,
)
from peakend.privacy.actions.reporting import report

__all__ = [
    "AlreadyPacking",
    "ErasureAsked",
    "NothingHeld",
    "NothingToErase",
    "OnHold",
    "Repeated",
    "RetentionAsked",
    "RetentionStale",
    "StillOpen",
    "WrongDays",
    "ask_package",
    "begin_anew",
    "drop_packages",
    "erase_customer",
    "erase_step",
    "fetched",
    "lift_hold",
    "note_in_ledger",
    "package_step",
    "place_hold",
    "repeat_erasures",
    "report",
    "retain_step",
    "set_retention",
    "start_retention",
    "tend_ledger",
]
