"""The organisation itself and its brands."""

from uuid import UUID

from peakend.accounts.models import Brand, Organisation, SignInRules
from peakend.accounts.rules import PASSWORD_LENGTH
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound


class BrandNotFound(NotFound):
    """There is no such brand here."""

    wording = "accounts.brand_not_found"


async def organisation(tx: Transaction) -> Organisation:
    """Return the organisation this transaction is in. Errors: NotFound before its set-up."""
    found = await tx.one(
        Organisation,
        """
        SELECT organisation_id AS id, name, language, time_zone
        FROM organisation
        WHERE organisation_id = current_organisation()
        """,
    )
    if found is None:
        raise NotFound
    return found


async def organisation_ids(database: Database) -> list[UUID]:
    """Return the tenants of this installation, oldest first; for start-up and the worker."""
    async with database.system() as tx:
        ids: list[UUID] = await tx.value(
            "SELECT coalesce(array_agg(organisation_id ORDER BY created_at, organisation_id), '{}')"
            " FROM organisation"
        )
    return ids


async def sign_in_rules(tx: Transaction) -> SignInRules:
    """Return what the organisation asks of whoever signs in."""
    found = await tx.one(
        SignInRules,
        """
        SELECT password_least, second_step_roles, networks
        FROM sign_in_rule
        WHERE organisation_id = current_organisation()
        """,
    )
    return found or SignInRules(PASSWORD_LENGTH[0], [], [])


async def any_organisation(database: Database) -> bool:
    """Say whether the installation has been set up."""
    async with database.system() as tx:
        return bool(await tx.value("SELECT EXISTS (SELECT FROM organisation)"))


async def houses(database: Database) -> list[Organisation]:
    """Return every organisation of the installation. Counts: 1,000."""
    async with database.system() as tx:
        return await tx.all(
            Organisation,
            "SELECT organisation_id AS id, name, language, time_zone FROM organisation"
            " ORDER BY created_at, organisation_id LIMIT 1000",
        )


async def brands(tx: Transaction) -> list[Brand]:
    """Return the organisation's brands in their order."""
    return await tx.all(
        Brand,
        """
        SELECT id, name, slug, colour
        FROM brand
        WHERE organisation_id = current_organisation()
        ORDER BY position, id
        LIMIT 500
        """,
    )


async def brand_names(tx: Transaction) -> dict[UUID, str]:
    """Return the name of each brand."""
    return {brand.id: brand.name for brand in await brands(tx)}


async def need_brand(tx: Transaction, brand_id: UUID) -> Brand:
    """Return a brand. Errors: BrandNotFound."""
    found = await tx.one(
        Brand,
        """
        SELECT id, name, slug, colour
        FROM brand
        WHERE organisation_id = current_organisation()
          AND id = $1
        """,
        brand_id,
    )
    if found is None:
        raise BrandNotFound
    return found
