"""By what each brand sends."""

from uuid import UUID

from peakend.accounts.queries import BrandNotFound, brands, need_brand
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import unseal
from peakend.mail.models import SERVER_COLUMNS, MailServer
from peakend.mail.ports import Person
from peakend.mail.queries.accesses import mail_accesses


class MailServerNotFound(NotFound):
    """The brand has no mail server."""

    wording = "mail.server_not_found"


class BrandOfOthers(BrandNotFound):
    """The brand does not exist for somebody who is bound to others."""


async def need_brand_of_own(tx: Transaction, brand_id: UUID) -> None:
    """Make sure that a brand is there for the actor. Errors: BrandNotFound."""
    await need_brand(tx, brand_id)
    if not tx.actor.every_brand and brand_id not in tx.actor.brand_ids:
        raise BrandOfOthers


async def mail_servers(tx: Transaction) -> list[MailServer]:
    """Return the mail servers of the brands that exist for the actor."""
    found = await tx.all(
        MailServer,
        f"SELECT {SERVER_COLUMNS} FROM mail_server "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() ORDER BY id LIMIT 500",
    )
    actor = tx.actor
    return [one for one in found if actor.every_brand or one.brand_id in actor.brand_ids]


async def failing_servers(tx: Transaction) -> int:
    """Return by how many of the actor's mail servers nothing can be sent at the moment."""
    ended = {whose for whose, given in (await mail_accesses(tx)).items() if given.code}
    return sum(
        bool(one.active and (one.failures or one.id in ended)) for one in await mail_servers(tx)
    )


async def mail_server(tx: Transaction, brand_id: UUID, *, lock: bool = False) -> MailServer | None:
    """Return a brand's mail server, or None where it has none."""
    return await tx.one(
        MailServer,
        f"SELECT {SERVER_COLUMNS} FROM mail_server "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND brand_id = $1{' FOR UPDATE' * lock}",
        brand_id,
    )


async def need_server(tx: Transaction, brand_id: UUID, *, lock: bool = False) -> MailServer:
    """Return the mail server of a brand. Errors: BrandNotFound, MailServerNotFound."""
    await need_brand_of_own(tx, brand_id)
    found = await mail_server(tx, brand_id, lock=lock)
    if found is None:
        raise MailServerNotFound
    return found


async def need_server_by_id(tx: Transaction, server_id: UUID, *, lock: bool = False) -> MailServer:
    """Return a mail server of a brand that exists for the actor. Errors: MailServerNotFound."""
    brand_id = await tx.value(
        "SELECT brand_id FROM mail_server WHERE organisation_id = current_organisation()"
        " AND id = $1",
        server_id,
    )
    if brand_id is None:
        raise MailServerNotFound
    return await need_server(tx, brand_id, lock=lock)


async def password_of(tx: Transaction, server: MailServer) -> str:
    """Return the password of a mail server; nothing where none is kept."""
    sealed = await tx.value(
        "SELECT password_sealed FROM mail_server"
        " WHERE organisation_id = current_organisation() AND id = $1",
        server.id,
    )
    if sealed is None:
        return ""
    return unseal(sealed, f"mail_server/password/{tx.organisation_id}/{server.id}").decode()


async def sending_brand(tx: Transaction) -> UUID | None:
    """Return the first brand of the house that sends mail; None where none does."""
    active: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(brand_id), '{}') FROM mail_server"
        " WHERE organisation_id = current_organisation() AND active"
    )
    return next((one.id for one in await brands(tx) if one.id in active), None)


def sender_of(server: MailServer, language: str) -> Person:
    """Return who a brand is in the From line, in a language."""
    name = server.sender_name_zh if language == "zh-CN" else server.sender_name_en
    return Person(server.sender_email, name)


async def own_addresses(tx: Transaction) -> list[str]:
    """Return the addresses at which the house itself sends and receives."""
    found: list[str] = await tx.value(
        "SELECT coalesce(array_agg(email), '{}') FROM ("
        "SELECT sender_email AS email FROM mail_server"
        " WHERE organisation_id = current_organisation()"
        " UNION SELECT email FROM mailbox WHERE organisation_id = current_organisation()) x"
    )
    return found
