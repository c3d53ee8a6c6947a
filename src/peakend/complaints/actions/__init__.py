"""What is done about complaints."""

from peakend.complaints.actions import (
    archiving,
)
from peakend.complaints.actions import (
    crisis_forgetting as crisis_forgetting,
)
from peakend.complaints.actions import (
    emptying as emptying,
)
from peakend.complaints.actions import (
    forgetting as forgetting,
)
from peakend.complaints.actions.asking import (
    NothingToResend,
    resend_voucher,
)
from peakend.complaints.actions.authority import (
    AuthorityText,
    AuthorityThere,
    LimitsText,
    remove_authority,
    set_authority,
)
from peakend.complaints.actions.budgets import (
    set_budget,
)
from peakend.complaints.actions.clock import (
    look_at_complaint,
)
from peakend.complaints.actions.connections import (
    ConnectionText,
    set_connection,
)
from peakend.complaints.actions.contacts import (
    FindingWordsNeeded,
    ReviewedAlready,
    ReviewerInvolved,
    review_contact,
)
from peakend.complaints.actions.crises import (
    CrisisOrigin,
    CrisisText,
    FollowedBy,
    change_crisis,
    close_crisis,
    open_crisis,
)
from peakend.complaints.actions.crisis_links import link_crisis, unlink_crisis
from peakend.complaints.actions.crisis_opening import meet_extreme
from peakend.complaints.actions.crisis_room import (
    add_crisis_entry,
    add_crisis_step,
    answer_crisis_entry,
    lay_playbook,
    set_crisis_step,
    tell_step_due,
)
from peakend.complaints.actions.exceptions import (
    NotGranted,
    PolicyText,
    WordsNeeded,
    add_policy,
    ask_exception,
    change_policy,
    close_exception,
    end_policy,
    exception_decided,
    withdraw_exception,
)
from peakend.complaints.actions.filing import (
    FiledAlready,
    Filing,
    Judgement,
    KindNeeded,
    OwnerInvolved,
    OwnerUnfit,
    assign,
    confirm,
    open_complaint,
)
from peakend.complaints.actions.grants import (
    ReasonMissing,
    accept,
    decided,
    expire,
    lapse,
    refuse,
    revoke,
    use,
    withdraw,
)
from peakend.complaints.actions.hearing import hear
from peakend.complaints.actions.improvements import (
    GapText,
    ImprovementChange,
    ImprovementStale,
    ImprovementText,
    NotYourImprovement,
    WrongImprovement,
    WrongMove,
    add_gap,
    change_gap,
    change_improvement,
    close_gap,
    open_improvement,
    thank,
)
from peakend.complaints.actions.instruments import (
    InstrumentText,
    InstrumentUsed,
    add_instrument,
    change_instrument,
)
from peakend.complaints.actions.ledger import (
    BudgetExhausted,
    export_ledger,
)
from peakend.complaints.actions.moving import (
    GrantStale,
)
from peakend.complaints.actions.offering import (
    About,
    NotByMachines,
    OnceKeyUsed,
    OutOfStock,
    offer,
)
from peakend.complaints.actions.playbooks import (
    PlaybookText,
    add_playbook,
    change_playbook,
    remove_playbook,
)
from peakend.complaints.actions.rules import (
    RulesStale,
    WrongRules,
    set_rules,
)
from peakend.complaints.actions.schemes import (
    DraftText,
    LineText,
    NotADraft,
    begin_draft,
    drop_draft,
    end_scheme,
    keep_draft,
    publish,
)
from peakend.complaints.actions.settling import (
    GrantElsewhere,
    NotYetOver,
    SolutionNeeded,
    StepGiven,
    StepNotNow,
    StepWordsNeeded,
    SupervisorNeeded,
    close_complaint,
    take_step,
)
from peakend.complaints.actions.statements import (
    ask_for_statement,
    change_statement,
    decide_statement,
    draft_statement,
    publish_statement,
    take_words,
    withdraw_statement,
)
from peakend.complaints.actions.telling import (
    answered,
    tell,
)
from peakend.complaints.actions.vouchers import Teller
from peakend.complaints.actions.wait_paying import settle_wait
from peakend.complaints.actions.wait_rules import (
    WaitRuleText,
    add_wait_rule,
    change_wait_rule,
    promise_of,
    remove_wait_rule,
    start_wait_rule,
    stop_wait_rule,
)
from peakend.complaints.actions.waits import (
    follow_customer,
    give_proof,
    keep_wait,
    send_proof,
    take_proof,
)

__all__ = [
    "About",
    "AuthorityText",
    "AuthorityThere",
    "BudgetExhausted",
    "ConnectionText",
    "CrisisOrigin",
    "CrisisText",
    "DraftText",
    "FiledAlready",
    "Filing",
    "FindingWordsNeeded",
    "FollowedBy",
    "GapText",
    "GrantElsewhere",
    "GrantStale",
    "ImprovementChange",
    "ImprovementStale",
    "ImprovementText",
    "InstrumentText",
    "InstrumentUsed",
    "Judgement",
    "KindNeeded",
    "LimitsText",
    "LineText",
    "NotADraft",
    "NotByMachines",
    "NotGranted",
    "NotYetOver",
    "NotYourImprovement",
    "NothingToResend",
    "OnceKeyUsed",
    "OutOfStock",
    "OwnerInvolved",
    "OwnerUnfit",
    "PlaybookText",
    "PolicyText",
    "ReasonMissing",
    "ReviewedAlready",
    "ReviewerInvolved",
    "RulesStale",
    "SolutionNeeded",
    "StepGiven",
    "StepNotNow",
    "StepWordsNeeded",
    "SupervisorNeeded",
    "Teller",
    "WaitRuleText",
    "WordsNeeded",
    "WrongImprovement",
    "WrongMove",
    "WrongRules",
    "accept",
    "add_crisis_entry",
    "add_crisis_step",
    "add_gap",
    "add_instrument",
    "add_playbook",
    "add_policy",
    "add_wait_rule",
    "answer_crisis_entry",
    "answered",
    "archiving",
    "ask_exception",
    "ask_for_statement",
    "assign",
    "begin_draft",
    "change_crisis",
    "change_gap",
    "change_improvement",
    "change_instrument",
    "change_playbook",
    "change_policy",
    "change_statement",
    "change_wait_rule",
    "close_complaint",
    "close_crisis",
    "close_exception",
    "close_gap",
    "confirm",
    "decide_statement",
    "decided",
    "draft_statement",
    "drop_draft",
    "end_policy",
    "end_scheme",
    "exception_decided",
    "expire",
    "export_ledger",
    "follow_customer",
    "forgetting",
    "give_proof",
    "hear",
    "keep_draft",
    "keep_wait",
    "lapse",
    "lay_playbook",
    "link_crisis",
    "look_at_complaint",
    "meet_extreme",
    "offer",
    "open_complaint",
    "open_crisis",
    "open_improvement",
    "promise_of",
    "publish",
    "publish_statement",
    "refuse",
    "remove_authority",
    "remove_playbook",
    "remove_wait_rule",
    "resend_voucher",
    "review_contact",
    "revoke",
    "send_proof",
    "set_authority",
    "set_budget",
    "set_connection",
    "set_crisis_step",
    "set_rules",
    "settle_wait",
    "start_wait_rule",
    "stop_wait_rule",
    "take_proof",
    "take_step",
    "take_words",
    "tell",
    "tell_step_due",
    "thank",
    "unlink_crisis",
    "use",
    "withdraw",
    "withdraw_exception",
    "withdraw_statement",
]
