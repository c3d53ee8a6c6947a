"""How a mail finds its conversation: by what it answers, or by a signed tag in our address."""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

# An answer to something older begins anew, and says what it follows.
MAIL_GOES_ON_WITHIN = timedelta(days=30)
NUMBER_BYTES = 5
MAC_BYTES = 8
_TAG = re.compile(r"[a-z2-7]{21}")


def header_digest(message_id: str) -> str:
    """Return by what a Message-ID is known again."""
    return hashlib.sha256(message_id.strip().strip("<>").lower().encode()).hexdigest()


def tag_for(number: int, mac: bytes) -> str:
    """Return the tag of a conversation's number under its MAC."""
    packed = number.to_bytes(NUMBER_BYTES, "big") + mac[:MAC_BYTES]
    return base64.b32encode(packed).decode().rstrip("=").lower()


def untagged(tag: str) -> tuple[int, bytes] | None:
    """Return number and MAC of a tag; None for what is none."""
    if not _TAG.fullmatch(tag):
        return None
    packed = base64.b32decode(tag.upper() + "===")
    return int.from_bytes(packed[:NUMBER_BYTES], "big"), packed[NUMBER_BYTES:]


def tagged(address: str, tag: str) -> str:
    """Return an address with a tag; as it is where it would grow too long."""
    local, at, host = address.rpartition("@")
    made = f"{local}+{tag}@{host}"
    return made if at and len(local) + 1 + len(tag) <= 64 and len(made) <= 254 else address


def tags_in(addresses: Iterable[str]) -> list[str]:
    """Return what may be tags among the addresses to which a mail went."""
    found = [one.rpartition("@")[0].rpartition("+")[2].lower() for one in addresses if "+" in one]
    return [one for one in dict.fromkeys(found) if _TAG.fullmatch(one)]


def mail_goes_on(closed_at: datetime | None, now: datetime) -> bool:
    """Say whether an answer reopens what was closed, instead of starting anew."""
    return closed_at is not None and now - closed_at <= MAIL_GOES_ON_WITHIN


def language_in(text: str) -> str:
    """Return in which of our languages a mail is most likely answered."""
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in text[:2000])
    latin = sum(sign.isascii() and sign.isalpha() for sign in text[:2000])
    # A sign of Chinese says as much as a few letters.
    return "zh-CN" if han * 4 >= latin else "en"
