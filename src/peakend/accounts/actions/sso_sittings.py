"""What the provider is shown when a session ends that it vouched for, and where the browser goes.

The session here is over first: the way to the provider is for its own.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from peakend.accounts.actions.sessions import Entry
from peakend.accounts.actions.sso_asking import SsoBroken, discovered
from peakend.accounts.models import SsoProvider, SsoSitting
from peakend.accounts.queries.sso import sso_provider, sso_sitting
from peakend.accounts.rules.sso import end_session_url, same_issuer
from peakend.kernel.db import Transaction
from peakend.kernel.ids import new_id
from peakend.kernel.outgoing import Outgoing
from peakend.kernel.secrets import seal, token_hash, unseal

log = structlog.get_logger()

# What is longer makes an address that servers on the way refuse; it goes without.
LONGEST = 6000
PATIENCE_S = 3.0
STALE = timedelta(days=1)


async def keep_sitting(tx: Transaction, entry: Entry | str, issuer: str, token: str) -> None:
    """Keep a provider's token for the session it opened, or for the sign-in that waits."""
    pending_id = None
    if isinstance(entry, str):
        pending_id = await tx.value(
            "SELECT id FROM pending_sign_in"
            " WHERE organisation_id = current_organisation() AND token_hash = $1",
            token_hash(entry),
        )
    sitting_id = new_id()
    kept = token if len(token) <= LONGEST else ""
    await tx.run(
        """
        INSERT INTO sso_sitting (id, session_id, pending_id, issuer, token_sealed, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        sitting_id,
        None if isinstance(entry, str) else entry.session_id,
        pending_id,
        issuer,
        seal(kept.encode(), _place(tx.organisation_id, sitting_id)),
        tx.now,
    )
    await tx.run(
        "DELETE FROM sso_sitting WHERE organisation_id = current_organisation()"
        " AND session_id IS NULL AND created_at < $1",
        tx.now - STALE,
    )


async def carry_sitting(tx: Transaction, pending_id: UUID, session_id: UUID) -> None:
    """Let what was kept for a sign-in that waited belong to its session."""
    await tx.run(
        "UPDATE sso_sitting SET session_id = $2, pending_id = NULL"
        " WHERE organisation_id = current_organisation() AND pending_id = $1",
        pending_id,
        session_id,
    )


async def way_out(tx: Transaction, session_id: UUID) -> tuple[SsoProvider, SsoSitting] | None:
    """Return to which provider signing out leads; to be read before the session is over."""
    sitting = await sso_sitting(tx, session_id)
    provider = await sso_provider(tx)
    if sitting is None or provider is None or not (provider.active and provider.sign_out):
        return None
    return (provider, sitting) if same_issuer(provider.issuer, sitting.issuer) else None


async def end_there(organisation_id: UUID, way: tuple[SsoProvider, SsoSitting], back: str) -> str:
    """Return where the browser signs out at the provider, or nothing where it cannot."""
    provider, sitting = way
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await discovered(provider.issuer)
    except (Outgoing, SsoBroken, TimeoutError) as error:
        log.warning("a provider could not be asked how to sign out", why=type(error).__name__)
        return ""
    if not found.end_session_endpoint:
        return ""
    token = unseal(sitting.token_sealed, _place(organisation_id, sitting.id)).decode()
    return end_session_url(found.end_session_endpoint, provider.client_id, token, back)


def _place(organisation_id: UUID, sitting_id: UUID) -> str:
    return f"sso_sitting/{organisation_id}/{sitting_id}"
