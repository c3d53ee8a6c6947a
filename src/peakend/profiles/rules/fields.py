"""Fields that an organisation defines: what they may look like and which values fit them.

Patterns run on RE2, which is linear in the text: no pattern of an administrator can hang a desk.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec
import re2
from msgspec import Meta

Subject = Literal["customer", "company", "conversation", "object"]
Kind = Literal["text", "number", "date", "choice", "tree", "flag", "phone", "email", "link"]
Privacy = Literal["public", "internal", "personal", "sensitive"]
Mask = Literal["auto", "ends", "last4", "first", "all"]

MOST_FIELDS = 60
MOST_OPTIONS = 500
DEEPEST = 5
LONGEST = 2_000
LONGEST_PATTERN = 200
LARGEST = 1e15

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().\-]{2,31}")
_MAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}]{1,1990}")
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Key = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z0-9_]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=60)]


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value to choose; in a tree it may stand below another."""

    key: Key
    zh: Label
    en: Label
    parent: Key | None = None
    active: bool = True


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What decides which values fit a field."""

    kind: Kind
    options: list[Option] = []
    pattern: str = ""
    least: float | None = None
    most: float | None = None


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the one place of its type."""

    text: str | None = None
    number: float | None = None
    day: date | None = None
    flag: bool | None = None


Given = str | float | bool | None


def is_key(text: str) -> bool:
    """Say whether a text may name a field."""
    return _KEY.fullmatch(text) is not None


def is_secret(privacy: Privacy) -> bool:
    """Say whether values of a class are sealed where they lie and masked where they are shown."""
    return privacy in ("personal", "sensitive")


def plain_line(text: str) -> str:
    """Return a text on one line, without control characters and marks that turn its direction."""
    kept = _MARKS.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in kept)
    return " ".join(kept.split())


def pattern_works(pattern: str) -> bool:
    """Say whether a pattern can be used: RE2 knows it and it stays small."""
    return not pattern or (len(pattern) <= LONGEST_PATTERN and _compiled(pattern) is not None)


def _compiled(pattern: str) -> "re2._Regexp | None":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def options_fault(kind: Kind, options: Sequence[Option]) -> bool:
    """Say whether options do not fit a kind: doubled, orphaned, in a circle, or too deep."""
    if kind not in ("choice", "tree"):
        return bool(options)
    parents = {one.key: one.parent for one in options}
    if len(parents) != len(options) or not 0 < len(options) <= MOST_OPTIONS:
        return True
    if kind == "choice":
        return any(one.parent is not None for one in options)
    for one in options:
        depth, above = 1, one.parent
        while above is not None:
            depth += 1
            if above not in parents or depth > DEEPEST:
                return True
            above = parents[above]
    return False


def options_after(old: Sequence[Option], new: Sequence[Option]) -> list[Option]:
    """Return options with those that are no longer named put aside, as values may hold them."""
    named = {one.key for one in new}
    left = [msgspec.structs.replace(one, active=False) for one in old if one.key not in named]
    return [*new, *left]


def shape_fault(shape: Shape) -> str | None:
    """Return which part of a field does not fit its kind; None where all do."""
    if not pattern_works(shape.pattern) or (shape.pattern and shape.kind not in ("text", "phone")):
        return "pattern"
    if options_fault(shape.kind, shape.options):
        return "options"
    low, high = shape.least, shape.most
    if (low is not None or high is not None) and shape.kind != "number":
        return "least"
    if low is not None and high is not None and low > high:
        return "least"
    return None


