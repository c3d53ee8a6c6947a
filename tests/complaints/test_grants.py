"""A compensation: offered once for each key, within authority, budget and stock; booked twice."""

import asyncio
from uuid import UUID, uuid4

import pytest

from peakend.complaints import actions
from peakend.complaints.queries import GrantNotFound, grants_of_customer
from peakend.conversations.queries import ConversationNotFound
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Invalid
from tests.complaints.shelf import Shelf


@pytest.fixture
async def shelf(database: Database, organisation: UUID) -> Shelf:
    """A floor with an open queue."""
    made = Shelf(database, organisation)
    await made.open()
    return made


@pytest.fixture
async def lin(shelf: Shelf) -> Actor:
    """An agent who may give 100 yuan without asking."""
    await shelf.authority(single=10_000)
    agent = await shelf.hire("lin")
    await shelf.ready(agent)
    return agent


async def test_an_offer_accepted_is_granted_and_booked(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=5, valid_d=30)
    offered = await shelf.offer(lin, conversation_id, coupon)
    assert (offered.state, offered.cost_fen, offered.currency) == ("offered", 2000, "CNY")
    assert await shelf.balances() == {"budget": -2000, "reserved": 2000}
    granted = await shelf.act("accept", lin, offered.id)
    assert granted.state == "granted"
    assert granted.expires_at is not None
    assert (granted.expires_at - shelf.now).days == 30
    again = await shelf.act("accept", lin, offered.id)
    assert again.version == granted.version
    assert await shelf.balances() == {"budget": -2000, "outstanding": 2000}
    assert await shelf.issue() == 1
    async with shelf.tx(lin) as tx:
        [seen] = await grants_of_customer(tx, offered.customer_id, lin)
    assert seen.voucher is not None
    assert seen.voucher.state == "issued"
    used = await shelf.act("use", lin, offered.id)
    assert used.state == "used"
    assert await shelf.balances() == {"budget": -2000, "spent": 2000}
    assert await shelf.breaches() == []


