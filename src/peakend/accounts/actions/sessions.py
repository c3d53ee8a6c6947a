"""Opening and ending sessions, and changing one's password."""

from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.passwords import hash_password, password_fits
from peakend.accounts.events import PasswordChanged, SessionsEnded, SignedIn, SignedOut
from peakend.accounts.queries import forget_member, login_of, need_member, rights_of, sign_in_rules
from peakend.accounts.rules import Second, Way, session_end_at
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound, PeakendError
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


class SessionNotFound(NotFound):
    """The actor has no such session."""

    wording = "accounts.session_not_found"


class Device(msgspec.Struct, frozen=True):
    """From where somebody comes: browser and system as short codes, and the address."""

    browser: str = "other"
    system: str = "other"
    address: str = ""


NOWHERE = Device()


class Entry(msgspec.Struct, frozen=True):
    """A session that was just opened: the token is seen here and never again."""

    token: str
    organisation_id: UUID
    member_id: UUID
    session_id: UUID
    role: str


async def enter(
    tx: Transaction, *, member_id: UUID, device: Device = NOWHERE, way: Way = "password",
    second: Second = "",
) -> Entry:  # fmt: skip
    """Open a session for a member who has proved who he is. Errors: WrongLogin if he has left.

    Whoever comes from outside goes through `admit`, which asks for the second step.
    """
    member = await need_member(tx, member_id)
    if not member.active:
        raise WrongLogin
    may = (await rights_of(tx, [member_id]))[member_id]
    tx.actor = Actor(
        organisation_id=tx.organisation_id,
        kind="member",
        id=member.id,
        name=member.name,
        language=member.language,
        role=member.role,
        permissions=may.permissions,
        scope=may.scope,
        seen_brand_ids=may.seen_brand_ids,
        every_brand=may.every_brand,
    )
    entry = Entry(token(), tx.organisation_id, member.id, new_id(), member.role)
    # Ages are counted from the real clock, whatever moment the transaction plays.
    now = clock.now()
    await tx.run(
        """
        INSERT INTO session
            (id, member_id, token_hash, role, created_at, last_seen_at, expires_at,
             browser, system, address, way, second)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)
        """,
        entry.session_id,
        member.id,
        token_hash(entry.token),
        member.role,
        now,
        session_end_at(member.role, now, now),
        device.browser,
        device.system,
        device.address[:64],
        way,
        second,
    )
    fact = SignedIn(member_id=member.id, session_id=entry.session_id, way=way, second=second)
    await record(tx, fact)
    told = {"session_id": entry.session_id, "way": f"{way}+{second}" if second else way}
    await audit(tx, "session.opened", "member", member.id, told)
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


async def end_own_session(tx: Transaction, *, session_id: UUID) -> None:
    """End one of the actor's sessions elsewhere. Errors: SessionNotFound."""
    assert tx.actor.id is not None
    ended = await tx.run(
        """
        DELETE FROM session
        WHERE organisation_id = current_organisation() AND id = $1 AND member_id = $2
        """,
        session_id,
        tx.actor.id,
    )
    if not ended:
        raise SessionNotFound
    await _tell_ended(tx, tx.actor.id, ended)


async def end_other_sessions(tx: Transaction, *, session_id: UUID) -> int:
    """End all of the actor's sessions but this one, and return how many there were."""
    assert tx.actor.id is not None
    ended = await tx.run(
        """
        DELETE FROM session
        WHERE organisation_id = current_organisation() AND member_id = $1 AND id <> $2
        """,
        tx.actor.id,
        session_id,
    )
    await _drop_pending(tx, tx.actor.id)
    if ended:
        await _tell_ended(tx, tx.actor.id, ended)
    return ended


async def _tell_ended(tx: Transaction, member_id: UUID, count: int) -> None:
    forget_member(member_id)
    await record(tx, SessionsEnded(member_id=member_id, count=count))
    await audit(tx, "sessions.ended", "member", member_id, {"count": count})


async def need_password(tx: Transaction, password: str) -> None:
    """Make sure that the actor knows his own password. Errors: WrongPassword, TooMany."""
    assert tx.actor.id is not None
    await spend(f"sign_in:member:{tx.actor.id}", rate=1 / 20, burst=10)
    own = await login_of(tx, tx.actor.id)
    if own is None or not await password_fits(own.password_hash, password):
        raise WrongPassword


async def change_password(
    tx: Transaction, *, current: str, password: str, device: Device = NOWHERE
) -> Entry:
    """Set the actor's own password, end all sessions and open a new one.

    Errors: WrongPassword, WeakPassword, TooMany.
    """
    assert tx.actor.id is not None
    await need_password(tx, current)
    member = await need_member(tx, tx.actor.id)
    least = (await sign_in_rules(tx)).password_least
    hashed = await hash_password(password, member.login, member.name, least)
    await set_password(tx, member_id=member.id, hashed=hashed)
    return await enter(tx, member_id=member.id, device=device)


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


async def end_sessions(tx: Transaction, *, member_id: UUID) -> int:
    """Sign a member out everywhere, also where he is about to come in; return how many ended."""
    ended = await tx.run(
        "DELETE FROM session WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )
    await _drop_pending(tx, member_id)
    forget_member(member_id)
    return ended


async def _drop_pending(tx: Transaction, member_id: UUID) -> None:
    await tx.run(
        "DELETE FROM pending_sign_in"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )


async def sweep_sessions(tx: Transaction) -> int:
    """Remove sessions that have run out, and return how many; also sign-ins nobody finished."""
    await tx.run(
        "DELETE FROM pending_sign_in"
        " WHERE organisation_id = current_organisation() AND expires_at < $1",
        tx.now,
    )
    return await tx.run(
        "DELETE FROM session WHERE organisation_id = current_organisation() AND expires_at < $1",
        tx.now,
    )
