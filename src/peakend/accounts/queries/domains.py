"""The domains of brands: how they stand, what is to be set, and whose pages a host shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from peakend.accounts.models.brands import DomainRow, Door
from peakend.accounts.rules.brands import (
    AGAIN,
    FILE_PATH,
    GRACE,
    RECORD_NAME,
    SOON,
    WAITS,
    DomainState,
    Serves,
    host_name,
    host_of,
    is_plain_name,
    is_this_machine,
    proof_line,
)
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.settings import settings

# In the scope of a request: by whose host it came.
DOOR = "peakend.door"


class DomainNotFound(NotFound):
    """There is no such domain here."""

    wording = "accounts.domain_not_found"


class BrandDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain of a brand: how it stands and the exact record or file that proves it."""

    id: UUID
    host: str
    serves: Serves
    state: DomainState
    proof: str
    record_name: str
    record_text: str
    file_url: str
    checked_at: datetime | None
    verified_at: datetime | None
    missing_since: datetime | None
    lost_at: datetime | None


_COLUMNS = """
SELECT id, brand_id, host, serves, token, state, proof, created_at, checked_at, verified_at,
    missing_since
FROM brand_domain
WHERE organisation_id = current_organisation()
"""


async def brand_domains(tx: Transaction, brand_id: UUID) -> list[BrandDomain]:
    """Return the domains of a brand by name."""
    rows = await tx.all(DomainRow, _COLUMNS + "AND brand_id = $1 ORDER BY host LIMIT 100", brand_id)
    return [domain_view(row) for row in rows]


async def need_domain(tx: Transaction, domain_id: UUID) -> DomainRow:
    """Return a domain. Errors: DomainNotFound."""
    found = await tx.one(DomainRow, _COLUMNS + "AND id = $1", domain_id)
    if found is None:
        raise DomainNotFound
    return found


class DueDomain(msgspec.Struct, frozen=True):
    """A domain whose proof is to be looked for again."""

    organisation_id: UUID
    id: UUID


async def due_domains(database: Database, now: datetime, most: int = 20) -> list[DueDomain]:
    """Return what is to be looked at of all organisations, longest ago first.

    Counts: what waits every ten minutes in its first week, everything else twice a day.
    """
    async with database.look() as look:
        return await look.all(
            DueDomain,
            """
            SELECT organisation_id, id FROM brand_domain
            WHERE checked_at IS NULL OR checked_at < $1
               OR (state = 'waiting' AND created_at > $2 AND checked_at < $3)
            ORDER BY checked_at NULLS FIRST
            LIMIT $4
            """,
            now - AGAIN,
            now - WAITS,
            now - SOON,
            most,
        )


async def home_of(tx: Transaction, brand_id: UUID) -> str | None:
    """Return the host at which a brand's help centre stands, or None."""
    host: str | None = await tx.value(
        "SELECT host FROM brand_domain WHERE organisation_id = current_organisation()"
        " AND brand_id = $1 AND state = 'verified' AND serves = 'help'"
        " ORDER BY verified_at LIMIT 1",
        brand_id,
    )
    return None if host is None or is_this_machine(host) else host


async def door_of(database: Database, host: str) -> Door | None:
    """Return whose pages a host shows; None for every host that is not verified."""
    if host_name(host) != host or host == own_host():
        return None
    async with database.look() as look:
        return await look.one(
            Door,
            "SELECT organisation_id, brand_id, host, serves FROM brand_domain"
            " WHERE host = $1 AND state = 'verified'",
            host,
        )


def came_by(scope: Mapping[str, Any]) -> Door | None:
    """Return by whose host a request came; None for the desk's own and every other."""
    found = scope.get(DOOR)
    return found if isinstance(found, Door) else None


def own_host() -> str:
    """Return the host of the desk, nothing where the operator has not said."""
    return (urlsplit(settings.public_url).hostname or "") if settings.public_url else ""


def has_own_name() -> bool:
    """Say whether the desk has a host name of its own, which no brand can take from it."""
    return is_plain_name(own_host())


def is_foreign(host_header: str) -> bool:
    """Say whether a request came by a name that nobody here has made known."""
    host = host_of(host_header)
    return has_own_name() and is_plain_name(host) and host != own_host()


def domain_view(row: DomainRow) -> BrandDomain:
    """Return a domain as its list shows it."""
    return BrandDomain(
        id=row.id,
        host=row.host,
        serves=row.serves,
        state=row.state,
        proof=row.proof,
        record_name=f"{RECORD_NAME}.{row.host}",
        record_text=proof_line(row.token),
        file_url=f"https://{row.host}{FILE_PATH}",
        checked_at=row.checked_at,
        verified_at=row.verified_at,
        missing_since=row.missing_since,
        lost_at=row.missing_since + GRACE if row.missing_since else None,
    )
