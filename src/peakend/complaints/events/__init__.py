"""Facts of complaints."""

from peakend.complaints.events.complaints import (
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintConfirmed,
    ComplaintFiled,
    ComplaintOverdue,
    ComplaintRulesChanged,
    ComplaintTiered,
    ComplaintWarned,
    HardComplaintHeard,
)
from peakend.complaints.events.exceptions import (
    ExceptionAsked,
    ExceptionClosed,
    ExceptionSettled,
    PolicyChanged,
)
from peakend.complaints.events.improvements import (
    CustomerThanked,
    ImprovementChecked,
    ImprovementMoved,
    ImprovementOpened,
    KnownGapChanged,
)
from peakend.complaints.events.schemes import (
    AuthorityChanged,
    InstrumentChanged,
    SchemeDrafted,
    SchemeEnded,
    SchemePublished,
)
from peakend.complaints.events.settling import (
    ContactReviewed,
    ContactSetForReview,
    SettlementAccepted,
    SettlementOffered,
    SettlementRefused,
    SettlementStepTaken,
)
from peakend.complaints.events.waits import WaitEnded, WaitProofGiven, WaitProofTaken

__all__ = [
    "AuthorityChanged",
    "ComplaintAssigned",
    "ComplaintClosed",
    "ComplaintConfirmed",
    "ComplaintFiled",
    "ComplaintOverdue",
    "ComplaintRulesChanged",
    "ComplaintTiered",
    "ComplaintWarned",
    "ContactReviewed",
    "ContactSetForReview",
    "CustomerThanked",
    "ExceptionAsked",
    "ExceptionClosed",
    "ExceptionSettled",
    "HardComplaintHeard",
    "ImprovementChecked",
    "ImprovementMoved",
    "ImprovementOpened",
    "InstrumentChanged",
    "KnownGapChanged",
    "PolicyChanged",
    "SchemeDrafted",
    "SchemeEnded",
    "SchemePublished",
    "SettlementAccepted",
    "SettlementOffered",
    "SettlementRefused",
    "SettlementStepTaken",
    "WaitEnded",
    "WaitProofGiven",
    "WaitProofTaken",
]
