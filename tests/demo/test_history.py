"""The past is made by the same actions, and its boards add up."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.assist.queries import waiting_approvals
from peakend.conversations import queries as conversations
from peakend.entry.demo.awaited import leave_waiting
from peakend.entry.demo.cast import OWN_LOGINS
from peakend.entry.demo.history import catch_up
from peakend.insight.actions import differences
from peakend.insight.queries import day_of, wallboard
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.worker import Worker
from peakend.routing.queries import need_hours, need_queue
from peakend.routing.queries.hours import as_hours
from peakend.routing.rules.hours import is_open

if TYPE_CHECKING:
    from peakend.kernel.db import Database


async def test_a_day_is_told_to_its_end(database: "Database", organisation_id: UUID) -> None:
    until = clock.now()
    made = await catch_up(database, organisation_id, since=until - timedelta(days=2), until=until)
    await Worker(database).drain(50_000)
    # What the worker closes after the past is told, it closes now: nothing lies in the future.
    after = clock.now()
    system = Actor.system(organisation_id)
    async with database.transaction(system) as tx:
        board = await wallboard(tx)
        start, end = await day_of(tx, until - timedelta(days=1))
        wrong = await differences(tx, start, end)
        filters = conversations.Filters()
        closed = await conversations.conversation_list(tx, system, "closed", filters, limit=100)
        under_way = await conversations.conversation_list(tx, system, "all", filters, limit=100)
        nobody_there = {
            row.id
            for row in under_way.items
            if row.queue_id is not None
            and (hours := (await need_queue(tx, row.queue_id)).hours_id) is not None
            and not is_open(as_hours(await need_hours(tx, hours)), row.last_message_at)
        }
        zone = (await accounts.organisation(tx)).time_zone
        dead = await tx.value("SELECT count(*) FROM job WHERE state = 'dead'")
    assert made >= 10
    assert (dead, wrong, zone) == (0, {}, "Asia/Shanghai")
    # What is not over began just now, or when nobody was at work: who comes in the night waits.
    just_now = until - timedelta(hours=2)
    left = [row for row in under_way.items if row.state != "closed" and row.id not in nobody_there]
    assert all(row.last_message_at >= just_now for row in left)
    assert len(closed.items) >= min(made, 100) / 2
    assert all(row.closed_at is None or row.closed_at <= after for row in closed.items)
    assert board.total.offered == board.total.answered + board.total.abandoned
    held = Counter(row.agent_name for row in closed.items if row.agent_name)
    assert len(held) >= 4
    assert any(row.rating for row in closed.items)
    assert all(row.reason_id for row in closed.items if row.solved is not None and row.agent_id)


async def test_a_reply_with_a_card_waits_for_whoever_comes_new(
    database: "Database", organisation_id: UUID
) -> None:
    until = clock.now()
    await catch_up(database, organisation_id, since=until - timedelta(days=1), until=until)
    here = await leave_waiting(database, organisation_id)
    await Worker(database).drain(50_000)
    async with database.transaction(Actor.system(organisation_id)) as tx:
        people = {one.login: one.id for one in await accounts.members(tx, active_only=True)}
        boss_id = people[OWN_LOGINS["supervisor"]]
        boss = (await accounts.members_by_id(tx, [boss_id]))[boss_id][0]
    async with database.transaction(boss) as tx:
        found = [one.approval for one in await waiting_approvals(tx, boss)]
    one = next(one for one in found if one.conversation_id == here)
    assert one.may_decide
    assert one.rich is not None
    assert one.rich["quick"]
    assert "{{" not in one.text
    assert await leave_waiting(database, organisation_id) is None
