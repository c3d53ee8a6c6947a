"""Who wrote a mail does not wait on the line: neither told nor measured nor in anybody's way."""

from uuid import UUID

from peakend.conversations import queries as timeline
from peakend.insight import queries as insight
from peakend.routing import queries
from tests.routing.floor import Floor


async def mailed(floor: Floor) -> UUID:
    """Let somebody write by mail."""
    found = await floor.writes()
    async with floor.tx() as tx:
        await tx.run("UPDATE conversation SET channel_kind = 'mail' WHERE id = $1", found)
    await floor.drain()
    return found


async def test_a_mail_stands_in_nobodys_way(floor: Floor) -> None:
    agent = await floor.hire("agent", capacity=2)
    mails = [await mailed(floor) for _ in range(3)]
    leg = await floor.need_leg(mails[0])
    assert (leg.live, leg.promised_at) == (False, None)
    assert not (await floor.conversation(mails[0])).left_word
    floor.wait(3600)
    chat = await floor.writes()
    await floor.drain()
    async with floor.tx() as tx:
        assert await queries.place_in_line(tx, mails[0]) is None
        place = await queries.place_in_line(tx, chat)
        assert place is not None
        assert place.position == 1
        [line] = (await queries.lines(tx)).values()
        assert (line.waiting, line.left) == (1, 3)
        sizes = await timeline.counts(tx, floor.system)
        assert (sizes.queue, sizes.left) == (4, 3)
        counted = await insight.intervals(tx, *await insight.day_of(tx, tx.now))
        assert sum(row.entered for row in counted) == 1
    # The oldest first; then the one on the line, for whom a place is kept.
    await floor.ready(agent)
    await floor.drain()
    await floor.accept(agent, mails[0])
    await floor.drain()
    assert (await floor.need_leg(chat)).offered_to == agent.id


async def test_who_comes_to_the_chat_waits_on_the_line(floor: Floor) -> None:
    customer_id = await floor.customer()
    found = await floor.writes(customer_id)
    async with floor.tx() as tx:
        await tx.run("UPDATE conversation SET channel_kind = 'mail' WHERE id = $1", found)
    await floor.drain()
    floor.wait(3600)
    assert not (await floor.need_leg(found)).live
    assert await floor.writes(customer_id, "我在网页上等") == found
    await floor.drain()
    leg = await floor.need_leg(found)
    assert leg.live
    assert (await floor.conversation(found)).leg_id == leg.id
    await floor.writes(customer_id, "还在吗")
    await floor.drain()
    legs = await floor.legs(found)
    assert [(one.outcome, one.live) for one in legs] == [("on_line", False), (None, True)]
