"""Who is asked, how long the link holds, and what the link looks like. All pure."""

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

LINK_LIFE = timedelta(days=14)
RATINGS = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 1000


def served_by(from_state: str, agent_id: UUID | None, messages: int) -> str | None:
    """Return who served a conversation that ended: person, digital, or None (nobody is asked).

    A customer who left while waiting was served by nobody; one message is not yet a conversation.
    """
    if agent_id is not None and from_state == "serving":
        return "person"
    if from_state == "digital" and messages >= 2:
        return "digital"
    return None


def is_open(invited_at: datetime, now: datetime) -> bool:
    """Return whether a link may still be answered."""
    return now - invited_at <= LINK_LIFE


def link_token(organisation_id: UUID, survey_id: UUID, signature: str) -> str:
    """Return the token of a link: whose survey, which survey, and the signature."""
    raw = base64.urlsafe_b64encode(organisation_id.bytes + survey_id.bytes).decode().rstrip("=")
    return f"{raw}.{signature}"


def parts_of_token(token: str) -> tuple[UUID, UUID, str] | None:
    """Return organisation, survey and signature of a token; None for what cannot be one."""
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
