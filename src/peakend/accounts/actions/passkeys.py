"""Passkeys: added, named, removed; signing in with one, alone or as the second step."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.ceremonies import (
    Assertion,
    Attestation,
    Made,
    WrongPasskey,
    ask,
    made_here,
    options_to_add,
    options_to_prove,
    proved,
    take,
)
from peakend.accounts.actions.entering import (
    Entered,
    SignInGone,
    count_try,
    finish,
    need_address,
    need_passwords,
    need_pending,
)
from peakend.accounts.actions.members import need_name
from peakend.accounts.actions.second_steps import SecondStepRequired, drop_codes, write_codes
from peakend.accounts.actions.sessions import (
    Device,
    Entry,
    end_other_sessions,
    enter,
    need_password,
)
from peakend.accounts.events import PasskeyAdded, PasskeyRemoved, PasskeyRenamed, PasskeySuspected
from peakend.accounts.models import Passkey, PendingSignIn
from peakend.accounts.queries import need_member, organisation, second_step
from peakend.accounts.queries.passkeys import known_passkeys, passkey_by_credential, passkeys_of
from peakend.accounts.rules.passkeys import PASSKEYS, Place, known_transports, unpadded
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend


class PasskeyNotFound(NotFound):
    """The actor has no such passkey."""

    wording = "accounts.passkey_not_found"


class PasskeyKnown(Conflict):
    """The passkey is registered already, here or elsewhere."""

    wording = "accounts.passkey_known"


class TooManyPasskeys(Conflict):
    """A member has as many passkeys as there may be."""

    wording = "accounts.too_many_passkeys"


class Added(msgspec.Struct, frozen=True):
    """A new passkey; recovery codes where it is the first thing that makes a second step."""

    id: UUID
    recovery_codes: list[str]


async def begin_sign_in(database: Database, *, place: Place, address: str) -> dict[str, Any]:
    """Ask a browser for any passkey of this place that tells who it is. Errors: TooMany."""
    await spend(f"passkey:address:{address}", rate=2, burst=100)
    challenge = await ask(database, "sign_in", None)
    return await options_to_prove(place, challenge, [], verified=True)


async def sign_in_with_passkey(
    database: Database, *, answer: Assertion, place: Place, device: Device
) -> Entry:
    """Open a session for the owner of a passkey that checked who holds it; it is both steps.

    Errors: ChallengeGone, WrongPasskey, TooMany, AddressRefused, SsoOnly.
    """
    await spend(f"sign_in:address:{device.address}", rate=2, burst=100)
    challenge = await take(database, "sign_in", None, answer.client_data)
    found = await passkey_of_answer(database, answer)
    if answer.user_handle is None or _bytes(answer.user_handle) != found.member_id.bytes:
        raise WrongPasskey
    await spend(f"sign_in:passkey:{found.id}", rate=1 / 20, burst=10)
    proof = await proved(answer, found, place, challenge, verified=True)
    actor = Actor.system(found.organisation_id)
    await need_address(database, actor, member_id=found.member_id, device=device)
    await note_use(database, found, proof.sign_count, proof.backed_up)
    async with database.transaction(actor) as tx:
        await need_passwords(tx)
        if not (await need_member(tx, found.member_id)).active:
            raise WrongPasskey
        return await enter(tx, member_id=found.member_id, device=device, way="passkey")


async def begin_adding(
    database: Database, *, actor: Actor, password: str, place: Place
) -> dict[str, Any]:
    """Ask the actor's browser for a new passkey. Errors: WrongPassword, TooManyPasskeys."""
    assert actor.id is not None
    async with database.transaction(actor) as tx:
        await need_password(tx, password)
    return await _options_to_add(database, actor.organisation_id, actor.id, place)