def fitting(shape: Shape, given: Given, known: str | None = None) -> Value | None:
    """Return what is kept of a value; None where it does not fit. `known` may stay put aside."""
    if shape.kind == "flag":
        return Value(flag=given) if isinstance(given, bool) else None
    if shape.kind == "number":
        return _number(shape, given)
    if not isinstance(given, str) or len(given) > LONGEST:
        return None
    plain = plain_line(given)
    if not plain:
        return None
    if shape.kind == "date":
        return _day(plain)
    if shape.kind in ("choice", "tree"):
        parents = {one.parent for one in shape.options if one.active}
        for one in shape.options:
            if one.key == plain and (one.active or plain == known):
                leaf = shape.kind == "choice" or plain not in parents or plain == known
                return Value(text=plain) if leaf else None
        return None
    form = {"phone": _PHONE, "email": _MAIL, "link": _LINK}.get(shape.kind)
    if form is not None and form.fullmatch(plain) is None:
        return None
    if shape.pattern:
        compiled = _compiled(shape.pattern)
        if compiled is None or compiled.fullmatch(plain) is None:
            return None
    return Value(text=plain)


def _number(shape: Shape, given: Given) -> Value | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    number = float(given)
    if not math.isfinite(number) or abs(number) > LARGEST:
        return None
    low = -LARGEST if shape.least is None else shape.least
    high = LARGEST if shape.most is None else shape.most
    return Value(number=round(number, 6)) if low <= number <= high else None


def _day(text: str) -> Value | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return Value(day=found) if len(text) == 10 and 1 < found.year < 9999 else None


def given_of(value: Value) -> Given:
    """Return a value as callers give and get it."""
    if value.flag is not None:
        return value.flag
    if value.number is not None:
        return int(value.number) if value.number.is_integer() else value.number
    return value.day.isoformat() if value.day is not None else value.text


def spelled(value: Value) -> str:
    """Return a value as the text that is sealed or masked."""
    found = given_of(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    return "" if found is None else str(found)


def unspelled(kind: Kind, text: str) -> Value:
    """Return the value that a sealed text holds."""
    if kind == "flag":
        return Value(flag=text == "true")
    if kind == "number":
        return Value(number=float(text))
    return Value(day=date.fromisoformat(text)) if kind == "date" else Value(text=text)


def masked(kind: Kind, privacy: Privacy, mask: Mask, text: str) -> str:
    """Return what somebody sees who has not said why he needs more: 138****1234, l***@qq.com.

    Sensitive values, and those of which a part would tell the whole, are hidden altogether.
    """
    if privacy == "sensitive" or mask == "all" or kind in ("flag", "choice", "tree", "number"):
        return "****"
    if mask == "last4":
        return f"****{text[-4:]}" if len(text) >= 8 else "****"
    if mask == "first":
        return f"{text[:1]}***"
    if mask == "auto" and kind == "date":
        return f"{text[:4]}-**-**"
    if mask == "auto" and kind == "email":
        name, _, host = text.partition("@")
        return f"{name[:1]}***@{host}"
    if mask == "auto" and kind == "phone" and len(text) >= 11:
        return f"{text[:-8]}****{text[-4:]}"
    if len(text) >= 12:
        return f"{text[:2]}****{text[-4:]}"
    return f"{text[:1]}****{text[-1:]}" if len(text) >= 5 else "****"


_YES = frozenset({"true", "yes", "y", "1", "是", "有", "对", "√"})
_NO = frozenset({"false", "no", "n", "0", "否", "无", "没有", "×"})


def told_value(kind: Kind, options: Sequence[Option], text: str) -> Given:
    """Return what a cell of a table means for a field; the text itself where it means nothing."""
    plain = plain_line(text)
    if kind == "flag":
        low = plain.casefold()
        return True if low in _YES else False if low in _NO else plain
    if kind == "number":
        try:
            return float(plain.replace(",", "").replace("，", ""))
        except ValueError:
            return plain
    if kind in ("choice", "tree"):
        named = (one.key for one in options if plain in (one.key, one.zh, one.en))
        return next(named, plain)
    if kind == "date":
        day = plain.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
        parts = day.partition(" ")[0].split("-")
        return "-".join(part.zfill(2) for part in parts) if len(parts) == 3 else plain
    return plain


def said_value(kind: Kind, options: Sequence[Option], value: Given, language: str) -> str:
    """Return a value as a cell of a table, which `told_value` reads again."""
    zh = language.startswith("zh")
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if kind in ("choice", "tree"):
        return next((one.zh if zh else one.en for one in options if one.key == value), str(value))
    return "" if value is None else str(value)
