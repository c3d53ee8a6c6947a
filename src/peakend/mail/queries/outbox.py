"""Mails that wait, were sent or were given up, and what a waiting one says."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.kernel.secrets import unseal
from peakend.mail.models import MAIL_COLUMNS, Content, Mail
from peakend.mail.rules import MailState

_COUNTED = 1000


class MailNotFound(NotFound):
    """There is no such mail here, or no longer."""

    wording = "mail.not_found"


async def outbox(
    tx: Transaction,
    *,
    state: MailState | None = None,
    about: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Mail]:
    """Return the mails of the brands that exist for the actor, newest first. Errors: WrongCursor.

    `queued` also finds what is being sent just now.
    """
    before = UUID(cursor_decode(cursor, 1)[0]) if cursor else UUID(int=(1 << 128) - 1)
    states = {
        None: ["queued", "sending", "sent", "failed", "bounced"],
        "queued": ["queued", "sending"],
        "failed": ["failed", "bounced"],
    }
    own = None if tx.actor.every_brand else sorted(tx.actor.brand_ids)
    rows = await tx.all(
        Mail,
        f"""
        SELECT {MAIL_COLUMNS} FROM mail
        WHERE organisation_id = current_organisation() AND id < $1 AND state = ANY($2)
          AND ($3::uuid[] IS NULL OR brand_id = ANY($3))
          AND ($4::uuid IS NULL OR about = $4)
        ORDER BY id DESC LIMIT $5
        """,  # noqa: S608 (names of columns only)
        before,
        states.get(state, [state]),
        own,
        about,
        limit + 1,
    )
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(str(rows[limit - 1].id)) if more else None)


async def is_ours(tx: Transaction, message_id: str) -> bool:
    """Say whether a mail that came is one of those in the outbox: their ids are in their names."""
    try:
        mail_id = UUID(message_id.partition("@")[0])
    except ValueError:
        return False
    found: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM mail WHERE organisation_id = current_organisation()"
        " AND id = $1 AND lower(message_id) = lower($2))",
        mail_id,
        message_id,
    )
    return found


async def need_mail(tx: Transaction, mail_id: UUID, *, lock: bool = False) -> Mail:
    """Return a mail of a brand that exists for the actor. Errors: MailNotFound."""
    found = await tx.one(
        Mail,
        f"SELECT {MAIL_COLUMNS} FROM mail "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND id = $1{' FOR UPDATE' * lock}",
        mail_id,
    )
    if found is None or not (tx.actor.every_brand or found.brand_id in tx.actor.brand_ids):
        raise MailNotFound
    return found


async def opened(tx: Transaction, mail_id: UUID) -> Content | None:
    """Return what a mail says; None where it was sent or is no longer kept."""
    sealed = await tx.value(
        "SELECT content_sealed FROM mail WHERE organisation_id = current_organisation()"
        " AND id = $1",
        mail_id,
    )
    if sealed is None:
        return None
    return msgspec.json.decode(unseal(sealed, place_of(tx, mail_id)), type=Content)


def place_of(tx: Transaction, mail_id: UUID) -> str:
    """Return where what a mail says is sealed to."""
    return f"mail/content/{tx.organisation_id}/{mail_id}"


async def failed_mails(tx: Transaction) -> int:
    """Return how many mails were given up and not tried anew. Counts: at most a thousand."""
    count: int = await tx.value(
        "SELECT count(*) FROM (SELECT FROM mail WHERE organisation_id = current_organisation()"
        " AND state = 'failed' LIMIT $1) x",
        _COUNTED,
    )
    return count
