"""Opening, assigning, moving, raising, linking, writing down: as actions, with the walls."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from peakend.accounts import actions as accounts
from peakend.cases import actions, queries
from peakend.conversations import actions as conversations
from peakend.conversations.queries import ConversationNotFound
from peakend.customers import actions as customers
from peakend.customers.queries import CustomerNotFound
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.cases.conftest import Desk
from tests.databases import make_organisation


async def test_a_case_is_opened_with_what_the_conversation_knows(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    case_id = await desk.case(conversation_id=conversation_id, description=" 打不着火 ")
    row, came = await desk.row(case_id), await desk.conversation(conversation_id)
    assert (row.customer_id, row.channel, row.queue_id) == (
        came.customer_id, came.channel_kind, came.queue_id,
    )  # fmt: skip
    assert (row.number, row.state, row.description) == (1, "open", "打不着火")
    assert row.opened_by == desk.agent.id
    assert row.owner_id is None
    assert await desk.facts(case_id) == ["CaseOpened", "CaseLinked"]
    assert (await desk.row(await desk.case())).number == 2
    async with desk.tx() as tx:
        assert [one.id for one in await queries.cases_of_conversation(tx, conversation_id)] == [
            case_id
        ]


async def test_the_same_request_again_opens_no_other(desk: Desk) -> None:
    customer_id, client_id = await desk.customer(), uuid4()
    made = [await desk.case(customer_id=customer_id, client_id=client_id) for _ in range(2)]
    assert made[0] == made[1]
    async with desk.tx() as tx:
        assert await tx.value("SELECT count(*) FROM service_case") == 1


async def test_numbers_rise_when_many_open_at_once(desk: Desk) -> None:
    customer_id = await desk.customer()
    made = await asyncio.gather(*(desk.case(customer_id=customer_id) for _ in range(8)))
    assert sorted([(await desk.row(one)).number for one in made]) == list(range(1, 9))


async def test_nothing_is_opened_across_a_border(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    stranger = await desk.customer("他人")
    for by, given, error in (
        (desk.other, {"conversation_id": conversation_id}, ConversationNotFound),
        (desk.agent, {"conversation_id": conversation_id, "customer_id": stranger},
         actions.OtherCustomer),
        (desk.agent, {"customer_id": uuid4()}, CustomerNotFound),
        (desk.agent, {"customer_id": stranger, "reason_id": uuid4()}, actions.ReasonUnknown),
        (desk.agent, {"customer_id": stranger, "parent_id": uuid4()}, queries.CaseNotFound),
        (desk.agent, {"customer_id": stranger, "owner_id": uuid4()}, actions.OwnerUnfit),
        (desk.agent, {"customer_id": stranger, "owner_id": desk.other.id}, actions.OnlyLeads),
        (desk.agent, {"customer_id": stranger, "title": "  "}, actions.TitleNeeded),
    ):  # fmt: skip
        with pytest.raises(error):
            await desk.case(by, **given)
    async with desk.tx() as tx:
        assert await tx.value("SELECT count(*) FROM service_case") == 0
        assert await tx.value("SELECT count(*) FROM event WHERE type LIKE 'Case%'") == 0


async def test_who_does_not_see_it_finds_none(desk: Desk, database: Database) -> None:
    case_id = await desk.case()
    async with desk.tx(desk.other) as tx:
        with pytest.raises(queries.CaseNotFound):
            await queries.need_case(tx, case_id, desk.other)
        with pytest.raises(queries.CaseNotFound):
            await actions.set_state(tx, case_id=case_id, state="working", by=desk.other)
        with pytest.raises(queries.CaseNotFound):
            await actions.add_entry(tx, case_id, "note", "x", by=desk.other)
    async with desk.tx() as tx:
        await actions.let_see(tx, case_id=case_id, member_id=desk.other.id, why="step")
    async with desk.tx(desk.other) as tx:
        assert (await queries.need_case(tx, case_id, desk.other)).id == case_id
    elsewhere = await make_organisation(database, "second")
    async with database.transaction(Actor.system(elsewhere)) as tx:
        assert await queries.case_row(tx, case_id) is None


async def test_the_team_sees_what_a_mate_holds(desk: Desk) -> None:
    case_id = await desk.case()
    async with desk.tx(desk.agent) as tx:
        await actions.assign_case(tx, case_id=case_id, owner_id=desk.agent.id, by=desk.agent)
    async with desk.tx() as tx:
        team_id = await accounts.add_team(
            tx, name="二组", member_ids=[desk.agent.id, desk.other.id]
        )
    mate = msgspec.structs.replace(desk.other, team_ids=frozenset({team_id}))
    async with desk.tx(mate) as tx:
        assert (await queries.need_case(tx, case_id, mate)).owner_id == desk.agent.id


async def test_it_is_given_to_somebody(desk: Desk) -> None:
    case_id = await desk.case()
    async with desk.tx(desk.agent) as tx:
        await actions.assign_case(tx, case_id=case_id, owner_id=desk.agent.id, by=desk.agent)
        with pytest.raises(actions.OnlyLeads):
            await actions.assign_case(tx, case_id=case_id, owner_id=desk.other.id, by=desk.agent)
    async with desk.tx(desk.boss) as tx:
        await actions.assign_case(tx, case_id=case_id, owner_id=desk.other.id, by=desk.boss)
    async with desk.tx(desk.other) as tx:
        assert (await queries.need_case(tx, case_id, desk.other)).owner_id == desk.other.id
    assert (await desk.facts(case_id)).count("CaseAssigned") == 2


async def test_two_at_once_are_told_apart_by_the_version(desk: Desk) -> None:
    case_id = await desk.case()
    async with desk.tx(desk.agent) as tx:
        await actions.set_state(tx, case_id=case_id, state="working", by=desk.agent, version=1)
    async with desk.tx(desk.boss) as tx:
        with pytest.raises(queries.CaseStale) as stale:
            await actions.assign_case(
                tx, case_id=case_id, owner_id=desk.boss.id, by=desk.boss, version=1
            )
    assert stale.value.params == {"version": 2}
    assert (await desk.row(case_id)).owner_id is None


async def test_it_moves_and_closing_is_no_move(desk: Desk) -> None:
    case_id = await desk.case()
    for state in ("working", "waiting", "working", "done", "working", "open"):
        async with desk.tx(desk.agent) as tx:
            await actions.set_state(tx, case_id=case_id, state=state, by=desk.agent)
        assert (await desk.row(case_id)).state == state
    assert (await desk.row(case_id)).done_at is None
    async with desk.tx(desk.agent) as tx:
        with pytest.raises(actions.MoveNotAllowed):
            await actions.set_state(tx, case_id=case_id, state="closed", by=desk.agent)
    facts = await desk.facts(case_id)
    assert (facts.count("CaseStateSet"), facts.count("CaseDone")) == (6, 1)


async def test_urgency_only_rises_by_itself_and_brings_it_forward(desk: Desk) -> None:
    case_id = await desk.case()
    before = await desk.row(case_id)
    async with desk.tx() as tx:
        assert await actions.raise_priority(tx, case_id, "urgent", "urged")
        assert not await actions.raise_priority(tx, case_id, "high", "urged")
    after = await desk.row(case_id)
    assert after.priority == "urgent"
    assert after.due_at < before.due_at
    async with desk.tx(desk.agent) as tx:
        await actions.set_priority(tx, case_id=case_id, to="normal", by=desk.agent)
    assert (await desk.row(case_id)).due_at == after.due_at, "nobody gets more time by that"


async def test_the_clock_warns_once_and_is_late_once(desk: Desk) -> None:
    case_id = await desk.case(priority="urgent")
    desk.wait(3 * 3600 + 1)
    await desk.drain()
    assert (await desk.facts(case_id)).count("CaseWarned") == 1
    async with desk.tx() as tx:
        await actions.look_at_case(tx, case_id=case_id)
    desk.wait(3600)
    await desk.drain()
    async with desk.tx() as tx:
        await actions.look_at_case(tx, case_id=case_id)
    facts = await desk.facts(case_id)
    assert (facts.count("CaseWarned"), facts.count("CaseOverdue")) == (1, 1)


async def test_what_waits_or_is_done_is_never_late(desk: Desk) -> None:
    waits, done = await desk.case(priority="urgent"), await desk.case(priority="urgent")
    async with desk.tx(desk.agent) as tx:
        await actions.set_state(tx, case_id=waits, state="waiting", by=desk.agent)
        await actions.set_state(tx, case_id=done, state="done", by=desk.agent)
    due_at = (await desk.row(waits)).due_at
    desk.wait(10 * 3600)
    await desk.drain()
    for case_id in (waits, done):
        assert "CaseOverdue" not in await desk.facts(case_id)
    async with desk.tx(desk.agent) as tx:
        await actions.set_state(tx, case_id=waits, state="working", by=desk.agent)
    assert (await desk.row(waits)).due_at > due_at
    desk.wait(5 * 3600)
    await desk.drain()
    assert "CaseOverdue" in await desk.facts(waits)


async def test_conversations_belong_to_it_where_both_are_seen(desk: Desk) -> None:
    customer_id = await desk.customer()
    case_id = await desk.case(customer_id=customer_id)
    own = await desk.writes(customer_id)
    others = await desk.writes()
    async with desk.tx() as tx:
        await actions.let_see(tx, case_id=case_id, member_id=desk.other.id, why="step")
    async with desk.tx(desk.other) as tx:
        with pytest.raises(ConversationNotFound):
            await actions.link_conversation(
                tx, case_id=case_id, conversation_id=own, kind="later", by=desk.other
            )
    async with desk.tx(desk.agent) as tx:
        with pytest.raises(actions.OtherCustomer):
            await actions.link_conversation(
                tx, case_id=case_id, conversation_id=others, kind="later", by=desk.agent
            )
        assert await actions.link_conversation(
            tx, case_id=case_id, conversation_id=own, kind="repeat", by=desk.agent
        )
        assert not await actions.link_conversation(
            tx, case_id=case_id, conversation_id=own, kind="later", by=desk.agent
        )
    assert (await desk.facts(case_id)).count("CaseLinked") == 1


async def test_it_is_found_under_whoever_the_customer_is_today(desk: Desk) -> None:
    first, second = await desk.customer("王女士"), await desk.customer("王小姐")
    case_id = await desk.case(customer_id=second)
    async with desk.tx() as tx:
        await customers.merge_customers(
            tx, survivor_id=first, absorbed_id=second, version=1, absorbed_version=1
        )
    async with desk.tx() as tx:
        assert [one.id for one in await queries.cases_of_customer(tx, first)] == [case_id]
        assert await queries.open_case_of(tx, first, [uuid4()]) is None


async def test_it_is_no_part_of_its_own_parts(desk: Desk) -> None:
    above = await desk.case()
    below = await desk.case(parent_id=above)
    async with desk.tx(desk.agent) as tx:
        for child, parent in ((above, below), (above, above)):
            with pytest.raises(actions.OwnParent):
                await actions.change_case(
                    tx, case_id=child, changes={"parent_id": parent}, by=desk.agent, version=None
                )
        with pytest.raises(queries.CaseNotFound):
            await actions.change_case(
                tx, case_id=above, changes={"parent_id": uuid4()}, by=desk.agent, version=None
            )


async def test_things_are_written_down_once(desk: Desk) -> None:
    case_id, client_id = await desk.case(), uuid4()
    async with desk.tx(desk.agent) as tx:
        made = [
            await actions.add_entry(
                tx, case_id, "progress", "师傅已出发", "customer", by=desk.agent,
                client_id=client_id,
            )
            for _ in range(2)
        ]  # fmt: skip
        with pytest.raises(actions.NothingWritten):
            await actions.add_entry(tx, case_id, "note", "  ", by=desk.agent)
        await actions.add_time(tx, case_id=case_id, spent_s=600, by=desk.agent)
        with pytest.raises(actions.WrongTime):
            await actions.add_time(tx, case_id=case_id, spent_s=59, by=desk.agent)
    assert made[0] == made[1]
    assert (await desk.row(case_id)).spent_s == 600
    facts = await desk.facts(case_id)
    assert (facts.count("CaseEntryAdded"), facts.count("CaseTimeSpent")) == (1, 1)


async def _done(desk: Desk, **more: Any) -> UUID:
    case_id = await desk.case(**more)
    async with desk.tx(desk.agent) as tx:
        await actions.set_state(tx, case_id=case_id, state="done", by=desk.agent)
    return case_id


async def test_it_is_closed_by_telling_the_customer(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    case_id = await _done(desk, conversation_id=conversation_id)
    desk.wait(60)
    async with desk.tx(desk.agent) as tx:
        said = await conversations.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="已修好，可正常使用",
            by=desk.agent,
        )  # fmt: skip
    async with desk.tx(desk.agent) as tx:
        await actions.inform(
            tx, case_id=case_id, channel="message", message_id=said.id, by=desk.agent
        )
    row = await desk.row(case_id)
    assert (row.state, row.closed_how, row.informed_at) == ("closed", "informed", said.at)
    assert (await desk.facts(case_id))[-3:] == ["CustomerInformed", "CaseStateSet", "CaseClosed"]


async def test_what_does_not_show_that_he_was_told_closes_nothing(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    early = await desk.case(conversation_id=conversation_id)
    async with desk.tx(desk.agent) as tx:
        before = await conversations.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="师傅明天到",
            by=desk.agent,
        )  # fmt: skip
        with pytest.raises(actions.NotDone):
            await actions.inform(tx, case_id=early, channel="phone", words="x", by=desk.agent)
    desk.wait(600)
    case_id = await _done(desk, conversation_id=conversation_id)
    async with desk.tx(desk.agent) as tx:
        note = await conversations.note(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="已修好", by=desk.agent
        )
    elsewhere = await desk.served(desk.agent)
    async with desk.tx(desk.agent) as tx:
        other = await conversations.reply(
            tx, conversation_id=elsewhere, client_id=uuid4(), text="您好", by=desk.agent
        )
    for given, error in (
        ({"channel": "message", "message_id": before.id}, actions.MessageNotTold),
        ({"channel": "message", "message_id": note.id}, actions.MessageNotTold),
        ({"channel": "message", "message_id": other.id}, actions.MessageNotTold),
        ({"channel": "message", "message_id": uuid4()}, actions.MessageNotTold),
        ({"channel": "message", "words": "说过了"}, actions.WrongInform),
        ({"channel": "phone", "words": " "}, actions.WrongInform),
        ({"channel": "phone", "words": "x", "at": desk.now + timedelta(hours=1)},
         actions.WrongInform),
        ({"channel": "mail", "words": "x", "at": desk.now - timedelta(hours=1)},
         actions.WrongInform),
    ):  # fmt: skip
        async with desk.tx(desk.agent) as tx:
            with pytest.raises(error):
                await actions.inform(tx, case_id=case_id, by=desk.agent, **given)
    assert (await desk.row(case_id)).state == "done"


async def test_closing_without_telling_takes_a_reason_and_a_lead(desk: Desk) -> None:
    case_id = await _done(desk)
    async with desk.tx(desk.agent) as tx:
        with pytest.raises(actions.OnlyLeadsClose):
            await actions.close_not_informed(tx, case_id=case_id, why="unreachable", by=desk.agent)
    async with desk.tx(desk.boss) as tx:
        with pytest.raises(actions.ReasonNotTold):
            await actions.close_not_informed(tx, case_id=case_id, why="other", by=desk.boss)
        await actions.close_not_informed(
            tx, case_id=case_id, why="unreachable", words="三次未接", by=desk.boss
        )
    row = await desk.row(case_id)
    assert (row.closed_how, row.not_informed_why) == ("not_informed", "unreachable")
    assert row.informed_at is None
    async with desk.tx() as tx:
        counted = await tx.value(
            "SELECT count(*) FROM event WHERE type = 'CaseClosed'"
            " AND payload->>'how' = 'not_informed'"
        )
    assert counted == 1


async def test_the_database_closes_nothing_untold_either(desk: Desk) -> None:
    case_id = await _done(desk)
    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.tx() as tx:
            await tx.run(
                "UPDATE service_case SET state = 'closed', closed_at = now() WHERE id = $1",
                case_id,
            )


async def test_it_is_opened_again_within_a_month(desk: Desk) -> None:
    case_id = await _done(desk)
    async with desk.tx(desk.agent) as tx:
        await actions.inform(
            tx, case_id=case_id, channel="phone", words="已电话告知", by=desk.agent
        )
        with pytest.raises(queries.CaseIsClosed):
            await actions.set_state(tx, case_id=case_id, state="working", by=desk.agent)
    desk.wait(86400)
    async with desk.tx() as tx:
        await actions.let_see(tx, case_id=case_id, member_id=desk.other.id, why="step")
    async with desk.tx(desk.other) as tx:
        with pytest.raises(actions.OnlyOwnReopened):
            await actions.reopen_case(tx, case_id=case_id, by=desk.other)
    async with desk.tx(desk.agent) as tx:
        await actions.reopen_case(tx, case_id=case_id, by=desk.agent)
    row = await desk.row(case_id)
    assert (row.state, row.reopened, row.closed_how) == ("working", 1, None)
    assert row.due_at > desk.now
    async with desk.tx(desk.agent) as tx:
        await actions.set_state(tx, case_id=case_id, state="done", by=desk.agent)
    desk.wait(60)
    async with desk.tx(desk.agent) as tx:
        await actions.inform(tx, case_id=case_id, channel="phone", words="再告知", by=desk.agent)
    desk.wait(31 * 86400)
    async with desk.tx(desk.boss) as tx:
        with pytest.raises(actions.TooLateToReopen):
            await actions.reopen_case(tx, case_id=case_id, by=desk.boss)
