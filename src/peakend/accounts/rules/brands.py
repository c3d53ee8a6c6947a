"""What a brand may show in its footer, and which hosts may be its own."""

import re
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

FOOTER_LONGEST = 300
LINK_NAME_LONGEST = 30
LINK_LONGEST = 300
LINKS_MOST = 6
DOMAINS_MOST = 20
# A record that is away for a moment takes no help centre off the net.
GRACE = timedelta(days=3)
# How often a proof is looked for: while it is fresh and waited for, and later.
SOON, WAITS, AGAIN = timedelta(minutes=10), timedelta(days=7), timedelta(hours=12)
RECORD_NAME = "_peakend"
FILE_PATH = "/.well-known/peakend-domain.txt"

Serves = Literal["help", "chat"]
DomainState = Literal["waiting", "verified", "lost"]
# What a look for a proof brings: `silent` where nobody answered, which says nothing.
Proof = Literal["record", "file", "none", "silent"]
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


def link_url(text: str) -> str | None:
    """Return where a footer's link leads, as it is kept; None for what is no such address.

    Counts: `https:`, `http:`, `mailto:` and `tel:`, at most 300 characters.
    """
    plain = text.strip()
    if not plain or len(plain) > LINK_LONGEST or any(c.isspace() or ord(c) < 32 for c in plain):
        return None
    try:
        parts = urlsplit(plain)
        if parts.scheme in ("https", "http"):
            return plain if parts.hostname and not parts.username else None
    except ValueError:
        return None
    return plain if parts.scheme in ("mailto", "tel") and len(parts.path) > 2 else None


def host_name(text: str) -> str | None:
    """Return a whole host name as it is kept (lower case, ASCII); None for anything else."""
    plain = text.strip().lower().removesuffix(".")
    try:
        plain = ".".join(
            part if part.isascii() else part.encode("idna").decode() for part in plain.split(".")
        )
    except UnicodeError:
        return None
    return plain if len(plain) <= 253 and _HOST.fullmatch(plain) else None


def host_of(header: str) -> str:
    """Return the host of a Host header without its port; nothing for a malformed one."""
    try:
        return (urlsplit(f"//{header}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def is_plain_name(host: str) -> bool:
    """Say whether a host is a name of the world's: neither a number nor of one word alone."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return False


def is_this_machine(host: str) -> bool:
    """Say whether a name means the machine that asks, whoever asks. Source: RFC 6761, 6.3."""
    return host == "localhost" or host.endswith(".localhost")


def proof_line(token: str) -> str:
    """Return what a TXT record or the file has to say."""
    return f"peakend-domain={token}"


def is_proven(lines: list[str], token: str) -> bool:
    """Say whether one of the lines is the one that was asked for."""
    return any(line.strip() == proof_line(token) for line in lines)


def state_after(
    state: DomainState, proof: Proof, missing_since: datetime | None, now: datetime
) -> tuple[DomainState, datetime | None]:
    """Return a domain's state after a look for its proof, and since when the proof is missing."""
    if proof in ("record", "file"):
        return "verified", None
    if proof == "silent" or state != "verified":
        return state, missing_since
    since = missing_since or now
    return ("lost", since) if now - since >= GRACE else ("verified", since)
