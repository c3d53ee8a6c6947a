"""What an organisation asks of whoever signs in, and signing a member out everywhere."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import need_over
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.actions.sessions import end_sessions
from peakend.accounts.events import SessionsEnded, SignInRulesChanged
from peakend.accounts.queries import need_member
from peakend.accounts.rules import (
    PASSWORD_LEAST_MOST,
    PASSWORD_LENGTH,
    ROLES,
    Role,
    address_allowed,
    clean_networks,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record


class WrongNetwork(Invalid):
    """A line is neither an address nor a network, or there are too many."""

    wording = "accounts.wrong_network"


class LockedOut(Conflict):
    """The networks would shut out the very person who names them."""

    wording = "accounts.locked_out"


async def change_sign_in_rules(
    tx: Transaction,
    *,
    password_least: int,
    second_step_roles: Collection[str],
    networks: Collection[str],
    address: str,
) -> None:
    """Say how long passwords are at least, who needs a second step, and from where one comes.

    Passwords and sessions that exist stay; who lacks the second step sets it up at the next
    sign-in. Errors: Invalid, WrongNetwork, LockedOut, SecondPersonNeeded.
    """
    if not PASSWORD_LENGTH[0] <= password_least <= PASSWORD_LEAST_MOST:
        raise Invalid(fields={"password_least": "kernel.invalid"})
    if not set(second_step_roles) <= set(ROLES):
        raise Invalid(fields={"second_step_roles": "kernel.invalid"})
    clean = clean_networks(networks)
    if clean is None:
        raise WrongNetwork(fields={"networks": "accounts.wrong_network"})
    if not address_allowed(address, clean):
        raise LockedOut(address=address)
    await need_second(tx, "sign_in_rules.change")
    roles = [role for role in ROLES if role in second_step_roles]
    await tx.run(
        """
        INSERT INTO sign_in_rule (password_least, second_step_roles, networks, changed_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id) DO UPDATE
            SET password_least = $1, second_step_roles = $2, networks = $3, changed_at = $4
        """,
        password_least,
        roles,
        clean,
        tx.now,
    )
    await record(
        tx,
        SignInRulesChanged(
            tenant_id=tx.organisation_id, password_least=password_least, networks=len(clean)
        ),
    )
    await audit(
        tx,
        "sign_in_rules.changed",
        "organisation",
        tx.organisation_id,
        {"password_least": password_least, "second_step_roles": roles, "networks": clean},
    )


class RulesText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What sign-ins are to be asked for."""

    password_least: int
    second_step_roles: list[Role]
    networks: list[str]


@two_people("sign_in_rules.change", "settings.manage", RulesText)
async def _change(tx: Transaction, body: RulesText, address: str) -> None:
    await change_sign_in_rules(
        tx,
        password_least=body.password_least,
        second_step_roles=body.second_step_roles,
        networks=body.networks,
        address=address,
    )


async def sign_out_member(tx: Transaction, *, member_id: UUID) -> int:
    """Sign a member out everywhere, and return from how many sessions.

    Errors: MemberNotFound, RoleTooHigh.
    """
    await need_member(tx, member_id)
    await need_over(tx, member_id)
    ended = await end_sessions(tx, member_id=member_id)
    if ended:
        await record(tx, SessionsEnded(member_id=member_id, count=ended))
        await audit(tx, "sessions.ended", "member", member_id, {"count": ended})
    return ended
