"""What may stand in a message or a title: hostile characters go or are refused."""

import re

LONGEST_MESSAGE = 10_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
# Marks that turn the direction of reading or cannot be seen: harmless in a sentence (isolates are
# kept by the browser inside the bubble), a lie in a title.
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u061c]")
_SPACE = re.compile(r"\s+")


def is_text(value: str) -> bool:
    """Say whether a string can be stored: lone surrogates cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def cleaned(value: str) -> str:
    """Return a message's text with one kind of line end and without control characters."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def one_line(value: str, longest: int) -> str:
    """Return a title or name: one line, no control or hidden characters, at most so long."""
    text = _HIDDEN.sub("", _CONTROL.sub(" ", value))
    return _SPACE.sub(" ", text).strip()[:longest].strip()
