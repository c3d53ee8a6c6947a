"""From where each brand receives, where we are there, and what came."""

from uuid import UUID

import msgspec

from peakend.kernel.db import SystemTransaction, Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.naming import called
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.kernel.secrets import unseal
from peakend.mail.models import (
    CONTENT_COLUMNS,
    MAILBOX_COLUMNS,
    OF_PROGRAMS,
    RECEIVED_COLUMNS,
    KeptFile,
    Mailbox,
    MailboxPlace,
    ReceivedContent,
    ReceivedMail,
)
from peakend.mail.queries.accesses import mail_accesses
from peakend.mail.rules import ReceivedList

_LIST = f"""
SELECT {RECEIVED_COLUMNS} FROM received_mail
WHERE organisation_id = current_organisation() AND id < $1 AND %s
  AND ($2::uuid[] IS NULL OR brand_id = ANY($2))
ORDER BY id DESC LIMIT $3
"""  # noqa: S608 (names of columns only)
_RECEIVED, _PROGRAMS = _LIST % "state = $4", _LIST % OF_PROGRAMS


class MailboxNotFound(NotFound):
    """There is no such mailbox here."""

    wording = "mail.mailbox_not_found"


class ReceivedNotFound(NotFound):
    """There is no such received mail here, or no longer."""

    wording = "mail.not_found"


async def mailboxes(tx: Transaction) -> list[Mailbox]:
    """Return the mailboxes of the brands that exist for the actor."""
    found = await tx.all(
        Mailbox,
        f"SELECT {MAILBOX_COLUMNS} FROM mailbox "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() ORDER BY id LIMIT 500",
    )
    actor = tx.actor
    return [one for one in found if actor.every_brand or one.brand_id in actor.brand_ids]


async def failing_mailboxes(tx: Transaction) -> int:
    """Return of how many of the actor's mailboxes nothing can be had at the moment."""
    ended = {whose for whose, given in (await mail_accesses(tx)).items() if given.code}
    return sum(
        bool(one.active and (one.failures or one.id in ended)) for one in await mailboxes(tx)
    )


async def need_mailbox(tx: Transaction, mailbox_id: UUID, *, lock: bool = False) -> Mailbox:
    """Return a mailbox of a brand that exists for the actor. Errors: MailboxNotFound."""
    found = await tx.one(
        Mailbox,
        f"SELECT {MAILBOX_COLUMNS} FROM mailbox "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND id = $1{' FOR UPDATE' * lock}",
        mailbox_id,
    )
    if found is None or not (tx.actor.every_brand or found.brand_id in tx.actor.brand_ids):
        raise MailboxNotFound
    return found


async def box_password(tx: Transaction, mailbox_id: UUID) -> str:
    """Return the password of a mailbox; nothing where none is kept."""
    sealed = await tx.value(
        "SELECT password_sealed FROM mailbox"
        " WHERE organisation_id = current_organisation() AND id = $1",
        mailbox_id,
    )
    return "" if sealed is None else unseal(sealed, box_place(tx, mailbox_id)).decode()


def box_place(tx: Transaction, mailbox_id: UUID) -> str:
    """Return where the password of a mailbox is sealed to."""
    return f"mailbox/password/{tx.organisation_id}/{mailbox_id}"


async def place_in(tx: Transaction, mailbox_id: UUID, folder: str) -> MailboxPlace | None:
    """Return where we are in a folder; None where nobody was there."""
    return await tx.one(
        MailboxPlace,
        "SELECT folder, validity, seen_uid, todo, stuck_uid, stuck, unmarked"
        " FROM mailbox_place"
        " WHERE organisation_id = current_organisation() AND mailbox_id = $1 AND folder = $2",
        mailbox_id,
        folder,
    )


async def need_received(tx: Transaction, received_id: UUID, *, lock: bool = False) -> ReceivedMail:
    """Return a mail that came to a brand of the actor's. Errors: ReceivedNotFound."""
    found = await tx.one(
        ReceivedMail,
        f"SELECT {RECEIVED_COLUMNS} FROM received_mail "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND id = $1{' FOR UPDATE' * lock}",
        received_id,
    )
    if found is None or not (tx.actor.every_brand or found.brand_id in tx.actor.brand_ids):
        raise ReceivedNotFound
    return found


