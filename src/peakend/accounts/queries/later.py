"""What somebody asked for is done later: by the same person, with what was his then and is now."""

from uuid import UUID

import msgspec

from peakend.accounts.queries.sign_in import members_by_id
from peakend.kernel.actors import BY_KEY, Actor
from peakend.kernel.db import Transaction


def rights_to_keep(actor: Actor) -> list[str]:
    """Return what is kept of an actor beside what he asked for: his rights, and whether by a key.

    A key of the API may see less than its owner: what it asked for stays the key's.
    """
    return sorted({*actor.permissions, *({BY_KEY} & set(actor.roles))})


async def actor_later(tx: Transaction, member_id: UUID, kept: list[str]) -> Actor:
    """Return who asked, with what he may do now of what he could do then."""
    found = (await members_by_id(tx, [member_id])).get(member_id)
    if found is None:
        return Actor(organisation_id=tx.organisation_id, kind="member", id=member_id)
    person = found[0]
    roles = (*person.roles, BY_KEY) if BY_KEY in kept else person.roles
    rights = person.permissions & frozenset(kept)
    return msgspec.structs.replace(person, permissions=rights, roles=roles)
