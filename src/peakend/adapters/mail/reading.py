"""Reading a mail: any bytes in, one `Mail` out, never an exception."""

import re
import unicodedata

from peakend.adapters.mail import hypertext
from peakend.adapters.mail.addresses import recipients, sender
from peakend.adapters.mail.automatic import automatic_by
from peakend.adapters.mail.charsets import decoded, guessed, labelled
from peakend.adapters.mail.headers import field, fields_of, text_of
from peakend.adapters.mail.letter import Attachment, Mail, Reasons
from peakend.adapters.mail.parts import LARGEST_MAIL, Part, cut, uu_name
from peakend.adapters.mail.replies import Lines, reply

# What is kept of the text of one mail, in signs.
LONGEST_TEXT = 1_000_000
LARGEST_TEXT_PART = 8 * 1024 * 1024

_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "message/feedback-report": ".txt",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
    "application/ms-tnef": ".dat",
}
_USUAL_NAMES = {
    "text/html": "document.html",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
    "audio/mpeg": "audio.mp3",
    "audio/amr": "audio.amr",
    "video/mp4": "video.mp4",
    "video/quicktime": "video.mov",
    "application/pdf": "document.pdf",
    "text/calendar": "invitation.ics",
}
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_ELSEWHERE = {"message/partial", "message/external-body"}


