"""When a mail is tried again, when it is given up, and when a server is left in peace.

Source: security.md, section 5: 5 s doubled each time, whole jitter, an hour at most, 48 hours.
"""

import unicodedata
from datetime import timedelta
from typing import Literal

MailState = Literal["queued", "sending", "sent", "failed", "bounced"]
# What a mail is; `test` is never kept.
MailKind = Literal[
    "reply", "acknowledgement", "invitation", "code", "step", "notice", "guest", "progress"
]  # fmt: skip

# Longer than a talk with a server may last.
LEASE = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(hours=48)
# A server that broke off after a whole mail gets a while in which the mail may show itself.
UNCERTAIN_WAIT_S = 300.0
KEPT_SENT = timedelta(days=30)
KEPT_FAILED = timedelta(days=90)
FIRST_S = 5.0
LONGEST_S = 3600.0
# As many at once as one server gets; one that fails gets one, and rests in between.
AT_ONCE = 4
TROUBLED_AFTER = 3


def next_try_s(attempt: int, spread: float) -> float:
    """Return the seconds until the next try after so many; `spread` from 0 to 1."""
    whole = min(LONGEST_S, FIRST_S * 2.0 ** min(attempt, 20))
    return FIRST_S + (whole - FIRST_S) * spread


def rest_s(failures: int) -> float:
    """Return how long a server rests after so many failures in a row; 0 where it need not."""
    if failures < TROUBLED_AFTER:
        return 0.0
    return min(LONGEST_S, 30.0 * 2.0 ** min(failures - TROUBLED_AFTER, 10))


def ports_of(tls: str) -> frozenset[int]:
    """Return the ports at which servers of the world take mail. Source: RFC 8314, RFC 6409."""
    return frozenset({465}) if tls == "implicit" else frozenset({25, 587, 2525})


def is_line(text: str) -> bool:
    """Say whether a text is one line of visible characters."""
    return bool(text.strip()) and not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
