"""What an answer by mail takes along, and to whom one goes that names nobody."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

# The code of a message that is also a mail; `params` say which.
MAIL = "mail"
MOST_NAMED = 20
LEFT_AFTER = timedelta(minutes=10)

AnswerState = Literal["queued", "sending", "sent", "failed", "bounced", "received"]


class MailPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to whom a mail goes."""

    email: Annotated[str, Meta(max_length=320)]
    name: Annotated[str, Meta(max_length=200)] = ""


People = Annotated[list[MailPerson], Meta(max_length=MOST_NAMED)]


class MailGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What makes a reply a mail: to whom, about what, and how it looks.

    Who names nobody answers the sender of the newest mail, or the address of the customer. The
    HTML shows pictures by the ids of the reply's files: `<img src="cid:…">`.
    """

    to: People = []
    cc: People = []
    bcc: People = []
    subject: Annotated[str, Meta(max_length=1_000)] = ""
    html: Annotated[str, Meta(max_length=400_000)] = ""


def whom_to_answer(sender: str, reply_to: str, known: Collection[str]) -> str:
    """Return which of the two addresses of a mail is answered.

    Another address than the sender's is only taken where it is at the same domain, or where we
    know it: anybody can write any address there. Source: security.md, 28.
    """
    if not reply_to or reply_to.lower() == sender.lower():
        return sender
    domain = sender.rpartition("@")[2].lower()
    same = bool(domain) and reply_to.rpartition("@")[2].lower() == domain
    return reply_to if same or reply_to.lower() in known else sender


def has_left(seen_at: datetime | None, now: datetime) -> bool:
    """Say whether who was in the chat is gone from it: then an answer reaches him by mail."""
    return seen_at is None or now - seen_at >= LEFT_AFTER


def newcomers(given: Collection[str], known: Collection[str]) -> list[str]:
    """Return the addresses that were not part of a conversation yet, each once."""
    return [one for one in dict.fromkeys(a.lower() for a in given) if one and one not in known]