def read(raw: bytes) -> Mail:
    """Return a mail's fields; what could not be read is in its reasons."""
    reasons = Reasons()
    if len(raw) > LARGEST_MAIL:
        reasons.unread("too_large", most=LARGEST_MAIL // 1024 // 1024)
        raw = raw[: 256 * 1024]
    raw = _from_the_start(raw)
    if not raw.strip():
        reasons.unread("empty")
    return _Reading(cut(raw, reasons), reasons).mail()


def _from_the_start(raw: bytes) -> bytes:
    """Drop what stands before the first header: a mark, empty lines, the `From ` of an mbox."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in raw[:65536] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    raw = raw.lstrip(b"\r\n")
    if re.match(rb">?From [^:\s]", raw):
        raw = raw.partition(b"\n")[2]
    return raw


class _Block:
    """One piece of what is to be read: plain, HTML, or both as alternatives."""

    def __init__(self, plain: str | None = None, html: str | None = None) -> None:
        self.plain, self.html = plain, html


class _Reading:
    """One mail being read."""

    def __init__(self, root: Part, reasons: Reasons) -> None:
        self.root, self.reasons = root, reasons
        self.blocks: list[_Block] = []
        self.attachments: list[Attachment] = []
        self.kinds: set[str] = set()
        self.names: set[str] = set()
        self.hint = self._usual_label()

    def mail(self) -> Mail:
        fields = self.root.fields
        address, name = sender(fields, self.reasons, self.hint)
        subject = text_of(field(fields, "subject"), self.reasons, self.hint)
        self._gather(self.root)
        self._remark()
        lines, safe = self._body()
        text = "\n".join(line for line, _ in lines).strip("\n")[:LONGEST_TEXT]
        return Mail(
            from_email=address,
            from_name=name,
            to=self._recipients("to"),
            cc=self._recipients("cc"),
            subject=subject,
            content_type="text/html" if any(b.html for b in self.blocks) else "text/plain",
            text=text,
            reply_text=reply(lines, (address, name))[:LONGEST_TEXT],
            html_safe=safe,
            attachments=self.attachments,
            reasons=list(self.reasons.found.values()),
            automatic_by=automatic_by(fields, self.root.kind, address, subject, text, self.kinds),
        )

    def _recipients(self, name: str) -> str:
        values = [value for key, value in self.root.fields if key == name][:50]
        return recipients(values, self.reasons, self.hint)

    def _usual_label(self) -> str:
        """The charset most likely meant where none is named: the one of a text in the mail."""
        for part in self.root.leaves():
            if part.kind.startswith("text/"):
                label = part.params.get("charset", "")
                codec = labelled(label)
                if codec and codec not in ("cp1252", "utf-8"):
                    return label
                if codec is None and (content := part.body[:4096]) and not content.isascii():
                    found = guessed(content)
                    return "" if found in ("cp1252", "utf-8") else found
        return ""

    def _gather(self, part: Part) -> None:
        self.kinds.add(part.kind)
        if part.kind in _ENCRYPTED:
            self.reasons.unread("encrypted")
        if part.kind == "multipart/alternative":
            self._choose(part)
        elif part.parts:
            for place, inner in enumerate(part.parts):
                if place and part.kind == "multipart/related" and not inner.parts:
                    # What belongs to the first part is no text of its own.
                    self.kinds.add(inner.kind)
                    self._keep(inner)
                else:
                    self._gather(inner)
        elif self._is_text(part):
            text = self._text(part)
            if text.strip():
                is_html = part.kind == "text/html"
                self.blocks.append(_Block(html=text) if is_html else _Block(plain=text))
        elif part.start < part.end or part is not self.root:
            self._keep(part)

    def _choose(self, part: Part) -> None:
        """Take the alternatives together, so that what is said twice is read once."""
        before, self.blocks = self.blocks, []
        for inner in part.parts:
            self._gather(inner)
        found, self.blocks = self.blocks, before
        plain = "\n".join(b.plain for b in found if b.plain) or None
        html = "\n".join(b.html for b in found if b.html) or None
        if plain or html:
            self.blocks.append(_Block(plain, html))

    def _is_text(self, part: Part) -> bool:
        if part.disposition == "attachment" or self._given_name(part):
            return False
        if part.kind in ("text/plain", "text/html"):
            return True
        # A whole mail that says it is a picture but is one part without a name is still a file.
        return part.kind.startswith("multipart/") and not part.parts

    def _text(self, part: Part) -> str:
        content = part.content(self.reasons)
        if len(content) > LARGEST_TEXT_PART:
            self.reasons.unread("text_too_large")
            content = content[:LARGEST_TEXT_PART]
        label = part.params.get("charset", "")
        if not labelled(label) and part.kind == "text/html":
            found = re.search(
                rb"<meta[^<>]{1,200}?charset\s*=\s*[\"']?([\w-]{2,30})",
                content[:4096],
                re.IGNORECASE,
            )
            label = found[1].decode("ascii", "replace") if found else label
        if label and not labelled(label):
            self.reasons.note("charset_unknown", label=label)
        text, whole = decoded(content, label, self.hint)
        if not whole:
            self.reasons.unread("text_damaged")
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        return text.encode("utf-8", "replace").decode("utf-8").lstrip("\ufeff")

    def _body(self) -> tuple[Lines, str]:
        lines: Lines = []
        safe: list[str] = []
        for block in self.blocks:
            if lines and lines[-1][0]:
                lines.append(("", False))
            shown = self._html(block, safe) if block.html else []
            if not any(line.strip() for line, _ in shown) and block.plain:
                shown = [(line, False) for line in block.plain[:LONGEST_TEXT].split("\n")]
                if not block.html:
                    safe.append(hypertext.escaped(block.plain[:LONGEST_TEXT]))
            lines += shown
        has_html = any(block.html for block in self.blocks)
        return lines, "\n".join(one.strip() for one in safe) if has_html else ""

    def _html(self, block: _Block, safe: list[str]) -> Lines:
        source = block.html or ""
        if too_much := hypertext.bounded(source):
            self.reasons.unread(too_much)
            lines = (
                [(line, False) for line in block.plain.split("\n")]
                if block.plain
                else hypertext.rough_lines(source)
            )
            safe.append(hypertext.escaped("\n".join(line for line, _ in lines)))
            return lines
        clean, remote = hypertext.to_show(source)
        if remote:
            self.reasons.note("remote_pictures", count=remote)
        safe.append(clean)
        return hypertext.lines_of(source)

    def _given_name(self, part: Part) -> str:
        for params, names in (
            (part.placing, ("filename", "name")),
            (part.params, ("name", "filename")),
        ):
            for name in names:
                if found := params.get(name, "").strip():
                    return found
        return ""

    def _keep(self, part: Part) -> None:
        content = part.content(self.reasons) if not part.kind.startswith("message/") else part.body
        encoding = field(part.fields, "content-transfer-encoding").strip().lower()
        if part.kind.startswith("message/") and encoding in (b"base64", b"quoted-printable"):
            content = part.content(self.reasons)
        name = _file_name(self._given_name(part) or self._told_name(part, content))
        if part.kind in _ELSEWHERE:
            self.reasons.unread("elsewhere")
        if part.kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            self.reasons.note("tnef")
        if part.kind == "text/calendar":
            self._invite(part)
        self.attachments.append(
            Attachment(
                name=self._once(name),
                content_type=part.kind,
                content=content,
                content_id=text_of(field(part.fields, "content-id"), self.reasons).strip(" <>"),
            )
        )

    def _told_name(self, part: Part, content: bytes) -> str:
        """Name what came without a name: by its description, its subject or its kind."""
        extension = _EXTENSIONS.get(part.kind, "")
        kind = part.kind
        if kind == "application/octet-stream" or kind.endswith("uuencode"):
            found = uu_name(part.body)
            if found:
                return found
        told = ""
        if part.kind == "message/rfc822":
            head, _ = fields_of(content, 0, min(len(content), 65536), Reasons())
            told = text_of(field(head, "subject"), self.reasons, self.hint)
        told = told or text_of(field(part.fields, "content-description"), self.reasons, self.hint)
        if told:
            return told if told.lower().endswith(extension) else told + extension
        inside = text_of(field(part.fields, "content-id"), self.reasons).strip(" <>")
        if re.fullmatch(r"[\w-]{1,60}\.(?:jpe?g|png|gif|bmp|webp)@.*", inside, re.IGNORECASE):
            return inside.partition("@")[0]
        return _USUAL_NAMES.get(part.kind, f"file{extension}")

    def _once(self, name: str) -> str:
        """Return a name that no other attachment has."""
        stem, dot, extension = name.rpartition(".")
        unique, number = name, 1
        while unique in self.names and number < 1000:
            unique = f"{stem}{number}.{extension}" if dot else f"{name}{number}"
            number += 1
        self.names.add(unique)
        return unique

    def _invite(self, part: Part) -> None:
        content = part.content(self.reasons)[:65536]
        text, _ = decoded(content, part.params.get("charset", "") or "utf-8", self.hint)
        text = re.sub(r"\r?\n[ \t]", "", text)
        values = {}
        for name in ("SUMMARY", "DTSTART", "LOCATION"):
            event = text.partition("BEGIN:VEVENT")[2] or text
            found = re.search(rf"(?m)^{name}(?:;[^:\r\n]{{0,200}})?:([^\r\n]{{0,400}})", event)
            values[name] = re.sub(r"\\(.)", r"\1", found[1]).strip() if found else "–"
        self.reasons.note(
            "invitation", what=values["SUMMARY"], at=values["DTSTART"], where=values["LOCATION"]
        )

    def _remark(self) -> None:
        if not self.blocks and not self.attachments and "empty" not in self.reasons.found:
            self.reasons.note("no_text")


def _file_name(name: str) -> str:
    """Return a name without a path and without signs that deceive or that no disk takes."""
    name = re.split(r"[\\/]", name)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    name = name.strip(" .") or "file"
    if len(name.encode()) > 200:
        stem, dot, extension = name.rpartition(".")
        extension = extension[:20] if dot else ""
        stem = (stem if dot else name).encode()[:170].decode("utf-8", "ignore")
        name = f"{stem}.{extension}" if extension else stem
    return name
