"""Schemes from draft to end, who confirms them, and what they suggest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.complaints import actions, queries
from peakend.complaints.rules.authority import Limits
from peakend.conversations import actions as conversations
from peakend.conversations.rules.reasons import ReasonNode
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor


@dataclass
class House:
    """A house with a coupon, points and a tree of two reasons."""

    floor: Floor
    admin: Actor
    agent: Actor
    coupon_id: UUID
    points_id: UUID
    stove_id: UUID
    late_id: UUID

    def line(self, **given: Any) -> actions.LineText:
        """Make a line of one coupon for what is our fault."""
        usual: dict[str, Any] = {"liability": "ours", "instrument_id": self.coupon_id, "amount": 1}
        return actions.LineText(**usual | given)

    async def draft(self, *lines: actions.LineText, hold_out_share: float = 0.0) -> UUID:
        """Keep a draft of the house's table."""
        async with self.floor.tx(self.admin) as tx:
            table_id = await actions.begin_draft(tx, brand_id=None)
            edit = (await queries.need_table(tx, table_id, self.admin)).edit
            text = actions.DraftText(edit=edit, lines=list(lines), hold_out_share=hold_out_share)
            await actions.keep_draft(tx, table_id=table_id, given=text)
        return table_id

    async def publish(self, table_id: UUID) -> None:
        """Let a draft hold."""
        async with self.floor.tx(self.admin) as tx:
            edit = (await queries.need_table(tx, table_id, self.admin)).edit
            await actions.publish(tx, table_id=table_id, edit=edit)

    async def shown(self, table_id: UUID) -> queries.TableShown:
        """Return a version whole."""
        async with self.floor.tx(self.admin) as tx:
            return await queries.table_shown(tx, table_id, self.admin)


@pytest.fixture
async def house(floor: Floor) -> House:
    """A house without any scheme."""
    admin = await floor.hire("fang", role="admin", serves=False)
    agent = await floor.hire("linxi")
    stove_id, late_id = new_id(), new_id()
    nodes = [
        ReasonNode(stove_id, None, "灶具", "Stove", 0, True),
        ReasonNode(late_id, stove_id, "上门迟到", "Late visit", 0, True),
    ]
    async with floor.tx(admin) as tx:
        await conversations.publish_reasons(tx, nodes=nodes, by=admin)
        coupon = actions.InstrumentText(kind="coupon", name_zh="20 元券", face_fen=2000, stock=3)
        points = actions.InstrumentText(kind="points", name_zh="积分", face_fen=1)
        coupon_id = await actions.add_instrument(tx, given=coupon)
        points_id = await actions.add_instrument(tx, given=points)
    return House(floor, admin, agent, coupon_id, points_id, stove_id, late_id)


async def test_a_version_holds_until_the_next_one(house: House) -> None:
    first = await house.draft(house.line())
    await house.publish(first)
    second = await house.draft(house.line(amount=2), house.line(severity=4, amount=3))
    shown = await house.shown(second)
    assert [(one.change, one.was.amount if one.was else None) for one in shown.lines] == [
        ("changed", 1),
        ("new", None),
    ]
    assert shown.compared_to == 1
    assert [one.line.cost_fen for one in shown.lines] == [4000, 6000]
    await house.publish(second)
    async with house.floor.tx(house.admin) as tx:
        versions = [
            (one.version, one.state) for one in await queries.scheme_tables(tx, house.admin)
        ]
    assert versions == [(2, "published"), (1, "ended")]
    kinds = ("SchemePublished", "SchemeEnded")
    assert [one.type for one in await house.floor.facts(*kinds)] == [
        "SchemePublished",
        "SchemeEnded",
        "SchemePublished",
    ]


async def test_what_was_published_is_not_changed(house: House) -> None:
    table_id = await house.draft(house.line())
    await house.publish(table_id)
    text = actions.DraftText(edit=2, lines=[house.line(amount=9)])
    with pytest.raises(actions.NotADraft):
        async with house.floor.tx(house.admin) as tx:
            await actions.keep_draft(tx, table_id=table_id, given=text)
    assert (await house.shown(table_id)).lines[0].line.amount == 1


