"""The postman: hands mails over to their servers, outside of every transaction.

A server that breaks off after a whole mail may have taken it: it is handed over once more under the
same Message-ID, and not a third time. Who dies while sending leaves the same doubt behind.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, SystemTransaction, Transaction
from peakend.kernel.events import record
from peakend.kernel.files import path_of
from peakend.kernel.kept_files import Sendable, sendable_files
from peakend.kernel.outgoing.carrier import Carrier
from peakend.kernel.scans import scans_of_files
from peakend.mail.actions.unlocking import Opener, handed_over, opener_of_server
from peakend.mail.events import MailDelayed, MailFailed, MailSent
from peakend.mail.models import Content, DueMail, Mail, MailServer
from peakend.mail.ports import (
    Attached,
    Letter,
    Outcome,
    Person,
    Server,
    SigningKey,
    Unwritable,
    provided,
)
from peakend.mail.queries import (
    MailNotFound,
    mail_server,
    need_mail,
    opened,
    sender_of,
    signing_key,
)
from peakend.mail.rules import (
    AT_ONCE,
    GIVEN_UP_AFTER,
    LEASE,
    TROUBLED_AFTER,
    UNCERTAIN_WAIT_S,
    next_try_s,
    rest_s,
)

log = structlog.get_logger()

MOST_AT_ONCE = 16
CLAIM = """
WITH busy AS (
    SELECT * FROM unnest($4::uuid[], $5::int[]) AS one (brand_id, n)
), due AS (
    SELECT d.organisation_id, d.id, d.state
    FROM mail_server s
    LEFT JOIN busy ON busy.brand_id = s.brand_id
    CROSS JOIN LATERAL (
        SELECT m.organisation_id, m.id, m.state FROM mail m
        WHERE m.organisation_id = s.organisation_id AND m.brand_id = s.brand_id
          AND m.state IN ('queued', 'sending') AND m.next_at <= $1
        ORDER BY m.next_at
        LIMIT greatest(0, CASE WHEN s.failures >= $6 THEN 1 ELSE $7 END - coalesce(busy.n, 0))
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE s.active AND (s.rests_until IS NULL OR s.rests_until <= $1)
    LIMIT $3
)
UPDATE mail m SET attempt = least(m.attempt + 1, 32000), next_at = $2, state = 'sending',
    uncertain = m.uncertain + (due.state = 'sending')::int
FROM due WHERE m.organisation_id = due.organisation_id AND m.id = due.id
RETURNING m.organisation_id, m.id, m.brand_id, m.attempt, m.uncertain
"""
SENT = """
UPDATE mail SET state = 'sent', done_at = $3, status = $4, said = $5, code = '',
    content_sealed = CASE kind WHEN 'reply' THEN content_sealed END
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'sending'
"""
NOT_SENT = """
UPDATE mail SET state = $3, next_at = $4, done_at = $5, code = $6, status = $7, said = $8,
    uncertain = $9
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'sending'
"""
GOOD = """
UPDATE mail_server SET failures = 0, failing_since = NULL, rests_until = NULL, last_good_at = $2,
    code = '', status = NULL, said = ''
WHERE organisation_id = current_organisation() AND brand_id = $1
"""
BAD = """
UPDATE mail_server SET failures = failures + 1, failing_since = coalesce(failing_since, $2),
    code = $3, status = $4, said = $5
WHERE organisation_id = current_organisation() AND brand_id = $1
RETURNING failures
"""


class Postman(Carrier[DueMail]):
    """Hands over what is due until told to stop."""

    most_at_once = MOST_AT_ONCE

    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[DueMail]:
        """Take what is due, of a receiver in trouble one at a time."""
        until = tx.now + LEASE
        return await tx.all(
            DueMail, CLAIM, tx.now, until, free, busy, many, TROUBLED_AFTER, AT_ONCE
        )

    def receiver(self, one: DueMail) -> UUID:
        """Return whose server it goes to."""
        return one.brand_id

    async def carry_one(self, one: DueMail) -> None:
        """Carry one and write down how it went."""
        await carry_one(self._database, one, self._now)


class _Ready(msgspec.Struct, frozen=True):
    mail: Mail
    content: Content
    files: dict[UUID, Sendable]
    sender: MailServer
    opener: Opener
    key: SigningKey | None


async def carry_one(database: Database, one: DueMail, now: Callable[[], datetime]) -> None:
    """Hand one mail over and write down how it went."""
    actor = Actor.system(one.organisation_id)
    try:
        async with database.transaction(actor, now()) as tx:
            ready = await _ready(tx, one.id)
    except MailNotFound:
        # To somebody who was erased since it was taken from the queue.
        return
    outcome = ready if isinstance(ready, Outcome) else await _sent(database, one, ready, now)
    with contextlib.suppress(MailNotFound):
        async with database.transaction(actor, now()) as tx:
            await settle(tx, one, outcome)


async def _ready(tx: Transaction, mail_id: UUID) -> _Ready | Outcome:
    mail = await need_mail(tx, mail_id)
    server, content = await mail_server(tx, mail.brand_id), await opened(tx, mail_id)
    if server is None or content is None:
        return Outcome(result="never", code="no_server" if server is None else "nothing_kept")
    opener = await opener_of_server(tx, server)
    if opener.missing:
        return Outcome(result="later", code=opener.missing, of_server=True)
    files = await sendable_files(tx, [one.file_id for one in content.files])
    if len(files) != len({one.file_id for one in content.files}):
        return Outcome(result="never", code="file_missing")
    scans = await scans_of_files(tx, files)
    if any(one.scanned == "infected" for one in scans.values()):
        return Outcome(result="never", code="file_infected")
    key = await signing_key(tx, mail.brand_id, server.sender_email)
    return _Ready(mail, content, files, server, opener, key)


async def _sent(
    database: Database, one: DueMail, ready: _Ready, now: Callable[[], datetime]
) -> Outcome:
    if one.uncertain > 1:
        return Outcome(result="never", code="uncertain")
    try:
        # Twenty megabytes of files are read and written down beside the loop.
        letter, raw = await asyncio.to_thread(_composed, ready)
    except Unwritable:
        return Outcome(result="never", code="unwritable")
    except OSError:
        return Outcome(result="never", code="file_missing")
    everybody = (*letter.to, *letter.cc, *ready.content.bcc)
    to = [person.email for person in everybody]
    return await handed_over(
        database, Actor.system(one.organisation_id), as_spoken_to(ready.sender), ready.opener, now,
        lambda server: provided.post.send(server, letter.sender.email, to, raw),
    )  # fmt: skip


def _composed(ready: _Ready) -> tuple[Letter, bytes]:
    letter = letter_of(ready.mail, ready.content, ready.sender, ready.files)
    return letter, written_by(letter, ready.key)


def written_by(letter: Letter, key: SigningKey | None) -> bytes:
    """Return a mail as it travels, signed where there is a key. Errors: Unwritable."""
    raw = provided.compose(letter)
    return raw if key is None else provided.sign.sign(raw, key)


def letter_of(
    mail: Mail, content: Content, server: MailServer, files: Mapping[UUID, Sendable]
) -> Letter:
    """Return a mail as plain data, as its brand sends it now. Errors: OSError for lost bytes."""
    attached = [
        Attached(
            one.name,
            one.content_type,
            path_of(files[one.file_id].sha256).read_bytes(),
            cid=one.cid,
        )
        for one in content.files
    ]
    logo: list[Attached] = []
    if content.logo_sha256:
        with contextlib.suppress(OSError):
            data = path_of(content.logo_sha256).read_bytes()
            name = "logo." + content.logo_type.partition("/")[2]
            logo = [Attached(name, content.logo_type, data, cid="logo")]
    return Letter(
        message_id=mail.message_id,
        at=mail.created_at,
        sender=sender_of(server, mail.language),
        to=content.to or [Person(mail.to_email, mail.to_name)],
        cc=content.cc,
        reply_to=content.reply_to,
        in_reply_to=content.in_reply_to,
        references=content.references,
        subject=content.subject,
        text=content.text,
        html=content.html,
        attachments=[*logo, *attached],
        automatic=content.automatic,
    )


def as_spoken_to(server: MailServer) -> Server:
    """Return a server as it is reached."""
    return Server(host=server.host, port=server.port, tls=server.tls, login=server.login)


async def settle(tx: Transaction, one: DueMail, outcome: Outcome) -> None:
    """Write down how a try ended, and what follows for the server."""
    mail = await need_mail(tx, one.id, lock=True)
    if mail.attempt != one.attempt or mail.state != "sending":
        return
    if outcome.result == "sent":
        await tx.run(SENT, one.id, one.attempt, tx.now, outcome.status, outcome.said)
        await tx.run(GOOD, one.brand_id, tx.now)
        await record(
            tx,
            MailSent(
                mail_id=one.id, brand_id=one.brand_id, mail=mail.kind, about=mail.about,
                tries=one.attempt,
            ),
        )  # fmt: skip
        return
    await _not_sent(tx, one, mail, outcome)
    if not outcome.of_server:
        return
    bad = await tx.value(BAD, one.brand_id, tx.now, outcome.code, outcome.status, outcome.said)
    if bad is not None and (rest := rest_s(bad)):
        await tx.run(
            "UPDATE mail_server SET rests_until = $2"
            " WHERE organisation_id = current_organisation() AND brand_id = $1",
            one.brand_id,
            tx.now + timedelta(seconds=rest),
        )


async def _not_sent(tx: Transaction, one: DueMail, mail: Mail, outcome: Outcome) -> None:
    """Let a mail be tried again, or give it up."""
    doubts = one.uncertain + (outcome.result == "uncertain")
    since = await tx.value(
        "SELECT since_at FROM mail WHERE organisation_id = current_organisation() AND id = $1",
        one.id,
    )
    over = outcome.result == "never" or doubts > 1 or tx.now - since >= GIVEN_UP_AFTER
    spread = random.random()  # noqa: S311 (spreads retries)
    wait = UNCERTAIN_WAIT_S if outcome.result == "uncertain" else next_try_s(one.attempt, spread)
    await tx.run(
        NOT_SENT,
        one.id,
        one.attempt,
        "failed" if over else "queued",
        tx.now + timedelta(seconds=wait),
        tx.now if over else None,
        outcome.code,
        outcome.status,
        outcome.said,
        doubts,
    )
    if over or outcome.code != mail.code:
        told = MailFailed if over else MailDelayed
        await record(
            tx,
            told(
                mail_id=one.id, brand_id=one.brand_id, mail=mail.kind, about=mail.about,
                code=outcome.code,
            ),
        )  # fmt: skip
