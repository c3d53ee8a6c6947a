"""Tables and rows of complaints."""

from peakend.complaints.models.waits import (
    WAIT_COLUMNS,
    WAIT_RULE_COLUMNS,
    WaitRow,
    WaitRuleRow,
    wait_record_table,
    wait_rule_table,
)

__all__ = [
    "WAIT_COLUMNS",
    "WAIT_RULE_COLUMNS",
    "WaitRow",
    "WaitRuleRow",
    "wait_record_table",
    "wait_rule_table",
]
