"""Tables and rows of cases."""

from peakend.cases.models.approvals import (
    approval_delegate_table,
    approval_request_table,
    approval_rule_table,
)

__all__ = [
    "approval_delegate_table",
    "approval_request_table",
    "approval_rule_table",
]
