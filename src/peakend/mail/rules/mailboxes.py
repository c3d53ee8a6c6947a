"""Where we are in a folder, which mail is next, and when a mailbox is looked at again."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal
from uuid import UUID

# Numbers of a folder, both ends included.
Stretch = tuple[int, int]
End = Literal["newest", "oldest"]
# Read; of which nothing could be had, so that somebody has to look; looked at, and left so;
# kept aside as spam, or as its sender is blocked.
ReceivedState = Literal["received", "attention", "aside", "spam", "blocked"]
# What is listed of them; `programs`: received ones of programs that are about nothing of ours.
ReceivedList = Literal["received", "attention", "aside", "spam", "blocked", "programs"]
# Why a program's mail counts as a person's: somebody said so of it, or of its sender.
AS_PERSON = "as_person"
# How mails come: we fetch them from a server, or servers bring them to our own receiver.
BoxWay = Literal["imap", "smtp"]
# Whether a mail is from whom it says; nothing where nobody asked.
Trust = Literal["", "verified", "unverified", "failed"]

# Longer than anything is waited for on a line.
BOX_LEASE = timedelta(minutes=5)
# How long one line is used before others get a turn, and how long it is silent at most.
STAY_S = 1200.0
WAIT_S = 60.0
LOOK_AGAIN_S = 30.0
LONGEST_REST_S = 1800.0
LARGEST_MAIL = 50 * 1024 * 1024
# A mail at which the line broke so often is passed over.
STUCK = 3
MOST_STRETCHES = 100
RAW_KEPT_DAYS = 90
# Counts up when mails are read or cleaned in another way.
READER = 1


def box_ports(tls: str) -> frozenset[int]:
    """Return the ports at which servers of the world give mail out. Source: RFC 8314."""
    return frozenset({993}) if tls == "implicit" else frozenset({143})


def with_later(todo: Iterable[Stretch], seen: int, newest: int) -> list[Stretch]:
    """Return what is to do once later mails are known; the lowest stretches grow together."""
    made = [*todo, (seen + 1, newest)] if newest > seen else list(todo)
    while len(made) > MOST_STRETCHES:
        made[:2] = [(made[0][0], made[1][1])]
    return made


def without(todo: Iterable[Stretch], uid: int, end: End) -> list[Stretch]:
    """Return what is to do once a mail at one end is done; what is not there counts as done."""
    if end == "newest":
        return [(low, min(high, uid - 1)) for low, high in todo if low < uid]
    return [(max(low, uid + 1), high) for low, high in todo if high > uid]


def next_end(done: int) -> End:
    """Return at which end the next mail is taken, after so many: the oldest wait, but not long."""
    return "oldest" if done % 4 == 3 else "newest"


def look_again_s(failures: int) -> float:
    """Return the seconds until a mailbox is looked at again, after so many failures in a row."""
    return (
        min(LONGEST_REST_S, LOOK_AGAIN_S * 2.0 ** min(failures, 10)) if failures else LOOK_AGAIN_S
    )


def digest_of(mailbox_id: UUID, message_id: str, raw_sha256: str) -> str:
    """Return by what a mail of a mailbox is known again."""
    return hashlib.sha256(f"{mailbox_id}\n{message_id}\n{raw_sha256}".encode()).hexdigest()
