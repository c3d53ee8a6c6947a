"""What people may do and see: the roles of the house, and each person's rights over all his own."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.models import Invitation, RoleRow
from peakend.accounts.queries.people import need_member
from peakend.accounts.rules import (
    PERMISSIONS,
    ROLES,
    Rights,
    RoleGives,
    built_in_rights,
    gives,
    rights,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

# In the SELECT of whoever reads members as `m`: what his own roles of the house give.
OWN_ROLES_GIVE = """
    coalesce((SELECT jsonb_agg(jsonb_build_object(
                  'permissions', r.permissions, 'sight', r.sight, 'brand_ids', r.brand_ids))
              FROM member_role p
              JOIN role r ON r.organisation_id = p.organisation_id AND r.id = p.role_id
              WHERE p.organisation_id = m.organisation_id AND p.member_id = m.id), '[]')
        AS own_roles
"""

_ROLE = """
    SELECT r.id, r.name, r.note, r.template, r.permissions, r.sight, r.brand_ids, r.version,
           (SELECT count(*)::int FROM member_role p
            JOIN member m ON m.organisation_id = p.organisation_id AND m.id = p.member_id
            WHERE p.organisation_id = r.organisation_id AND p.role_id = r.id AND m.active)
               AS holders
    FROM role r
    WHERE r.organisation_id = current_organisation()
"""


class RoleNotFound(NotFound):
    """There is no such role here."""

    wording = "accounts.role_not_found"


class _Holder(msgspec.Struct, frozen=True):
    id: UUID
    built_in: str | None
    own_roles: list[dict[str, Any]]


class BuiltInRole(msgspec.Struct, frozen=True):
    """A role that every house has: copied, not changed; `grantable` by the reader, or not."""

    key: str
    permissions: list[str]
    sight: str
    holders: int
    grantable: bool


class RoleSource(msgspec.Struct, frozen=True):
    """A role that a person holds: built in by its key, or the house's own by id and name."""

    built_in: str | None
    role_id: UUID | None
    name: str
    sight: str
    brand_ids: list[UUID]


class Permitted(msgspec.Struct, frozen=True):
    """A permission, and the places in the list of roles that give it; none where it is lacking."""

    permission: str
    through: list[int]


class Effective(msgspec.Struct, frozen=True):
    """What a person may do, through which role, and which rows he sees."""

    member_id: UUID
    roles: list[RoleSource]
    permissions: list[Permitted]
    sees_all: bool
    sees_queues: bool
    brand_ids: list[UUID]


def together(built_in: str | None, own_roles: Collection[RoleGives]) -> Rights:
    """Return the rights of somebody who holds a built-in role, or none, and some of the house's."""
    if not own_roles:
        return built_in_rights(built_in or "")
    return rights([*([gives(built_in)] if built_in else []), *own_roles])


def held_rights(built_in: str | None, own_roles: list[dict[str, Any]]) -> Rights:
    """Return the rights of a row that was read with `OWN_ROLES_GIVE`."""
    return together(built_in, msgspec.convert(own_roles, list[RoleGives]) if own_roles else ())


def rights_of_actor(actor: Actor) -> Rights:
    """Return what an actor may give: what he has himself."""
    if actor.kind != "member":
        return Rights(permissions=PERMISSIONS, scope="all", every_brand=True)
    return Rights(
        permissions=actor.permissions,
        scope=actor.scope,
        seen_brand_ids=actor.seen_brand_ids,
        every_brand=actor.every_brand,
    )


async def rights_of(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, Rights]:
    """Return the rights of members, active or not; unknown ids are left out."""
    found = await tx.all(
        _Holder,
        f"""
        SELECT m.id, m.built_in, {OWN_ROLES_GIVE}
        FROM member m
        WHERE m.organisation_id = current_organisation() AND m.id = ANY($1::uuid[])
        """,  # noqa: S608 (a constant)
        list(member_ids),
    )
    return {one.id: held_rights(one.built_in, one.own_roles) for one in found}


