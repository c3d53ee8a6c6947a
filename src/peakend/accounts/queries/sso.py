"""The provider of a house, who is linked, and sign-ins on their way."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.models import SSO_PROVIDER_COLUMNS, SsoAttempt, SsoProvider, SsoSitting
from peakend.accounts.rules import Rights
from peakend.accounts.rules.claims import SsoGrant
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid, NotFound
from peakend.kernel.secrets import token_hash, unseal


class NoSso(NotFound):
    """The house has no single sign-on, or it is turned off."""

    wording = "accounts.no_sso"


class SsoWay(msgspec.Struct, frozen=True):
    """What the sign-in page shows; `sso_only` where passwords open no session."""

    house_id: UUID
    name: str
    sso_only: bool


class SsoCeiling(msgspec.Struct, frozen=True):
    """What the grants give at most: what whoever saved them could do, and by which roles he saw."""

    rights: Rights = Rights()
    roles: list[str] = []


async def sso_provider(tx: Transaction) -> SsoProvider | None:
    """Return the provider of the house, if it has one."""
    found = await tx.one(
        SsoProvider,
        f"SELECT {SSO_PROVIDER_COLUMNS} FROM sso_provider "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation()",
    )
    if found is None:
        return None
    return msgspec.structs.replace(found, grants=msgspec.convert(found.grants, list[SsoGrant]))


async def sso_ceiling(tx: Transaction) -> SsoCeiling:
    """Return what the grants give at most."""
    found = await tx.value(
        "SELECT ceiling FROM sso_provider WHERE organisation_id = current_organisation()"
    )
    return msgspec.convert(found or {}, SsoCeiling)


async def sso_secret(tx: Transaction) -> str:
    """Return the client's secret. Errors: NoSso."""
    sealed = await tx.value(
        "SELECT secret_sealed FROM sso_secret WHERE organisation_id = current_organisation()"
    )
    if sealed is None:
        raise NoSso
    return unseal(sealed, f"sso_provider/secret/{tx.organisation_id}").decode()


async def has_sso_secret(tx: Transaction) -> bool:
    """Say whether the client's secret was given."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM sso_secret WHERE organisation_id = current_organisation())"
        )
    )


async def sso_way(database: Database, house_id: UUID | None) -> SsoWay | None:
    """Return the single sign-on of a house; where none is named, of the oldest that has one."""
    async with database.system() as tx:
        return await tx.one(
            SsoWay,
            "SELECT organisation_id AS house_id, name, sso_only FROM sso_provider"
            " WHERE active AND ($1::uuid IS NULL OR organisation_id = $1)"
            " ORDER BY organisation_id LIMIT 1",
            house_id,
        )


async def attempt_by_state(database: Database, state: str, now: datetime) -> SsoAttempt | None:
    """Return the sign-in that a state belongs to, while it is good."""
    try:
        digest = token_hash(state)
    except Invalid:
        return None
    async with database.system() as tx:
        return await tx.one(
            SsoAttempt,
            "SELECT organisation_id, id, browser_hash, secrets_sealed, issuer, member_id"
            " FROM sso_attempt"
            " WHERE state_hash = $1 AND expires_at > $2",
            digest,
            now,
        )


async def linked_member(tx: Transaction, issuer: str, subject: str) -> UUID | None:
    """Return who somebody at a provider is here."""
    found: UUID | None = await tx.value(
        "SELECT member_id FROM sso_link WHERE organisation_id = current_organisation()"
        " AND issuer = $1 AND subject = $2",
        issuer,
        subject,
    )
    return found


class SsoOwn(msgspec.Struct, frozen=True):
    """A member's own link to the provider of the house; `only` where it is his only way in."""

    name: str
    offered: bool
    only: bool
    linked_at: datetime | None
    last_used_at: datetime | None


async def own_sso(tx: Transaction, member_id: UUID) -> SsoOwn | None:
    """Return how a member stands with the provider of the house, if it has one."""
    return await tx.one(
        SsoOwn,
        """
        SELECT p.name, p.active AS offered, p.active AND p.sso_only AS only,
               l.created_at AS linked_at, l.last_used_at
        FROM sso_provider p
        LEFT JOIN sso_link l ON l.organisation_id = p.organisation_id AND l.member_id = $1
                            AND rtrim(l.issuer, '/') = rtrim(p.issuer, '/')
        WHERE p.organisation_id = current_organisation()
        ORDER BY l.last_used_at DESC NULLS LAST
        LIMIT 1
        """,
        member_id,
    )


async def sso_sitting(tx: Transaction, session_id: UUID) -> SsoSitting | None:
    """Return what the provider is shown when this session ends."""
    return await tx.one(
        SsoSitting,
        "SELECT id, issuer, token_sealed FROM sso_sitting"
        " WHERE organisation_id = current_organisation() AND session_id = $1 LIMIT 1",
        session_id,
    )


async def teams_there(tx: Transaction, team_ids: list[UUID]) -> frozenset[UUID]:
    """Return which of some teams there still are."""
    found = await tx.value(
        "SELECT array_agg(id) FROM team WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        team_ids,
    )
    return frozenset(found or ())


async def links_to(tx: Transaction, issuer: str) -> int:
    """Return how many members are linked to a provider."""
    return int(
        await tx.value(
            "SELECT count(*) FROM sso_link WHERE organisation_id = current_organisation()"
            " AND issuer = $1",
            issuer,
        )
    )


async def is_linked(tx: Transaction, issuer: str, member_id: UUID | None) -> bool:
    """Say whether a member has come in by a provider before."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM sso_link WHERE organisation_id = current_organisation()"
            " AND issuer = $1 AND member_id = $2)",
            issuer,
            member_id,
        )
    )


async def member_to_link(tx: Transaction, issuer: str, email_key: str) -> UUID | None:
    """Return the member whose login is this address and who has no link to the provider yet."""
    found: UUID | None = await tx.value(
        "SELECT c.member_id FROM credential c WHERE c.organisation_id = current_organisation()"
        " AND c.login_key = $2 AND NOT EXISTS (SELECT FROM sso_link l"
        " WHERE l.organisation_id = c.organisation_id AND l.member_id = c.member_id"
        " AND l.issuer = $1)",
        issuer,
        email_key,
    )
    return found
