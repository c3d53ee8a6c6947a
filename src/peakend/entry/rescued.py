"""What `peakend accounts rescue` does for a login, in each organisation that knows it."""

import msgspec

from peakend.accounts import actions as accounts
from peakend.accounts import queries as people
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database


class Rescued(msgspec.Struct, frozen=True):
    """A member who can come in again, and the link that lets him."""

    organisation: str
    name: str
    link: str


async def rescued(database: Database, login: str, *, any_network: bool, base: str) -> list[Rescued]:
    """Rescue whoever signs in by this login; an empty list where nobody does."""
    found = []
    for one in await people.credentials_of(database, login):
        async with database.transaction(Actor.system(one.organisation_id)) as tx:
            house = await people.organisation(tx)
            member = await people.need_member(tx, one.member_id)
            secret = await accounts.rescue(tx, member_id=member.id, any_network=any_network)
        found.append(Rescued(house.name, member.name, f"{base}/invitation/{secret}"))
    return found
