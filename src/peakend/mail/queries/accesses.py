"""As whom the house is known to providers, and what they gave for which mailbox or server."""

from uuid import UUID

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import unseal
from peakend.mail.models import (
    ACCESS_COLUMNS,
    APP_COLUMNS,
    AccessKeys,
    MailAccess,
    MailApp,
)
from peakend.mail.rules import MailProvider


class MailAccessNotFound(NotFound):
    """No provider gave leave for it."""

    wording = "mail.access_not_found"


async def mail_apps(tx: Transaction) -> list[MailApp]:
    """Return the applications that the house registered."""
    return await tx.all(
        MailApp,
        f"SELECT {APP_COLUMNS} FROM mail_app "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() ORDER BY provider LIMIT 10",
    )


async def mail_app(
    tx: Transaction, provider: MailProvider, *, lock: bool = False
) -> MailApp | None:
    """Return the application at a provider, or None where none is registered."""
    return await tx.one(
        MailApp,
        f"SELECT {APP_COLUMNS} FROM mail_app "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND provider = $1{' FOR UPDATE' * lock}",
        provider,
    )


async def app_secret(tx: Transaction, provider: MailProvider) -> str:
    """Return the secret of an application that is there."""
    sealed: bytes = await tx.value(
        "SELECT secret_sealed FROM mail_app"
        " WHERE organisation_id = current_organisation() AND provider = $1",
        provider,
    )
    return unseal(sealed, app_place(tx, provider)).decode()


async def uses_of_apps(tx: Transaction) -> dict[str, int]:
    """Return by how many mailboxes and servers each application is used."""
    return dict(
        await tx.value(
            "SELECT coalesce(jsonb_object_agg(provider, n), '{}') FROM ("
            "SELECT provider, count(*) AS n FROM mail_access"
            " WHERE organisation_id = current_organisation() GROUP BY provider) x"
        )
    )


async def mail_accesses(tx: Transaction) -> dict[UUID, MailAccess]:
    """Return what providers gave, by mailbox or mail server."""
    found = await tx.all(
        MailAccess,
        f"SELECT {ACCESS_COLUMNS} FROM mail_access "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() LIMIT 1000",
    )
    return {whose: one for one in found if (whose := one.mailbox_id or one.server_id)}


async def mail_access(
    tx: Transaction, *, mailbox_id: UUID | None = None, server_id: UUID | None = None
) -> MailAccess | None:
    """Return what a provider gave for a mailbox or a mail server, if it did."""
    column, value = ("mailbox_id", mailbox_id) if mailbox_id else ("server_id", server_id)
    return await tx.one(
        MailAccess,
        f"SELECT {ACCESS_COLUMNS} FROM mail_access "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND {column} = $1",
        value,
    )


async def locked_access(
    tx: Transaction, access_id: UUID
) -> tuple[MailAccess, AccessKeys] | tuple[None, None]:
    """Return what a provider gave, with its keys, still sealed; nobody else changes it now."""
    given = await tx.one(
        MailAccess,
        f"SELECT {ACCESS_COLUMNS} FROM mail_access "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        access_id,
    )
    keys = await tx.one(
        AccessKeys,
        "SELECT refresh_sealed, token_sealed, token_ends_at FROM mail_access"
        " WHERE organisation_id = current_organisation() AND id = $1",
        access_id,
    )
    return (None, None) if given is None or keys is None else (given, keys)


def app_place(tx: Transaction, provider: MailProvider) -> str:
    """Return where the secret of an application is sealed to."""
    return f"mail_app/secret/{tx.organisation_id}/{provider}"


def access_place(tx: Transaction, kind: str, access_id: UUID) -> str:
    """Return where a key of a provider's leave is sealed to: `refresh`, `token`, `verifier`."""
    return f"mail_access/{kind}/{tx.organisation_id}/{access_id}"
