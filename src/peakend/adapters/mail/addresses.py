"""Who wrote and to whom: addresses as people and programs really write them."""

import re

from peakend.adapters.mail.headers import text_of
from peakend.adapters.mail.letter import Reasons

_ADDRESS = re.compile(
    r"(?:\"[^\"<>\r\n]{1,128}\"|[^\s<>()\[\],;:\"“”]{1,128})@[^\s<>()\[\],;:\"“”@]{1,255}"
)
_ANGLE = re.compile(r"([^<>]{0,512})<([^<>]{0,400})>")
_BARE = re.compile(r"([a-z0-9._+-]{1,64})(?:\s*\(([^()]{0,200})\))?", re.IGNORECASE)
_QUOTED = re.compile(r"\"([\w!#$%&'*+/=?^`{|}~ -]{1,200})\"(?=\s*<)", re.ASCII)
_ONLY = re.compile(r"<\s*([^\s<>]{1,300})\s*>")


def sender(values: list[bytes], reasons: Reasons, hint: str = "") -> tuple[str, str]:
    """Return address and name of who wrote, from the first header that has an address.

    The address is in lower case; a name alone comes back without one.
    """
    nobody = ("", "")
    for value in values:
        text = text_of(value[:4096], reasons, hint).strip()
        address, name = _read(text)
        if address:
            return address, name
        if nobody == ("", ""):
            nobody = ("", name)
    return nobody


def _read(text: str) -> tuple[str, str]:
    for match in _ANGLE.finditer(text):
        inner = match[2].strip()
        if found := _ADDRESS.search(inner) or (inner and _ADDRESS.search(match[1])):
            name = _named(match[1])
            return found[0].lower(), "" if name.lower() == found[0].lower() else name
        if _BARE.fullmatch(inner):
            return inner.lower(), _named(match[1])
    if found := _ADDRESS.search(text):
        comment = re.search(r"\(([^()]*)\)", text)
        before = text[: found.start()]
        return found[0].lower(), _named(comment[1] if comment else before.partition("<")[0])
    if bare := _BARE.fullmatch(text):
        return bare[1].lower(), _named(bare[2] or "")
    return "", _named(text.replace("<>", ""))


def recipients(values: list[bytes], reasons: Reasons, hint: str = "") -> str:
    """Return a header of recipients as it reads; empty where nobody is named by an address."""
    texts = [text_of(value, reasons, hint).strip() for value in values]
    text = ", ".join(text for text in texts if text)
    if not _ADDRESS.search(text):
        return ""
    if _ONLY.fullmatch(text):
        return text[1:-1].strip()
    return _QUOTED.sub(r"\1", text)


def _named(name: str) -> str:
    name = name.strip().strip(",;").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name.replace('"', "").strip()
