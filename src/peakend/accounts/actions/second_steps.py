"""Two-step sign-in: proving it once, taking codes, recovery codes, turning it off."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec
import pyotp

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import need_over
from peakend.accounts.actions.proposals import OfMember, need_second, two_people
from peakend.accounts.actions.sessions import end_other_sessions, end_sessions, need_password
from peakend.accounts.events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondStepBegun,
    SecondStepRemoved,
    SecondStepSet,
)
from peakend.accounts.queries import (
    need_member,
    organisation,
    recovery_codes_left,
    second_step_row,
    sign_in_rules,
)
from peakend.accounts.queries.passkeys import passkeys_of
from peakend.accounts.rules import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    code_of,
    fitting_step,
    is_dangerous,
)
from peakend.kernel import clock
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, PeakendError
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import blind, seal, unseal


class WrongCode(PeakendError):
    """A code is wrong, too old, or was taken before: all answer alike."""

    status = 422
    wording = "accounts.wrong_code"


class SecondStepOn(Conflict):
    """Two-step sign-in is on already."""

    wording = "accounts.second_step_on"


class SecondStepOff(Conflict):
    """Two-step sign-in is not on."""

    wording = "accounts.second_step_off"


class SecondStepRequired(Conflict):
    """The organisation asks this role for two-step sign-in."""

    wording = "accounts.second_step_required"


class NotYourOwn(Conflict):
    """What takes password and code for oneself is not done as an administrator."""

    wording = "accounts.not_your_own_second_step"


class NewSecret(msgspec.Struct, frozen=True):
    """What an authenticator is set up with, as text and as an address for a QR code; seen once."""

    secret: str
    uri: str


async def begin_second_step(tx: Transaction, *, member_id: UUID) -> NewSecret:
    """Show a member a new secret; nothing changes until a code of it is proved.

    Errors: SecondStepOn.
    """
    known = await second_step_row(tx, member_id)
    if known is not None and known.confirmed_at is not None:
        raise SecondStepOn
    member = await need_member(tx, member_id)
    secret = pyotp.random_base32()
    changed = await tx.run(
        """
        INSERT INTO second_step AS s (member_id, secret, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, member_id) DO UPDATE
            SET secret = $2, created_at = $3, used_step = 0
            WHERE s.confirmed_at IS NULL
        """,
        member_id,
        seal(secret.encode(), _place(tx, member_id)),
        tx.now,
    )
    if not changed:
        raise SecondStepOn
    await record(tx, SecondStepBegun(member_id=member_id))
    house = await organisation(tx)
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=member.login, issuer_name=f"Peakend {house.name}"
    )
    return NewSecret(secret, uri)


async def begin_own_second_step(tx: Transaction, *, password: str) -> NewSecret:
    """Show the actor a new secret. Errors: WrongPassword, SecondStepOn, TooMany."""
    assert tx.actor.id is not None
    await need_password(tx, password)
    return await begin_second_step(tx, member_id=tx.actor.id)


async def set_second_step(
    tx: Transaction, *, member_id: UUID, code: str, now: datetime | None = None
) -> list[str]:
    """Turn it on by a first code, and return ten recovery codes, which are shown this once.

    Errors: SecondStepOff where nothing was begun, SecondStepOn, WrongCode.
    """
    known = await second_step_row(tx, member_id)
    if known is None:
        raise SecondStepOff
    if known.confirmed_at is not None:
        raise SecondStepOn
    secret = unseal(known.secret, _place(tx, member_id)).decode()
    step = fitting_step(secret, code_of(code) or "", now or clock.now(), 0)
    if step is None:
        raise WrongCode
    await tx.run(
        """
        UPDATE second_step SET confirmed_at = $2, used_step = $3
        WHERE organisation_id = current_organisation() AND member_id = $1
        """,
        member_id,
        tx.now,
        step,
    )
    await record(tx, SecondStepSet(member_id=member_id))
    await audit(tx, "second_step.set", "member", member_id)
    return await write_codes(tx, member_id)


async def set_own_second_step(tx: Transaction, *, code: str, session_id: UUID) -> list[str]:
    """Turn the actor's on; every other session ends. Errors: those of `set_second_step`."""
    assert tx.actor.id is not None
    await spend_code(tx.actor.id)
    codes = await set_second_step(tx, member_id=tx.actor.id, code=code)
    await end_other_sessions(tx, session_id=session_id)
    return codes


async def spend_code(member_id: UUID) -> None:
    """Count a try at a member's codes. Errors: TooMany.

    Counts: 5 at once and 1 a minute; 30 at once and 2 an hour: guessing all day, the chance to
    meet one of three codes that are good at a time stays under 2 in 10,000.
    """
    await spend(f"code:long:{member_id}", rate=1 / 1800, burst=30)
    await spend(f"code:short:{member_id}", rate=1 / 60, burst=5)


