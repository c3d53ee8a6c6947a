"""A new organisation can be written to without anybody setting up a channel."""

from peakend.accounts.events import OrganisationCreated
from peakend.conversations import queries
from peakend.conversations.reactions import open_first_channel
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.databases import make_organisation


async def test_first_channel_is_made_once(database: Database) -> None:
    organisation_id = await make_organisation(database)
    fact = OrganisationCreated(tenant_id=organisation_id)
    for _ in range(2):
        async with database.transaction(Actor.system(organisation_id)) as tx:
            await open_first_channel(tx, fact)
    async with database.transaction(Actor.system(organisation_id)) as tx:
        found = await queries.channels(tx)
    assert [channel.name for channel in found] == ["官网"]
    assert found[0].brand_id is not None
