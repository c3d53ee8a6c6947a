"""What happens to cases."""

from peakend.cases.events.approvals import (
    ApprovalEscalated,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalRuleChanged,
    ApprovalWithdrawn,
    DeputyEnded,
    DeputyNamed,
)

__all__ = [
    "ApprovalEscalated",
    "ApprovalExpired",
    "ApprovalGranted",
    "ApprovalRefused",
    "ApprovalRequested",
    "ApprovalRuleChanged",
    "ApprovalWithdrawn",
    "DeputyEnded",
    "DeputyNamed",
]
