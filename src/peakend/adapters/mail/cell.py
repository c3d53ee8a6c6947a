"""The process in which mails are read one after another, and which dies of one (`cells.py`).

It is given a mail in a frame (`bounded.py`), and answers what it says, as MessagePack.
"""

import re

import msgspec

from peakend.adapters.mail.bounded import serve
from peakend.adapters.mail.headers import field, fields_of
from peakend.adapters.mail.letter import Reasons
from peakend.adapters.mail.marks import spam_mark
from peakend.adapters.mail.reading import read
from peakend.adapters.mail.threads import bounced, ids_in, reply_address, tagged_recipients
from peakend.mail.ports import ReadFile, ReadMail

LONGEST_LINE = 10_000
MOST_FILES = 100


def summary(raw: bytes) -> ReadMail:
    """Return what a mail says, and of which others it speaks."""
    mail = read(raw)
    fields, _ = fields_of(raw.lstrip(b"\r\n"), 0, min(len(raw), 256 * 1024), Reasons())
    named = field(fields, "message-id").decode("utf-8", "replace")
    found = re.search(r"<([^<>\s]{1,250})>", named)
    message_id = found[1] if found else "".join(named.split())[:250]
    codes = {reason.code for reason in mail.reasons}
    lost = next((code for code in ("too_large", "empty", "from_none") if code in codes), "")
    return ReadMail(
        message_id="".join(sign for sign in message_id if sign.isprintable()),
        from_email=mail.from_email[:320],
        from_name=mail.from_name[:200],
        subject=mail.subject[:500],
        automatic=mail.automatic,
        automatic_by=mail.automatic_by,
        whole=mail.whole,
        code=lost,
        to_line=mail.to[:LONGEST_LINE],
        cc_line=mail.cc[:LONGEST_LINE],
        reply_to=reply_address(fields),
        in_reply_to=next(iter(ids_in(fields, "in-reply-to")), ""),
        reference_ids=ids_in(fields, "references"),
        recipients=tagged_recipients(fields),
        text=mail.text,
        reply_text=mail.reply_text,
        html=mail.html_safe,
        has_remote="remote_pictures" in codes,
        files=[
            ReadFile(
                name=one.name,
                content_type=one.content_type[:100],
                content=one.content,
                cid=one.content_id[:200],
            )
            for one in mail.attachments[:MOST_FILES]
        ],
        reasons=[reason.code for reason in mail.reasons],
        bounce=bounced(mail, mail.automatic),
        spam=spam_mark(fields),
    )


def main() -> None:
    """Read mails from the standard input until it ends."""
    # All that it needs is there before the bounds are set.
    summary(b"From: a@example.com\r\nSubject: x\r\n\r\n<p>x</p>")
    serve(lambda raw: msgspec.msgpack.encode(summary(raw)))


if __name__ == "__main__":
    main()