async def holders(
    tx: Transaction,
    *,
    built_in: Collection[str],
    role_ids: Collection[UUID],
    since: datetime | None = None,
) -> list[UUID]:
    """Return the active members with any of these roles, or only those who joined since then."""
    if not built_in and not role_ids:
        return []
    ids: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(m.id), '{}') FROM member m
        WHERE m.organisation_id = current_organisation() AND m.active
          AND ($3::timestamptz IS NULL OR m.created_at >= $3)
          AND (m.built_in = ANY($1::text[]) OR EXISTS (
                  SELECT FROM member_role p
                  WHERE p.organisation_id = m.organisation_id AND p.member_id = m.id
                    AND p.role_id = ANY($2::uuid[])))
        """,
        list(built_in),
        list(role_ids),
        since,
    )
    return ids


async def roles(tx: Transaction) -> list[RoleRow]:
    """Return the house's own roles by name."""
    return await tx.all(RoleRow, _ROLE + " ORDER BY lower(r.name), r.id LIMIT 200")


async def role_names(tx: Transaction) -> dict[UUID, str]:
    """Return the names of the house's own roles."""
    return {one.id: one.name for one in await roles(tx)}


def own_names(invitation: Invitation, names: Mapping[UUID, str]) -> list[str]:
    """Return the names of the house's own roles that an invitation promises."""
    return sorted(names[one] for one in invitation.role_ids if one in names)


async def need_role(tx: Transaction, role_id: UUID) -> RoleRow:
    """Return a role of the house. Errors: RoleNotFound."""
    found = await tx.one(RoleRow, _ROLE + " AND r.id = $1", role_id)
    if found is None:
        raise RoleNotFound
    return found


async def need_roles(tx: Transaction, role_ids: Collection[UUID]) -> list[RoleRow]:
    """Return roles of the house, each once. Errors: RoleNotFound."""
    found = await tx.all(RoleRow, _ROLE + " AND r.id = ANY($1::uuid[])", list(role_ids))
    if len(found) != len(set(role_ids)):
        raise RoleNotFound
    return found


async def holders_of_built_in(tx: Transaction) -> dict[str, int]:
    """Return how many active members hold each built-in role."""
    found: dict[str, int] | None = await tx.value(
        """
        SELECT jsonb_object_agg(x.built_in, x.n)
        FROM (SELECT built_in, count(*) AS n FROM member
              WHERE organisation_id = current_organisation() AND active AND built_in IS NOT NULL
              GROUP BY built_in) x
        """
    )
    return found or {}


def explained(member_id: UUID, built_in: str | None, own: Collection[RoleRow]) -> Effective:
    """Return each permission with the roles that give it."""
    held = [
        *([RoleSource(built_in, None, "", gives(built_in).sight, [])] if built_in else []),
        *(RoleSource(None, role.id, role.name, role.sight, role.brand_ids) for role in own),
    ]
    given = [
        *([gives(built_in)] if built_in else []),
        *(RoleGives(role.permissions, role.sight, role.brand_ids) for role in own),
    ]
    whole = rights(given)
    return Effective(
        member_id=member_id,
        roles=held,
        permissions=[
            Permitted(one, [at for at, role in enumerate(given) if one in role.permissions])
            for one in sorted(PERMISSIONS)
        ],
        sees_all=whole.scope == "all",
        sees_queues=whole.scope == "queue",
        brand_ids=sorted(whole.seen_brand_ids),
    )


async def effective(tx: Transaction, member_id: UUID) -> Effective:
    """Return what a member may do, through which role. Errors: MemberNotFound."""
    member = await need_member(tx, member_id)
    return explained(member_id, member.built_in, await need_roles(tx, member.role_ids))


def permissions_by_context() -> dict[str, list[str]]:
    """Return every permission by the word before its dot; what most people have comes first."""
    ladder = [ROLES[role] for role in ("agent", "supervisor", "admin")]

    def rung(permission: str) -> int:
        return next(at for at, some in enumerate(ladder) if permission in some)

    grouped: dict[str, list[str]] = {}
    for one in sorted(PERMISSIONS, key=lambda one: (rung(one), one)):
        grouped.setdefault(one.partition(".")[0], []).append(one)
    return grouped
