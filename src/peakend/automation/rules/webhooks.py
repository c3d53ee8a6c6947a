"""Webhooks: what can be told, how it is said, when it is tried again and when it is given up.

Source: the Standard Webhooks specification (headers, signature, schedule, 410, Retry-After).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

SECRET_PREFIX = "whsec_"  # noqa: S105 (what begins a secret, none itself)
SECRET_BYTES = 32
MOST_WEBHOOKS = 50
OVERLAP = timedelta(hours=24)
LEASE = timedelta(seconds=60)
TIMEOUT_S = 15.0
ANSWER_BYTES = 1024
# As many at once as one receiver gets; one that fails gets one, and rests in between.
AT_ONCE = 4
TROUBLED_AFTER = 5
LONGEST_REST_S = 3600
GIVEN_UP_AFTER = timedelta(days=3)
KEPT_DELIVERED = timedelta(days=14)
KEPT_DEAD = timedelta(days=30)
REPLAY_MOST = 10_000
REPLAY_SPAN = timedelta(days=31)
# Seconds from one try to the next.
RETRY_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)

State = Literal["active", "paused", "disabled"]
DeliveryState = Literal["waiting", "delivered", "dead"]

# What can be chosen, of the facts that the log knows: what another system can act on.
KINDS: dict[str, tuple[str, ...]] = {
    "conversations": (
        "ConversationStarted", "MessageReceived", "ReplySent", "DigitalReplySent", "NoteAdded",
        "ConversationQueued", "ConversationAssigned", "ConversationSnoozed", "ConversationClosed",
        "ConversationReopened", "ConversationRated", "ConversationTagged", "ReasonSet",
        "PrioritySet", "MessageRecalled", "ConversationAbsorbed", "ConversationSplitOff",
    ),
    "customers": (
        "CustomerAdded", "CustomerChanged", "CustomerIdentified", "CustomersMerged",
        "CustomersParted",
    ),
    "routing": (
        "WorkAnswered", "WorkAbandoned", "TransferRequested", "TransferReturned", "ReplyPromised",
        "TargetWarned",
        "TargetBreached", "QueueOpened", "QueueClosed", "PresenceChanged",
    ),
    "assist": ("HandedOver", "AnswerJudged", "InterventionNeeded"),
    "feedback": ("SurveyAnswered",),
    "knowledge": ("ArticlePublished", "ArticleRetired"),
}  # fmt: skip
ALL_KINDS = frozenset(kind for kinds in KINDS.values() for kind in kinds)
TEST = "Test"


class Outcome(msgspec.Struct, frozen=True):
    """How a try ended: an answer with its status, or a code that says why there is none."""

    status: int | None
    code: str
    retry_after_s: int | None = None

    @property
    def good(self) -> bool:
        """Say whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Say whether the receiver wants no more of it, ever."""
        return self.status == 410


def message_id(delivery_id: UUID) -> str:
    """Return the `webhook-id`: the same for every try and every replay of one delivery."""
    return f"msg_{delivery_id.hex}"


def body(kind: str, occurred_at: datetime, fact_id: UUID, envelope: Mapping[str, Any]) -> bytes:
    """Return what is sent: ids, numbers and short codes, as facts hold nothing else."""
    said = {name: value for name, value in envelope.items() if value is not None}
    told = {
        "type": kind,
        "timestamp": occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"fact_id": fact_id, **said},
    }
    return msgspec.json.encode(told)


def next_try_s(attempt: int, spread: float, retry_after_s: int | None = None) -> float | None:
    """Return the seconds until the next try after so many; None where there is none.

    `spread`, 0 to 1, lengthens it by up to a fifth; a receiver may ask for more, up to a day.
    """
    if attempt > len(RETRY_S):
        return None
    wait = RETRY_S[attempt - 1] * (1 + 0.2 * spread)
    return max(wait, min(retry_after_s or 0, 86_400))


def rest_s(failures: int) -> float:
    """Return how long a receiver rests after so many failures in a row; 0 where it need not."""
    if failures < TROUBLED_AFTER:
        return 0
    return float(min(LONGEST_REST_S, 30 * 2 ** min(failures - TROUBLED_AFTER, 10)))


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Say whether a receiver has failed for so long that nobody seems to be there."""
    return failing_since is not None and now - failing_since >= GIVEN_UP_AFTER


def status_wording(status: int | None) -> str:
    """Return the wording of what a receiver's status means for who set the webhook up."""
    if status is None or 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return "automation.said_elsewhere"
    known = {400: "malformed", 401: "refused", 403: "refused", 404: "unknown", 405: "method",
             408: "slow", 410: "gone", 413: "large", 415: "malformed", 429: "often"}  # fmt: skip
    if status in known:
        return f"automation.said_{known[status]}"
    return "automation.said_broken" if status >= 500 else "automation.said_no"


def retry_after_s(header: str) -> int | None:
    """Return the seconds that a Retry-After header names; a date is not taken."""
    text = header.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
