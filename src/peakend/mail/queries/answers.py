"""Answers by mail: how each stands, and what it says while that is kept.

The caller has checked that the reader may see the conversation.
"""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import organisation
from peakend.kernel.db import Transaction
from peakend.kernel.words import word
from peakend.mail.models import MAIL_COLUMNS, Content, Mail
from peakend.mail.queries.outbox import opened
from peakend.mail.rules import Language, MailState, Trust, moment_text
from peakend.mail.rules.signatures import as_html

# Of a mail that is quoted below an answer, in signs.
LONGEST_QUOTE = 100_000
LONGEST_QUOTED_TEXT = 20_000


class AnswerState(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer stands; `code` says why it was not sent, or not yet."""

    id: UUID
    state: MailState
    code: str
    attempt: int
    next_at: datetime
    kept: bool


async def answer_states(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, AnswerState]:
    """Return how answers stand, by their ids; nothing of those that are gone."""
    if not ids:
        return {}
    rows = await tx.all(
        AnswerState,
        "SELECT id, state, code, attempt, next_at, content_sealed IS NOT NULL AS kept FROM mail"
        " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        list(ids),
    )
    return {row.id: row for row in rows}


async def answer_row(tx: Transaction, mail_id: UUID, *, lock: bool = False) -> Mail | None:
    """Return an answer in the outbox; None where it is gone."""
    return await tx.one(
        Mail,
        f"SELECT {MAIL_COLUMNS} FROM mail "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 AND kind = 'reply'"
        f"{' FOR UPDATE' * lock}",
        mail_id,
    )


class CameMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that came, with what an answer to it needs."""

    id: UUID
    mailbox_id: UUID
    received_at: datetime
    automatic: bool
    message_id: str
    from_email: str
    from_name: str
    to_line: str
    cc_line: str
    reply_to: str
    reference_ids: list[str]
    text: str
    html: str
    trust: Trust


class Quoted(msgspec.Struct, frozen=True):
    """A mail as it stands below the answer to it."""

    html: str
    text: str


async def came_mails(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, CameMail]:
    """Return mails that came, by their ids; those of which nothing is kept are left out."""
    if not ids:
        return {}
    rows = await tx.all(
        CameMail,
        """
        SELECT m.id, m.mailbox_id, m.received_at, m.automatic, m.message_id, m.from_email,
               m.from_name, c.to_line, c.cc_line, c.reply_to, c.reference_ids, c.text, c.html,
               c.trust
        FROM received_mail m
        JOIN received_content c
            ON c.organisation_id = m.organisation_id AND c.received_id = m.id
        WHERE m.organisation_id = current_organisation() AND m.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {row.id: row for row in rows}


async def answers_kept(tx: Transaction, ids: Collection[UUID]) -> list[Content]:
    """Return what answers said, of those that are kept."""
    found = [await opened(tx, one) for one in ids]
    return [one for one in found if one is not None]


async def quoted_mail(tx: Transaction, came: CameMail, address: str, language: Language) -> Quoted:
    """Return a mail as history below the answer to it, without its pictures.

    `address` is its sender's as the answer's writer sees it.
    """
    zone = ZoneInfo((await organisation(tx)).time_zone)
    who = came.from_name or address
    at = moment_text(came.received_at.astimezone(zone), language)
    head = word("mail.quote.head", language, at=at, who=who)
    plain = came.text[:LONGEST_QUOTED_TEXT].strip()
    lines = "\n".join(f"> {line}".rstrip() for line in plain.split("\n"))
    inner = re.sub(r"<img\b[^<>]*>", "", came.html)
    if not inner.strip() or len(inner) > LONGEST_QUOTE:
        inner = as_html(plain)
    return Quoted(
        html=f"<p>{as_html(head)}</p><blockquote>{inner}</blockquote>", text=f"{head}\n{lines}"
    )
