"""How customers are recognised, masked and found; pure."""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

V = TypeVar("V")

Kind = Literal["login", "phone", "email", "wechat", "other"]
Privacy = Literal["public", "internal", "personal", "sensitive"]

KINDS: tuple[Kind, ...] = ("login", "phone", "email", "wechat", "other")
IDENTITY_LIFE = timedelta(hours=24)
REVEAL_LIFE = timedelta(minutes=5)
MERGE_UNDO = timedelta(days=7)
PAGES_KEPT = 50
IDENTITIES_KEPT = 20
ATTRIBUTES_KEPT = 40
PREFERENCES_KEPT = 20
TIERS = ("standard", "member", "silver", "gold", "platinum", "vip")
# What a row of a table is recognised by, the surest first.
_KEYS = ("external_id", "phone", "email")

_SIGNED = ("email", "exp", "id", "name", "phone")
_LENGTHS = {"id": 200, "name": 60, "email": 254, "phone": 32}
_HASH = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Who a visitor says to be. Only with `verified` is the id believed; `reason` says why not."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    verified: bool = False
    reason: str = ""


class Attribute(msgspec.Struct, frozen=True):
    """One thing known about a customer, with how private it is."""

    key: str
    label: str
    value: str
    privacy: Privacy = "internal"


def verify_identity(secret: str, payload: object, now: datetime) -> Claim:
    """Return who the host page says its visitor is, believed only with a good signature.

    The host signs, with the channel's identity secret, this exact text in UTF-8: a JSON object
    without spaces, its keys in the order email, exp, id, name, phone, only those that are there,
    characters not escaped beyond what JSON demands. `exp` is a whole number of seconds since 1970,
    at most 24 hours ahead. `hash` is the HMAC-SHA256 of that text, 64 lower-case hex digits.
    Values hold no control characters. For user u1 with the name 林夕:

        {"exp":1767225600,"id":"u1","name":"林夕"}

    Python: hmac.new(secret.encode(), json.dumps(fields, sort_keys=True, ensure_ascii=False,
        separators=(",", ":")).encode(), "sha256").hexdigest()
    PHP: ksort($fields); hash_hmac("sha256", json_encode($fields,
        JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), $secret)
    JavaScript (Node): createHmac("sha256", secret).update(JSON.stringify(fields,
        Object.keys(fields).sort())).digest("hex")

    It never raises: whatever is wrong (no hash, a list for a hash, expired, another channel's
    secret) gives an unverified claim without the id, so that nobody joins a customer by guessing.
    Source: security.md B17-B21.
    """
    if not isinstance(payload, Mapping):
        return Claim(reason="malformed")
    fields: dict[str, Any] = {}
    for key, most in _LENGTHS.items():
        value = payload.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > most or not _is_plain_line(value):
            return Claim(reason="malformed")
        fields[key] = value
    stranger = Claim(
        name=clean_name(fields["name"]) or None if "name" in fields else None,
        email=normal("email", fields["email"]) if "email" in fields else None,
        phone=normal("phone", fields["phone"]) if "phone" in fields else None,
    )
    reason = _why_not(secret, fields, payload.get("exp"), payload.get("hash"), now)
    if reason:
        return msgspec.structs.replace(stranger, reason=reason)
    return msgspec.structs.replace(stranger, id=fields["id"].strip(), verified=True)


def _why_not(
    secret: str, fields: Mapping[str, Any], expires: object, given: object, now: datetime
) -> str:
    if not secret or given is None or given == "":
        return "unsigned"
    if not isinstance(given, str) or _HASH.fullmatch(given) is None:
        return "wrong_hash"
    if isinstance(expires, bool) or not isinstance(expires, int) or not 0 < expires < 2**40:
        return "no_expiry"
    text = identity_text({**fields, "exp": expires})
    good = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(good, given):
        return "wrong_hash"
    ahead = expires - now.timestamp()
    if ahead <= 0:
        return "expired"
    if ahead > IDENTITY_LIFE.total_seconds():
        return "expires_too_late"
    return "" if str(fields.get("id", "")).strip() else "no_id"


def identity_text(fields: Mapping[str, Any]) -> str:
    """Return the exact text that a host page signs."""
    ordered = {key: fields[key] for key in _SIGNED if fields.get(key) is not None}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))


def _is_plain_line(text: str) -> bool:
    """Say whether a text has no characters that some JSON writers escape and others do not."""
    return not any(
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char == "\x7f" for char in text
    )


def clean_name(text: str) -> str:
    """Return a name on one line, without control characters and marks that turn its direction."""
    plain = _BIDI.sub("", unicodedata.normalize("NFC", text))
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in plain)
    return " ".join(plain.split())


def clean_text(text: str) -> str:
    """Return a text of several lines without what the database or a reader cannot take."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    ).strip()


def normal(kind: str, value: str) -> str | None:
    """Return an identity in the form it is compared in; None where it cannot be one of its kind."""
    plain = unicodedata.normalize("NFKC", value).strip()
    if kind == "email":
        mail = plain.casefold()
        return mail if len(mail) <= 254 and _MAIL.fullmatch(mail) else None
    if kind == "phone":
        return _normal_phone(plain)
    return value.strip() if 0 < len(value.strip()) <= 200 and _is_plain_line(value) else None


def mail_identity(email: str) -> tuple[Kind, str]:
    """Return how a mail's sender is kept: as an address, or as words where it is none."""
    return ("email", email) if normal("email", email) else ("other", email[:200])


