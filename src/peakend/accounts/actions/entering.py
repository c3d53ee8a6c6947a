"""From a password to a session, over the second step where one is asked for."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.passwords import password_fits
from peakend.accounts.actions.second_steps import (
    NewSecret,
    WrongCode,
    begin_second_step,
    prove,
    set_second_step,
    spend_code,
)
from peakend.accounts.actions.sessions import NOWHERE, Device, Entry, WrongLogin, enter
from peakend.accounts.actions.sso_sittings import carry_sitting
from peakend.accounts.events import SignInWaits
from peakend.accounts.models import Credential, PendingSignIn
from peakend.accounts.queries import (
    AddressRefused,
    credentials,
    need_member,
    pending_by_token,
    second_step,
    sign_in_rules,
)
from peakend.accounts.queries.sso import sso_provider
from peakend.accounts.rules import (
    PASSWORD_LENGTH,
    PENDING_LIFE,
    PENDING_TRIES,
    Second,
    Step,
    Way,
    address_allowed,
    login_key,
)
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import token, token_hash


class SignInGone(NotFound):
    """A sign-in that waited for its second step is unknown, used, too old, or tried too often."""

    wording = "accounts.sign_in_gone"


class SsoOnly(Refused):
    """The house signs in at its provider; passwords open no session."""

    wording = "accounts.sso_only"


class Pending(msgspec.Struct, frozen=True):
    """No session yet: what the second step is, and the token that takes it, seen once."""

    step: Step
    token: str


class Entered(msgspec.Struct, frozen=True):
    """A session after its second step, with what is told about recovery codes."""

    entry: Entry
    recovery_codes_left: int | None
    recovery_codes: list[str]


async def sign_in(
    database: Database,
    *,
    login: str,
    password: str,
    address: str,
    device: Device = NOWHERE,
    now: datetime | None = None,
) -> Entry | Pending:
    """Open a session for whoever knows login and password, or say which second step is to come.

    Errors: WrongLogin, TooMany, AddressRefused. Counts: one account takes 10 tries at once and 1
    each 20 s; one address 100 and 2 a second, because a whole centre signs in from one. Hashing
    happens outside every transaction.
    """
    key = login_key(login)
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    await spend(f"sign_in:address:{address}", rate=2, burst=100, now=now)
    await spend(f"sign_in:login:{name}", rate=1 / 20, burst=10, now=now)
    found = await _fitting(await credentials(database, key), password)
    if found is None:
        raise WrongLogin
    actor = Actor.system(found.organisation_id)
    await need_address(database, actor, member_id=found.member_id, device=device)
    async with database.transaction(actor, now) as tx:
        await need_passwords(tx)
        return await admit(tx, member_id=found.member_id, device=device)


async def need_passwords(tx: Transaction) -> None:
    """Refuse what is no sign-in at the provider where the house has only that; said once it held.

    Errors: SsoOnly.
    """
    provider = await sso_provider(tx)
    if provider is not None and provider.active and provider.sso_only:
        raise SsoOnly


async def _fitting(known: list[Credential], password: str) -> Credential | None:
    """Return the first account the password opens; an unknown login costs one check like any."""
    if len(password) > PASSWORD_LENGTH[1]:
        known, password = [], ""
    if not known:
        await password_fits(None, password)
    for credential in known:
        if await password_fits(credential.password_hash, password) and credential.active:
            return credential
    return None


async def need_address(
    database: Database, actor: Actor, *, member_id: UUID | None, device: Device
) -> None:
    """Make sure that the organisation lets somebody in from this address. Errors: AddressRefused.

    It is said only to who has proved a password or a link, and stays in the audit log.
    """
    async with database.transaction(actor) as tx:
        rules = await sign_in_rules(tx)
        allowed = address_allowed(device.address, rules.networks)
        if not allowed:
            await audit(tx, "session.refused", "member", member_id, {"why": "address"})
    if not allowed:
        raise AddressRefused


async def admit(
    tx: Transaction, *, member_id: UUID, device: Device = NOWHERE, way: Way = "password"
) -> Entry | Pending:
    """Open a session for a member whose first step is done, or ask for the second.

    Errors: WrongLogin if he has left.
    """
    member = await need_member(tx, member_id)
    if not member.active:
        raise WrongLogin
    state = await second_step(tx, member_id, member.role)
    if not state.on and not state.required:
        return await enter(tx, member_id=member_id, device=device, way=way)
    step: Step = "passkey" if state.passkeys else "code"
    pending = Pending(step if state.on else "set_up", token())
    now = clock.now()
    await tx.run(
        """
        INSERT INTO pending_sign_in (id, member_id, token_hash, step, way, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        new_id(),
        member_id,
        token_hash(pending.token),
        pending.step,
        way,
        now,
        now + PENDING_LIFE,
    )
    await record(tx, SignInWaits(member_id=member_id, step=pending.step))
    return pending


