"""When somebody on the site may be invited to chat, and what a house sets for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

# Why somebody is not invited now; the words are `conversations.not_invited.<code>`.
NotNow = Literal["off", "closed", "talking", "asked", "refused"]
LONGEST_WORDS = 300
OPEN_FOR = timedelta(minutes=3)
# What a house may set: least, most, and what holds where nothing is set.
BOUNDS = {
    "invite_again_h": (1, 720, 24),
    "invite_refused_d": (1, 365, 30),
    "invite_per_min": (1, 60, 5),
}


class Caps(msgspec.Struct, frozen=True):
    """What a channel allows. Units: hours, days, invitations of one agent in a minute."""

    on: bool
    again: timedelta
    refused: timedelta
    per_min: int


def caps_of(look: Mapping[str, Any]) -> Caps:
    """Return what a channel's settings allow; nothing where nobody wants to know who is there."""
    again_h, refused_d, per_min = (int(look.get(name, BOUNDS[name][2])) for name in BOUNDS)
    on = bool(look.get("visitors") and look.get("invite"))
    return Caps(on, timedelta(hours=again_h), timedelta(days=refused_d), per_min)


def is_cap(name: str, value: object) -> bool:
    """Say whether a value can be set for a cap."""
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    least, most, _ = BOUNDS[name]
    return least <= value <= most


def why_not(
    caps: Caps,
    *,
    now: datetime,
    open_now: bool,
    talking: bool,
    asked_at: datetime | None,
    refused_at: datetime | None,
) -> NotNow | None:
    """Return why somebody is not invited now; None where nothing speaks against it."""
    if not caps.on:
        return "off"
    if talking:
        return "talking"
    if refused_at is not None and now - refused_at < caps.refused:
        return "refused"
    if asked_at is not None and now - asked_at < caps.again:
        return "asked"
    return None if open_now else "closed"


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two moments, either of which may be missing."""
    return max((at for at in (one, other) if at is not None), default=None)
