"""Signatures of mails (DKIM), and what a mail says that servers found out about its sender.

dkimpy does the arithmetic. What it leaves open is decided here: a signature counts only where it
covers who wrote and about what, and all of the text, and where no field that is shown stands twice.
"""

import logging
import re

import authres
import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from peakend.adapters.mail.addresses import sender
from peakend.adapters.mail.headers import Fields, fields_of
from peakend.adapters.mail.letter import Reasons
from peakend.adapters.mail.sealcells import HEAD
from peakend.mail.ports import Finding, Heads, Signature, Statement

MOST_STATEMENTS = 10
MOST_SIGNATURES = 10
LONGEST_FIELD = 8 * 1024
LONGEST_KEY = 1500
_ONCE = frozenset({
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version",
    "content-type", "content-transfer-encoding",
})  # fmt: skip
_UNCLEAR = frozenset({"from_unclear", "from_several", "from_none"})
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*")
_SERVER = re.compile(r"\s*(?:\([^()]{0,200}\)\s*)*\"?([A-Za-z0-9._-]{1,253})")
_REMARK = re.compile(r"\bdmarc ?= ?[a-z]{1,20} ?\(([^()]{0,200})\)", re.IGNORECASE)
_quiet = logging.getLogger("peakend.dkim")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


def heads(raw: bytes) -> Heads:
    """Return what the head of a mail says about who sent it."""
    reasons = Reasons()
    fields, _ = fields_of(raw.lstrip(b"\r\n"), 0, min(len(raw), HEAD), reasons)
    address, _ = sender(fields, reasons)
    clear = not _UNCLEAR & set(reasons.found)
    signatures = [value for name, value in fields if name == "dkim-signature"]
    statements = [value for name, value in fields if name == "authentication-results"]
    once = _each_once(fields)
    return Heads(
        from_domain=_ascii(address.rpartition("@")[2]) if clear else "",
        statements=[_statement(one) for one in statements[:MOST_STATEMENTS]],
        signatures=[
            _signature(at, one, once) for at, one in enumerate(signatures[:MOST_SIGNATURES])
        ],
    )


def signed(raw: bytes, keys: dict[int, str]) -> list[int]:
    """Return the places of signatures that hold, by the records of their keys."""
    mail = raw.lstrip(b"\r\n")
    fields, _ = fields_of(mail, 0, min(len(mail), HEAD), Reasons())
    written = [_bare(value) for name, value in fields if name == "from"]
    found = []
    for at, record in keys.items():
        if len(record) > LONGEST_KEY or re.search(r"(?:^|;)\s*t\s*=\s*(?:[^;]*:)?\s*y\b", record):
            continue
        try:
            check = dkim.DKIM(mail, logger=_quiet, minkey=1024)
            names = [name.lower() for name, _ in check.headers]
            # Both readers have to see the same sender.
            seen = [_bare(value) for name, value in check.headers if name.lower() == b"from"]
            holds = seen == written and len(names) == len(fields)
            if holds and check.verify(at, dnsfunc=lambda name, timeout=0, one=record: one.encode()):
                found.append(at)
        # What dkimpy trips over in a field or a key that is written wrongly.
        except (dkim.DKIMException, ValueError, LookupError, TypeError, AssertionError):
            continue
    return found


def _each_once(fields: Fields) -> bool:
    names = [name for name, _ in fields if name in _ONCE]
    return len(names) == len(set(names))


def _ascii(domain: str) -> str:
    try:
        found = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return found if _NAME.fullmatch(found) and "." in found else ""


def _bare(value: bytes) -> bytes:
    return b"".join(value.split())


def _signature(place: int, value: bytes, once: bool) -> Signature:
    """Return who says that he signed. Source: RFC 6376, 3.5; RFC 8301 for the algorithms."""
    try:
        tags = parse_tag_value(value) if len(value) <= LONGEST_FIELD else {}
    except InvalidTagValueList:
        tags = {}
    texts = {key.decode(): b"".join(one.split()).decode("latin-1") for key, one in tags.items()}
    domain, selector = (texts.get(key, "").lower() for key in ("d", "s"))
    covers = set(texts.get("h", "").lower().split(":"))
    usable = (
        once
        and {"from", "subject"} <= covers
        and "l" not in texts
        and texts.get("a", "") == "rsa-sha256"
        and bool(_NAME.fullmatch(domain) and _NAME.fullmatch(selector))
        and "." in domain
    )
    return Signature(place, domain[:253], selector[:253], usable)


def _statement(value: bytes) -> Statement:
    text = " ".join(value.decode("ascii", "replace").split())
    named = _SERVER.match(text)
    server = named[1].lower() if named else ""
    if len(text) > LONGEST_FIELD:
        return Statement(server, None)
    try:
        found = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    # What the library trips over besides its own errors.
    except (authres.core.AuthResError, ValueError, LookupError, TypeError):
        return Statement(server, None)
    if str(found.authserv_id or "").lower() != server:
        return Statement(server, None)
    remark = _REMARK.search(text)
    return Statement(
        server,
        [
            Finding(
                str(one.method or "").lower(),
                str(one.result or "").lower(),
                {
                    f"{each.type}.{each.name}".lower(): str(each.value or "")[:320]
                    for each in one.properties
                },
                # The library forgets remarks; those on DMARC name the policy.
                remark[1].lower() if remark and one.method == "dmarc" else "",
            )
            for one in found.results[:20]
        ],
    )