async def prove(
    tx: Transaction, *, member_id: UUID, code: str, now: datetime | None = None
) -> int | None:
    """Take a code, or a recovery code and return how many are left; each works once.

    Errors: WrongCode, SecondStepOff. The row is locked, so that one code cannot be taken twice at
    the same moment.
    """
    known = await second_step_row(tx, member_id)
    without = known is None or known.confirmed_at is None
    if without and not await passkeys_of(tx, member_id):
        raise SecondStepOff
    plain = code_of(code)
    if plain is None:
        raise WrongCode
    if len(plain) == RECOVERY_LENGTH:
        return await _use_recovery_code(tx, member_id, plain)
    if known is None or without:
        raise WrongCode
    secret = unseal(known.secret, _place(tx, member_id)).decode()
    step = fitting_step(secret, plain, now or clock.now(), known.used_step)
    if step is None:
        raise WrongCode
    await tx.run(
        """
        UPDATE second_step SET used_step = $2
        WHERE organisation_id = current_organisation() AND member_id = $1
        """,
        member_id,
        step,
    )
    return None


async def _use_recovery_code(tx: Transaction, member_id: UUID, code: str) -> int:
    used = await tx.run(
        """
        UPDATE recovery_code SET used_at = $3
        WHERE organisation_id = current_organisation()
          AND member_id = $1
          AND code_hash = $2
          AND used_at IS NULL
        """,
        member_id,
        _hashed(member_id, code),
        tx.now,
    )
    if not used:
        raise WrongCode
    left = await recovery_codes_left(tx, member_id)
    await record(tx, RecoveryCodeUsed(member_id=member_id, left=left))
    await audit(tx, "recovery_code.used", "member", member_id, {"left": left})
    return left


async def renew_recovery_codes(tx: Transaction, *, password: str, code: str) -> list[str]:
    """Give the actor ten new recovery codes instead of the old.

    Errors: WrongPassword, WrongCode, SecondStepOff, TooMany.
    """
    assert tx.actor.id is not None
    await need_password(tx, password)
    await spend_code(tx.actor.id)
    await prove(tx, member_id=tx.actor.id, code=code)
    return await write_codes(tx, tx.actor.id)


async def remove_second_step(tx: Transaction, *, password: str, code: str) -> None:
    """Turn the actor's own off. Errors: SecondStepRequired and those of `renew_recovery_codes`."""
    assert tx.actor.id is not None
    passkeys = await passkeys_of(tx, tx.actor.id)
    if not passkeys and tx.actor.role in (await sign_in_rules(tx)).second_step_roles:
        raise SecondStepRequired
    await need_password(tx, password)
    await spend_code(tx.actor.id)
    await prove(tx, member_id=tx.actor.id, code=code)
    await _drop_authenticator(tx, tx.actor.id)
    if not passkeys:
        await drop_codes(tx, tx.actor.id)
    await record(tx, SecondStepRemoved(member_id=tx.actor.id, by_other=False))
    await audit(tx, "second_step.removed", "member", tx.actor.id)


async def reset_second_step(tx: Transaction, *, member_id: UUID) -> None:
    """Turn a member's off, passkeys too, because he lost them, and sign him out everywhere.

    Errors: MemberNotFound, RoleTooHigh, NotYourOwn, SecondStepOff, SecondPersonNeeded.
    """
    await need_member(tx, member_id)
    had = await need_over(tx, member_id)
    if member_id == tx.actor.id:
        raise NotYourOwn
    if is_dangerous(had.permissions):
        await need_second(tx, "member.second_step")
    if not await _drop(tx, member_id):
        raise SecondStepOff
    await end_sessions(tx, member_id=member_id)
    await record(tx, SecondStepRemoved(member_id=member_id, by_other=True))
    await audit(tx, "second_step.reset", "member", member_id)


@two_people("member.second_step", "accounts.manage", OfMember)
async def _reset(tx: Transaction, body: OfMember, address: str) -> None:
    await reset_second_step(tx, member_id=body.member_id)


async def _drop(tx: Transaction, member_id: UUID) -> int:
    await drop_codes(tx, member_id)
    passkeys = await tx.run(
        "DELETE FROM passkey WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )
    return passkeys + await _drop_authenticator(tx, member_id)


async def drop_codes(tx: Transaction, member_id: UUID) -> None:
    """Let a member's recovery codes end: there is no second step they could stand for."""
    await tx.run(
        "DELETE FROM recovery_code"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )


async def _drop_authenticator(tx: Transaction, member_id: UUID) -> int:
    return await tx.run(
        "DELETE FROM second_step WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )


async def write_codes(tx: Transaction, member_id: UUID) -> list[str]:
    """Make ten codes of 49 bits; what is stored finds them only with the installation's key."""
    await drop_codes(tx, member_id)
    codes = [
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    await tx.many(
        """
        INSERT INTO recovery_code (id, member_id, code_hash, created_at) VALUES ($1, $2, $3, $4)
        """,
        [(new_id(), member_id, _hashed(member_id, code), tx.now) for code in codes],
    )
    await record(tx, RecoveryCodesMade(member_id=member_id))
    await audit(tx, "recovery_codes.made", "member", member_id)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hashed(member_id: UUID, code: str) -> bytes:
    return blind("recovery", f"{member_id}/{code}")


def _place(tx: Transaction, member_id: UUID) -> str:
    return f"{tx.organisation_id}/second_step/secret/{member_id}"
