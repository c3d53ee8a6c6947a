"""Tables and rows of complaints."""

from peakend.complaints.models.authority import grant_authority_table
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
from peakend.complaints.models.instruments import instrument_table
from peakend.complaints.models.schemes import hold_out_table, scheme_table, scheme_table_table
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
    "grant_authority_table",
    "hold_out_table",
    "improvement_table",
    "instrument_table",
    "known_gap_table",
    "policy_exception_table",
    "policy_rule_table",
    "scheme_table",
    "scheme_table_table",
    "wait_record_table",
    "wait_rule_table",
]
