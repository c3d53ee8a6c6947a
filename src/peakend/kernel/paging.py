"""Lists are read by keyset, a page at a time; the cursor is opaque to callers."""

import base64
import binascii
from typing import Any, Generic, TypeVar

import msgspec

from peakend.kernel.errors import Invalid

T = TypeVar("T")


class WrongCursor(Invalid):
    """The cursor of a list was not made by us."""

    wording = "kernel.wrong_cursor"


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list and the cursor of the next one."""

    items: list[T]
    next: str | None = None


def cursor_encode(*values: Any) -> str:
    """Return the cursor that stands after a row with these sort values."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def cursor_decode(text: str, count: int) -> list[Any]:
    """Return the sort values of a cursor. Errors: WrongCursor."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = msgspec.json.decode(raw)
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise WrongCursor from error
    if not isinstance(values, list) or len(values) != count:
        raise WrongCursor
    return values
