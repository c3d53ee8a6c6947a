"""What the digital agent does: answer, say that it does not know, step aside for a person."""

from peakend.assist.actions.answering import AnswerNotFound, close_silent, judge, respond
from peakend.assist.actions.handing import hand_over, send_topic, want_person
from peakend.assist.actions.memory import forget_tries

__all__ = [
    "AnswerNotFound",
    "close_silent",
    "forget_tries",
    "hand_over",
    "judge",
    "respond",
    "send_topic",
    "want_person",
]