async def test_what_leaves_at_once_is_spent_when_it_was_issued(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    refund = await shelf.instrument("refund", unit="fen", face_fen=1)
    offered = await shelf.offer(lin, conversation_id, refund, amount=1500)
    await shelf.act("accept", lin, offered.id)
    await shelf.issue()
    assert await shelf.balances() == {"budget": -1500, "spent": 1500}


async def test_refused_withdrawn_and_lapsed_give_back(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=3)
    first, second, third = [await shelf.offer(lin, conversation_id, coupon) for _ in range(3)]
    with pytest.raises(actions.OutOfStock):
        await shelf.offer(lin, conversation_id, coupon)
    refused = await shelf.act("refuse", lin, first.id, words=" 不要券，要退款 ")
    assert (refused.state, refused.refused_words) == ("refused", "不要券，要退款")
    assert (await shelf.act("withdraw", lin, second.id)).state == "withdrawn"
    with pytest.raises(actions.GrantStale):
        await shelf.act("accept", lin, second.id)
    shelf.wait(7 * 86_400 + 1)
    await shelf.drain()
    async with shelf.tx(lin) as tx:
        seen = await grants_of_customer(tx, first.customer_id, lin)
    assert [one.state for one in seen] == ["lapsed", "withdrawn", "refused"]
    assert third.id == seen[0].id
    assert await shelf.balances() == {}
    async with shelf.tx() as tx:
        assert await tx.value("SELECT stock FROM instrument") == 3
    assert await shelf.breaches() == []


async def test_what_is_not_used_in_time_comes_back(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(valid_d=30)
    offered = await shelf.offer(lin, conversation_id, coupon)
    await shelf.act("accept", lin, offered.id)
    await shelf.issue()
    shelf.wait(30 * 86_400 + 1)
    await shelf.drain()
    await shelf.drain()
    assert await shelf.balances() == {"budget": -2000, "returned": 2000}
    with pytest.raises(actions.GrantStale):
        await shelf.act("use", lin, offered.id)


async def test_a_revoked_grant_says_why_and_is_asked_for_no_more(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    offered = await shelf.offer(lin, conversation_id, await shelf.instrument())
    await shelf.act("accept", lin, offered.id)
    with pytest.raises(actions.ReasonMissing):
        await shelf.act("revoke", lin, offered.id, reason=" ")
    revoked = await shelf.act("revoke", lin, offered.id, reason="重复发放")
    assert revoked.state == "revoked"
    assert revoked.voucher is not None
    assert revoked.voucher.state == "dead"
    assert await shelf.issue() == 0
    assert await shelf.balances() == {"budget": -2000, "returned": 2000}


async def test_fifty_clicks_at_once_are_one_grant(shelf: Shelf, lin: Actor, dsn: str) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=5)
    await shelf.budget(100_000)
    many = await Database(dsn).open(50, listen=False)
    clicks = Shelf(many, shelf.organisation_id)
    clicks.now = shelf.now
    key = str(uuid4())
    gate = asyncio.Barrier(50)

    async def click() -> UUID:
        await gate.wait()
        return (await clicks.offer(lin, conversation_id, coupon, key=key)).id

    found = await asyncio.gather(*(click() for _ in range(50)))
    gate = asyncio.Barrier(50)

    async def yes() -> str:
        await gate.wait()
        return (await clicks.act("accept", lin, found[0])).state

    assert set(await asyncio.gather(*(yes() for _ in range(50)))) == {"granted"}
    await many.close()
    assert len(set(found)) == 1
    async with shelf.tx() as tx:
        assert await tx.value("SELECT count(*) FROM compensation_grant") == 1
        assert await tx.value("SELECT count(*) FROM voucher_order") == 1
        assert await tx.value("SELECT stock FROM instrument") == 4
        facts = "SELECT count(*) FROM event WHERE type = 'CompensationGranted'"
        assert await tx.value(facts) == 1
    assert await shelf.balances() == {"budget": -2000, "outstanding": 2000}


async def test_fifty_offers_at_once_keep_within_authority_budget_and_stock(
    shelf: Shelf, lin: Actor, dsn: str
) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=30)
    await shelf.budget(13_000)
    many = await Database(dsn).open(50, listen=False)
    rush = Shelf(many, shelf.organisation_id)
    rush.now = shelf.now
    gate = asyncio.Barrier(50)

    async def click() -> str:
        await gate.wait()
        try:
            return (await rush.offer(lin, conversation_id, coupon)).state
        except (actions.BudgetExhausted, actions.OutOfStock) as error:
            return type(error).__name__

    found = await asyncio.gather(*(click() for _ in range(50)))
    await many.close()
    assert found.count("offered") == 6
    assert found.count("BudgetExhausted") == 44
    assert await shelf.breaches() == []


async def test_a_key_is_for_one_thing(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon, other = await shelf.instrument(), await shelf.instrument()
    first = await shelf.offer(lin, conversation_id, coupon, key="key-0001")
    assert (await shelf.offer(lin, conversation_id, coupon, key="key-0001")).id == first.id
    with pytest.raises(actions.OnceKeyUsed):
        await shelf.offer(lin, conversation_id, other, key="key-0001")
    with pytest.raises(actions.OnceKeyUsed):
        await shelf.offer(lin, conversation_id, coupon, amount=2, key="key-0001")
    with pytest.raises(actions.OnceKeyUsed):
        await shelf.offer(await shelf.hire("zhao"), conversation_id, coupon, key="key-0001")


async def test_machines_promise_nothing(shelf: Shelf, lin: Actor) -> None:
    """Source: docs/security.md 108."""
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument()
    digital = Actor.digital(shelf.organisation_id)
    by_key = Actor(
        organisation_id=lin.organisation_id, kind="member", id=lin.id, key_id=uuid4(),
        permissions=lin.permissions, scope="all",
    )  # fmt: skip
    for by in (digital, by_key, shelf.system):
        with pytest.raises(actions.NotByMachines):
            await shelf.offer(by, conversation_id, coupon)


async def test_outside_of_a_scheme_it_says_why(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument()
    with pytest.raises(actions.ReasonMissing):
        await shelf.offer(lin, conversation_id, coupon, off_scheme_reason="  ")
    line, strict = await shelf.scheme(coupon, 1), await shelf.scheme(coupon, 2, approval=True)
    by_scheme = {"off_scheme_reason": "", "scheme_id": line}
    offered = await shelf.offer(lin, conversation_id, coupon, **by_scheme)
    assert offered.state == "offered"
    for made_up in ({"scheme_id": uuid4()}, {"amount": 2}):
        with pytest.raises(actions.ReasonMissing):
            await shelf.offer(lin, conversation_id, coupon, **{**by_scheme, **made_up})
    await shelf.hire("boss", role="supervisor")
    by_scheme["scheme_id"] = strict
    offered = await shelf.offer(lin, conversation_id, coupon, amount=2, **by_scheme)
    assert offered.state == "waiting"
    async with shelf.tx() as tx:
        asked = await tx.value("SELECT words FROM approval_request LIMIT 1")
    assert "方案 v1" in asked


@pytest.mark.parametrize("amount", [0, -1, 10**9 + 1])
async def test_amounts_are_bounded(shelf: Shelf, lin: Actor, amount: int) -> None:
    conversation_id = await shelf.served(lin)
    with pytest.raises(Invalid):
        await shelf.offer(lin, conversation_id, await shelf.instrument(), amount=amount)


async def test_what_is_out_of_sight_is_not_there(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument()
    offered = await shelf.offer(lin, conversation_id, coupon)
    stranger = await shelf.hire("zhou", serves=False)
    with pytest.raises(GrantNotFound):
        await shelf.act("accept", stranger, offered.id)
    with pytest.raises(ConversationNotFound):
        await shelf.offer(stranger, conversation_id, coupon)


async def test_a_rule_of_the_house_grants_at_once(shelf: Shelf, lin: Actor) -> None:
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument()
    row = await shelf.conversation(conversation_id)
    for _ in range(2):
        async with shelf.tx() as tx:
            given = await actions.offer(
                tx, customer_id=row.customer_id, instrument_id=coupon, amount=1,
                once_key="wait/1", by=shelf.system, automatic=True,
                about=actions.About(conversation_id=conversation_id),
            )  # fmt: skip
    assert (given.state, given.automatic) == ("granted", True)
    assert await shelf.balances() == {"budget": -2000, "outstanding": 2000}


async def test_the_customer_accepts_by_a_tap(shelf: Shelf, lin: Actor) -> None:
    from peakend.conversations import actions as conversations

    conversation_id = await shelf.served(lin)
    offered = await shelf.offer(lin, conversation_id, await shelf.instrument())
    for _ in range(2):
        async with shelf.tx(lin) as tx:
            await actions.tell(tx, grant_id=offered.id, words="送您一张 20 元抵扣券", by=lin)
    async with shelf.tx() as tx:
        told = "SELECT message_id FROM compensation_grant"
        message_id = await tx.value(told)
        said = "SELECT count(*) FROM message WHERE kind = 'agent'"
        assert await tx.value(said) == 1
    customer = Actor(
        organisation_id=shelf.organisation_id, kind="visitor", id=offered.customer_id,
        customer_id=offered.customer_id, channel_id=shelf.channel_id,
    )  # fmt: skip
    async with shelf.tx(customer) as tx:
        await conversations.choose(
            tx, message_id=message_id, choice="q0", channel_id=shelf.channel_id, by=customer
        )
    await shelf.drain()
    async with shelf.tx(lin) as tx:
        [seen] = await grants_of_customer(tx, offered.customer_id, lin)
        by = await tx.value("SELECT payload->>'by' FROM event WHERE type = 'CompensationGranted'")
    assert (seen.state, by) == ("granted", "customer")


async def test_above_his_authority_somebody_else_decides(shelf: Shelf, lin: Actor) -> None:
    from peakend.cases import actions as cases

    boss = await shelf.hire("boss", role="supervisor")
    conversation_id = await shelf.served(lin)
    coupon = await shelf.instrument(stock=20)
    few = await shelf.offer(lin, conversation_id, coupon, amount=5)
    assert few.state == "offered"
    many, refused = [
        await shelf.offer(lin, conversation_id, coupon, amount=6, key=key)
        for key in ("key-many", "key-refused")
    ]
    assert (many.state, refused.state) == ("waiting", "waiting")
    with pytest.raises(actions.GrantStale):
        await shelf.act("accept", lin, many.id)
    for grant, approve in ((many, True), (refused, False)):
        async with shelf.tx() as tx:
            request_id = await tx.value(
                "SELECT request_id FROM compensation_grant WHERE id = $1", grant.id
            )
        with pytest.raises(cases.FourEyes):
            async with shelf.tx(lin) as tx:
                await cases.decide(tx, request_id, True, by=lin)
        async with shelf.tx(boss) as tx:
            await cases.decide(tx, request_id, approve, "太多了" * (not approve), by=boss)
    async with shelf.tx(lin) as tx:
        seen = {one.id: one for one in await grants_of_customer(tx, few.customer_id, lin)}
    assert seen[refused.id].state == "withdrawn"
    approved = seen[many.id]
    assert approved.state == "offered"
    assert approved.approver is not None
    assert approved.approver.id == boss.id
    assert (await shelf.act("accept", lin, many.id)).state == "granted"
    async with shelf.tx() as tx:
        assert await tx.value("SELECT stock FROM instrument") == 9
    assert await shelf.breaches() == []


async def test_a_request_taken_back_is_asked_of_nobody(shelf: Shelf, lin: Actor) -> None:
    await shelf.hire("boss", role="supervisor")
    conversation_id = await shelf.served(lin)
    offered = await shelf.offer(lin, conversation_id, await shelf.instrument(), amount=6)
    await shelf.act("withdraw", lin, offered.id)
    async with shelf.tx() as tx:
        assert await tx.value("SELECT state FROM approval_request") == "withdrawn"
    assert await shelf.balances() == {}


@pytest.mark.parametrize("limits", [{"day": 4000}, {"month": 4000}, {"case": 4000}])
async def test_every_window_of_an_authority_counts(
    shelf: Shelf, limits: dict[str, int | None]
) -> None:
    await shelf.authority(**limits)
    await shelf.hire("boss", role="supervisor")
    agent = await shelf.hire("zhao")
    await shelf.ready(agent)
    conversation_id = await shelf.served(agent)
    coupon = await shelf.instrument()
    states = []
    for _ in range(3):
        offered = await shelf.offer(agent, conversation_id, coupon)
        states.append(offered.state)
    assert states == ["offered", "offered", "waiting"]
    await shelf.act("refuse", agent, (await shelf.offers(agent))[-1].id)
    offered = await shelf.offer(agent, conversation_id, coupon)
    assert offered.state == "offered", "what was refused was not given"
