"""Decisions about a web channel: who may embed it, what it may look like, what page is recorded."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_DOMAIN = re.compile(
    r"^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?::[0-9]{1,5})?$"
)
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")

CHANNEL_KINDS = frozenset({"web", "mail"})
POSITIONS = ("right", "left")
LEAST_CONTRAST = 4.5


def domain(text: str) -> str | None:
    """Return a domain as it is stored (`shop.example`, `*.example:8080`); None if it is none."""
    plain = text.strip().lower()
    if "://" in plain:
        plain = urlsplit(plain).netloc
    try:
        plain = ".".join(
            part if part.isascii() else part.encode("idna").decode() for part in plain.split(".")
        )
    except UnicodeError:
        return None
    return plain if len(plain) <= 253 and _DOMAIN.match(plain) else None


def origin_allowed(origin: str | None, host: str, domains: Sequence[str]) -> bool:
    """Say whether a browser page of this origin may talk to the channel.

    The app's own origin always may: the panel is a frame of ours. Without an Origin header the
    caller is no foreign page (browsers always send it across origins).
    """
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
        name, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not name:
        return False
    netloc = f"{name}:{port}" if port else name
    if netloc == host.lower():
        return True
    return any(_fits(allowed, name, netloc) for allowed in domains)


def _fits(allowed: str, name: str, netloc: str) -> bool:
    if allowed.startswith("*."):
        # With a port the port must be the same, without one any port is meant.
        suffix = allowed[1:]
        return (netloc if ":" in suffix else name).endswith(suffix)
    return allowed == (netloc if ":" in allowed else name)


def frame_ancestors(domains: Sequence[str]) -> str:
    """Return the value of the frame-ancestors directive for the channel's panel."""
    hosts = " ".join(f"https://{name} http://{name}" for name in domains)
    return f"'self' {hosts}".rstrip()


def contrast(colour: str, other: str = "#ffffff") -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    lights = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def is_colour(text: str) -> bool:
    """Say whether a text is a colour as we store it, #rrggbb."""
    return bool(_COLOUR.match(text))


def page_url(url: str) -> str | None:
    """Return the address of a visited page without what may be secret; None if it is no web page.

    Queries and fragments often carry tokens and private data, so only campaign marks would be of
    use: all of it goes.
    """
    try:
        parts = urlsplit(url.strip())
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not name:
        return None
    netloc = f"{name}:{port}" if port else name
    return f"{parts.scheme}://{netloc}{parts.path}"[:500]
