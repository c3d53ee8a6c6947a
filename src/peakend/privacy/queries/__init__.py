"""Reading erasures, holds and times; counting what would go."""

from peakend.privacy.models import Erasure, Hold, Run
from peakend.privacy.queries.erasures import (
    ErasureNotFound,
    ErasurePreview,
    erasures,
    need_erasure,
    preview,
    running_for,
)
from peakend.privacy.queries.holds import HoldNotFound, holds, is_held, need_hold
from peakend.privacy.queries.packages import Package, need_package, packages, view
from peakend.privacy.queries.repeats import (
    Repeat,
    WaitingErasure,
    WaitingErasures,
    own_ledger,
    repeats,
    waiting_erasures,
)
from peakend.privacy.queries.retention import (
    Amount,
    CategoryView,
    amount,
    categories,
    current_days,
    runs,
)

__all__ = [
    "Amount",
    "CategoryView",
    "Erasure",
    "ErasureNotFound",
    "ErasurePreview",
    "Hold",
    "HoldNotFound",
    "Package",
    "Repeat",
    "Run",
    "WaitingErasure",
    "WaitingErasures",
    "amount",
    "categories",
    "current_days",
    "erasures",
    "holds",
    "is_held",
    "need_erasure",
    "need_hold",
    "need_package",
    "own_ledger",
    "packages",
    "preview",
    "repeats",
    "running_for",
    "runs",
    "view",
    "waiting_erasures",
]
