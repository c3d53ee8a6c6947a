"""Who may do what, how long a session lives, what a name, login or password may be."""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyotp

Role = Literal["agent", "supervisor", "admin"]
Scope = Literal["own", "queue", "all"]
Step = Literal["code", "set_up", "passkey"]
# How a session was opened, and what the second step was, if there was one.
Way = Literal["password", "passkey", "sso", "link"]
Second = Literal["", "code", "recovery", "passkey"]

_AGENT = frozenset(
    {
        "conversations.read",
        "conversations.reply",
        "conversations.note",
        "conversations.transfer",
        "conversations.close",
        "conversations.assign_self",
        "customers.read",
        "customers.edit",
        "customers.reveal",
        "customers.merge",
        "knowledge.read",
        "canned.own",
        "presence.self",
        "search.read",
        "cases.read",
        "cases.work",
        "cases.department",
        "complaints.read",
        "complaints.work",
        "compensation.grant",
        "approvals.ask",
    }
)
_SUPERVISOR = _AGENT | {
    "conversations.assign",
    "conversations.approve",
    "conversations.take_over",
    "conversations.originals",
    "conversations.release",
    "customers.reveal_sensitive",
    "routing.manage",
    "insight.wallboard",
    "knowledge.edit",
    "directory.edit",
    "cases.manage",
    "complaints.manage",
    "compensation.read",
    "approvals.decide",
    "improvements.manage",
}
_ADMIN = _SUPERVISOR | {
    "accounts.manage",
    "integrations.manage",
    "channels.manage",
    "knowledge.publish",
    "settings.manage",
    "audit.read",
    "privacy.manage",
    "organisation.export",
    "cases.set_up",
    "compensation.set_up",
}
ROLES: dict[str, frozenset[str]] = {
    "agent": _AGENT,
    "supervisor": _SUPERVISOR,
    "admin": _ADMIN,
}

# Who can change everything is signed out soon; who serves customers is not thrown out during a
# shift, because a session that ends there loses a customer's answer.
_SESSION_LIMITS = {
    "admin": (timedelta(minutes=30), timedelta(hours=12)),
    "supervisor": (timedelta(hours=12), timedelta(days=7)),
    "agent": (timedelta(hours=12), timedelta(days=7)),
}
INVITATION_LIFE = timedelta(hours=72)
RESET_LIFE = timedelta(hours=1)
SET_UP_LIFE = timedelta(days=7)
PENDING_LIFE = timedelta(minutes=10)
PENDING_TRIES = 5
CODE_STEP_S = 30
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
NETWORKS = 100
CAPACITY = 3
CAPACITY_MOST = 50
PASSWORD_LENGTH = (10, 128)
# An organisation may ask for longer ones, up to here.
PASSWORD_LEAST_MOST = 64
PREFERENCES_BYTES = 8192

