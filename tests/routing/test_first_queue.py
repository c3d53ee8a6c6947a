"""A new centre can serve at once."""

from peakend.accounts import actions as accounts
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker
from peakend.routing import queries
from peakend.routing.actions import QueueSettings, add_queue, join_only_queue


async def test_a_new_centre_has_a_line_with_everybody_in_it(database):
    home = Actor.system(new_id())
    async with database.transaction(home) as tx:
        await accounts.create_organisation(tx, name="小店", language="zh-CN")
        founder = await accounts.add_member(
            tx, login="founder", name="甲", role="admin", password="Sonne-und-Mond-7"
        )
    await Worker(database).drain()
    async with database.transaction(home) as tx:
        second = await accounts.add_member(
            tx, login="second", name="乙", role="agent", password="Sonne-und-Mond-8"
        )
        await join_only_queue(tx, member_id=second)
    async with database.transaction(home) as tx:
        lines = await queries.queues(tx)
        assert [(line.name, line.open) for line in lines] == [("在线客服", True)]
        for member_id in (founder, second):
            assert (await queries.member_queues(tx, {member_id: []}))[member_id] == [
                (lines[0].id, lines[0].name)
            ]


async def test_two_lines_leave_the_choice_to_people(database, organisation):
    home = Actor.system(organisation)
    async with database.transaction(home) as tx:
        for name in ("甲线", "乙线"):
            await add_queue(tx, QueueSettings(name=name))
        member = await accounts.add_member(
            tx, login="late-one", name="后来", role="agent", password="Sonne-und-Mond-8"
        )
        await join_only_queue(tx, member_id=member)
        assert await queries.member_queues(tx, {member: []}) == {member: []}
