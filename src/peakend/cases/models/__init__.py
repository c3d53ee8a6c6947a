"""Tables and rows of cases."""

from peakend.cases.models.approvals import (
    approval_delegate_table,
    approval_request_table,
    approval_rule_table,
)
from peakend.cases.models.cases import (
    CASE_COLUMNS,
    CaseLinkRow,
    CaseRow,
    case_link_table,
    case_number_table,
    case_party_table,
    case_table,
)
from peakend.cases.models.entries import (
    ENTRY_COLUMNS,
    EntryKind,
    EntryRow,
    Visible,
    WrittenKind,
    case_entry_table,
)
from peakend.cases.models.informing import (
    INFORM_COLUMNS,
    TIME_COLUMNS,
    InformRow,
    TimeRow,
    case_inform_table,
    case_time_table,
)
from peakend.kernel.personal import (
    plain,
)

plain("numbers", "case_number")
plain("staff", "case_party", "case_time")
plain("numbers", "case_link")

__all__ = [
    "CASE_COLUMNS",
    "ENTRY_COLUMNS",
    "INFORM_COLUMNS",
    "TIME_COLUMNS",
    "CaseLinkRow",
    "CaseRow",
    "EntryKind",
    "EntryRow",
    "InformRow",
    "TimeRow",
    "Visible",
    "WrittenKind",
    "approval_delegate_table",
    "approval_request_table",
    "approval_rule_table",
    "case_entry_table",
    "case_inform_table",
    "case_link_table",
    "case_number_table",
    "case_party_table",
    "case_table",
    "case_time_table",
]
