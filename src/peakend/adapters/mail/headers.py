"""Header lines: where they end, how they fold, and what their encodings hide."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from peakend.adapters.mail.charsets import decoded
from peakend.adapters.mail.letter import Reasons

LARGEST_BLOCK = 256 * 1024
LARGEST_LINE = 32 * 1024
MOST_LINES = 2000

_FIELD = re.compile(rb"([!-9;-~]{1,200}?)[ \t]*:[ \t]*(.*)", re.DOTALL)
ENCODED_WORD = re.compile(
    r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000}|.{0,1000}?)\?=", re.DOTALL | re.ASCII
)
_WORD = re.compile(ENCODED_WORD.pattern.encode(), re.DOTALL)
_GAP = re.compile(rb"\s*")
_PARAM = re.compile(
    rb';\s*([A-Za-z0-9_-]{1,40})(?:\*(\d{1,4}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))',
    re.DOTALL,
)
_END = re.compile(rb"\r?\n[ \t]*\r?\n|\A\r?\n")

_KNOWN = re.compile(
    rb"(?:received|return-path|from|to|subject|date|message-id)[ \t]*:", re.IGNORECASE
)

Fields = list[tuple[str, bytes]]


def fields_of(raw: bytes, start: int, end: int, reasons: Reasons) -> tuple[Fields, int]:
    """Return the header fields that begin at a place, and where the body begins."""
    limit = min(end, start + LARGEST_BLOCK)
    cut_off = False
    found = _blank(raw, start, limit)
    if found is None:
        stop = body = limit
        if cut_off := limit < end:
            later = _END.search(raw, limit, end)
            body = later.end() if later else end
    else:
        stop, body = found
    fields: Fields = []
    lines = raw[start:stop].split(b"\n")
    at = start
    for line in lines[:MOST_LINES]:
        bare = line.rstrip(b"\r")
        if bare[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], _joined(fields[-1][1], bare))
        elif match := _FIELD.fullmatch(bare):
            name = match[1].decode("ascii").lower()
            fields.append((name, match[2][:LARGEST_LINE]))
        elif not bare.strip() or bare.startswith((b"From ", b">From ")):
            pass
        elif not fields:
            # Some forward a mail with a line of their own above it.
            if not any(_KNOWN.match(one) for one in _after(raw, at, stop)[:3]):
                return [], start
        elif not any(_FIELD.fullmatch(one.rstrip(b"\r")) for one in _after(raw, at, stop)):
            # No header follows any more: the empty line before the body was forgotten.
            return fields, at
        else:
            fields[-1] = (fields[-1][0], _joined(fields[-1][1], b" " + bare))
        at += len(line) + 1
    if cut_off or len(lines) > MOST_LINES:
        reasons.unread("headers_too_large")
    return fields, body


def _after(raw: bytes, at: int, stop: int) -> list[bytes]:
    return raw[at:stop][:2000].split(b"\n")[1:12]


def _joined(value: bytes, more: bytes) -> bytes:
    return value + more if len(value) + len(more) <= LARGEST_LINE else value


def _blank(raw: bytes, start: int, end: int) -> tuple[int, int] | None:
    if match := re.compile(rb"\r?\n").match(raw, start, end):
        return start, match.end()
    match = _END.search(raw, start, end)
    return (match.start(), match.end()) if match else None


def field(fields: Fields, name: str) -> bytes:
    """Return the first field of a name, empty where there is none."""
    return next((value for key, value in fields if key == name), b"")


def text_of(value: bytes, reasons: Reasons, hint: str = "") -> str:
    """Return a header's text: encoded words put together again, raw bytes by their looks."""
    found = []
    for raw, label in pieces_of(value):
        text, whole = decoded(raw, label or "", hint)
        if not whole:
            reasons.unread("header_damaged")
        found.append(text)
    return one_line("".join(found))


def pieces_of(value: bytes) -> list[tuple[bytes, str | None]]:
    """Return a header in pieces: bytes that were encoded with their label, others with None."""
    pieces: list[tuple[bytes, str | None]] = []
    at = 0
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        label = match[1].split(b"*")[0].decode("ascii", "replace")
        if between.strip() or not pieces or pieces[-1][1] is None:
            pieces.append((between, None))
        content = _word(match[2], match[3])
        # A sign may have been cut in two by who split the words.
        if pieces and pieces[-1][1] is not None and pieces[-1][1].lower() == label.lower():
            pieces[-1] = (pieces[-1][0] + content, label)
        else:
            pieces.append((content, label))
        at = match.end()
    pieces.append((value[at:], None))
    return pieces


def one_line(text: str) -> str:
    """Return a line that is one line: no breaks, no NUL, no lone surrogates."""
    text = re.sub(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+", " ", text)
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", text)
    return text.encode("utf-8", "replace").decode("utf-8").lstrip(" ")


def _word(kind: bytes, content: bytes) -> bytes:
    if kind in b"bB":
        return from_base64(content)
    return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)


def from_base64(content: bytes) -> bytes:
    """Return what base64 stands for, as far as it goes."""
    content = re.sub(rb"[^A-Za-z0-9+/=]", b"", content)
    pieces = []
    # Words glued together leave their padding in the middle.
    for piece in re.findall(rb"[A-Za-z0-9+/]+", content):
        if len(piece) % 4 == 1:
            piece = piece[:-1]
        pieces.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
    return b"".join(pieces)


def params_of(value: bytes, reasons: Reasons, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return a header's first word in lower case, and its parameters (RFC 2231 and its abuses)."""
    head = value.split(b";", 1)[0].strip().lower().decode("ascii", "replace")
    plain: dict[str, bytes] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for match in list(_PARAM.finditer(value))[:200]:
        name = match[1].decode("ascii").lower()
        quoted = match[4]
        content = re.sub(rb"\\(.)", rb"\1", quoted) if quoted is not None else match[5].strip()
        if match[2] or match[3]:
            pieces.setdefault(name, []).append((int(match[2] or 0), bool(match[3]), content))
        else:
            plain.setdefault(name, content)
    found = {name: text_of(content, reasons, hint) for name, content in plain.items()}
    for name, parts in pieces.items():
        found[name] = _extended(sorted(parts, key=lambda part: part[0]), reasons, hint)
    return head.split()[0] if head.split() else "", found


def _extended(parts: list[tuple[int, bool, bytes]], reasons: Reasons, hint: str) -> str:
    label = ""
    whole = b""
    for place, (_, encoded, content) in enumerate(parts):
        if encoded:
            if place == 0 and content.count(b"'") >= 2:
                named, _, content = content.split(b"'", 2)
                label = named.decode("ascii", "replace")
            content = unquote_to_bytes(content)
        whole += content
    if b"=?" in whole:
        return text_of(whole, reasons, hint)
    text, good = decoded(whole, label, hint)
    if not good:
        reasons.unread("header_damaged")
    return one_line(text)
