"""Links and panels to systems of the house: which address, which values, and a signature over them.

Values that are masked on screens are never among them: an address is seen by whoever opens it.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LinkKind = Literal["link", "panel"]
LinkOf = Literal["customer", "conversation"]

LIFE = timedelta(minutes=5)
OLD_SECRET_LIFE = timedelta(hours=24)
MOST_LINKS = 20
MOST_VARIABLES = 20
# What an address may carry; beside these `field.<key>` of public and internal fields.
OF_CUSTOMER = ("customer_id", "customer_name", "customer_tier", "customer_language", "company_id")
OF_CONVERSATION = ("conversation_id", "conversation_number", "channel")
OF_MEMBER = ("member_id", "desk_language")

_FIELD = re.compile(r"(customer|conversation)_field\.[a-z][a-z0-9_]{0,39}")
_RESERVED = frozenset({"exp", "nonce", "sig", "sig_old"})


def is_variable(name: str, of: LinkOf) -> bool:
    """Say whether an address of a link may carry this value."""
    if name in (*OF_CUSTOMER, *OF_MEMBER):
        return True
    if name in OF_CONVERSATION or name.startswith("conversation_field."):
        return of == "conversation" and (name in OF_CONVERSATION or bool(_FIELD.fullmatch(name)))
    return _FIELD.fullmatch(name) is not None


def link_url(text: str, own_host: str) -> str | None:
    """Return an address as it is kept: https, a host that is not ours, no sign-in data.

    None where it cannot be one. A panel of our own host could act as whoever looks at it.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    plain = parts.scheme == "https" and "." in host and len(text) <= 500 and host.isascii()
    if not plain or parts.username or parts.fragment or re.search(r"[\s<>\"'\\;,]", text):
        return None
    if host.casefold() == own_host.casefold() or not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        return None
    if any(name in _RESERVED for name, _ in parse_qsl(parts.query)):
        return None
    place = f"{host}:{port}" if port else host
    return urlunsplit(("https", place, parts.path or "/", parts.query, ""))


def origin(url: str) -> str:
    """Return the origin of an address as policies name it."""
    parts = urlsplit(url)
    return f"https://{parts.netloc}"


def signed_text(values: Mapping[str, str]) -> str:
    """Return the exact text that is signed: name=value pairs, sorted, percent-encoded, with &."""
    return urlencode(sorted(values.items()))


def signature(secret: str, values: Mapping[str, str]) -> str:
    """Return the signature that whoever knows the secret can check.

    Python: hmac.new(secret.encode(), urlencode(sorted(values.items())).encode(), "sha256")
        .hexdigest(), over all values of the address but sig and sig_old.
    """
    return hmac.new(secret.encode(), signed_text(values).encode(), hashlib.sha256).hexdigest()


def signed_url(
    url: str, values: Mapping[str, str], *, secrets: list[str], nonce: str, now: datetime
) -> str:
    """Return an address with its values, an end in five minutes, a nonce and signatures.

    The first secret signs as `sig`; one that is on its way out, too, as `sig_old`.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    expires = str(int((now + LIFE).timestamp()))
    whole = {**given, **values, "exp": expires, "nonce": nonce}
    marks = {
        name: signature(secret, whole)
        for name, secret in zip(("sig", "sig_old"), secrets, strict=False)
    }
    query = urlencode([*sorted(whole.items()), *marks.items()])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
