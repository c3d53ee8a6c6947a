"""Reading cases."""

from peakend.cases.queries.approvals import (
    ApprovalRule,
    Box,
    CaseApproval,
    Deputy,
    Named,
    RequestNotFound,
    RuleNotFound,
    could_stand_in,
    deputies,
    inbox,
    request_view,
    requests_about,
    shown_rules,
)

__all__ = [
    "ApprovalRule",
    "Box",
    "CaseApproval",
    "Deputy",
    "Named",
    "RequestNotFound",
    "RuleNotFound",
    "could_stand_in",
    "deputies",
    "inbox",
    "request_view",
    "requests_about",
    "shown_rules",
]