async def test_two_who_edit_one_draft_see_each_other(house: House) -> None:
    table_id = await house.draft(house.line())
    stale = actions.DraftText(edit=1, lines=[])
    with pytest.raises(Conflict) as error:
        async with house.floor.tx(house.admin) as tx:
            await actions.keep_draft(tx, table_id=table_id, given=stale)
    assert error.value.wording == "complaints.stale"
    assert len((await house.shown(table_id)).lines) == 1


@pytest.mark.parametrize(
    ("bad", "field", "why"),
    [
        ({"instrument_id": new_id()}, "lines.1.instrument_id", "complaints.instrument_gone"),
        ({"reason_id": new_id()}, "lines.1.reason_id", "complaints.reason_gone"),
        ({"amount": 100_000_000}, "lines.1.amount", "complaints.too_much"),
        ({}, "lines.1.severity", "complaints.line_twice"),
    ],
)
async def test_a_wrong_line_is_named(
    house: House, bad: dict[str, Any], field: str, why: str
) -> None:
    with pytest.raises(Invalid) as error:
        await house.draft(house.line(), house.line(**bad))
    assert error.value.fields == {field: why}


async def test_an_empty_draft_is_not_published(house: House) -> None:
    table_id = await house.draft()
    with pytest.raises(Invalid):
        await house.publish(table_id)


async def test_two_people_publish_where_the_house_wants_it(house: House) -> None:
    other = await house.floor.hire("zhou", role="admin", serves=False)
    table_id = await house.draft(house.line())
    async with house.floor.tx(house.admin) as tx:
        await accounts.set_two_person_rule(tx, active=True)
    with pytest.raises(Conflict) as error:
        await house.publish(table_id)
    assert error.value.wording == "accounts.second_person_needed"
    body = {"table_id": str(table_id), "edit": 2}
    async with house.floor.tx(house.admin) as tx:
        proposal_id = await accounts.propose(
            tx, kind="scheme.publish", body=body, reason="新的一年", address=""
        )
    assert (await house.shown(table_id)).table.state == "draft"
    async with house.floor.tx(other) as tx:
        await accounts.confirm(tx, proposal_id=proposal_id, address="")
    table = (await house.shown(table_id)).table
    assert table.state == "published"
    assert (table.published_by and table.published_by.id) == other.id
    assert (table.proposed_by and table.proposed_by.id) == house.admin.id


async def test_what_was_confirmed_is_what_was_proposed(house: House) -> None:
    other = await house.floor.hire("zhou", role="admin", serves=False)
    table_id = await house.draft(house.line())
    async with house.floor.tx(house.admin) as tx:
        await accounts.set_two_person_rule(tx, active=True)
        proposal_id = await accounts.propose(
            tx, kind="scheme.publish", body={"table_id": str(table_id), "edit": 2},
            reason="新的一年", address="",
        )  # fmt: skip
    await house.draft(house.line(amount=99))
    with pytest.raises(Conflict) as error:
        async with house.floor.tx(other) as tx:
            await accounts.confirm(tx, proposal_id=proposal_id, address="")
    assert error.value.wording == "complaints.stale"


async def test_the_suggestion_says_why(house: House) -> None:
    table_id = await house.draft(
        house.line(words_zh="抱歉让您久等了"),
        house.line(reason_id=house.stove_id, severity=3, amount=2, words_zh="给您添麻烦了"),
    )
    await house.publish(table_id)
    conversation_id = await house.floor.writes(await house.floor.customer(), "还没人来")
    house.floor.wait(28 * 60)
    async with house.floor.tx(house.admin) as tx:
        await conversations.set_reason(
            tx, conversation_id=conversation_id, reason_id=house.late_id, by=house.admin
        )
        found = await queries.suggestion(
            tx, house.admin, conversation_id=conversation_id, liability="ours", severity=3
        )
    assert (found.amount, found.cost_fen, found.words_zh) == (2, 4000, "给您添麻烦了")
    assert found.why == ["责任方：我方", "影响较重", "上门迟到", "等待 28 分钟", "方案 v1"]
    assert found.nothing is None


