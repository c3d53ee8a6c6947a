"""Passkeys: a member's own, what an answer is checked against, and challenges that are out."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.models import KnownPasskey, Passkey
from peakend.accounts.rules.passkeys import PASSKEYS
from peakend.kernel.db import Database, Transaction


class PasskeyView(msgspec.Struct, frozen=True):
    """One of a member's own passkeys; `verifies` where it signs in without a password."""

    id: UUID
    name: str
    verifies: bool
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None
    suspect_at: datetime | None


async def own_passkeys(tx: Transaction, member_id: UUID) -> list[PasskeyView]:
    """Return a member's passkeys, oldest first. Counts: at most 20."""
    return await tx.all(
        PasskeyView,
        """
        SELECT id, name, verifies, backed_up, created_at, last_used_at, suspect_at
        FROM passkey
        WHERE organisation_id = current_organisation() AND member_id = $1
        ORDER BY id
        LIMIT $2
        """,
        member_id,
        PASSKEYS,
    )


async def passkeys_of(tx: Transaction, member_id: UUID) -> int:
    """Return how many passkeys a member has."""
    return int(
        await tx.value(
            "SELECT count(*) FROM passkey"
            " WHERE organisation_id = current_organisation() AND member_id = $1",
            member_id,
        )
    )


async def known_passkeys(tx: Transaction, member_id: UUID) -> list[KnownPasskey]:
    """Return how a browser is told of a member's passkeys. Counts: at most 20."""
    return await tx.all(
        KnownPasskey,
        """
        SELECT credential_id, transports FROM passkey
        WHERE organisation_id = current_organisation() AND member_id = $1
        ORDER BY id
        LIMIT $2
        """,
        member_id,
        PASSKEYS,
    )


async def passkey_by_credential(database: Database, credential_id: bytes) -> Passkey | None:
    """Return the passkey that a browser names, in whatever house it is."""
    async with database.system() as tx:
        return await tx.one(
            Passkey,
            """
            SELECT organisation_id, id, member_id, credential_id, public_key, sign_count, suspect_at
            FROM passkey
            WHERE credential_id = $1
            """,
            credential_id,
        )
