"""A mail from plain data to the bytes that travel: exact, seven bits wide, no line too long.

The headers are written here and not by the standard library, which splits encoded words inside
characters and folds some names into what it cannot read back itself.
"""

import base64
import hashlib
import quopri
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import quote

from peakend.mail.ports import Attached, Letter, Person, Unwritable, wire_address

LINE = 76
UTF_8 = "UTF-8''"
MOST_PEOPLE = 500
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_WORDS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_NAME = re.compile(r"[A-Za-z0-9 !#$&+.^_`{}~,()@-]{1,50}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}")
_ID = re.compile(r"[!-;=?-~]{1,900}")
# What begins or ends a line to somebody, though no header may hold one.
_BREAKS = frozenset("\u2028\u2029")
_QUIET = {"generated": "auto-generated", "replied": "auto-replied"}


def compose(letter: Letter) -> bytes:
    """Return a mail as it travels.

    Errors: Unwritable for what would break a header or is no address.
    """
    if not letter.to or len(letter.to) + len(letter.cc) > MOST_PEOPLE:
        raise Unwritable("to")
    headers = [
        _line("Date", [format_datetime(letter.at.astimezone(UTC))]),
        _line("From", _people([letter.sender], "sender")),
        _line("To", _people(letter.to, "to")),
    ]
    if letter.cc:
        headers.append(_line("Cc", _people(letter.cc, "cc")))
    if letter.reply_to is not None:
        headers.append(_line("Reply-To", _people([letter.reply_to], "reply_to")))
    headers.append(_line("Message-ID", [_id(letter.message_id, "message_id")]))
    if letter.in_reply_to:
        headers.append(_line("In-Reply-To", [_id(letter.in_reply_to, "in_reply_to")]))
    if letter.references:
        headers.append(_line("References", [_id(one, "references") for one in letter.references]))
    headers.append(_line("Subject", _unstructured("Subject", _plain(letter.subject, "subject"))))
    headers += _manners(letter)
    headers.append("MIME-Version: 1.0")
    return ("\r\n".join(headers) + "\r\n").encode("ascii") + _body(letter)


def _manners(letter: Letter) -> Iterator[str]:
    """Say to machines that a machine wrote, and how one is spared such mails."""
    if letter.automatic:
        yield f"Auto-Submitted: {_QUIET[letter.automatic]}"
        yield "X-Auto-Response-Suppress: All"
    if letter.automatic == "replied":
        yield "Precedence: bulk"
    if url := letter.unsubscribe_url:
        if not url.startswith("https://") or not _ID.fullmatch(url):
            raise Unwritable("unsubscribe_url")
        yield _line("List-Unsubscribe", [f"<{url}>"])
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def _plain(text: str, field: str) -> str:
    """Return a header's text with single spaces. Errors: Unwritable for what breaks a line."""
    found = re.sub(r"[ \t]+", " ", text).strip(" ")
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in _BREAKS for char in found):
        raise Unwritable(field)
    return found


def _id(text: str, field: str) -> str:
    if not _ID.fullmatch(text):
        raise Unwritable(field)
    return f"<{text}>"


def _line(name: str, words: Iterable[str]) -> str:
    """Return a header, folded between words."""
    lines, current = [], f"{name}:"
    for word in words:
        if len(current) + 1 + len(word) > LINE and current != f"{name}:":
            lines.append(current)
            current = ""
        current += f" {word}"
    return "\r\n".join([*lines, current])


def _people(people: list[Person], field: str) -> Iterator[str]:
    for at, one in enumerate(people):
        address = wire_address(one.email)
        if not address:
            raise Unwritable(field)
        last = "" if at == len(people) - 1 else ","
        name = _plain(one.name, field)
        if not name:
            yield f"{address}{last}"
            continue
        yield from _phrase(name)
        yield f"<{address}>{last}"


def _phrase(name: str) -> Iterable[str]:
    """Return a name in front of an address."""
    if "=?" not in name and len(name) <= 60 and name.isascii():
        if _WORDS.fullmatch(name):
            return name.split(" ")
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return [f'"{escaped}"']
    return _encoded(name, 60)


