"""Who leads: whom it is told what went wrong with somebody's work."""

from collections.abc import Collection
from uuid import UUID

from peakend.accounts.queries import ROLES, holders, roles, teams_of
from peakend.kernel.db import Transaction

# Who is told by name; everybody else who leads finds it in the list.
MOST_TOLD = 20


async def leads_of(
    tx: Transaction, owners: Collection[UUID | None], permission: str = "cases.manage"
) -> dict[UUID | None, list[UUID]]:
    """Return for each member who leads him: those of his teams, or all where none of them does.

    Counts: twenty. None stands for what nobody holds.
    """
    own = [role.id for role in await roles(tx) if permission in role.permissions]
    built_in = [key for key, given in ROLES.items() if permission in given]
    all_leads = sorted(await holders(tx, built_in=built_in, role_ids=own))
    known = [one for one in set(owners) if one is not None]
    teams = await teams_of(tx, {*known, *all_leads})
    found: dict[UUID | None, list[UUID]] = {}
    for owner in set(owners):
        others = [one for one in all_leads if one != owner]
        near = [one for one in others if owner and teams[one] & teams[owner]]
        found[owner] = (near or others)[:MOST_TOLD]
    return found
