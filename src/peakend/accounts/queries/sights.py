"""How much of a customer's details each role sees, as it is kept."""

import msgspec

from peakend.accounts.queries.rights import roles
from peakend.accounts.rules import ROLES
from peakend.accounts.rules.sights import USUAL, DetailField, Level
from peakend.kernel.db import Transaction


class FieldSights(msgspec.Struct, frozen=True):
    """What was said, by a role's key or id; version 0 where nobody said anything."""

    rules: dict[str, dict[DetailField, Level]] = {}
    version: int = 0


class SeeingRole(msgspec.Struct, frozen=True):
    """A role; a built-in one has no name of the house's own."""

    key: str
    name: str


class FieldSightsView(msgspec.Struct, frozen=True):
    """What each role sees of each detail, and what is usual."""

    roles: list[SeeingRole]
    usual: dict[DetailField, Level]
    rules: dict[str, dict[DetailField, Level]]
    version: int


async def field_sights(tx: Transaction) -> FieldSights:
    """Return how much each role sees, as it was said."""
    found = await tx.one(
        FieldSights,
        "SELECT rules, version FROM field_sight WHERE organisation_id = current_organisation()",
    )
    return found or FieldSights()


async def field_sights_view(tx: Transaction) -> FieldSightsView:
    """Return how much each role sees; roles that are gone are left out."""
    own = await roles(tx)
    there = [*(SeeingRole(key, "") for key in ROLES), *(SeeingRole(str(r.id), r.name) for r in own)]
    said = await field_sights(tx)
    keys = {one.key for one in there}
    kept = {role: each for role, each in said.rules.items() if role in keys}
    return FieldSightsView(there, dict(USUAL), kept, said.version)
