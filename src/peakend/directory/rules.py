"""What an entry of the directory may hold, when it has to be looked at again, and for what it fits.

No clock and no database: whoever asks says what time it is.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Meta

Kind = Literal["team", "queue", "department", "partner", "person"]
TargetKind = Literal["agent", "team", "queue"]
Standing = Literal["fresh", "soon", "overdue"]
KINDS: tuple[Kind, ...] = ("team", "queue", "department", "partner", "person")
TARGET_KINDS: tuple[TargetKind, ...] = ("agent", "team", "queue")

MOST_ENTRIES = 500
MOST_REASONS = 20
MOST_HISTORY = 100
TERM_D = 90
# How much of each may come in; what an entry may hold is looked at where it is written down.
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Short = Annotated[str, Meta(max_length=80)]
Line = Annotated[str, Meta(max_length=200)]
Link = Annotated[str, Meta(max_length=500)]
Words = Annotated[str, Meta(max_length=1000)]
Reasons = Annotated[list[UUID], Meta(max_length=MOST_REASONS)]
Fen = Annotated[int, Meta(ge=0, le=10**12)]
Term = Annotated[int, Meta(ge=1, le=730)]
SOON = timedelta(days=7)
"""So long before it is due an entry's owner hears of it."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u061c]")
_SPACE = re.compile(r"\s+")
# What can be dialled, with the words people put around it: 010-8888 6666 转 2.
_PHONE = re.compile(r"[0-9+*#][0-9A-Za-z+*#()（）\-\s转,，;；/、.]{1,59}")
_MAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,189}\.[^\s@.]{2,63}")


def plain_line(text: str) -> str:
    """Return a text on one line, without control characters and marks that hide or turn."""
    return _SPACE.sub(" ", _HIDDEN.sub("", _CONTROL.sub(" ", text))).strip()


def plain_words(text: str) -> str:
    """Return words of several lines without control characters."""
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _HIDDEN.sub("", lines).strip()


def is_phone(text: str) -> bool:
    """Say whether a text can be dialled: digits first, an extension and a second number too."""
    return bool(_PHONE.fullmatch(text)) and sum(sign.isdigit() for sign in text) >= 3


def is_mail(text: str) -> bool:
    """Say whether a text looks like a mail address."""
    return bool(_MAIL.fullmatch(text))


def is_link(text: str) -> bool:
    """Say whether a text is an address that a browser opens and that runs nothing."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def due_at(verified_at: datetime | None, made_at: datetime, term_d: int) -> datetime:
    """Return when an entry has to be looked at again; one that never was is due since it is there.

    Units: days.
    """
    return made_at if verified_at is None else verified_at + timedelta(days=term_d)


def standing(due: datetime, now: datetime) -> Standing:
    """Return how sure one may be of an entry: fresh, soon to be looked at again, or overdue."""
    if due <= now:
        return "overdue"
    return "soon" if due - SOON <= now else "fresh"


def lineage(parents: Mapping[UUID, UUID | None], reason_id: UUID | None) -> list[UUID]:
    """Return a reason and those above it, nearest first; nothing where it is unknown."""
    found: list[UUID] = []
    while reason_id is not None and reason_id in parents and reason_id not in found:
        found.append(reason_id)
        reason_id = parents[reason_id]
    return found


def fit(wanted: list[UUID], solved: Collection[UUID]) -> int | None:
    """Return how near an entry's reasons are to the one that is wanted: 0 is the very one.

    None where it solves neither it nor what stands above it.
    """
    return next((far for far, reason in enumerate(wanted) if reason in solved), None)
