"""Tables and rows of complaints."""

from peakend.complaints.models.exceptions import (
    ExceptionRow,
    PolicyRow,
    policy_exception_table,
    policy_rule_table,
)
from peakend.complaints.models.improvements import (
    flaw_thanks_table,
    improvement_table,
    known_gap_table,
)
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
    "ExceptionRow",
    "PolicyRow",
    "WaitRow",
    "WaitRuleRow",
    "flaw_thanks_table",
    "improvement_table",
    "known_gap_table",
    "policy_exception_table",
    "policy_rule_table",
    "wait_record_table",
    "wait_rule_table",
]
