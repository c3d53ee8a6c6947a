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
from peakend.cases.events.cases import (
    CaseAssigned,
    CaseChanged,
    CaseDone,
    CaseDueSet,
    CaseLinked,
    CaseOpened,
    CaseOverdue,
    CasePriorityRaised,
    CaseReopened,
    CaseStateSet,
    CaseWarned,
)
from peakend.cases.events.entries import (
    CaseEntryAdded,
)
from peakend.cases.events.informing import (
    CaseClosed,
    CustomerInformed,
)
from peakend.cases.events.promises import (
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseMoved,
    PromiseWarned,
    PromiseWithdrawn,
)
from peakend.cases.events.times import (
    CaseTimeSpent,
)
from peakend.cases.events.urges import (
    CaseUrged,
    ProgressLinkMade,
    ProgressLinkRevoked,
    ProgressLinkSent,
    RepeatRecognised,
    RepeatRuleChanged,
)

__all__ = [
    "ApprovalEscalated",
    "ApprovalExpired",
    "ApprovalGranted",
    "ApprovalRefused",
    "ApprovalRequested",
    "ApprovalRuleChanged",
    "ApprovalWithdrawn",
    "CaseAssigned",
    "CaseChanged",
    "CaseClosed",
    "CaseDone",
    "CaseDueSet",
    "CaseEntryAdded",
    "CaseLinked",
    "CaseOpened",
    "CaseOverdue",
    "CasePriorityRaised",
    "CaseReopened",
    "CaseStateSet",
    "CaseTimeSpent",
    "CaseUrged",
    "CaseWarned",
    "CustomerInformed",
    "DeputyEnded",
    "DeputyNamed",
    "ProgressLinkMade",
    "ProgressLinkRevoked",
    "ProgressLinkSent",
    "PromiseBroken",
    "PromiseKept",
    "PromiseMade",
    "PromiseMoved",
    "PromiseWarned",
    "PromiseWithdrawn",
    "RepeatRecognised",
    "RepeatRuleChanged",
]
