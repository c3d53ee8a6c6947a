"""The house's own roles: making, changing, removing and giving them."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import need_covered, take_roles
from peakend.accounts.actions.members import need_name
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.events import RoleAdded, RoleChanged, RoleRemoved
from peakend.accounts.models import RoleRow
from peakend.accounts.queries import (
    brands,
    forget_member,
    need_member,
    need_role,
    need_roles,
    rights_of,
)
from peakend.accounts.rules import (
    OWN_ROLES,
    PERMISSIONS,
    ROLES,
    ROLES_OF_ONE,
    Rights,
    Role,
    RoleGives,
    Sight,
    built_in_rights,
    is_dangerous,
    rights,
    standing,
)
from peakend.kernel import clock
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

# By a member, also one that has left, or promised by an invitation that can still be used.
_HELD = """
SELECT EXISTS (
    SELECT FROM member_role WHERE organisation_id = current_organisation() AND role_id = $1
) OR EXISTS (
    SELECT FROM invitation
    WHERE organisation_id = current_organisation() AND $1 = ANY(role_ids)
      AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
)
"""


class RoleKnown(Conflict):
    """A role of this name exists."""

    wording = "accounts.role_known"


class RoleStale(Conflict):
    """Somebody else changed the role first."""

    wording = "accounts.role_stale"


class RoleInUse(Conflict):
    """Members hold the role, perhaps such that have left, or an open invitation promises it."""

    wording = "accounts.role_in_use"


class TooManyRoles(Conflict):
    """The house has as many roles as anybody can keep apart."""

    wording = "accounts.too_many_roles"


class NoRole(Invalid):
    """A member holds at least one role."""

    wording = "accounts.no_role"


class BrandsMissing(Invalid):
    """A role that sees the conversations of brands names them."""

    wording = "accounts.brands_missing"


class RoleText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a role is called and gives."""

    name: str
    note: str = ""
    template: Role = "agent"
    permissions: list[str]
    sight: Sight = "team"
    brand_ids: list[UUID] = []


class RoleChangeText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A role that was changed, whole, and the version it was changed from."""

    role_id: UUID
    version: int
    role: RoleText


class RolesOfMember(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The roles that a member is to hold."""

    member_id: UUID
    built_in: Role | None
    role_ids: list[UUID]


async def add_role(tx: Transaction, *, role: RoleText) -> UUID:
    """Make a role. Errors: RoleTooHigh, RoleKnown, TooManyRoles, SecondPersonNeeded, Invalid."""
    wanted = await _need_fitting(tx, role)
    if is_dangerous(wanted.permissions):
        await need_second(tx, "role.add")
    if await tx.value(
        "SELECT count(*) >= $1 FROM role WHERE organisation_id = current_organisation()", OWN_ROLES
    ):
        raise TooManyRoles
    role_id = new_id()
    added = await tx.run(
        """
        INSERT INTO role (id, name, note, template, permissions, sight, brand_ids, created_at,
                          changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (organisation_id, lower(name)) DO NOTHING
        """,
        role_id,
        *_columns(role),
        tx.now,
    )
    if not added:
        raise RoleKnown(fields={"name": "accounts.role_known"})
    await record(tx, RoleAdded(role_id=role_id, sight=role.sight, rights=len(wanted.permissions)))
    await audit(tx, "role.added", "role", role_id, _told(role))
    return role_id


