"""What an SPF record says, term by term; one mistake anywhere makes it unusable.

Source: RFC 7208, 4.6 and 12.
"""

import re
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, cast

import msgspec

Kind = Literal["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"]
Outcome = Literal["pass", "fail", "softfail", "neutral"]

# What is longer is nobody's, and costs time to read.
LONGEST = 4096
LONGEST_NAME = 500
_SIGNS: dict[str, Outcome] = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_MACRO = r"%\{[slodiphcrtvSLODIPHCRTV][0-9]*[rR]?[.\-+,/_=]*\}|%%|%_|%-"
_TEXT = re.compile(rf"(?:{_MACRO}|[!-$&-~])*")
_TOP = r"(?:[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*|[A-Za-z0-9]+-[A-Za-z0-9-]+)"
_END = re.compile(rf"(?:.*\.(?=[A-Za-z0-9]){_TOP}(?<!-)\.?|.*%\{{[^}}]*\}})", re.DOTALL)
_TERM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9_-]*)(.*)", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_CIDR = re.compile(r"(.*?)(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?", re.DOTALL)


class BadRecord(ValueError):
    """An SPF record that says nothing, as it is written wrongly."""


class Mechanism(msgspec.Struct, frozen=True):
    """Who is meant, and what is said of him."""

    outcome: Outcome
    kind: Kind
    domain: str = ""
    network: str = ""
    cidr4: int = 32
    cidr6: int = 128


class Record(msgspec.Struct, frozen=True):
    """A record as it is read."""

    mechanisms: list[Mechanism]
    redirect: str | None


def is_spf(text: str) -> bool:
    """Say whether a text record is one of SPF."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def spf_record(text: str) -> Record:
    """Return what a record says. Errors: BadRecord."""
    if len(text) > LONGEST:
        raise BadRecord
    terms = [term for term in text[6:].split(" ") if term]
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in terms:
        if modifier := _MODIFIER.fullmatch(term):
            name = modifier[1].lower()
            if name in modifiers and name in ("redirect", "exp"):
                raise BadRecord
            modifiers[name] = _modified(name, modifier[2])
        else:
            mechanisms.append(_mechanism(term))
    return Record(mechanisms, modifiers.get("redirect"))


def _modified(name: str, value: str) -> str:
    if name in ("redirect", "exp"):
        return _domain(value)
    if not _TEXT.fullmatch(value):
        raise BadRecord
    return value


def _domain(text: str) -> str:
    """Return a name that may hold macros. Errors: BadRecord."""
    if len(text) > LONGEST_NAME or not _TEXT.fullmatch(text):
        raise BadRecord
    if not _END.fullmatch(text) or re.search(r"%\{[crtCRT]", text):
        raise BadRecord
    return text


def _mechanism(term: str) -> Mechanism:
    found = _TERM.fullmatch(term)
    if found is None:
        raise BadRecord
    outcome, kind, rest = _SIGNS[found[1]], cast("Kind", found[2].lower()), found[3]
    if kind == "all" and not rest:
        return Mechanism(outcome, "all")
    if kind in ("include", "exists") and rest.startswith(":"):
        return Mechanism(outcome, kind, _domain(rest[1:]))
    if kind in ("ip4", "ip6") and rest.startswith(":"):
        return Mechanism(outcome, kind, network=_network(kind, rest[1:]))
    if kind == "ptr" and (not rest or rest.startswith(":")):
        return Mechanism(outcome, "ptr", _domain(rest[1:]) if rest else "")
    if kind in ("a", "mx"):
        # A slash inside a macro is no length of a network.
        macros = rest.rfind("}") + 1
        length = _CIDR.fullmatch(rest[macros:])
        domain = rest[:macros] + (length[1] if length else "")
        if length is None or (domain and not domain.startswith(":")):
            raise BadRecord
        short, long = int(length[2] or 32), int(length[3] or 128)
        if short > 32 or long > 128:
            raise BadRecord
        named = _domain(domain[1:]) if domain else ""
        return Mechanism(outcome, kind, named, cidr4=short, cidr6=long)
    raise BadRecord


def _network(kind: str, text: str) -> str:
    address, slash, length = text.partition("/")
    if slash and not re.fullmatch(r"0|[1-9]\d{0,2}", length):
        raise BadRecord
    try:
        if kind == "ip4":
            IPv4Network(text, strict=False)
        else:
            IPv6Network(text, strict=False)
    except ValueError as error:
        raise BadRecord from error
    if "%" in address:
        raise BadRecord
    return text