async def need_content(tx: Transaction, received_id: UUID) -> ReceivedContent:
    """Return what a mail says that came. Errors: ReceivedNotFound where nothing is kept of it."""
    found = await tx.one(
        ReceivedContent,
        f"SELECT {CONTENT_COLUMNS} FROM received_content "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND received_id = $1",
        received_id,
    )
    if found is None:
        raise ReceivedNotFound
    kept = msgspec.convert(found.attachments, list[KeptFile])
    return msgspec.structs.replace(found, attachments=kept)


async def received_naming(tx: Transaction, message_ids: list[str]) -> list[UUID]:
    """Return the newest mails that name one of these, too.

    Who answers may be read before what he answers, and what he answers may never come.
    Counts: fifty.
    """
    found: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(received_id ORDER BY received_id DESC), '{}') FROM (
            SELECT received_id FROM received_content
            WHERE organisation_id = current_organisation() AND reference_ids ?| $1::text[]
            ORDER BY received_id DESC LIMIT 50) x
        """,
        message_ids,
    )
    return found


async def received_mails(
    tx: Transaction, *, state: ReceivedList, cursor: str | None = None, limit: int = 50
) -> Page[ReceivedMail]:
    """Return what came to the brands that exist for the actor, newest first. Errors: WrongCursor.

    `attention` finds those of which nothing could be had, and that somebody has to look at;
    `aside` those at which somebody looked, `programs` those of programs about nothing of ours.
    """
    before = UUID(cursor_decode(cursor, 1)[0]) if cursor else UUID(int=(1 << 128) - 1)
    own = None if tx.actor.every_brand else sorted(tx.actor.brand_ids)
    of_programs = state == "programs"
    rows = await tx.all(
        ReceivedMail,
        _PROGRAMS if of_programs else _RECEIVED,
        before,
        own,
        limit + 1,
        *([] if of_programs else [state]),
    )
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(str(rows[limit - 1].id)) if more else None)


async def mails_to_look_at(tx: Transaction) -> int:
    """Return how many mails of the actor's brands somebody has to look at. Counts: a thousand."""
    own = None if tx.actor.every_brand else sorted(tx.actor.brand_ids)
    counted: int = await tx.value(
        "SELECT count(*) FROM (SELECT FROM received_mail"
        " WHERE organisation_id = current_organisation() AND state = 'attention'"
        " AND ($1::uuid[] IS NULL OR brand_id = ANY($1)) LIMIT 1000) x",
        own,
    )
    return counted


class DoorUse(msgspec.Struct, frozen=True):
    """How many mailboxes of all houses our receiver takes mails for, and how many name servers."""

    boxes: int
    trusting: int


async def door_use(tx: SystemTransaction) -> DoorUse:
    """Return what our receiver is needed for, over all houses."""
    found = await tx.one(
        DoorUse,
        "SELECT count(*) AS boxes, count(*) FILTER (WHERE trusted_servers <> '[]') AS trusting"
        " FROM mailbox WHERE way = 'smtp' AND active",
    )
    assert found is not None
    return found


async def answering_mailbox(
    tx: Transaction, brand_id: UUID, mailbox_id: UUID | None
) -> Mailbox | None:
    """Return where answers to a brand's mails are asked for: by which one came, or its first."""
    return await tx.one(
        Mailbox,
        f"SELECT {MAILBOX_COLUMNS} FROM mailbox "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND brand_id = $1 AND active"
        " ORDER BY id IS NOT DISTINCT FROM $2 DESC, id LIMIT 1",
        brand_id,
        mailbox_id,
    )


async def acknowledges(tx: Transaction, mailbox_id: UUID) -> bool:
    """Say whether who writes to a mailbox is told that his mail arrived."""
    return bool(
        await tx.value(
            "SELECT acknowledges FROM mailbox"
            " WHERE organisation_id = current_organisation() AND id = $1",
            mailbox_id,
        )
    )


called(
    "mailbox",
    "SELECT id, name FROM mailbox WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