def _unstructured(header: str, text: str) -> Iterable[str]:
    words = text.split(" ")
    if text.isascii() and "=?" not in text and max(map(len, words)) <= 60:
        return words
    return _encoded(text, LINE - len(header) - 2)


def _encoded(text: str, first: int) -> Iterator[str]:
    """Return encoded words, none cut inside a character, the first of at most so many letters.

    Source: RFC 2047, 2 and 5: at most 75 letters each, the space between them does not count.
    """
    part, room = "", min(first, 75)
    for char in text:
        if len(_word(part + char)) > room:
            yield _word(part)
            part, room = "", 75
        part += char
    yield _word(part)


def _word(text: str) -> str:
    return f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def _parameter(name: str, value: str) -> list[str]:
    """Return a parameter of a header, by RFC 2231 where it has to be."""
    if _NAME.fullmatch(value) and value == value.strip():
        return [f'{name}="{value}"']
    parts, part = [], ""
    for char in value:
        piece = quote(char, safe="")
        if len(part) + len(piece) > 50:
            parts.append(part)
            part = ""
        part += piece
    parts.append(part)
    if len(parts) == 1:
        return [f"{name}*={UTF_8}{parts[0]}"]
    return [f"{name}*{at}*={'' if at else UTF_8}{one}" for at, one in enumerate(parts)]


def _body(letter: Letter) -> bytes:
    inside = [one for one in letter.attachments if one.cid]
    beside = [one for one in letter.attachments if not one.cid]
    made = _text("plain", letter.text)
    if letter.html:
        html = _text("html", letter.html)
        if inside:
            html = _together("related", [html, *(_file(one) for one in inside)])
        made = _together("alternative", [made, html])
    elif inside:
        beside = [*inside, *beside]
    if beside:
        made = _together("mixed", [made, *(_file(one) for one in beside)])
    return made


def _together(kind: str, parts: list[bytes]) -> bytes:
    # "=_" stands in no encoded body, and nobody writes a text that holds its own digest.
    boundary = "=_" + hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
    mark = f"--{boundary}".encode()
    head = _line("Content-Type", [f"multipart/{kind};", f'boundary="{boundary}"']).encode()
    inner = b"".join(b"\r\n" + mark + b"\r\n" + part for part in parts)
    return head + b"\r\n" + inner + b"\r\n" + mark + b"--\r\n"


def _text(kind: str, text: str) -> bytes:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = plain.encode()
    except UnicodeEncodeError as error:
        raise Unwritable("text") from error
    lines = plain.split("\n")
    if plain.isascii() and _is_simple(lines):
        how, body = "7bit", data.replace(b"\n", b"\r\n")
    elif b"\0" not in data and sum(byte > 126 for byte in data) * 6 < len(data):
        how, body = "quoted-printable", quopri.encodestring(data).replace(b"\n", b"\r\n")
    else:
        how, body = "base64", _base64(data.replace(b"\n", b"\r\n"))
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {how}\r\n\r\n"
    return head.encode() + body


def _is_simple(lines: list[str]) -> bool:
    """Say whether lines travel as they are; `From ` at a beginning is changed by some servers."""
    return all(
        len(line) <= LINE
        and line.replace("\t", " ").isprintable()
        and not line.startswith(("From ", "."))
        and line == line.rstrip()
        for line in lines
    )


def _file(one: Attached) -> bytes:
    kind = one.content_type.strip().lower()
    # A mail or a tree inside may not travel as base64 under its own name.
    if not _TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    name = _plain(one.name, "attachments") or "file"
    named = _parameter("filename", name)
    how = "inline" if one.cid else "attachment"
    words = [f"{how};", *(f"{part};" for part in named[:-1]), named[-1]]
    head = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    head.append(_line("Content-Disposition", words))
    if one.cid:
        head.append(_line("Content-ID", [_id(one.cid, "attachments")]))
    return ("\r\n".join(head) + "\r\n\r\n").encode() + _base64(one.content)


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).rstrip(b"\n").replace(b"\n", b"\r\n")
