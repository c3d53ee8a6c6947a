"""Who wrote and to whom: addresses as people and programs really write them.

Where an address stands is decided on the line as it travelled. What is encoded (RFC 2047) is opaque
until then and only ever becomes a name: whoever hides `<boss@bank>` in it has written a name.
"""

import re
import unicodedata
from typing import NamedTuple

from peakend.adapters.mail.charsets import decoded
from peakend.adapters.mail.headers import (
    ENCODED_WORD,
    Fields,
    one_line,
    pieces_of,
    text_of,
)
from peakend.adapters.mail.letter import Reasons

LONGEST = 4096
# Where who sent may be written, in this order. Source: RFC 5322, 3.6.2; the rest is kindness.
SENDERS = ("from", "sender", "reply-to", "return-path")

# In a skeleton these stand for a sign of a quoted string, of a comment, of what is encoded.
_QUOTE, _COMMENT, _SEALED = "\x02", "\x03", "\x1a"
# The second byte of a sign in GBK, Big5 or Shift-JIS can look like a backslash or an @.
_PAIR = re.compile(r"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_JAPANESE = re.compile(r"\x1b\$[@B](?:[\x21-\x7e]{2})*\x1b\([BJ]")
_TOKEN = re.compile(r"[^\s<>()\[\],;:\"“”\x03]+")
_ADDRESS = re.compile(r"(?:\x02{3,130}|[^\x02\x1a]{1,128})@[^@\x02\x1a]{1,255}")
_LOCAL = re.compile(r"\"[^\"<>\\]{1,128}\"")
_ANGLE = re.compile(r"<([^<>]*)(?:>|\Z)")
_BARE = re.compile(r"[a-z0-9._+-]{1,64}", re.IGNORECASE)
_QUOTED = re.compile(r"\"([\w!#$%&'*+/=?^`{|}~ -]{1,200})\"(?=\s*<)", re.ASCII)
_ONLY = re.compile(r"<\s*([^\s<>]{1,300})\s*>")


class _Place(NamedTuple):
    """Where an address stands, and where the name that belongs to it."""

    address: str
    name: str


def sender(fields: Fields, reasons: Reasons, hint: str = "") -> tuple[str, str]:
    """Return address and name of who wrote, from the first header that has an address.

    The address is in lower case; a name alone comes back without one. Several addresses in From,
    or none, are said in the reasons; what stands there and cannot be read counts as unread.
    """
    named = ""
    lines = [
        (name, value) for name in SENDERS for key, value in fields if key == name and value.strip()
    ][:20]
    written = [_Line(value, hint) for name, value in lines if name == "from"]
    if len(written) > 1 or len(set[str]().union(*(one.everywhere() for one in written))) > 1:
        reasons.note("from_several")
    for name, value in lines:
        line = _Line(value, hint)
        found = line.first(reasons)
        if found.address:
            if name != "from" or line.guessed:
                reasons.note("from_unclear")
            return found
        named = named or found.name
    if any(value.strip(b'<>" \t') for _, value in lines):
        reasons.unread("from_none")
    elif "empty" not in reasons.found:
        reasons.note("from_none")
    return "", named


def recipients(values: list[bytes], reasons: Reasons, hint: str = "") -> str:
    """Return a header of recipients as it reads; empty where nobody is named by an address.

    A name that was encoded comes in quotation marks where it would read like an address.
    """
    if not any(_Line(value, hint, longest=len(value)).everywhere() for value in values):
        return ""
    texts = [_readable(value, reasons, hint) for value in values]
    text = ", ".join(text for text in texts if text)
    if _ONLY.fullmatch(text):
        return text[1:-1].strip()
    return _QUOTED.sub(r"\1", text)


class _Line:
    """One header of addresses: its text, and its skeleton with a sign for each of the text's."""

    def __init__(self, value: bytes, hint: str, longest: int = LONGEST) -> None:
        self._hint = hint
        try:
            self._text, self._codec = value.decode("utf-8")[:longest], "utf-8"
        except UnicodeDecodeError:
            self._text, self._codec = value[:longest].decode("latin-1"), "latin-1"
        # An address is at most what was quoted, and nothing else.
        self.guessed = False
        self._plain = _flat(self._text)
        sealed = _blotted(_JAPANESE, _blotted(ENCODED_WORD, self._text))
        if self._codec == "latin-1":
            sealed = _blotted(_PAIR, sealed)
        self._sealed = _flat(sealed)
        self._bones = _skeleton(self._sealed)

    def everywhere(self) -> set[str]:
        """Return every address outside of quotation marks and comments.

        What is encoded only looks opaque to whoever knows RFC 2047: another program may see an
        address in `=?utf-8?q? <a@b> ?=`, so those count, too.
        """
        return {
            address
            for bones in (self._bones, _skeleton(self._plain))
            for _, _, address in self._tokens(bones, 0, len(bones))
        }

    def first(self, reasons: Reasons) -> _Place:
        """Return the first address with its name, or a name alone."""
        elements = self._elements()
        begin = elements[0][0]
        for start, end in elements:
            inside = [
                (angle, tokens)
                for angle in _ANGLE.finditer(self._bones, start, end)
                if (tokens := self._tokens(self._bones, angle.start(1), angle.end(1)))
            ]
            if inside:
                angle, tokens = inside[0]
                before = self._bones.rfind(">", begin, angle.start()) + 1
                name = self._name(max(begin, before), angle.start(), reasons)
                return _Place(tokens[0][2], "" if name.lower() == tokens[0][2] else name)
            if tokens := self._tokens(self._bones, start, end):
                return _Place(tokens[0][2], self._beside(start, tokens[0][0], end, reasons))
            for angle in _ANGLE.finditer(self._bones, start, end):
                if _BARE.fullmatch(inner := angle[1].strip()):
                    return _Place(inner.lower(), self._name(begin, angle.start(), reasons))
            # `Doe, John <j@…>`: a comma that nobody quoted belongs to the name.
            if "<" in self._bones[start:end]:
                begin = end + 1
        return self._lonely(reasons)

    def _lonely(self, reasons: Reasons) -> _Place:
        """A name without a host, an address in quotation marks and nothing else, or no address."""
        bare = self._bones.replace(_COMMENT, " ").strip()
        whole = len(self._bones)
        if _BARE.fullmatch(bare):
            return _Place(bare.lower(), self._comment(0, whole, reasons))
        if bare and not bare.strip(_QUOTE):
            inner = self._sealed.strip().strip('"')
            if _ADDRESS.fullmatch(inner) and _TOKEN.fullmatch(inner):
                self.guessed = True
                return _Place(inner.lower(), "")
        return _Place("", self._name(0, whole, reasons).replace("<>", "").strip())

    def _elements(self) -> list[tuple[int, int]]:
        """Where each mailbox stands: between commas that are in no brackets."""
        angles = [match.span() for match in _ANGLE.finditer(self._bones)]
        cuts = [
            match.start()
            for match in re.finditer("[,;]", self._bones)
            if not any(start < match.start() < end for start, end in angles)
        ]
        edges = [-1, *cuts, len(self._bones)]
        found = [(edges[at] + 1, edges[at + 1]) for at in range(len(edges) - 1)]
        if ";" in self._bones and (group := re.match(r"[^<>@,;:]*:", self._bones)):
            found[0] = (group.end(), found[0][1])
        return found

    def _tokens(self, bones: str, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return the addresses in a stretch, and where they stand."""
        found = []
        for match in _TOKEN.finditer(bones, start, end):
            if _ADDRESS.fullmatch(match[0]):
                text = self._text[match.start() : match.end()]
                if not text.isascii() and self._codec == "latin-1":
                    text, _ = decoded(text.encode("latin-1"), "", self._hint)
                if _sound(text):
                    found.append((match.start(), match.end(), text.lower()))
        return found

    def _beside(self, start: int, place: int, end: int, reasons: Reasons) -> str:
        """Return the name of an address without brackets: the comment, or what stands before."""
        return self._comment(start, end, reasons) or self._name(start, place, reasons)

    def _comment(self, start: int, end: int, reasons: Reasons) -> str:
        found = re.compile(f"{_COMMENT}+").search(self._bones, start, end)
        return self._name(found.start() + 1, found.end() - 1, reasons) if found else ""

    def _name(self, start: int, end: int, reasons: Reasons) -> str:
        raw = self._text[start:end].encode(self._codec)
        return _named(text_of(raw, reasons, self._hint))


def _flat(text: str) -> str:
    """Return a text in which no sign can be taken for one of a skeleton's."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", _SEALED, text)


def _blotted(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: _SEALED * len(match[0]), text)


def _skeleton(text: str) -> str:
    """Return a text with blots for quoted strings and comments; what never ends is neither."""
    bones = list(text)
    at, quotes, comments = 0, True, True
    while at < len(text):
        end = None
        if text[at] == '"' and quotes:
            end = _quoted_end(text, at)
            quotes = end is not None
        elif text[at] == "(" and comments:
            end = _comment_end(text, at)
            comments = end is not None
        if end is None:
            at += 1
            continue
        sign = _QUOTE if text[at] == '"' else _COMMENT
        bones[at:end] = [sign] * (end - at)
        at = end
    return "".join(bones)


def _quoted_end(text: str, at: int) -> int | None:
    at += 1
    while at < len(text):
        if text[at] == '"':
            return at + 1
        at += 2 if text[at] == "\\" else 1
    return None


def _comment_end(text: str, at: int) -> int | None:
    depth = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return None


def _sound(address: str) -> bool:
    """Say whether an address is what it looks like: nothing invisible, no blank outside quotes."""
    local, _, host = address.rpartition("@")
    if local.startswith('"') and not _LOCAL.fullmatch(local):
        return False
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in address)
    return not hidden and not re.search(r"[\s<>]", host)


def _readable(value: bytes, reasons: Reasons, hint: str) -> str:
    """Return a header as it reads; what was encoded stays a name."""
    text = ""
    for raw, label in pieces_of(value):
        piece, whole = decoded(raw, label or "", hint)
        if not whole:
            reasons.unread("header_damaged")
        if label is not None and re.search(r'[<>@,;"\\()]', piece):
            piece = re.sub(r'["\\]', "", piece)
            # In quotation marks already, as many programs write it against the standard.
            piece = piece if text.count('"') % 2 else f'"{piece.strip()}"'
        text += piece
    return one_line(text).strip()


def _named(name: str) -> str:
    name = name.strip().strip(",;").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name.replace('"', "").strip()
