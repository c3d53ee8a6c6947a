"""Whether a session was opened or proved lately enough for what moves something of value."""

from datetime import datetime, timedelta

from peakend.accounts.queries.sign_in import actor_for_session
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Refused

FRESH_FOR = timedelta(minutes=15)


class ProofNeeded(Refused):
    """Whoever is signed in shows once more that it is he."""

    wording = "accounts.proof_needed"


async def need_fresh(database: Database, actor: Actor, token: str | None) -> None:
    """Refuse a session that was neither opened nor proved within a quarter of an hour.

    Errors: ProofNeeded.
    """
    found = await actor_for_session(database, token)
    if found is None:
        raise ProofNeeded
    async with database.transaction(actor) as tx:
        proved_at: datetime | None = await tx.value(
            "SELECT greatest(created_at, proved_at) FROM session"
            " WHERE organisation_id = current_organisation() AND id = $1",
            found.session_id,
        )
    if proved_at is None or clock.now() - proved_at > FRESH_FOR:
        raise ProofNeeded
