"""When a customer counts as told, and why a case may be closed without that."""

from datetime import datetime, timedelta
from typing import Literal

Told = Literal["message", "mail", "phone", "visit"]
NotTold = Literal["unreachable", "declined", "no_way", "duplicate", "nothing_asked", "other"]

TOLD: tuple[Told, ...] = ("message", "mail", "phone", "visit")
NOT_TOLD: tuple[NotTold, ...] = (
    "unreachable", "declined", "no_way", "duplicate", "nothing_asked", "other",
)  # fmt: skip
# Clocks of people who note down a call later, and of machines that are a little ahead.
AHEAD = timedelta(minutes=2)


def told_fault(
    *, channel: str, at: datetime, done_at: datetime | None, now: datetime, by_message: bool
) -> str | None:
    """Return what is wrong with saying that a customer was told; None if nothing is.

    not_done: he cannot know the end before there is one. future: nobody is told tomorrow.
    before: he was told of something else. no_message: a message is shown, not claimed.
    """
    if done_at is None:
        return "not_done"
    if at > now + AHEAD:
        return "future"
    if at < done_at - AHEAD:
        return "before"
    if channel == "message" and not by_message:
        return "no_message"
    return None


def not_told_fault(*, why: str, words: str) -> str | None:
    """Return what is wrong with a reason for not telling; `other` takes words."""
    if why not in NOT_TOLD:
        return "unknown"
    return "words" if why == "other" and not words.strip() else None
