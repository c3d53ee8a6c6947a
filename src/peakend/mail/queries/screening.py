"""Whose mails are not wanted, and which marks are believed."""

from uuid import UUID

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.mail.models import BLOCK_COLUMNS, PERSON_COLUMNS, MailBlock, PersonSender
from peakend.mail.rules import blocking

_IS_BLOCKED = """
SELECT EXISTS (SELECT FROM mail_block
               WHERE organisation_id = current_organisation() AND digest = ANY($1)
                 AND (brand_id IS NULL OR brand_id = $2)
                 AND (expires_at IS NULL OR expires_at > $3))
"""


class BlockNotFound(NotFound):
    """There is no such block here."""

    wording = "mail.block_not_found"


class PersonNotFound(NotFound):
    """There is no such sender here, or he is a program's again."""

    wording = "mail.person_not_found"


async def is_blocked(tx: Transaction, *, brand_id: UUID, email: str) -> bool:
    """Say whether mails of a sender are kept aside for a brand."""
    return bool(await tx.value(_IS_BLOCKED, blocking(email), brand_id, tx.now))


async def believes_marks(tx: Transaction, brand_id: UUID) -> bool:
    """Say whether a brand believes the marks of spam that its own mail server puts on."""
    return bool(
        await tx.value(
            "SELECT believes FROM mail_screening"
            " WHERE organisation_id = current_organisation() AND brand_id = $1",
            brand_id,
        )
    )


async def mail_blocks(
    tx: Transaction, *, cursor: str | None = None, limit: int = 50
) -> Page[MailBlock]:
    """Return what is blocked for the brands that exist for the actor, newest first.

    Errors: WrongCursor.
    """
    before = UUID(cursor_decode(cursor, 1)[0]) if cursor else UUID(int=(1 << 128) - 1)
    own = None if tx.actor.every_brand else sorted(tx.actor.brand_ids)
    rows = await tx.all(
        MailBlock,
        f"""
        SELECT {BLOCK_COLUMNS} FROM mail_block
        WHERE organisation_id = current_organisation() AND id < $1
          AND ($2::uuid[] IS NULL OR brand_id IS NULL OR brand_id = ANY($2))
        ORDER BY id DESC LIMIT $3
        """,  # noqa: S608 (names of columns only)
        before,
        own,
        limit + 1,
    )
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(str(rows[limit - 1].id)) if more else None)


async def is_person(tx: Transaction, *, brand_id: UUID, email: str) -> bool:
    """Say whether a program's mails to a brand count as a person's."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM mail_person WHERE organisation_id = current_organisation()"
            " AND brand_id = $1 AND email = $2)",
            brand_id,
            email.lower(),
        )
    )


async def mail_persons(
    tx: Transaction, *, cursor: str | None = None, limit: int = 50
) -> Page[PersonSender]:
    """Return the programs that count as persons for the actor's brands, newest first.

    Errors: WrongCursor.
    """
    before = UUID(cursor_decode(cursor, 1)[0]) if cursor else UUID(int=(1 << 128) - 1)
    own = None if tx.actor.every_brand else sorted(tx.actor.brand_ids)
    rows = await tx.all(
        PersonSender,
        f"""
        SELECT {PERSON_COLUMNS} FROM mail_person
        WHERE organisation_id = current_organisation() AND id < $1
          AND ($2::uuid[] IS NULL OR brand_id = ANY($2))
        ORDER BY id DESC LIMIT $3
        """,  # noqa: S608 (names of columns only)
        before,
        own,
        limit + 1,
    )
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(str(rows[limit - 1].id)) if more else None)


async def need_person(tx: Transaction, person_id: UUID) -> PersonSender:
    """Return a program that counts as a person for the actor. Errors: PersonNotFound."""
    found = await tx.one(
        PersonSender,
        f"SELECT {PERSON_COLUMNS} FROM mail_person "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        person_id,
    )
    if found is None or not (tx.actor.every_brand or found.brand_id in tx.actor.brand_ids):
        raise PersonNotFound
    return found


async def need_block(tx: Transaction, block_id: UUID) -> MailBlock:
    """Return a block that the actor may lift. Errors: BlockNotFound."""
    found = await tx.one(
        MailBlock,
        f"SELECT {BLOCK_COLUMNS} FROM mail_block "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        block_id,
    )
    own = found is not None and (tx.actor.every_brand or found.brand_id in tx.actor.brand_ids)
    if found is None or not own:
        raise BlockNotFound
    return found
