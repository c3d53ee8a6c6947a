"""The tree of a mail, cut by places in its bytes and never deeper or wider than is sane.

The standard library's parser asks every open boundary about every line, in generators inside
generators: nine hundred levels take seconds, three thousand end in RecursionError. Here each
level is one search in C over its own stretch (decision 0052).
"""

import binascii
import re
from collections.abc import Iterator

from peakend.adapters.mail.headers import Fields, field, fields_of, from_base64, params_of
from peakend.adapters.mail.letter import Reasons

LARGEST_MAIL = 50 * 1024 * 1024
DEEPEST = 20
MOST_PARTS = 1000
# How much is searched for boundaries in all levels together.
MOST_SEARCHED = 120 * 1024 * 1024

_FIRST_LINE = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE)
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n")


class Part:
    """A node of the tree: its header fields and where its body lies."""

    def __init__(self, raw: bytes, fields: Fields, start: int, end: int, kind: str) -> None:
        self._raw, self.start, self.end = raw, start, end
        self.fields = fields
        self.kind = kind
        self.params: dict[str, str] = {}
        self.disposition = ""
        self.placing: dict[str, str] = {}
        self.parts: list[Part] = []

    @property
    def body(self) -> bytes:
        """The bytes as they came."""
        return self._raw[self.start : self.end]

    def content(self, reasons: Reasons) -> bytes:
        """Return the bytes that the transfer encoding stands for."""
        encoding = field(self.fields, "content-transfer-encoding").strip().strip(b'"').lower()
        encoding = encoding.split(b";")[0].split(b" ")[0]
        if encoding == b"base64":
            return _from_base64(self.body, reasons)
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
            return _from_uu(self.body, reasons)
        if encoding not in (b"", b"7bit", b"8bit", b"binary", b"7-bit", b"8-bit", b"none"):
            reasons.note("encoding_unknown", encoding=encoding.decode("ascii", "replace"))
        return self.body

    def leaves(self) -> Iterator["Part"]:
        """Every part that holds no others."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


class Cutting:
    """One mail being cut; counts its parts."""

    def __init__(self, raw: bytes, reasons: Reasons) -> None:
        self.raw, self.reasons = raw, reasons
        self.count = self.searched = 0

    def part(self, start: int, end: int, depth: int = 0, usual: str = "text/plain") -> Part:
        """Return the part in a stretch of bytes, with everything inside it."""
        self.count += 1
        fields, body = fields_of(self.raw, start, end, self.reasons)
        kind, params = params_of(field(fields, "content-type"), self.reasons)
        kind = (
            kind if re.fullmatch(r"[a-z0-9.+_-]+/[a-z0-9.+_*-]+", kind) else _nearest(kind, usual)
        )
        found = Part(self.raw, fields, min(body, end), end, kind)
        found.params = params
        placing = field(fields, "content-disposition")
        found.disposition, found.placing = params_of(placing, self.reasons)
        if kind.startswith("multipart/"):
            self._cut(found, depth)
        return found

    def _cut(self, found: Part, depth: int) -> None:
        self.searched += found.end - found.start
        if depth >= DEEPEST or self.searched > MOST_SEARCHED:
            self.reasons.unread("too_deep", most=DEEPEST)
            return
        boundary = found.params.get("boundary", "").rstrip().encode("utf-8", "replace")
        stretches = self._stretches(found, boundary) if boundary else []
        if not stretches:
            guess = _FIRST_LINE.search(self.raw, max(found.start - 1, 0), found.end)
            stretches = self._stretches(found, guess[1]) if guess else []
            if found.start < found.end:
                self.reasons.note("boundary_guessed") if stretches else self.reasons.unread(
                    "boundary_missing"
                )
        usual = "message/rfc822" if found.kind == "multipart/digest" else "text/plain"
        for start, end in stretches:
            if self.count >= MOST_PARTS:
                self.reasons.unread("too_many_parts", most=MOST_PARTS)
                return
            found.parts.append(self.part(start, end, depth + 1, usual))

    def _stretches(self, found: Part, boundary: bytes) -> list[tuple[int, int]]:
        line = re.compile(
            rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?(?=\n)|\r?\Z)"
        )
        begun = None
        stretches: list[tuple[int, int]] = []
        for match in line.finditer(self.raw, max(found.start - 1, 0), found.end):
            if begun is not None:
                stop = match.start()
                stop -= self.raw[stop - 1 : stop] == b"\r"
                stretches.append((begun, max(stop, begun)))
            begun = min(match.end() + 1, found.end)
            if match[1] and begun is not None:
                return stretches
            if len(stretches) > MOST_PARTS:
                return stretches
        if begun is not None:
            stretches.append((begun, found.end))
            self.reasons.note("end_missing")
        return stretches


def cut(raw: bytes, reasons: Reasons) -> Part:
    """Return a mail's tree."""
    return Cutting(raw, reasons).part(0, len(raw))


def _nearest(kind: str, usual: str) -> str:
    """Return what a malformed content type comes closest to."""
    if kind in ("text", "html", "text/"):
        return "text/html" if kind == "html" else "text/plain"
    if kind.startswith("multipart"):
        return "multipart/mixed"
    return (
        usual
        if not kind
        else "text/plain"
        if kind.startswith("text")
        else "application/octet-stream"
    )


def _from_base64(body: bytes, reasons: Reasons) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        reasons.unread("base64_damaged")
        return from_base64(body)


def _from_uu(body: bytes, reasons: Reasons) -> bytes:
    begin = _UU_BEGIN.search(body)
    found = []
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            if line.strip() == b"end":
                break
            continue
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some write more than the line's own count says.
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                found.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                reasons.unread("uu_damaged")
    return b"".join(found)


def uu_name(body: bytes) -> str:
    """Return the file name that a uuencoded body carries itself."""
    begin = _UU_BEGIN.search(body[:65536])
    return begin[1].decode("utf-8", "replace").strip() if begin else ""
