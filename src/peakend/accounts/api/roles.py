"""The house's own roles, who holds which, and what somebody may do through them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post, put
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.roles import RoleText
from peakend.accounts.api.sessions import Name
from peakend.accounts.queries import BuiltInRole, Effective
from peakend.accounts.rules import (
    DANGEROUS,
    OWN_ROLES,
    PERMISSIONS,
    ROLES,
    ROLES_OF_ONE,
    SIGHTS,
    Role,
    RoleGives,
    Sight,
    covers,
    gives,
    rights,
)
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Permission = Annotated[str, Meta(min_length=1, max_length=60)]


class RoleForm(Struct, forbid_unknown_fields=True):
    """A role: what it is called, what it lets do, and which conversations it lets see."""

    name: Name
    template: Role
    permissions: Annotated[list[Permission], Meta(max_length=200)]
    sight: Sight
    brand_ids: Annotated[list[UUID], Meta(max_length=100)] = []
    note: Annotated[str, Meta(max_length=300)] = ""


class RoleChange(RoleForm, forbid_unknown_fields=True, kw_only=True):
    """A role as it is to be, and the version that was changed."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class RoleView(Struct, frozen=True):
    """A role of the house, how many active members hold it, and whether the reader may give it."""

    id: UUID
    name: str
    note: str
    template: Role
    permissions: list[str]
    sight: Sight
    brand_ids: list[UUID]
    version: int
    holders: int
    grantable: bool


class PermissionGroup(Struct, frozen=True):
    """The permissions of one part of the product."""

    context: str
    permissions: list[str]


class RolesView(Struct, frozen=True):
    """Every role there is, every permission there is, and which of these are dangerous."""

    built_in: list[BuiltInRole]
    own: list[RoleView]
    groups: list[PermissionGroup]
    dangerous: list[str]
    most: int


class HeldRoles(Struct, forbid_unknown_fields=True):
    """The roles that a member is to hold: a built-in one or none, and some of the house's own."""

    built_in: Role | None
    role_ids: Annotated[list[UUID], Meta(max_length=ROLES_OF_ONE)]


@get("/roles", opt=needs("accounts.manage"))
async def list_roles(tx: Transaction) -> RolesView:
    """Return the roles, the permissions by what they are about, and which are dangerous."""
    holders = await queries.holders_of_built_in(tx)
    shows = await queries.showing(tx)
    return RolesView(
        [
            BuiltInRole(
                k, sorted(p), SIGHTS[k], holders.get(k, 0), _may_give(tx, shows, k, gives(k))
            )
            for k, p in ROLES.items()
        ],
        [_view(tx, shows, role) for role in await queries.roles(tx)],
        [PermissionGroup(k, some) for k, some in queries.permissions_by_context().items()],
        sorted(DANGEROUS & PERMISSIONS),
        OWN_ROLES,
    )


@post("/roles", opt=needs("accounts.manage"))
async def add_role(tx: Transaction, data: RoleForm) -> RoleView:
    """Make a role; nobody gives rights that he does not have himself."""
    role_id = await actions.add_role(tx, role=_text(data))
    return _view(tx, await queries.showing(tx), await queries.need_role(tx, role_id))


@put("/roles/{role_id:uuid}", opt=needs("accounts.manage"))
async def change_role(tx: Transaction, role_id: UUID, data: RoleChange) -> RoleView:
    """Change a role; whoever holds it has the new rights within two seconds."""
    await actions.change_role(tx, role_id=role_id, version=data.version, role=_text(data))
    return _view(tx, await queries.showing(tx), await queries.need_role(tx, role_id))


@delete("/roles/{role_id:uuid}", opt=needs("accounts.manage"))
async def remove_role(tx: Transaction, role_id: UUID) -> None:
    """Remove a role that nobody holds."""
    await actions.remove_role(tx, role_id=role_id)


@put("/members/{member_id:uuid}/roles", opt=needs("accounts.manage"))
async def set_roles(tx: Transaction, member_id: UUID, data: HeldRoles) -> Effective:
    """Let a member hold exactly these roles."""
    await actions.set_roles(tx, member_id=member_id, built_in=data.built_in, role_ids=data.role_ids)
    return await queries.effective(tx, member_id)


@get("/members/{member_id:uuid}/rights", opt=needs("accounts.manage"))
async def read_rights(tx: Transaction, member_id: UUID) -> Effective:
    """Return what a member may do, through which role, and which conversations he sees."""
    return await queries.effective(tx, member_id)


def _text(data: RoleForm) -> RoleText:
    return RoleText(
        name=data.name,
        note=data.note,
        template=data.template,
        permissions=data.permissions,
        sight=data.sight,
        brand_ids=data.brand_ids,
    )


def _view(tx: Transaction, shows: queries.Showing, role: Any) -> RoleView:
    given = RoleGives(role.permissions, role.sight, role.brand_ids)
    kept: dict[str, Any] = {name: getattr(role, name, None) for name in RoleView.__struct_fields__}
    return RoleView(**kept | {"grantable": _may_give(tx, shows, str(role.id), given)})


def _may_give(tx: Transaction, shows: queries.Showing, key: str, given: RoleGives) -> bool:
    wanted = rights([given])
    more = queries.beyond(shows.by([key], wanted.permissions), shows.to(tx.actor))
    return covers(queries.rights_of_actor(tx.actor), wanted) and not more


routes: list[Any] = [list_roles, add_role, change_role, remove_role, set_roles, read_rights]
