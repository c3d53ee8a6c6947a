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
from peakend.cases.models.departments import (
    DEPARTMENT_COLUMNS,
    DepartmentRow,
    department_member_table,
    department_table,
)
from peakend.cases.models.due_times import (
    case_due_times_table,
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
from peakend.cases.models.progress import (
    LINK_COLUMNS,
    ProgressLinkRow,
    progress_link_table,
    repeat_rule_table,
)
from peakend.cases.models.promises import (
    PROMISE_COLUMNS,
    PromiseRow,
    promise_table,
)
from peakend.cases.models.steps import (
    GUEST_COLUMNS,
    STEP_COLUMNS,
    GuestRow,
    StepRow,
    TemplateRow,
    case_guest_table,
    case_step_table,
    case_template_reason_table,
    case_template_table,
    case_template_version_table,
)
from peakend.cases.models.urges import (
    URGE_COLUMNS,
    UrgeRow,
    urge_table,
)
from peakend.kernel.personal import (
    plain,
)

plain("numbers", "case_number")
plain("staff", "case_party", "case_time")
plain("numbers", "case_link")

__all__ = [
    "CASE_COLUMNS",
    "DEPARTMENT_COLUMNS",
    "ENTRY_COLUMNS",
    "GUEST_COLUMNS",
    "INFORM_COLUMNS",
    "LINK_COLUMNS",
    "PROMISE_COLUMNS",
    "STEP_COLUMNS",
    "TIME_COLUMNS",
    "URGE_COLUMNS",
    "CaseLinkRow",
    "CaseRow",
    "DepartmentRow",
    "EntryKind",
    "EntryRow",
    "GuestRow",
    "InformRow",
    "ProgressLinkRow",
    "PromiseRow",
    "StepRow",
    "TemplateRow",
    "TimeRow",
    "UrgeRow",
    "Visible",
    "WrittenKind",
    "approval_delegate_table",
    "approval_request_table",
    "approval_rule_table",
    "case_due_times_table",
    "case_entry_table",
    "case_guest_table",
    "case_inform_table",
    "case_link_table",
    "case_number_table",
    "case_party_table",
    "case_step_table",
    "case_table",
    "case_template_reason_table",
    "case_template_table",
    "case_template_version_table",
    "case_time_table",
    "department_member_table",
    "department_table",
    "progress_link_table",
    "promise_table",
    "repeat_rule_table",
    "urge_table",
]
