"""Nobody gives what he does not have: what is looked at before anybody gets or loses rights."""

from collections.abc import Collection
from typing import cast
from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.proposals import need_second
from peakend.accounts.actions.sessions import end_sessions
from peakend.accounts.events import MemberRolesChanged
from peakend.accounts.models import RoleRow
from peakend.accounts.queries import (
    Member,
    beyond,
    forget_member,
    rights_of,
    rights_of_actor,
    showing,
    sign_in_rules,
    together,
)
from peakend.accounts.rules import (
    ROLES,
    Rights,
    Role,
    RoleGives,
    covers,
    is_dangerous,
    session_life,
    standing,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record


class RoleTooHigh(Refused):
    """Nobody gives, takes or touches rights that he does not have himself."""

    wording = "accounts.role_too_high"


class RoleSeesMore(Refused):
    """Nobody gives to see what he does not see of customers himself."""

    wording = "accounts.role_sees_more"


class LastAdmin(Conflict):
    """An organisation is not left without anybody who can manage it."""

    wording = "accounts.last_admin"


def need_covered(tx: Transaction, wanted: Rights) -> None:
    """Make sure that the actor has all of it himself. Errors: RoleTooHigh."""
    if tx.actor.kind != "system" and not covers(rights_of_actor(tx.actor), wanted):
        raise RoleTooHigh


def need_role_key(role: str) -> Role:
    """Return a built-in role. Errors: Invalid."""
    if role not in ROLES:
        raise Invalid(fields={"role": "kernel.invalid"})
    return cast("Role", role)


async def need_givable(
    tx: Transaction, built_in: str | None, own: Collection[RoleRow], held: Member | None = None
) -> Rights:
    """Make sure that the actor may give these roles, and return what they give together.

    It is the one rule for whoever gives a role: neither acts nor rows nor details of customers
    that he lacks himself. What a member sees who holds some of them is not given to him.

    Errors: Invalid, RoleTooHigh, RoleSeesMore.
    """
    if built_in is not None:
        need_role_key(built_in)
    wanted = together(
        built_in, [RoleGives(one.permissions, one.sight, one.brand_ids) for one in own]
    )
    need_covered(tx, wanted)
    had = None
    if held is not None:
        before = (await rights_of(tx, [held.id])).get(held.id, Rights())
        had = _keys(held.built_in, held.role_ids), before
    await need_seen(tx, _keys(built_in, [one.id for one in own]), wanted, had)
    return wanted


async def need_seen(
    tx: Transaction,
    roles: Collection[str],
    wanted: Rights,
    had: tuple[Collection[str], Rights] | None = None,
) -> None:
    """Make sure that roles, by key or id, show nothing of customers that the actor does not see.

    Errors: RoleSeesMore.
    """
    if tx.actor.kind != "member":
        return
    shows = await showing(tx)
    own = [shows.to(tx.actor)]
    if had is not None:
        own.append(shows.by(had[0], had[1].permissions))
    if more := beyond(shows.by(roles, wanted.permissions), *own):
        raise RoleSeesMore(what=" / ".join(more))


def _keys(built_in: str | None, role_ids: Collection[UUID]) -> list[str]:
    return [*filter(None, [built_in]), *map(str, role_ids)]


async def need_over(tx: Transaction, member_id: UUID) -> Rights:
    """Make sure that a member has nothing that the actor lacks, and return what he has.

    Errors: RoleTooHigh. Who does not exist has nothing.
    """
    found = (await rights_of(tx, [member_id])).get(member_id, Rights())
    need_covered(tx, found)
    return found


async def take_roles(
    tx: Transaction, member: Member, built_in: Role | None, own: Collection[RoleRow]
) -> None:
    """Let a member, whose row is locked, hold these roles instead of those he holds.

    Errors: RoleTooHigh, RoleSeesMore, LastAdmin, SecondPersonNeeded.
    """
    before = await need_over(tx, member.id)
    after = await need_givable(tx, built_in, own, member)
    if member.built_in == "admin" and member.active and built_in != "admin":
        await need_other_admin(tx, member.id)
    if is_dangerous(after.permissions - before.permissions):
        await need_second(tx, "member.roles")
    role = standing(after.permissions)
    await tx.run(
        """
        WITH held AS (
            UPDATE member SET built_in = $2, role = $3
            WHERE organisation_id = current_organisation() AND id = $1
        ), left_off AS (
            DELETE FROM member_role
            WHERE organisation_id = current_organisation() AND member_id = $1
              AND NOT role_id = ANY($4::uuid[])
        )
        INSERT INTO member_role (member_id, role_id) SELECT $1, unnest($4::uuid[])
        ON CONFLICT DO NOTHING
        """,
        member.id,
        built_in,
        role,
        [one.id for one in own],
    )
    forget_member(member.id)
    if session_life(role) != session_life(member.role) or (
        role != member.role and role in (await sign_in_rules(tx)).second_step_roles
    ):
        # Stricter rules of sign-in hold, or laxer ones: its sessions begin anew.
        await end_sessions(tx, member_id=member.id)
    await record(tx, MemberRolesChanged(member_id=member.id, role=role, own_roles=len(own)))
    await audit(
        tx,
        "member.role_changed",
        "member",
        member.id,
        {
            "from": [member.built_in, *map(str, member.role_ids)],
            "to": [built_in, *(str(one.id) for one in own)],
        },
    )


async def need_other_admin(tx: Transaction, member_id: UUID) -> None:
    """Make sure that another admin is left. Errors: LastAdmin."""
    # All admins are locked, so that two of them cannot remove each other at the same moment.
    others = await tx.value(
        """
        SELECT count(*) FROM (
            SELECT id FROM member
            WHERE organisation_id = current_organisation()
              AND built_in = 'admin'
              AND active
            ORDER BY id
            FOR UPDATE
        ) AS admin
        WHERE id <> $1
        """,
        member_id,
    )
    if not others:
        raise LastAdmin