async def add_passkey(
    database: Database, *, actor: Actor, answer: Attestation, name: str, place: Place,
    session_id: UUID,
) -> Added:  # fmt: skip
    """Keep the actor's new passkey; where it turns the second step on, other sessions end.

    Errors: ChallengeGone, PasskeyRefused, PasskeyKnown, TooManyPasskeys, NameMissing.
    """
    assert actor.id is not None
    need_name(name)
    challenge = await take(database, "add", actor.id, answer.client_data)
    made = await made_here(answer, place, challenge)
    async with database.transaction(actor) as tx:
        before = await second_step(tx, actor.id, actor.role or "")
        passkey_id = await _keep(tx, actor.id, made, name, answer.transports)
        codes = [] if before.on else await write_codes(tx, actor.id)
        if not before.on:
            await end_other_sessions(tx, session_id=session_id)
        return Added(passkey_id, codes)


async def rename_passkey(tx: Transaction, *, passkey_id: UUID, name: str) -> None:
    """Give one of the actor's passkeys another name. Errors: PasskeyNotFound, NameMissing."""
    assert tx.actor.id is not None
    changed = await tx.run(
        """
        UPDATE passkey SET name = $3
        WHERE organisation_id = current_organisation() AND id = $1 AND member_id = $2
        """,
        passkey_id,
        tx.actor.id,
        need_name(name),
    )
    if not changed:
        raise PasskeyNotFound
    await record(tx, PasskeyRenamed(member_id=tx.actor.id, passkey_id=passkey_id))


async def remove_passkey(tx: Transaction, *, passkey_id: UUID, password: str) -> None:
    """Remove one of the actor's passkeys; with the last second step its recovery codes go.

    Errors: WrongPassword, TooMany, PasskeyNotFound, SecondStepRequired.
    """
    assert tx.actor.id is not None
    removed = await tx.run(
        "DELETE FROM passkey WHERE organisation_id = current_organisation()"
        " AND id = $1 AND member_id = $2",
        passkey_id,
        tx.actor.id,
    )
    if not removed:
        raise PasskeyNotFound
    await need_password(tx, password)
    left = await second_step(tx, tx.actor.id, tx.actor.role or "")
    if left.required and not left.on:
        raise SecondStepRequired
    if not left.on:
        await drop_codes(tx, tx.actor.id)
    await record(tx, PasskeyRemoved(member_id=tx.actor.id, passkey_id=passkey_id))
    await audit(tx, "passkey.removed", "member", tx.actor.id)


async def begin_pending_passkey(
    database: Database, *, secret: str, place: Place, address: str
) -> dict[str, Any]:
    """Ask the browser of somebody whose password was right for his passkey, or for a new one.

    Errors: SignInGone, TooMany.
    """
    found = await need_pending(database, secret, address)
    if found.step == "set_up":
        return await _options_to_add(database, found.organisation_id, found.member_id, place)
    async with database.transaction(Actor.system(found.organisation_id)) as tx:
        known = await known_passkeys(tx, found.member_id)
    if not known:
        raise SignInGone
    challenge = await ask(database, "second", found.id)
    return await options_to_prove(place, challenge, known, verified=False)


async def take_passkey_step(
    database: Database, *, secret: str, answer: Assertion, place: Place, device: Device
) -> Entered:
    """Open the session that waited for a passkey.

    Errors: SignInGone, ChallengeGone, WrongPasskey, TooMany, AddressRefused.
    """
    found = await count_try(database, secret, device)
    actor = Actor.system(found.organisation_id)
    try:
        challenge = await take(database, "second", found.id, answer.client_data)
        passkey = await passkey_of_answer(database, answer)
        # Of that very member: another's, of this house or another, proves nothing here.
        if (passkey.organisation_id, passkey.member_id) != (found.organisation_id, found.member_id):
            raise WrongPasskey
        proof = await proved(answer, passkey, place, challenge, verified=False)
        await note_use(database, passkey, proof.sign_count, proof.backed_up)
    except WrongPasskey:
        async with database.transaction(actor) as tx:
            await audit(tx, "second_step.failed", "member", found.member_id)
        raise
    async with database.transaction(actor) as tx:
        return await finish(tx, found, "passkey", device)


