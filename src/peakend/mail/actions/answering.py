"""An answer by mail: written into the outbox, held for a moment, taken back, tried anew.

What it says is sealed and names its files by id. Unlike other mails it stays when it was sent, as
long as its row does: who reads the conversation sees to whom it went.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.kept_files import sendable_files
from peakend.kernel.scans import need_free
from peakend.kernel.secrets import seal
from peakend.kernel.templates import rendered
from peakend.kernel.words import word
from peakend.mail.actions.queueing import retry_mail
from peakend.mail.events import MailQueued, MailWithdrawn
from peakend.mail.models import Content, ContentFile, MailServer
from peakend.mail.ports import Person, Written, provided, wire_address
from peakend.mail.queries import brand_frame, house_values, mail_server, opened, place_of, template
from peakend.mail.queries.answers import answer_row
from peakend.mail.rules import LONGEST_SUBJECT, Language, framed, nested
from peakend.mail.rules.answers import (
    HOLD,
    LARGEST_FILES,
    MOST_FILES,
    MOST_RECIPIENTS,
    bounded_references,
    put_in,
)
from peakend.mail.rules.outbox import is_line


class NoMailServer(Conflict):
    """The brand sends no mail: it has no server, or the server is paused."""

    wording = "mail.no_server_here"


class WrongRecipients(Invalid):
    """Nobody, too many, or what is no address."""

    wording = "mail.wrong_recipients"


class WrongSubject(Invalid):
    """The subject is missing, too long or no line."""

    wording = "mail.wrong_subject"


class TooMuchHtml(Invalid):
    """The text has more of everything than a mail may have."""

    wording = "mail.too_much_html"


class FilesTooLarge(Invalid):
    """The files are more, or larger together, than servers of the world take."""

    wording = "mail.files_too_large"


class FileMissing(Invalid):
    """A file is not there any more."""

    wording = "mail.file_missing"


class HandedOver(Conflict):
    """The mail is on its way and cannot be taken back."""

    wording = "mail.handed_over"


class QueuedAnswer(msgspec.Struct, frozen=True):
    """An answer in the outbox, and the Message-ID under which it goes, without brackets."""

    mail_id: UUID
    header: str


def cleaned_answer(html: str) -> Written:
    """Return HTML of an agent as it may travel. Errors: TooMuchHtml."""
    made = provided.cleaner(html)
    if made is None:
        raise TooMuchHtml(fields={"html": "mail.too_much_html"})
    return made


async def queue_answer(
    tx: Transaction,
    *,
    brand_id: UUID,
    about: UUID,
    customer_id: UUID,
    to: Sequence[Person],
    cc: Sequence[Person] = (),
    bcc: Sequence[Person] = (),
    subject: str,
    text: str,
    html: str = "",
    file_ids: Sequence[UUID] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    reply_to: Person | None = None,
    language: Language,
    values: Mapping[str, str] | None = None,
    link: str = "",
    hold_s: float = HOLD.total_seconds(),
) -> QueuedAnswer:
    """Write an answer into the outbox; it is handed over when the hold is over.

    `about` is the message of the conversation, `values` what the brand's template may say beside
    the answer, `link` where it goes on in the chat. Bcc stands in no header.
    Errors: NoMailServer, WrongRecipients, WrongSubject, TooMuchHtml, FilesTooLarge, FileMissing,
    and those of `need_free`.
    """
    server = await mail_server(tx, brand_id)
    if server is None or not server.active:
        raise NoMailServer
    people = _checked_people(to, cc, bcc)
    title = " ".join(subject.split())
    if not is_line(title) or len(title) > LONGEST_SUBJECT:
        raise WrongSubject(fields={"mail.subject": "mail.wrong_subject"})
    clean = cleaned_answer(html) if html.strip() else None
    files = await _checked_files(tx, file_ids, clean)
    content = await _content(tx, brand_id, language, values or {}, title, text, clean, link)
    mail_id = new_id()
    header = f"{mail_id}@{server.sender_email.rpartition('@')[2]}"
    content = msgspec.structs.replace(
        content, to=people[0], cc=people[1], bcc=people[2], files=files, reply_to=reply_to,
        in_reply_to=in_reply_to if 0 < len(in_reply_to) <= 250 else "",
        references=bounded_references(list(references), in_reply_to),
    )  # fmt: skip
    await _insert(tx, mail_id, server, about, customer_id, language, header, content, hold_s)
    await record(tx, MailQueued(mail_id=mail_id, brand_id=brand_id, mail="reply", about=about))
    return QueuedAnswer(mail_id, header)


async def _insert(
    tx: Transaction,
    mail_id: UUID,
    server: MailServer,
    about: UUID,
    customer_id: UUID,
    language: str,
    header: str,
    content: Content,
    hold_s: float,
) -> None:
    await tx.run(
        """
        INSERT INTO mail (id, brand_id, kind, about, to_email, to_name, language, message_id,
                          content_sealed, created_at, since_at, state, next_at, customer_id)
        VALUES ($1, $2, 'reply', $3, $4, $5, $6, $7, $8, $9, $9, 'queued',
                $9::timestamptz + $10::float8 * interval '1 second', $11)
        """,
        mail_id,
        server.brand_id,
        about,
        content.to[0].email,
        content.to[0].name,
        language,
        header,
        seal(msgspec.json.encode(content), place_of(tx, mail_id)),
        tx.now,
        hold_s,
        customer_id,
    )


async def take_answer_back(tx: Transaction, *, mail_id: UUID) -> Content | None:
    """Take an answer out of the outbox before anybody tried to hand it over; return what it said.

    None where it is gone already. The row's lock decides between this and the postman.
    Errors: HandedOver.
    """
    mail = await answer_row(tx, mail_id, lock=True)
    if mail is None:
        return None
    if mail.state != "queued" or mail.attempt:
        raise HandedOver
    content = await opened(tx, mail_id)
    await tx.run(
        "DELETE FROM mail WHERE organisation_id = current_organisation() AND id = $1", mail_id
    )
    await record(
        tx,
        MailWithdrawn(mail_id=mail_id, brand_id=mail.brand_id, mail=mail.kind, about=mail.about),
    )
    return content


async def forget_answers(tx: Transaction, *, about: Sequence[UUID]) -> int:
    """Remove answers whose messages go; return how many there were."""
    return await tx.run(
        "DELETE FROM mail WHERE organisation_id = current_organisation()"
        " AND about = ANY($1) AND kind = 'reply'",
        list(about),
    )


async def retry_answer(tx: Transaction, *, mail_id: UUID) -> bool:
    """Let an answer that was given up be tried anew; doing it twice changes nothing.

    False where there was nothing to do. Errors: MailNotFound, NothingKept.
    """
    mail = await answer_row(tx, mail_id, lock=True)
    if mail is not None and mail.state in ("queued", "sending", "sent"):
        return False
    await retry_mail(tx, mail_id=mail_id)
    return True


def _checked_people(*lists: Sequence[Person]) -> list[list[Person]]:
    """Return recipients as they travel, each once. Errors: WrongRecipients."""
    seen: set[str] = set()
    made: list[list[Person]] = []
    for name, people in zip(("to", "cc", "bcc"), lists, strict=True):
        kept = []
        for one in people:
            address = wire_address(one.email)
            if not address or "." not in address.partition("@")[2]:
                raise WrongRecipients(fields={f"mail.{name}": "mail.wrong_recipient"})
            label = " ".join(one.name.split())
            if address.lower() not in seen:
                seen.add(address.lower())
                kept.append(Person(address, label if is_line(label) else ""))
        made.append(kept)
    if not made[0] or len(seen) > MOST_RECIPIENTS:
        raise WrongRecipients(fields={"mail.to": "mail.wrong_recipients"})
    return made


async def _checked_files(
    tx: Transaction, file_ids: Sequence[UUID], clean: Written | None
) -> list[ContentFile]:
    inside = clean.pictures if clean else []
    ids = list(dict.fromkeys(file_ids))
    if set(inside) - set(ids):
        # A picture is a file of the message like any other: so it goes when the message goes.
        raise FileMissing(fields={"mail.html": "mail.file_missing"})
    found = await sendable_files(tx, ids)
    if len(found) != len(ids):
        raise FileMissing(fields={"file_ids": "mail.file_missing"})
    await need_free(tx, ids)
    if len(ids) > MOST_FILES or sum(one.size for one in found.values()) > LARGEST_FILES:
        raise FilesTooLarge(
            fields={"file_ids": "mail.files_too_large"},
            most=MOST_FILES, limit_mb=LARGEST_FILES // 1024 // 1024,
        )  # fmt: skip
    return [
        ContentFile(
            file_id=one, name=found[one].name, content_type=found[one].mime, size=found[one].size,
            cid=f"{one}@peakend" if one in inside else "",
        )
        for one in ids
    ]  # fmt: skip


async def _content(
    tx: Transaction,
    brand_id: UUID,
    language: Language,
    values: Mapping[str, str],
    subject: str,
    text: str,
    clean: Written | None,
    link: str,
) -> Content:
    """Return what the mail says, in the brand's words and frame."""
    used = await template(tx, brand_id, "reply", language)
    mark = f"answer{uuid4().hex}"
    house = await house_values(tx, brand_id)
    plain = clean.text if clean else text.strip()
    given = nested({**house, **values, "answer": mark})
    body = (rendered(used.body, given, long=True) or mark).strip()
    if mark not in body:
        body = mark
    look, logo = await brand_frame(tx, brand_id, language, automatic=False)
    button = word("mail.frame.button_chat", language) if link else ""
    below = f"\n\n{link}" if link else ""
    if clean is not None:
        html = put_in(framed(body + below, look, link=link, button=button), mark, clean.html)
    else:
        html = framed(body.replace(mark, plain) + below, look, link=link, button=button)
    said = f"\n\n{button}\n{link}" if link else ""
    return Content(
        subject=subject,
        text=f"{body.replace(mark, plain)}{said}\n",
        html=html,
        written=clean.html if clean else "",
        logo_sha256=logo.sha256 if logo else "",
        logo_type=logo.mime if logo else "",
    )
