"""Putting a mail into the outbox with what it is about, taking it back, trying it anew."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import seal
from peakend.kernel.templates import rendered
from peakend.kernel.words import word
from peakend.mail.actions.limiting import may_go
from peakend.mail.events import MailFailed, MailQueued, MailRetried
from peakend.mail.models import Content, Mail
from peakend.mail.models.limits import Bounds
from peakend.mail.ports import Automatic, Person
from peakend.mail.queries import brand_frame, mail_server, need_mail, place_of, template
from peakend.mail.rules import KEPT_FAILED, KEPT_SENT, Kind, Language, framed, nested
from peakend.mail.rules.answers import LONGEST_ID, bounded_references

_AUTOMATIC: dict[str, Automatic] = {
    "invitation": "generated",
    "acknowledgement": "replied",
    "reply": "",
    "code": "generated",
    "step": "generated",
    "notice": "generated",
    "guest": "generated",
    "progress": "generated",
}


class MailSentAlready(Conflict):
    """A mail waits, or was taken by the server: there is nothing to try anew."""

    wording = "mail.sent_already"


class NothingKept(Conflict):
    """What a mail said is no longer kept."""

    wording = "mail.nothing_kept"


async def queue_mail(
    tx: Transaction,
    *,
    brand_id: UUID,
    kind: Kind,
    about: UUID,
    to: Person,
    language: Language,
    values: Mapping[str, str],
    customer_id: UUID | None = None,
    bounds: Bounds | None = None,
    in_reply_to: str = "",
    reply_to: Person | None = None,
) -> UUID | None:
    """Write a mail by the brand's template and let it be sent once this transaction holds.

    A mail to a customer names him, so that it goes when he is erased. `values` are those of the
    kind's variables, by their dotted names. What a machine answers needs `bounds`, by which it is
    counted. None where the brand has no mail server that works, where its template says nothing, or
    where there would be too many.
    """
    server = await mail_server(tx, brand_id)
    if server is None or not server.active:
        return None
    content = await _written(tx, brand_id, kind, language, values)
    if content is None or not await _counted(tx, kind, brand_id, customer_id, to, bounds):
        return None
    content = msgspec.structs.replace(
        content, in_reply_to=in_reply_to if len(in_reply_to) <= LONGEST_ID else "",
        references=bounded_references([], in_reply_to), reply_to=reply_to,
    )  # fmt: skip
    mail_id = new_id()
    host = server.sender_email.rpartition("@")[2]
    await tx.run(
        """
        INSERT INTO mail (id, brand_id, kind, about, to_email, to_name, language, message_id,
                          content_sealed, created_at, since_at, state, next_at, customer_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 'queued', $10, $11)
        """,
        mail_id,
        brand_id,
        kind,
        about,
        to.email,
        to.name,
        language,
        f"{mail_id}@{host}",
        seal(msgspec.json.encode(content), place_of(tx, mail_id)),
        tx.now,
        customer_id,
    )
    await record(tx, MailQueued(mail_id=mail_id, brand_id=brand_id, mail=kind, about=about))
    return mail_id


async def _counted(
    tx: Transaction,
    kind: Kind,
    brand_id: UUID,
    customer_id: UUID | None,
    to: Person,
    bounds: Bounds | None,
) -> bool:
    """Ask the limiter about what a machine answers; nothing else is counted."""
    if _AUTOMATIC[kind] != "replied":
        return True
    if bounds is None or customer_id is None:
        raise RuntimeError("an automatic answer without bounds")
    return await may_go(
        tx, bounds=bounds, brand_id=brand_id, customer_id=customer_id, email=to.email
    )


async def _written(
    tx: Transaction, brand_id: UUID, kind: Kind, language: Language, values: Mapping[str, str]
) -> Content | None:
    used = await template(tx, brand_id, kind, language)
    given = nested(values)
    subject = rendered(used.subject, given)
    text = rendered(used.body, given, long=True)
    if not subject or not text:
        return None
    automatic = _AUTOMATIC[kind]
    look, logo = await brand_frame(tx, brand_id, language, automatic=bool(automatic))
    button = word(f"mail.frame.button_{kind}", language) if "link" in values else ""
    return Content(
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=framed(text, look, link=values.get("link", ""), button=button),
        automatic=automatic,
        logo_sha256=logo.sha256 if logo else "",
        logo_type=logo.mime if logo else "",
    )


async def withdraw_mails(tx: Transaction, *, about: UUID) -> None:
    """Take back what waits to be sent about something that is over."""
    await _end(tx, "about = $1", about, "withdrawn")


async def give_up_waiting(tx: Transaction, brand_id: UUID, code: str) -> None:
    """Give up what waits of a brand, for a reason."""
    await _end(tx, "brand_id = $1", brand_id, code)


async def hurry(tx: Transaction, brand_id: UUID) -> None:
    """Let what waits be tried at once: what it failed for may be mended."""
    await tx.run(
        "UPDATE mail SET next_at = $2 WHERE organisation_id = current_organisation()"
        " AND brand_id = $1 AND state = 'queued' AND uncertain = 0",
        brand_id,
        tx.now,
    )


async def _end(tx: Transaction, which: str, key: UUID, code: str) -> None:
    ended = await tx.all(
        _Ended,
        f"{_END} AND {which} RETURNING id, brand_id, kind, about",
        key,
        code,
        tx.now,
    )
    for one in ended:
        await record(
            tx,
            MailFailed(
                mail_id=one.id, brand_id=one.brand_id, mail=one.kind, about=one.about, code=code
            ),
        )


async def retry_mail(tx: Transaction, *, mail_id: UUID) -> Mail:
    """Let a mail that was given up be tried anew, under the same Message-ID.

    Errors: MailNotFound, MailSentAlready, NothingKept.
    """
    mail = await need_mail(tx, mail_id, lock=True)
    if mail.state != "failed":
        raise MailSentAlready
    if not mail.kept or mail.code == "withdrawn":
        raise NothingKept
    await tx.run(
        "UPDATE mail SET state = 'queued', next_at = $2, since_at = $2, done_at = NULL,"
        " uncertain = 0, code = '', status = NULL, said = ''"
        " WHERE organisation_id = current_organisation() AND id = $1",
        mail_id,
        tx.now,
    )
    await record(
        tx,
        MailRetried(mail_id=mail_id, brand_id=mail.brand_id, mail=mail.kind, about=mail.about),
    )
    await audit(tx, "mail.retried", "mail", mail_id)
    return await need_mail(tx, mail_id)


async def sweep_mails(tx: Transaction) -> int:
    """Forget mails that were sent or given up long ago; return how many.

    What is on hold stays; to customers, the house may have set a shorter time. An answer that was
    sent stays as long as one that failed: who reads the conversation sees to whom it went.
    """
    return await tx.run(
        """
        DELETE FROM mail
        WHERE organisation_id = current_organisation()
          AND (customer_id IS NULL OR NOT on_hold(customer_id))
          AND (state IN ('sent', 'bounced') AND kind <> 'reply' AND done_at < $1
               OR state IN ('sent', 'failed', 'bounced') AND done_at < $2)
        """,
        tx.now - KEPT_SENT,
        tx.now - KEPT_FAILED,
    )


# What was withdrawn opens nothing any more.
_END = """
UPDATE mail SET state = 'failed', code = $2, done_at = $3, status = NULL, said = '',
    content_sealed = CASE WHEN $2 = 'withdrawn' THEN NULL ELSE content_sealed END
WHERE organisation_id = current_organisation() AND state = 'queued'
"""


class _Ended(msgspec.Struct, frozen=True):
    id: UUID
    brand_id: UUID
    kind: str
    about: UUID
