"""The demo's own roles and who holds them."""

from collections.abc import Mapping
from uuid import UUID

from peakend.accounts import actions as accounts
from peakend.accounts.actions import RoleText
from peakend.accounts.queries import ROLES
from peakend.entry.demo.material import content
from peakend.kernel.db import Transaction


async def give_roles(
    tx: Transaction, members: Mapping[str, UUID], brands: Mapping[str, UUID]
) -> None:
    """Make the roles and let their holders hold them."""
    for given in content("roles")["role"]:
        base = ROLES[given["template"]]
        rights = given.get("only") or base - set(given.get("less", ()))
        role_id = await accounts.add_role(
            tx,
            role=RoleText(
                name=given["name"],
                note=given["note"],
                template=given["template"],
                permissions=sorted(rights),
                sight=given["sight"],
                brand_ids=[brands[slug] for slug in given.get("brands", ())],
            ),
        )
        for login in given["holders"]:
            await accounts.set_roles(
                tx,
                member_id=members[login],
                built_in="agent" if given["keeps"] else None,
                role_ids=[role_id],
            )