def _normal_phone(plain: str) -> str | None:
    if re.fullmatch(r"\+?[0-9 ().\-]{3,32}", plain) is None:
        return None
    digits = re.sub(r"[^0-9]", "", plain)
    for prefix in ("0086", "86"):
        if re.fullmatch(prefix + "1[3-9][0-9]{9}", digits):
            return digits[len(prefix) :]
    if not 3 <= len(digits) <= 20:
        return None
    return f"+{digits}" if plain.startswith("+") else digits


def masked(kind: str, value: str) -> str:
    """Return what is shown of an identity without a reveal: 138****1234, l***@qq.com."""
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    if kind == "phone" and len(value) >= 11:
        return f"{value[:-8]}****{value[-4:]}"
    return masked_text(value)


def seen_identity(kind: str, value: str, level: str) -> str:
    """Return what somebody whose role sees this much is shown of an identity."""
    if level == "never":
        return "****"
    return value if level == "whole" else masked(kind, value)


def seen_name(name: str, level: str) -> str:
    """Return what somebody whose role sees this much is shown of a name: 林**, L***."""
    if level == "whole":
        return name
    if level == "never" or not name:
        return ""
    return f"{name[:1]}***" if name[:1].isascii() else f"{name[:1]}**"


def masked_text(value: str) -> str:
    """Return a personal value with all but its edges hidden; short ones are hidden whole."""
    if len(value) >= 12:
        return f"{value[:2]}****{value[-4:]}"
    if len(value) >= 5:
        return f"{value[:1]}****{value[-1:]}"
    return "****"


def shown(attribute: Attribute) -> tuple[str, bool]:
    """Return what is shown of an attribute, and whether it is masked."""
    if attribute.privacy == "personal":
        return masked_text(attribute.value), True
    if attribute.privacy == "sensitive":
        return "****", True
    return attribute.value, False


def is_key(text: str) -> bool:
    """Say whether a text may name an attribute or a preference."""
    return _KEY.fullmatch(text) is not None


def preferences_after(
    current: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return preferences with changes laid over them, null taking one away; None where refused.

    Counts: 20 in all; each is true, false, a number or up to 200 characters.
    """
    after = dict(current)
    for key, value in changes.items():
        if not is_key(key):
            return None
        if value is None:
            after.pop(key, None)
        elif isinstance(value, str):
            if len(value) > 200 or not _is_plain_line(value):
                return None
            after[key] = value
        elif isinstance(value, (bool, int)) and abs(value) < 2**53:
            after[key] = value
        else:
            return None
    return after if len(after) <= PREFERENCES_KEPT else None


def chosen(mine: Mapping[str, V], theirs: Mapping[str, V], take: Collection[str]) -> dict[str, V]:
    """Return what two customers know together; where both know, `take` names what is theirs."""
    return {
        key: theirs[key] if key in theirs and (key in take or key not in mine) else mine[key]
        for key in (*mine, *(key for key in theirs if key not in mine))
    }


def reverted(before: Mapping[str, V], after: Mapping[str, V], now: Mapping[str, V]) -> dict[str, V]:
    """Return what is left when a change is taken back: later edits stay, all else is as before."""
    found = {}
    for key in (*before, *(key for key in now if key not in before)):
        kept = before if now.get(key) == after.get(key) else now
        if key in kept:
            found[key] = kept[key]
    return found


def telling(value: str) -> bool:
    """Say whether namesakes who share this value are likely one: a number is, 上海 is not."""
    return len(value) >= 4 and sum(char.isdigit() for char in value) >= 3


def page_url(url: str) -> str | None:
    """Return the address of a page as it is kept: no query, fragment or sign-in data.

    Search terms, tokens and order numbers of other systems stand there; the path says enough.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    whole = f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}"
    return whole[:500] if _is_plain_line(whole) else None


def folded(text: str) -> str:
    """Return a name as it is searched: width and case do not matter, spaces are single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(name: str) -> set[str]:
    """Return what a name is found by: each character and each pair of neighbours."""
    plain = folded(name)[:100]
    return {char for char in plain if char != " "} | {
        pair for pair in (plain[at : at + 2] for at in range(len(plain) - 1)) if " " not in pair
    }


def sought_grams(query: str) -> list[str]:
    """Return the grams a name must have to hold the query: pairs, or its only character.

    Counts: at most four, spread over the query; the rest is compared on the rows they lead to.
    """
    plain = folded(query)
    pairs = [plain[at : at + 2] for at in range(len(plain) - 1)]
    pairs = [pair for pair in dict.fromkeys(pairs) if " " not in pair]
    if not pairs:
        return [char for char in dict.fromkeys(plain) if char != " "][:4]
    step = max(1, len(pairs) // 4)
    return pairs[::step][:4]


def deciding(values: Mapping[str, str], match: str) -> str | None:
    """Return by which column a row of a table is recognised: the wanted one, or one it has."""
    return next((key for key in (match, *_KEYS) if key in _KEYS and values.get(key)), None)


def reveal_until(now: datetime) -> datetime:
    """Return until when a revealed value may be looked at."""
    return now + REVEAL_LIFE
