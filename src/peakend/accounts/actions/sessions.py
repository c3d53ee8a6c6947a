"""Signing in and out, and changing one's password."""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.passwords import hash_password, password_fits
from peakend.accounts.events import PasswordChanged, SignedIn, SignedOut
from peakend.accounts.models import Credential
from peakend.accounts.queries import credentials, forget_member, login_of, need_member
from peakend.accounts.rules import PASSWORD_LENGTH, ROLES, SCOPES, login_key, session_end_at
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import PeakendError
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import token, token_hash


class WrongLogin(PeakendError):
    """Login or password is wrong; it is not said which, nor whether the account exists."""

    status = 401
    wording = "accounts.wrong_login"


class WrongPassword(PeakendError):
    """The present password, asked for again, is wrong."""

    status = 422
    wording = "accounts.wrong_password"


class Entry(msgspec.Struct, frozen=True):
    """A session that was just opened: the token is seen here and never again."""

    token: str
    organisation_id: UUID
    member_id: UUID
    session_id: UUID
    role: str


async def sign_in(
    database: Database, *, login: str, password: str, address: str, now: datetime | None = None
) -> Entry:
    """Open a session for whoever knows login and password. Errors: WrongLogin, TooMany.

    Counts: one account takes 10 tries at once and 1 each 20 s; one address 100 and 2 a second,
    because a whole centre signs in from one. Hashing happens outside every transaction.
    """
    key = login_key(login)
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    await spend(f"sign_in:address:{address}", rate=2, burst=100, now=now)
    await spend(f"sign_in:login:{name}", rate=1 / 20, burst=10, now=now)
    found = await _fitting(await credentials(database, key), password)
    if found is None:
        raise WrongLogin
    async with database.transaction(Actor.system(found.organisation_id), now) as tx:
        return await enter(tx, member_id=found.member_id)


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


async def enter(tx: Transaction, *, member_id: UUID) -> Entry:
    """Open a session for a member who has proved who he is. Errors: WrongLogin if he has left."""
    member = await need_member(tx, member_id)
    if not member.active:
        raise WrongLogin
    tx.actor = Actor(
        organisation_id=tx.organisation_id,
        kind="member",
        id=member.id,
        name=member.name,
        language=member.language,
        role=member.role,
        permissions=ROLES[member.role],
        scope=SCOPES[member.role],
    )
    entry = Entry(token(), tx.organisation_id, member.id, new_id(), member.role)
    # Ages are counted from the real clock, whatever moment the transaction plays.
    now = clock.now()
    await tx.run(
        """
        INSERT INTO session
            (id, member_id, token_hash, role, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6)
        """,
        entry.session_id,
        member.id,
        token_hash(entry.token),
        member.role,
        now,
        session_end_at(member.role, now, now),
    )
    await record(tx, SignedIn(member_id=member.id, session_id=entry.session_id))
    await audit(tx, "session.opened", "member", member.id, {"session_id": entry.session_id})
    return entry


async def sign_out(tx: Transaction, *, session_id: UUID) -> None:
    """Close one of the actor's own sessions; closing it twice is harmless."""
    ended = await tx.run(
        """
        DELETE FROM session
        WHERE organisation_id = current_organisation()
          AND id = $1
          AND member_id = $2
        """,
        session_id,
        tx.actor.id,
    )
    assert tx.actor.id is not None
    forget_member(tx.actor.id)
    if ended:
        await record(tx, SignedOut(member_id=tx.actor.id, session_id=session_id))
        await audit(tx, "session.closed", "member", tx.actor.id, {"session_id": session_id})


async def change_password(tx: Transaction, *, current: str, password: str) -> Entry:
    """Set the actor's own password, end all sessions and open a new one.

    Errors: WrongPassword, WeakPassword, TooMany.
    """
    assert tx.actor.id is not None
    await spend(f"sign_in:member:{tx.actor.id}", rate=1 / 20, burst=10)
    own = await login_of(tx, tx.actor.id)
    if own is None or not await password_fits(own.password_hash, current):
        raise WrongPassword
    member = await need_member(tx, tx.actor.id)
    await set_password(tx, member_id=member.id, hashed=await hash_password(password, member.login))
    return await enter(tx, member_id=member.id)


async def set_password(tx: Transaction, *, member_id: UUID, hashed: str) -> None:
    """Store a new password, end every session and every open reset link of the member."""
    await tx.run(
        """
        UPDATE credential SET password_hash = $2, changed_at = $3
        WHERE organisation_id = current_organisation() AND member_id = $1
        """,
        member_id,
        hashed,
        tx.now,
    )
    await tx.run(
        """
        UPDATE invitation SET revoked_at = $2
        WHERE organisation_id = current_organisation()
          AND member_id = $1
          AND used_at IS NULL
          AND revoked_at IS NULL
        """,
        member_id,
        tx.now,
    )
    await end_sessions(tx, member_id=member_id)
    await record(tx, PasswordChanged(member_id=member_id))
    await audit(tx, "password.changed", "member", member_id)


async def end_sessions(tx: Transaction, *, member_id: UUID) -> None:
    """Sign a member out everywhere."""
    await tx.run(
        "DELETE FROM session WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )
    forget_member(member_id)


async def sweep_sessions(tx: Transaction) -> int:
    """Remove sessions that have run out, and return how many."""
    return await tx.run(
        "DELETE FROM session WHERE organisation_id = current_organisation() AND expires_at < $1",
        tx.now,
    )
