"""What a mail says of other mails: which it answers, which it reports on, under which address."""

import re

from peakend.adapters.mail.addresses import sender
from peakend.adapters.mail.headers import Fields, field
from peakend.adapters.mail.letter import Mail, Reasons
from peakend.mail.ports import Bounce

MOST_IDS = 50
MOST_TAGS = 20
LOOKED_AT = 64 * 1024

_ID = re.compile(rb"<([^<>\s]{1,250})>")
_TAGGED = re.compile(rb"[A-Za-z0-9._-]{1,64}\+[A-Za-z0-9]{1,64}@[A-Za-z0-9.-]{1,253}")
_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_TOLD_ID = re.compile(r"(?im)^[> \t]*message-id:\s*<([^<>\s]{1,250})>")
_ACTION = re.compile(r"(?im)^action:\s*([a-z]{1,20})")
_STATUS = re.compile(r"(?im)^status:\s*(\d\.\d{1,3}\.\d{1,3})")
_REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
# Who says without a report that a mail did not arrive.
_DAEMONS = re.compile(r"^(mailer-?daemon|postmaster|mail-?daemon|mdaemon)", re.IGNORECASE)


def ids_in(fields: Fields, name: str) -> list[str]:
    """Return the message ids of a header, without their brackets, the newest last."""
    found = [
        one.decode("ascii", "ignore")
        for key, value in fields
        if key == name
        for one in _ID.findall(value)
    ]
    return [one for one in dict.fromkeys(found) if one][-MOST_IDS:]


def tagged_recipients(fields: Fields) -> list[str]:
    """Return the addresses with a tag (`name+tag@host`) to which a mail went."""
    found = [
        one.decode("ascii").lower()
        for key, value in fields
        if key in _TO
        for one in _TAGGED.findall(value)
    ]
    return list(dict.fromkeys(found))[:MOST_TAGS]


def reply_address(fields: Fields) -> str:
    """Return where answers are wanted; nothing where it is not said."""
    wanted = field(fields, "reply-to")
    return sender([("from", wanted)], Reasons())[0][:320] if wanted.strip() else ""


def bounced(mail: Mail, automatic: bool) -> Bounce | None:
    """Return what a report says of a mail that was sent; None for a mail that is no report."""
    if not automatic:
        return None
    action = status = ""
    ids: list[str] = []
    for one in mail.attachments:
        if one.content_type in _REPORTS:
            told = one.content[:LOOKED_AT].decode("utf-8", "replace")
            action = action or _first(_ACTION, told).lower()
            status = status or _first(_STATUS, told)
        elif one.content_type in _RETURNED:
            ids += _TOLD_ID.findall(one.content[:LOOKED_AT].decode("utf-8", "replace"))[:1]
    if not action and not _DAEMONS.match(mail.from_email):
        return None
    # Some servers return the mail as text.
    ids += _TOLD_ID.findall(mail.text[:LOOKED_AT])
    return Bounce(
        action=action or "failed", status=status, message_ids=list(dict.fromkeys(ids))[:MOST_IDS]
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