async def set_up_passkey_step(
    database: Database, *, secret: str, answer: Attestation, name: str, place: Place,
    device: Device,
) -> Entered:  # fmt: skip
    """Keep a first passkey of somebody who has to have a second step, and open his session.

    Errors: SignInGone, ChallengeGone, PasskeyRefused, PasskeyKnown, TooMany, AddressRefused.
    """
    need_name(name)
    found: PendingSignIn = await count_try(database, secret, device)
    if found.step != "set_up":
        raise SignInGone
    challenge = await take(database, "add", found.member_id, answer.client_data)
    made = await made_here(answer, place, challenge)
    async with database.transaction(Actor.system(found.organisation_id)) as tx:
        await _keep(tx, found.member_id, made, name, answer.transports)
        codes = await write_codes(tx, found.member_id)
        return await finish(tx, found, "passkey", device, codes=codes)


async def _options_to_add(
    database: Database, house_id: UUID, member_id: UUID, place: Place
) -> dict[str, Any]:
    async with database.transaction(Actor.system(house_id)) as tx:
        member = await need_member(tx, member_id)
        house = await organisation(tx)
        known = await known_passkeys(tx, member_id)
    if len(known) >= PASSKEYS:
        raise TooManyPasskeys
    challenge = await ask(database, "add", member_id)
    return await options_to_add(
        place,
        challenge,
        house=f"Peakend {house.name}",
        login=member.login,
        name=member.name,
        handle=member_id.bytes,
        known=known,
    )


async def _keep(
    tx: Transaction, member_id: UUID, made: Made, name: str, transports: list[str]
) -> UUID:
    if await passkeys_of(tx, member_id) >= PASSKEYS:
        raise TooManyPasskeys
    passkey_id = new_id()
    kept = await tx.run(
        """
        INSERT INTO passkey
            (id, member_id, credential_id, public_key, sign_count, name, transports, verifies,
             backed_up, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (credential_id) DO NOTHING
        """,
        passkey_id,
        member_id,
        made.credential_id,
        made.public_key,
        made.sign_count,
        need_name(name),
        known_transports(transports),
        made.verifies,
        made.backed_up,
        tx.now,
    )
    if not kept:
        raise PasskeyKnown
    await record(tx, PasskeyAdded(member_id=member_id, passkey_id=passkey_id))
    await audit(tx, "passkey.added", "member", member_id)
    return passkey_id


async def passkey_of_answer(database: Database, answer: Assertion) -> Passkey:
    """Return the passkey an answer says it is of. Errors: WrongPasskey."""
    credential_id = _bytes(answer.id)
    found = await passkey_by_credential(database, credential_id) if credential_id else None
    if found is None or found.suspect_at is not None:
        raise WrongPasskey
    return found


async def note_use(database: Database, passkey: Passkey, sign_count: int, backed_up: bool) -> None:
    """Note that a passkey was used; one whose counter went back opens nothing from now on.

    Errors: WrongPasskey. It is noted in a transaction of its own, which the refusal does not undo.
    """
    async with database.transaction(Actor.system(passkey.organisation_id)) as tx:
        counted = await tx.run(
            """
            UPDATE passkey SET sign_count = $2, backed_up = $3, last_used_at = $4
            WHERE organisation_id = current_organisation()
              AND id = $1
              AND suspect_at IS NULL
              AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))
            """,
            passkey.id,
            sign_count,
            backed_up,
            tx.now,
        )
        if not counted and await tx.run(
            """
            UPDATE passkey SET suspect_at = $2
            WHERE organisation_id = current_organisation() AND id = $1 AND suspect_at IS NULL
            """,
            passkey.id,
            tx.now,
        ):
            fact = PasskeySuspected(member_id=passkey.member_id, passkey_id=passkey.id)
            await record(tx, fact)
            await audit(tx, "passkey.suspected", "member", passkey.member_id)
    if not counted:
        raise WrongPasskey


def _bytes(text: str) -> bytes:
    try:
        return unpadded(text)
    except ValueError:
        return b""