async def test_nothing_is_suggested_and_why(house: House) -> None:
    conversation_id = await house.floor.writes(await house.floor.customer(), "还没人来")

    async def nothing(liability: Any, severity: int = 2) -> str | None:
        async with house.floor.tx(house.admin) as tx:
            found = await queries.suggestion(
                tx, house.admin, conversation_id=conversation_id, liability=liability,
                severity=severity,
            )  # fmt: skip
        return found.nothing

    assert await nothing("unknown") == "unknown_liability"
    assert await nothing("ours") == "no_table"
    await house.publish(await house.draft(house.line(severity=2, amount=4), house.line(severity=3)))
    assert await nothing("partner") == "no_line"
    assert await nothing("ours", 1) == "no_line"
    # Three are left on the shelf.
    assert await nothing("ours", 2) == "used_up"
    assert await nothing("ours", 3) is None


async def test_out_of_sight_is_not_there(house: House) -> None:
    stranger = await house.floor.hire("wei", serves=False)
    conversation_id = await house.floor.writes(await house.floor.customer(), "还没人来")
    with pytest.raises(NotFound):
        async with house.floor.tx(stranger) as tx:
            await queries.suggestion(tx, stranger, conversation_id=conversation_id)


async def test_an_instrument_in_use_keeps_its_price(house: House) -> None:
    await house.publish(await house.draft(house.line()))
    dearer = actions.InstrumentText(kind="coupon", name_zh="20 元券", face_fen=9000)
    with pytest.raises(actions.InstrumentUsed):
        async with house.floor.tx(house.admin) as tx:
            await actions.change_instrument(
                tx, instrument_id=house.coupon_id, given=dearer, version=1
            )


async def test_limits_of_a_role_and_of_a_person(house: House) -> None:
    async with house.floor.tx(house.admin) as tx:
        assert (await queries.authority_of(tx, house.agent)).limits.per_grant_fen == 0
        role = actions.AuthorityText(
            subject="role", role="agent", limits=actions.LimitsText(per_grant_fen=5000)
        )
        await actions.set_authority(tx, given=role)
        mine = await queries.authority_of(tx, house.agent)
        assert (mine.limits, mine.subject) == (Limits(per_grant_fen=5000), "role")
        person = actions.AuthorityText(
            subject="member", member_id=house.agent.id,
            limits=actions.LimitsText(per_grant_fen=100, per_day_fen=1000),
        )  # fmt: skip
        await actions.set_authority(tx, given=person)
        assert (await queries.authority_of(tx, house.agent)).limits.per_grant_fen == 100
    with pytest.raises(actions.AuthorityThere):
        async with house.floor.tx(house.admin) as tx:
            await actions.set_authority(tx, given=role)


async def test_a_draft_is_tried_on_the_complaints_of_the_last_month(house: House) -> None:
    await house.publish(await house.draft(house.line(amount=1)))
    draft = await house.draft(house.line(amount=2), house.line(reason_id=house.stove_id, amount=3))
    desk = house.floor
    boss = await desk.hire("li.wenbin", role="supervisor")
    conversation_id = await desk.served(boss)
    async with desk.tx(boss) as tx:
        complaint_id = await actions.open_complaint(
            tx, conversation_id=conversation_id, by=boss,
            filing=actions.Filing(
                tier="ordinary", kind="outcome", severity=2, title="迟到", words=""
            ),
        )  # fmt: skip

    async def tried() -> tuple[Any, ...]:
        async with desk.tx(house.admin) as tx:
            one = await queries.would_have_granted(tx, draft, house.admin)
        return one.matters, one.unknown, one.would.cost_fen, one.holding.cost_fen

    assert await tried() == (1, 1, 0, 0)
    async with desk.tx() as tx:
        await tx.run("UPDATE complaint SET liability = 'ours' WHERE id = $1", complaint_id)
    assert await tried() == (1, 0, 4000, 2000)
    async with desk.tx() as tx:
        await tx.run(
            "UPDATE complaint SET reason_id = $2 WHERE id = $1", complaint_id, house.late_id
        )
    assert await tried() == (1, 0, 6000, 2000)
    async with desk.tx() as tx:
        await tx.run("UPDATE complaint SET filed_at = filed_at - interval '31 days'")
    assert await tried() == (0, 0, 0, 0)