async def begin_pending(database: Database, *, secret: str, address: str) -> NewSecret:
    """Show the secret to somebody who has to set two-step sign-in up before he gets in.

    Errors: SignInGone, TooMany.
    """
    found = await need_pending(database, secret, address)
    if found.step != "set_up":
        raise SignInGone
    async with database.transaction(Actor.system(found.organisation_id)) as tx:
        return await begin_second_step(tx, member_id=found.member_id)


async def take_second_step(
    database: Database, *, secret: str, code: str, device: Device = NOWHERE
) -> Entered:
    """Open the session that waited for this code; the token works once, and so does the code.

    Errors: SignInGone, WrongCode, TooMany, AddressRefused. A wrong code is counted and noted in
    transactions of their own, which the refusal does not undo.
    """
    found = await count_try(database, secret, device)
    actor = Actor.system(found.organisation_id)
    try:
        async with database.transaction(actor) as tx:
            return await _take_code(tx, found, code, device)
    except WrongCode:
        async with database.transaction(actor) as tx:
            await audit(tx, "second_step.failed", "member", found.member_id)
        raise


async def count_try(database: Database, secret: str, device: Device) -> PendingSignIn:
    """Count a try at a sign-in that waits, and return it.

    Errors: SignInGone, TooMany, AddressRefused.
    """
    found = await need_pending(database, secret, device.address)
    actor = Actor.system(found.organisation_id)
    async with database.transaction(actor) as tx:
        counted = await tx.run(
            """
            UPDATE pending_sign_in SET tries = tries + 1
            WHERE organisation_id = current_organisation() AND id = $1 AND tries < $2
            """,
            found.id,
            PENDING_TRIES,
        )
    if not counted:
        raise SignInGone
    await spend_code(found.member_id)
    await need_address(database, actor, member_id=found.member_id, device=device)
    return found


async def _take_code(tx: Transaction, found: PendingSignIn, code: str, device: Device) -> Entered:
    if found.step == "set_up":
        codes = await set_second_step(tx, member_id=found.member_id, code=code)
        return await finish(tx, found, "code", device, codes=codes)
    left = await prove(tx, member_id=found.member_id, code=code)
    return await finish(tx, found, "code" if left is None else "recovery", device, left=left)


async def finish(
    tx: Transaction, found: PendingSignIn, second: Second, device: Device,
    *, left: int | None = None, codes: Sequence[str] = (),
) -> Entered:  # fmt: skip
    """Open the session whose second step is done; that works once. Errors: SignInGone."""
    used = await tx.run(
        "DELETE FROM pending_sign_in WHERE organisation_id = current_organisation() AND id = $1",
        found.id,
    )
    if not used:
        raise SignInGone
    entry = await enter(tx, member_id=found.member_id, device=device, way=found.way, second=second)
    if found.way == "sso":
        await carry_sitting(tx, found.id, entry.session_id)
    return Entered(entry, left, list(codes))


async def need_pending(database: Database, secret: str, address: str) -> PendingSignIn:
    """Return the sign-in that waits under a token. Errors: SignInGone, TooMany."""
    await spend(f"second_step:address:{address}", rate=2, burst=100)
    found = await pending_by_token(database, secret, clock.now())
    if found is None:
        raise SignInGone
    return found
