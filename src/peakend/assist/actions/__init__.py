"""What assist does: answer customers, watch over conversations, let people help each other."""

from peakend.assist.actions import forgetting as forgetting
from peakend.assist.actions.answering import AnswerNotFound, close_silent, judge, respond
from peakend.assist.actions.approval_rules import set_approval_rules
from peakend.assist.actions.approvals import (
    AnotherTeam,
    ApprovalSettled,
    CustomerWroteSince,
    NoApprover,
    NotYourOwn,
    OneWaitsAlready,
    WhyReturned,
    ask_approval,
    decide_approval,
    end_left_approvals,
    warn_late,
    withdraw_approval,
)
from peakend.assist.actions.care import (
    CareStale,
    WrongRules,
    set_watch_rules,
    set_wording_rules,
)
from peakend.assist.actions.handing import hand_over, send_topic, want_person
from peakend.assist.actions.helps import (
    Help,
    answer_help,
    notice_followed,
    offer_helps,
    set_help_rules,
)
from peakend.assist.actions.memory import forget_tries
from peakend.assist.actions.side import (
    EmptySideNote,
    NobodyAsked,
    NobodyToWhisperTo,
    NotInThread,
    add_side_note,
    ask,
    read_side_thread,
    resolve_side_thread,
    whisper,
)
from peakend.assist.actions.stepping import NothingToHandBack, hand_back, remember_step_in
from peakend.assist.actions.watching import (
    SignalStale,
    ask_for_look,
    dismiss,
    look_again,
    look_around,
    look_at,
    restore,
)

__all__ = [
    "AnotherTeam",
    "AnswerNotFound",
    "ApprovalSettled",
    "CareStale",
    "CustomerWroteSince",
    "EmptySideNote",
    "Help",
    "NoApprover",
    "NobodyAsked",
    "NobodyToWhisperTo",
    "NotInThread",
    "NotYourOwn",
    "NothingToHandBack",
    "OneWaitsAlready",
    "SignalStale",
    "WhyReturned",
    "WrongRules",
    "add_side_note",
    "answer_help",
    "ask",
    "ask_approval",
    "ask_for_look",
    "close_silent",
    "decide_approval",
    "dismiss",
    "end_left_approvals",
    "forget_tries",
    "forgetting",
    "hand_back",
    "hand_over",
    "judge",
    "look_again",
    "look_around",
    "look_at",
    "notice_followed",
    "offer_helps",
    "read_side_thread",
    "remember_step_in",
    "resolve_side_thread",
    "respond",
    "restore",
    "send_topic",
    "set_approval_rules",
    "set_help_rules",
    "set_watch_rules",
    "set_wording_rules",
    "want_person",
    "warn_late",
    "whisper",
    "withdraw_approval",
]