_BETWEEN = re.compile(r"[;；,，、\n]")
_COMMON = frozenset(
    {
        "1234567890",
        "0123456789",
        "12345678910",
        "1111111111",
        "0000000000",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "password123",
        "password1234",
        "administrator",
        "admin12345",
        "admin123456",
        "a123456789",
        "qq123456789",
        "woaini1314520",
        "iloveyou123",
        "abc1234567",
        "abcd123456",
        "8888888888",
        "5201314520",
        "letmein123",
        "welcome123",
        "peakend123",
    }
)
# Marks that turn the reading direction make one name look like another.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Without characters that are taken for one another when read from paper.
RECOVERY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY = re.compile(f"[{RECOVERY_LETTERS}]{{10}}")
_CODE = re.compile(r"[0-9]{6}")
# The first that fits: browsers name their relatives too.
_BROWSERS = (
    ("wechat", "micromessenger"), ("dingtalk", "dingtalk"), ("edge", "edg"), ("opera", "opr/"),
    ("firefox", "firefox"), ("chrome", "chrom"), ("safari", "safari"),
)  # fmt: skip
_SYSTEMS = (
    ("harmony", "harmonyos"), ("android", "android"), ("ios", "iphone"), ("ios", "ipad"),
    ("windows", "windows"), ("macos", "mac os x"), ("linux", "linux"),
)  # fmt: skip
_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # fmt: skip
_PHONE = re.compile(r"\+[0-9][0-9 -]{4,20}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def session_end_at(role: str, created_at: datetime, last_seen_at: datetime) -> datetime:
    """Return when a session ends if nothing more is asked of it.

    Counts: admins 30 min idle, 12 h in all; everybody else 12 h idle (a shift), 7 days in all.
    """
    idle, absolute = _SESSION_LIMITS.get(role, _SESSION_LIMITS["admin"])
    return min(created_at + absolute, last_seen_at + idle)


def session_life(role: str) -> timedelta:
    """Return the longest life of a session of this role."""
    return _SESSION_LIMITS.get(role, _SESSION_LIMITS["admin"])[1]


def cookie_name(secure: bool) -> str:
    """Return the name of the session cookie: browsers accept the prefix over https only."""
    return "__Host-peakend" if secure else "peakend"


def clean_name(text: str) -> str:
    """Return a name on one line, without control characters and marks that turn its direction."""
    plain = _BIDI.sub("", unicodedata.normalize("NFC", text))
    plain = "".join(" " if unicodedata.category(char) == "Cc" else char for char in plain)
    return " ".join(plain.split())


def names_of(cell: str) -> list[str]:
    """Return the names that a cell lists between commas, semicolons or lines, each once."""
    return list(dict.fromkeys(one for part in _BETWEEN.split(cell) if (one := clean_name(part))))


def login_key(login: str) -> str:
    """Return a login as it is compared: width, case and edges do not matter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def is_login(login: str) -> bool:
    """Say whether a text can be a login: 2 to 100 visible characters without a space."""
    key = login_key(login)
    return 2 <= len(key) <= 100 and all(unicodedata.category(char)[0] not in "CZ" for char in key)


def is_weak_password(
    password: str, login: str, name: str = "", least: int = PASSWORD_LENGTH[0]
) -> bool:
    """Say whether a password is too short, too long, well known, or made of login or name."""
    plain = login_key(password)
    key = login_key(login)
    own = {key, key.partition("@")[0], login_key(name).replace(" ", "")}
    return (
        not least <= len(password) <= PASSWORD_LENGTH[1]
        or plain in _COMMON
        or len(set(plain)) < 4
        or plain in own
        or any(_says_much(part) and part in plain for part in own)
    )


def _says_much(part: str) -> bool:
    """Say whether a part of a name is long enough to be no accident: two Han, four others."""
    return len(part) >= 4 or (len(part) >= 2 and all(char >= "\u4e00" for char in part))


def code_of(text: str) -> str | None:
    """Return a code or recovery code as it is compared: width, case, gaps and dashes do not matter.

    None where it can be neither.
    """
    plain = "".join(login_key(text).replace("-", "").split())
    return plain if _CODE.fullmatch(plain) or _RECOVERY.fullmatch(plain) else None


def fitting_step(secret: str, code: str, now: datetime, used_step: int) -> int | None:
    """Return the time step whose code this is, if no code of it or a later one was taken before.

    Units: steps of 30 s; clocks may differ by one. Every step is compared, in constant time.
    Source: RFC 6238, 5.2.
    """
    totp = pyotp.TOTP(secret, interval=CODE_STEP_S)
    here = int(now.timestamp()) // CODE_STEP_S
    found = None
    for step in (here - 1, here, here + 1):
        same = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if same and step > used_step:
            found = step
    return found


def device_of(user_agent: str) -> tuple[str, str]:
    """Return browser and system as short codes; `other` where it is none of the usual."""
    text = user_agent[:400].casefold()
    browser = next((code for code, mark in _BROWSERS if mark in text), "other")
    return browser, next((code for code, mark in _SYSTEMS if mark in text), "other")


def place_of(address: str) -> str:
    """Say where an address is as far as it tells by itself: this machine, the house, outside."""
    found = _address(address)
    if found is None:
        return "unknown"
    if found.is_loopback:
        return "machine"
    return "house" if found.is_private else "outside"


def clean_networks(given: Iterable[str]) -> list[str] | None:
    """Return networks as they are kept, each once; None where one is none, or there are too many.

    Counts: at most 100. A single address is a network of one; bits behind the prefix are dropped.
    """
    kept: list[str] = []
    for text in given:
        try:
            network = str(ip_network(unicodedata.normalize("NFKC", text).strip(), strict=False))
        except ValueError:
            return None
        if network not in kept:
            kept.append(network)
    return kept if len(kept) <= NETWORKS else None


def address_allowed(address: str, networks: Iterable[str]) -> bool:
    """Say whether an address lies in one of the networks; where none are named, all do."""
    allowed = [ip_network(network) for network in networks]
    if not allowed:
        return True
    found = _address(address)
    return found is not None and any(found in network for network in allowed)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # A socket for both families shows the old addresses inside new ones.
    return getattr(found, "ipv4_mapped", None) or found


def is_time_zone(name: str) -> bool:
    """Say whether a time zone is known by this IANA name."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return len(name) <= 64


def is_slug(text: str) -> bool:
    """Say whether a text can stand in an address: lower case, digits, inner dashes, at most 40."""
    return _SLUG.fullmatch(text) is not None


def contrast(colour: str, other: str = "#ffffff") -> float:
    """Return the contrast ratio of two colours. Source: WCAG 2.2, relative luminance."""

    def luminance(text: str) -> float:
        parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def is_readable_colour(colour: str) -> bool:
    """Say whether white text can be read on a brand's colour: at least 4.5:1."""
    return _COLOUR.fullmatch(colour) is not None and contrast(colour) >= 4.5


def preferences_after(
    current: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return preferences with changes laid over them, null taking one away; None where refused.

    Counts: 8 KB of JSON in all, names of 40 lower-case characters, four levels deep.
    """
    after = dict(current)
    for key, value in changes.items():
        if _KEY.fullmatch(key) is None or not _is_plain(value, 4):
            return None
        if value is None:
            after.pop(key, None)
        else:
            after[key] = value
    size = len(json.dumps(after, ensure_ascii=False).encode())
    return after if size <= PREFERENCES_BYTES else None


def _is_plain(value: Any, levels: int) -> bool:
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**53
    if isinstance(value, (list, dict)):
        if levels == 0 or len(value) > 200:
            return False
        parts = value if isinstance(value, list) else [*value, *value.values()]
        return all(_is_plain(part, levels - 1) for part in parts)
    return value is None or isinstance(value, (bool, float))


def audit_link(before: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return the seal of an audit entry: SHA-256 over the seal before it and its canonical JSON."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(before + text.encode()).digest()


def spreadsheet_text(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. Source: security.md D53."""
    return f"'{text}" if text[:1] in _FORMULA and not _PHONE.fullmatch(text) else text
