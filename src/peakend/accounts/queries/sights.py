"""How much of a customer's details each role sees, as it is kept, and what one role shows more."""

from collections.abc import Collection, Mapping

import msgspec

from peakend.accounts.ports import FieldRights, provided
from peakend.accounts.queries.rights import roles
from peakend.accounts.rules import ROLES
from peakend.accounts.rules.sights import USUAL, DetailField, Level, levels, reach
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import best_language, word


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


# What somebody gets to see of customers: a name for each part of it, and how it is called.
Seen = Mapping[str, str]


class Showing:
    """Says what roles show of customers, so that nobody gives to see what he does not see himself.

    Read once for as many roles as are looked at.
    """

    def __init__(self, said: FieldSights, fields: FieldRights, language: str) -> None:
        self._said, self._fields, self._language = said, fields, language

    def by(self, held: Collection[str], permissions: Collection[str]) -> Seen:
        """Return what roles show to somebody with these permissions."""
        return self._shown(dict(levels(self._said.rules, held)), held, permissions)

    def to(self, actor: Actor) -> Seen:
        """Return what is shown to whoever acts."""
        return self._shown(dict(actor.levels), actor.roles, actor.permissions)

    def _shown(
        self, said: Mapping[str, str], held: Collection[str], permissions: Collection[str]
    ) -> Seen:
        details = {
            f"{detail}:{step}": word(f"accounts.detail_{detail}", self._language)
            for detail, usual in USUAL.items()
            for step in range(reach(said.get(detail, usual), permissions))
        }
        return details | dict(self._fields(held))


async def showing(tx: Transaction) -> Showing:
    """Return what says which role shows what of customers."""
    fields = await provided.role_fields(tx)
    return Showing(await field_sights(tx), fields, best_language(tx.actor.language))


def beyond(wanted: Seen, *own: Seen) -> list[str]:
    """Return how what is wanted and nobody's own is called, each once."""
    return sorted({name for one, name in wanted.items() if not any(one in has for has in own)})
