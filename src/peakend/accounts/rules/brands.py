"""What a brand may show in its footer."""

from urllib.parse import urlsplit

FOOTER_LONGEST = 300
LINK_NAME_LONGEST = 30
LINK_LONGEST = 300
LINKS_MOST = 6


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
