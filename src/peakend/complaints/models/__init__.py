"""Tables and rows of complaints."""

from peakend.complaints.models.authority import (
    grant_authority_table,
)
from peakend.complaints.models.complaints import (
    COMPLAINT_COLUMNS,
    ComplaintRow,
    RulesRow,
    complaint_rules_table,
    complaint_table,
)
from peakend.complaints.models.crises import (
    CRISIS_COLUMNS,
    CRISIS_ENTRY_COLUMNS,
    CRISIS_STEP_COLUMNS,
    PLAYBOOK_COLUMNS,
    STATEMENT_COLUMNS,
    CrisisRow,
    CrisisStepRow,
    EntryRow,
    PlaybookRow,
    StatementRow,
    crisis_entry_table,
    crisis_statement_table,
    crisis_step_table,
    crisis_table,
    playbook_table,
)
from peakend.complaints.models.crisis_links import (
    CRISIS_LINK_COLUMNS,
    STATEMENT_VERSION_COLUMNS,
    CrisisLinkRow,
    StatementVersionRow,
    crisis_link_table,
    statement_use_table,
    statement_version_table,
)
from peakend.complaints.models.exceptions import (
    ExceptionRow,
    PolicyRow,
    policy_exception_table,
    policy_rule_table,
)
from peakend.complaints.models.grants import (
    compensation_grant_table,
    voucher_connection_table,
    voucher_order_table,
)
from peakend.complaints.models.improvements import (
    flaw_thanks_table,
    improvement_table,
    known_gap_table,
)
from peakend.complaints.models.instruments import (
    instrument_table,
)
from peakend.complaints.models.ledger import (
    budget_table,
    ledger_account_table,
    ledger_line_table,
)
from peakend.complaints.models.schemes import (
    hold_out_table,
    scheme_table,
    scheme_table_table,
)
from peakend.complaints.models.settling import (
    REVIEW_COLUMNS,
    STEP_COLUMNS,
    ReviewRow,
    StepRow,
    complaint_review_table,
    settlement_step_table,
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
    "COMPLAINT_COLUMNS",
    "CRISIS_COLUMNS",
    "CRISIS_ENTRY_COLUMNS",
    "CRISIS_LINK_COLUMNS",
    "CRISIS_STEP_COLUMNS",
    "PLAYBOOK_COLUMNS",
    "REVIEW_COLUMNS",
    "STATEMENT_COLUMNS",
    "STATEMENT_VERSION_COLUMNS",
    "STEP_COLUMNS",
    "WAIT_COLUMNS",
    "WAIT_RULE_COLUMNS",
    "ComplaintRow",
    "CrisisLinkRow",
    "CrisisRow",
    "CrisisStepRow",
    "EntryRow",
    "ExceptionRow",
    "PlaybookRow",
    "PolicyRow",
    "ReviewRow",
    "RulesRow",
    "StatementRow",
    "StatementVersionRow",
    "StepRow",
    "WaitRow",
    "WaitRuleRow",
    "budget_table",
    "compensation_grant_table",
    "complaint_review_table",
    "complaint_rules_table",
    "complaint_table",
    "crisis_entry_table",
    "crisis_link_table",
    "crisis_statement_table",
    "crisis_step_table",
    "crisis_table",
    "flaw_thanks_table",
    "grant_authority_table",
    "hold_out_table",
    "improvement_table",
    "instrument_table",
    "known_gap_table",
    "ledger_account_table",
    "ledger_line_table",
    "playbook_table",
    "policy_exception_table",
    "policy_rule_table",
    "scheme_table",
    "scheme_table_table",
    "settlement_step_table",
    "statement_use_table",
    "statement_version_table",
    "voucher_connection_table",
    "voucher_order_table",
    "wait_record_table",
    "wait_rule_table",
]
