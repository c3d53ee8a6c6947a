"""The audit log calls things by the names they have now, and those that are gone by none."""

from uuid import UUID

import pytest

from peakend.accounts import actions, queries
from peakend.kernel import naming
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id


async def test_things_are_called_by_their_names_of_now(
    database: Database, organisation: UUID
) -> None:
    system = Actor.system(organisation)
    async with database.transaction(system) as tx:
        team_id = await actions.add_team(tx, name="夜班")
        skill_id = await actions.add_skill(tx, name="英语")
    async with database.transaction(system) as tx:
        await actions.change_team(tx, team_id=team_id, name="晚班", member_ids=None)
        await actions.remove_skill(tx, skill_id=skill_id)
    async with database.transaction(system) as tx:
        items = (await queries.audit_page(tx)).items
    told = {(one.action, one.subject_id): one.subject_name for one in items}
    assert told["team.added", team_id] == told["team.changed", team_id] == "晚班"
    assert told["skill.added", skill_id] is None


async def test_every_name_is_read_within_the_house(database: Database) -> None:
    async with database.transaction(Actor.system(new_id())) as tx:
        things = [(kind, new_id()) for kind in naming.NAMES]
        assert await naming.names_of_things(tx, [*things, ("nothing", new_id())]) == {}
    assert {"brand", "queue", "tag", "channel", "webhook", "article"} <= naming.NAMES.keys()
    assert {"conversation", "sla_policy", "business_hours"} <= naming.NAMES.keys()


def test_a_kind_is_called_once() -> None:
    with pytest.raises(ValueError, match="brand"):
        naming.called("brand", "SELECT 1")
