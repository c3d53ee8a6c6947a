"""Two-step sign-in: who has it, what codes are checked against, sign-ins that wait for one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.models import PendingSignIn, SecondStepRow
from peakend.accounts.queries.passkeys import passkeys_of
from peakend.accounts.queries.tenant import sign_in_rules
from peakend.accounts.rules import PENDING_TRIES
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.secrets import token_hash


class SecondStep(msgspec.Struct, frozen=True):
    """How it stands with a member's own two-step sign-in, and how long his password has to be.

    It is on with an authenticator (`since`), with passkeys, or with both.
    """

    on: bool
    since: datetime | None
    recovery_codes_left: int
    required: bool
    password_least: int
    authenticator: bool
    passkeys: int


async def second_step_row(tx: Transaction, member_id: UUID) -> SecondStepRow | None:
    """Return what codes are checked against, and let nobody else check at the same moment."""
    return await tx.one(
        SecondStepRow,
        """
        SELECT secret, used_step, confirmed_at
        FROM second_step
        WHERE organisation_id = current_organisation() AND member_id = $1
        FOR UPDATE
        """,
        member_id,
    )


async def second_step(tx: Transaction, member_id: UUID, role: str) -> SecondStep:
    """Return how it stands with a member's two-step sign-in."""
    since: datetime | None = await tx.value(
        "SELECT confirmed_at FROM second_step"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )
    rules = await sign_in_rules(tx)
    passkeys = await passkeys_of(tx, member_id)
    on = since is not None or passkeys > 0
    return SecondStep(
        on=on,
        since=since,
        recovery_codes_left=await recovery_codes_left(tx, member_id) if on else 0,
        required=role in rules.second_step_roles,
        password_least=rules.password_least,
        authenticator=since is not None,
        passkeys=passkeys,
    )


async def recovery_codes_left(tx: Transaction, member_id: UUID) -> int:
    """Return how many recovery codes a member can still use."""
    return int(
        await tx.value(
            """
            SELECT count(*) FROM recovery_code
            WHERE organisation_id = current_organisation()
              AND member_id = $1
              AND used_at IS NULL
            """,
            member_id,
        )
    )


async def members_with_second_step(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the members who sign in with two steps."""
    found: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(member_id), '{}') FROM (
            SELECT member_id FROM second_step
            WHERE organisation_id = current_organisation()
              AND member_id = ANY($1::uuid[])
              AND confirmed_at IS NOT NULL
            UNION
            SELECT member_id FROM passkey
            WHERE organisation_id = current_organisation() AND member_id = ANY($1::uuid[])
        ) AS safe
        """,
        list(ids),
    )
    return set(found)


async def pending_by_token(database: Database, token: str, now: datetime) -> PendingSignIn | None:
    """Return the sign-in that waits under this token while it can go on."""
    try:
        digest = token_hash(token)
    except Invalid:
        return None
    async with database.system() as tx:
        return await tx.one(
            PendingSignIn,
            """
            SELECT organisation_id, id, member_id, step, way
            FROM pending_sign_in
            WHERE token_hash = $1 AND expires_at > $2 AND tries < $3
            """,
            digest,
            now,
            PENDING_TRIES,
        )
