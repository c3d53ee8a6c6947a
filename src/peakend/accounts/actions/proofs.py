"""Showing once more who one is, by password or passkey, before something of value moves."""

from typing import Any
from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.ceremonies import (
    Assertion,
    WrongPasskey,
    ask,
    options_to_prove,
    proved,
    take,
)
from peakend.accounts.actions.passkeys import note_use, passkey_of_answer
from peakend.accounts.actions.sessions import need_password
from peakend.accounts.events import SessionProved
from peakend.accounts.queries.passkeys import known_passkeys
from peakend.accounts.rules.passkeys import Place
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.limits import spend


class NoPasskey(Conflict):
    """There is no passkey of one's own to show."""

    wording = "accounts.no_passkey"


async def prove_by_password(tx: Transaction, *, session_id: UUID, password: str) -> None:
    """Prove the actor's session by his password. Errors: WrongPassword, TooMany."""
    await need_password(tx, password)
    await _prove(tx, session_id, "password")


async def begin_proof(database: Database, *, actor: Actor, place: Place) -> dict[str, Any]:
    """Ask the actor's browser for one of his passkeys. Errors: NoPasskey, TooMany."""
    assert actor.id is not None
    await spend(f"sign_in:member:{actor.id}", rate=1 / 20, burst=10)
    async with database.transaction(actor) as tx:
        known = await known_passkeys(tx, actor.id)
    if not known:
        raise NoPasskey
    challenge = await ask(database, "prove", actor.id)
    return await options_to_prove(place, challenge, known, verified=False)


async def prove_by_passkey(
    database: Database, *, actor: Actor, session_id: UUID, answer: Assertion, place: Place
) -> None:
    """Prove the actor's session by one of his passkeys. Errors: ChallengeGone, WrongPasskey."""
    assert actor.id is not None
    challenge = await take(database, "prove", actor.id, answer.client_data)
    passkey = await passkey_of_answer(database, answer)
    if (passkey.organisation_id, passkey.member_id) != (actor.organisation_id, actor.id):
        raise WrongPasskey
    proof = await proved(answer, passkey, place, challenge, verified=False)
    await note_use(database, passkey, proof.sign_count, proof.backed_up)
    async with database.transaction(actor) as tx:
        await _prove(tx, session_id, "passkey")


async def _prove(tx: Transaction, session_id: UUID, way: str) -> None:
    assert tx.actor.id is not None
    # From the real clock, as every age of a session.
    await tx.run(
        "UPDATE session SET proved_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1 AND member_id = $3",
        session_id,
        clock.now(),
        tx.actor.id,
    )
    await record(tx, SessionProved(member_id=tx.actor.id, session_id=session_id, way=way))
    await audit(tx, "session.proved", "member", tx.actor.id, {"way": way})
