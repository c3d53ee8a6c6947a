"""What a customer's progress page says, how its link looks, and how long it holds. All pure."""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

LINK_LIFE = timedelta(days=60)
# A case that is over can still be looked at for a while.
AFTER_CLOSING = timedelta(days=14)
MOST_PICTURES = 6
LONGEST_ADDED = 1000

LinkState = Literal["good", "expired", "revoked"]
Stage = Literal["received", "working", "waiting", "done", "closed"]
STAGES: tuple[Stage, ...] = ("received", "working", "done", "closed")

_STAGE: dict[str, Stage] = {
    "open": "received",
    "working": "working",
    "waiting": "waiting",
    "done": "done",
    "closed": "closed",
}


def link_state(
    *, revoked: bool, expires_at: datetime, closed_at: datetime | None, now: datetime
) -> LinkState:
    """Return whether a link still opens its page: it ends two weeks after its case."""
    if revoked:
        return "revoked"
    ended = closed_at is not None and now - closed_at > AFTER_CLOSING
    return "expired" if ended or now >= expires_at else "good"


def stage(case_state: str) -> Stage:
    """Return the customer's word for the state of a case."""
    return _STAGE[case_state]


def reached(case_state: str) -> int:
    """Return how many of the four stages a case has reached, 1 to 4; waiting is part of the work.

    Counts: received, working, done, closed.
    """
    at = stage(case_state)
    return STAGES.index("working" if at == "waiting" else at) + 1


def link_token(organisation_id: UUID, link_id: UUID, signature: str) -> str:
    """Return the token of a link: whose, which one, and the signature."""
    raw = base64.urlsafe_b64encode(organisation_id.bytes + link_id.bytes).decode().rstrip("=")
    return f"{raw}.{signature}"


def parts_of_token(token: str) -> tuple[UUID, UUID, str] | None:
    """Return organisation, link and signature of a token; None for what cannot be one."""
    raw, dot, signature = token.partition(".")
    if not dot or len(token) > 120 or not token.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(plain) != 32:
        return None
    return UUID(bytes=plain[:16]), UUID(bytes=plain[16:]), signature
