"""What roles give: permissions, the rows one sees, and who may give which of them.

A person may hold one of the three built-in roles and any number of the house's own. What he may do
is what any of them gives; what he sees is the widest of them.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.rules.people import ROLES, Role, Scope

# Rows of conversations: one's own, also those of the queues one serves, all of some brands, all.
Sight = Literal["own", "team", "brand", "all"]

PERMISSIONS: frozenset[str] = ROLES["admin"]
# Who has one of these can let people in, open the house or read what others did.
DANGEROUS: frozenset[str] = frozenset(
    {
        "accounts.manage",
        "settings.manage",
        "channels.manage",
        "audit.read",
        "integrations.manage",
        "privacy.manage",
        "organisation.export",
        "compensation.set_up",
    }
)
SIGHTS: dict[str, Sight] = {"agent": "team", "supervisor": "all", "admin": "all"}
OWN_ROLES = 100
# What secret scanners look for.
API_KEY_PREFIX = "peakend_key_"
API_KEYS = 200
API_KEY_DAYS = 3650
API_PER_MINUTE = 6000
ROLES_OF_ONE = 10
PROPOSAL_LIFE = timedelta(days=7)
PROPOSALS_OPEN = 50
# A house in which nobody else could confirm goes on after a night.
WAIT_ALONE = timedelta(hours=24)
_WIDTH: dict[Scope, int] = {"own": 0, "queue": 1, "all": 2}
_NO_BRANDS: frozenset[UUID] = frozenset()


class RoleGives(msgspec.Struct, frozen=True):
    """What one role gives to whoever holds it."""

    permissions: list[str]
    sight: Sight
    brand_ids: list[UUID] = []


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may do and which rows he sees, over all his roles."""

    permissions: frozenset[str] = frozenset()
    scope: Scope = "own"
    seen_brand_ids: frozenset[UUID] = _NO_BRANDS
    # False where each of his roles is bound to brands: then other brands do not exist for him.
    every_brand: bool = False

    def brands(self, all_brands: Iterable[UUID]) -> frozenset[UUID]:
        """Return the brands that exist for the person, of all there are."""
        return frozenset(all_brands) if self.every_brand else self.seen_brand_ids


def gives(role: str) -> RoleGives:
    """Return what a built-in role gives; nothing where there is no such role."""
    return RoleGives(sorted(ROLES.get(role, ())), SIGHTS.get(role, "own"))


def rights(held: Iterable[RoleGives]) -> Rights:
    """Return what roles give together: every permission, the widest sight, each one's brands."""
    permissions: set[str] = set()
    brands: set[UUID] = set()
    scope: Scope = "own"
    every_brand = False
    for one in held:
        permissions |= PERMISSIONS.intersection(one.permissions)
        if one.sight == "brand":
            brands |= set(one.brand_ids)
        else:
            every_brand = True
            wider: Scope = "queue" if one.sight == "team" else one.sight
            scope = max(scope, wider, key=_WIDTH.__getitem__)
    return Rights(
        permissions=frozenset(permissions),
        scope=scope,
        seen_brand_ids=frozenset(brands),
        every_brand=every_brand,
    )


def covers(own: Rights, other: Rights) -> bool:
    """Say whether somebody with the first rights may give the second.

    Source: security.md A10, nobody grants what he does not have, neither acts nor rows.
    """
    if not other.permissions <= own.permissions or _WIDTH[other.scope] > _WIDTH[own.scope]:
        return False
    if other.every_brand and not own.every_brand:
        return False
    return own.scope == "all" or other.seen_brand_ids <= own.seen_brand_ids


def standing(permissions: frozenset[str]) -> Role:
    """Return the built-in role whose rules of sign-in fit somebody with these permissions."""
    if permissions & DANGEROUS:
        return "admin"
    return "agent" if permissions <= ROLES["agent"] else "supervisor"


def is_dangerous(permissions: Iterable[str]) -> bool:
    """Say whether a second person has to confirm that somebody gets these permissions."""
    return not DANGEROUS.isdisjoint(permissions)


@cache
def built_in_rights(role: str) -> Rights:
    """Return what a built-in role gives, as rights."""
    return rights([gives(role)])