async def change_role(tx: Transaction, *, role_id: UUID, version: int, role: RoleText) -> None:
    """Change what a role is called and gives; who holds it has it at once.

    Errors: RoleNotFound, RoleStale, RoleTooHigh, RoleKnown, SecondPersonNeeded, Invalid.
    """
    await tx.run("SELECT FROM role WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", role_id)  # fmt: skip
    before = await need_role(tx, role_id)
    had = _rights(before)
    need_covered(tx, had)
    wanted = await _need_fitting(tx, role)
    if before.version != version:
        raise RoleStale(version=before.version)
    if is_dangerous(wanted.permissions - had.permissions):
        await need_second(tx, "role.change")
    if await tx.value("SELECT EXISTS (SELECT FROM role WHERE organisation_id = "
                      "current_organisation() AND lower(name) = lower($1) AND id <> $2)",
                      need_name(role.name), role_id):  # fmt: skip
        raise RoleKnown(fields={"name": "accounts.role_known"})
    await tx.run(
        """
        UPDATE role SET name = $2, note = $3, template = $4, permissions = $5, sight = $6,
                        brand_ids = $7, changed_at = $8, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        role_id,
        *_columns(role),
        tx.now,
    )
    await _stand_anew(tx, role_id)
    await record(tx, RoleChanged(role_id=role_id, sight=role.sight, rights=len(wanted.permissions)))
    await audit(tx, "role.changed", "role", role_id, _told(role))


async def remove_role(tx: Transaction, *, role_id: UUID) -> None:
    """Remove a role that nobody holds. Errors: RoleNotFound, RoleTooHigh, RoleInUse."""
    need_covered(tx, _rights(await need_role(tx, role_id)))
    if await tx.value(_HELD, role_id, clock.now()):
        raise RoleInUse
    await tx.run(
        "DELETE FROM role WHERE organisation_id = current_organisation() AND id = $1", role_id
    )
    await record(tx, RoleRemoved(role_id=role_id))
    await audit(tx, "role.removed", "role", role_id)


async def set_roles(
    tx: Transaction, *, member_id: UUID, built_in: Role | None, role_ids: Collection[UUID]
) -> None:
    """Let a member hold exactly these roles.

    Errors: MemberNotFound, RoleNotFound, NoRole, RoleTooHigh, RoleSeesMore, LastAdmin,
    SecondPersonNeeded.
    """
    await tx.run("SELECT FROM member WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", member_id)  # fmt: skip
    member = await need_member(tx, member_id)
    if len(set(role_ids)) > ROLES_OF_ONE:
        raise Invalid(fields={"role_ids": "kernel.invalid"})
    own = await need_roles(tx, role_ids)
    if built_in is None and not own:
        raise NoRole
    await take_roles(tx, member, built_in, own)


@two_people("role.add", "accounts.manage", RoleText)
async def _add(tx: Transaction, body: RoleText, address: str) -> None:
    await add_role(tx, role=body)


@two_people("role.change", "accounts.manage", RoleChangeText)
async def _change(tx: Transaction, body: RoleChangeText, address: str) -> None:
    await change_role(tx, role_id=body.role_id, version=body.version, role=body.role)


@two_people("member.roles", "accounts.manage", RolesOfMember)
async def _give(tx: Transaction, body: RolesOfMember, address: str) -> None:
    await set_roles(tx, member_id=body.member_id, built_in=body.built_in, role_ids=body.role_ids)


async def _need_fitting(tx: Transaction, role: RoleText) -> Rights:
    """Return what a role would give, where all of it exists and the actor has it himself."""
    need_name(role.name)
    unknown = set(role.permissions) - PERMISSIONS
    if unknown or role.template not in ROLES:
        raise Invalid(fields={"permissions": "kernel.invalid"})
    if role.sight == "brand":
        if not role.brand_ids:
            raise BrandsMissing(fields={"brand_ids": "accounts.brands_missing"})
        if set(role.brand_ids) - {brand.id for brand in await brands(tx)}:
            raise Invalid(fields={"brand_ids": "kernel.invalid"})
    wanted = rights([RoleGives(role.permissions, role.sight, role.brand_ids)])
    need_covered(tx, wanted)
    return wanted


def _columns(role: RoleText) -> tuple[object, ...]:
    return (
        need_name(role.name),
        role.note.strip(),
        role.template,
        sorted(set(role.permissions)),
        role.sight,
        sorted(set(role.brand_ids)) if role.sight == "brand" else [],
    )


def _told(role: RoleText) -> dict[str, object]:
    """Return what the audit log keeps: every right by its code."""
    brands_seen = [str(one) for one in role.brand_ids] if role.sight == "brand" else []
    base = built_in_rights(role.template).permissions
    return {
        "template": role.template,
        "sight": role.sight,
        "brand_ids": brands_seen,
        "added": sorted(set(role.permissions) - base),
        "taken": sorted(base - set(role.permissions)),
    }


def _rights(role: RoleRow) -> Rights:
    return rights([RoleGives(role.permissions, role.sight, role.brand_ids)])


async def _stand_anew(tx: Transaction, role_id: UUID) -> None:
    """Let the rules of sign-in of those who hold a role follow what they may do now."""
    ids: list[UUID] | None = await tx.value(
        "SELECT array_agg(member_id) FROM member_role"
        " WHERE organisation_id = current_organisation() AND role_id = $1",
        role_id,
    )
    by_standing: dict[str, list[UUID]] = {}
    for member_id, found in (await rights_of(tx, ids or [])).items():
        by_standing.setdefault(standing(found.permissions), []).append(member_id)
        forget_member(member_id)
    for role, members in by_standing.items():
        await tx.run(
            """
            UPDATE member SET role = $2
            WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[]) AND role <> $2
            """,
            members,
            role,
        )
