"""Two customers who are one: merged by a person with all that is theirs, and parted again."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.customers import actions as customers
from peakend.customers import queries as customer_queries
from peakend.customers.actions.customers import AttributeChange, CustomerStale
from peakend.customers.actions.merging import (
    AlreadyMerged,
    MergedFurther,
    MergeTooOld,
    SameCustomer,
)
from peakend.customers.queries import Attribute, Claim
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound
from tests.conversations.conftest import Centre

PHONE = "13812345678"


async def known(centre: Centre, **more: Any) -> UUID:
    given: dict[str, Any] = {
        "name": "王晓梅",
        "tier": "gold",
        "identities": [("login", "u1001", True), ("phone", PHONE, False)],
        "attributes": [
            Attribute("city", "城市", "武汉"),
            Attribute("address", "地址", "武昌区中山路 12 号", "personal"),
        ],
        "preferences": {"large_type": True},
    }
    async with centre.tx() as tx:
        return await customers.add_customer(tx, **(given | more))


async def dump(centre: Centre) -> str:
    """Return all that is stored of customers and conversations, without versions and journals."""
    lines = []
    for table, leave in (
        ("customer", "{version,attributes}"), ("identity", "{}"), ("customer_note", "{}"),
        ("visitor", "{}"), ("page_view", "{}"), ("conversation", "{version}"),
        ("message", "{}"), ("customer_gram", "{}"),
    ):  # fmt: skip
        lines.append(
            await centre.value(
                f"SELECT coalesce(jsonb_agg(r ORDER BY r::text), '[]')::text FROM"
                f" (SELECT to_jsonb(t) - '{leave}'::text[] AS r FROM {table} t) x"
            )
        )
    ids = json.loads(await centre.value("SELECT jsonb_agg(id ORDER BY id)::text FROM customer"))
    async with centre.tx() as tx:
        for one in ids:
            card = await customer_queries.customer_card(tx, UUID(one))
            lines.append(repr([(a.key, a.label, a.value, a.masked) for a in card.attributes]))
    return "\n".join(lines)


async def merge(centre: Centre, survivor: UUID, absorbed: UUID, **more: Any) -> customers.Merged:
    async with centre.tx(centre.agent) as tx:
        versions = {
            one.id: one.version
            for one in [
                await customer_queries.customer_card(tx, survivor),
                await customer_queries.customer_card(tx, absorbed),
            ]
        }
        given = {"version": versions[survivor], "absorbed_version": versions[absorbed]} | more
        return await actions.merge_customers(
            tx, survivor_id=survivor, absorbed_id=absorbed, **given
        )


async def part(centre: Centre, merged: customers.Merged, **more: Any) -> UUID:
    async with centre.tx(centre.agent, **more) as tx:
        return await actions.part_customers(tx, merge_id=merged.id)


async def visitor_on(centre: Centre, channel_id: UUID | None = None) -> tuple[Actor, str]:
    async with centre.tx() as tx:
        visit = await customers.start_visit(
            tx, channel_id=channel_id or centre.channel_id, language="zh-CN"
        )
    return Actor(
        organisation_id=centre.organisation_id, kind="visitor", id=visit.visitor_id,
        customer_id=visit.customer_id, channel_id=channel_id or centre.channel_id,
    ), visit.token  # fmt: skip


async def test_everything_is_found_with_the_survivor_and_undo_restores_it(centre: Centre) -> None:
    survivor = await known(centre)
    absorbed = await known(
        centre,
        name="梅子",
        tier="standard",
        identities=[("phone", PHONE, True), ("email", "mei@qq.com", False)],
        attributes=[
            Attribute("city", "城市", "上海"),
            Attribute("id_number", "证件号", "110101199003070134", "sensitive"),
        ],
        preferences={"large_type": False, "call": True},
        since=clock.now() - timedelta(days=400),
    )
    async with centre.tx(centre.agent) as tx:
        await customers.add_note(tx, customer_id=absorbed, text="下午打电话方便")
        await customers.add_note(tx, customer_id=survivor, text="住六楼")
    before = await dump(centre)
    merged = await merge(
        centre, survivor, absorbed, take=["name", "attribute:city", "preference:large_type"]
    )
    async with centre.tx(centre.agent) as tx:
        card = await customer_queries.customer_card(tx, survivor)
        assert await customer_queries.customer_card(tx, absorbed) == card
    assert (card.name, card.tier, card.verified) == ("梅子", "gold", True)
    assert {a.key: a.value for a in card.attributes} == {
        "city": "上海",
        "address": "武****号",
        "id_number": "****",
    }
    assert card.preferences == {"large_type": False, "call": True}
    assert sorted((i.kind, i.verified) for i in card.identities) == [
        ("email", False), ("login", True), ("phone", True),
    ]  # fmt: skip
    assert [n.text for n in card.notes] == ["住六楼", "下午打电话方便"]
    assert (clock.now() - card.since).days == 400
    assert [(m.absorbed_name, m.by_name) for m in card.merges] == [("梅子", "linxi")]
    async with centre.tx() as tx:
        assert await customer_queries.customer_by_identity(tx, "phone", PHONE) == survivor
        page = await customer_queries.customer_page(tx)
        assert [row.id for row in page.items] == [survivor]
        assert [r.id for r in (await customer_queries.search(tx, "梅子")).items] == [survivor]
        assert [r.id for r in (await customer_queries.search(tx, PHONE)).items] == [survivor]
        assert (await customer_queries.search(tx, "王晓梅")).items == []

    assert await part(centre, merged) == survivor
    assert await part(centre, merged) == survivor
    assert await dump(centre) == before
    assert len(await centre.facts("CustomersParted")) == 1
    (fact,) = await centre.facts("CustomersMerged")
    assert fact == {
        "absorbed_id": str(absorbed), "merge_id": str(merged.id), "revision": fact["revision"],
    }  # fmt: skip


async def test_what_was_edited_after_a_merge_stays_when_it_is_undone(centre: Centre) -> None:
    survivor, absorbed = await known(centre), await known(centre, name="梅子", identities=[])
    merged = await merge(centre, survivor, absorbed, take=["name"])
    async with centre.tx(centre.agent) as tx:
        card = await customer_queries.customer_card(tx, survivor)
        await customers.change_customer(
            tx,
            customer_id=survivor,
            version=card.version,
            attributes=[AttributeChange(key="city", value="宜昌")],
            preferences={"evening_visits": True},
        )
        await customers.add_note(tx, customer_id=absorbed, text="之后写的")
    await part(centre, merged)
    async with centre.tx(centre.agent) as tx:
        card = await customer_queries.customer_card(tx, survivor)
        other = await customer_queries.customer_card(tx, absorbed)
    assert card.name == "王晓梅"
    assert {a.key: a.value for a in card.attributes}["city"] == "宜昌"
    assert card.preferences == {"large_type": True, "evening_visits": True}
    assert [n.text for n in card.notes] == ["之后写的"]
    assert (other.name, other.notes, other.id) == ("梅子", [], absorbed)


async def test_a_token_a_login_and_a_late_word_find_the_survivor(
    database: Database, centre: Centre
) -> None:
    survivor = await known(centre)
    guest, token = await visitor_on(centre)
    assert guest.customer_id is not None
    stale = await customer_queries.actor_for_visitor(database, token)
    merged = await merge(centre, survivor, guest.customer_id)
    actor = await customer_queries.actor_for_visitor(database, token)
    assert actor is not None
    assert actor.customer_id == survivor
    async with centre.tx() as tx:
        again = await customers.start_visit(
            tx, channel_id=centre.channel_id, language="zh-CN", token=token
        )
        assert again.customer_id == survivor
        found = await customers.identify(
            tx, visitor_id=again.visitor_id, claim=Claim(id="u1001", verified=True)
        )
        assert found.customer_id == survivor
    # Another process may believe for a second what it knew of the token.
    async with centre.tx(stale) as tx:
        kept = await actions.receive(
            tx, channel_id=centre.channel_id, customer_id=guest.customer_id,
            client_id=uuid4(), text="在吗",
        )  # fmt: skip
        message, view = await queries.visitor_answer(tx, stale, kept)
    assert view.id == kept.conversation_id
    assert message.text == "在吗"
    whose = "SELECT customer_id FROM conversation WHERE id = $1"
    assert await centre.value(whose, kept.conversation_id) == survivor
    await part(centre, merged)
    assert await centre.value(whose, kept.conversation_id) == survivor
    actor = await customer_queries.actor_for_visitor(database, token)
    assert actor is not None
    assert actor.customer_id == guest.customer_id


async def test_two_open_conversations_on_one_channel_both_go_on(centre: Centre) -> None:
    first = await centre.says("灶打不着火")
    other, _ = await visitor_on(centre)
    assert other.customer_id is not None
    assert centre.visitor.customer_id is not None
    async with centre.tx(other) as tx:
        second = await actions.receive(
            tx, channel_id=centre.channel_id, customer_id=other.customer_id,
            client_id=uuid4(), text="还是我，换了手机",
        )  # fmt: skip
    before = await dump(centre)
    merged = await merge(centre, centre.visitor.customer_id, other.customer_id)
    states = "SELECT jsonb_object_agg(id, beside) FROM conversation WHERE state <> 'closed'"
    assert await centre.value(states) == {
        str(first.conversation_id): True, str(second.conversation_id): False,
    }  # fmt: skip
    async with centre.tx(centre.visitor) as tx:
        view = await queries.visitor_state(tx, centre.visitor)
    assert view is not None
    assert view.id == second.conversation_id
    assert (await centre.says("还在吗")).conversation_id == second.conversation_id
    # Who answers beside the panel brings the panel there, and the customer answers there.
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=first.conversation_id, agent_id=centre.agent.id,
            queue_id=centre.queue_id, leg_id=uuid4(),
        )  # fmt: skip
    async with centre.tx(centre.agent) as tx:
        await actions.reply(
            tx,
            conversation_id=first.conversation_id,
            client_id=uuid4(),
            text="您好",
            by=centre.agent,
        )
    assert (await centre.says("好的")).conversation_id == first.conversation_id
    (fronted,) = await centre.facts("ConversationFronted")
    assert fronted == {"former_id": str(second.conversation_id)}
    await part(centre, merged)
    whose = "SELECT jsonb_object_agg(id, customer_id) FROM conversation"
    assert await centre.value(whose) == {
        str(first.conversation_id): str(centre.visitor.customer_id),
        str(second.conversation_id): str(other.customer_id),
    }
    assert set((await centre.value(states)).values()) == {False}
    assert before != await dump(centre)


async def test_undone_at_once_conversations_are_as_they_were(centre: Centre) -> None:
    await centre.says("灶打不着火")
    other, _ = await visitor_on(centre)
    assert other.customer_id is not None
    assert centre.visitor.customer_id is not None
    async with centre.tx(other) as tx:
        await actions.receive(
            tx, channel_id=centre.channel_id, customer_id=other.customer_id,
            client_id=uuid4(), text="还是我",
        )  # fmt: skip
    before = await dump(centre)
    await part(centre, await merge(centre, centre.visitor.customer_id, other.customer_id))
    assert await dump(centre) == before
    moved = await centre.facts("ConversationMoved")
    assert len(moved) == 4


async def test_a_chain_is_parted_from_its_end(centre: Centre) -> None:
    one, two, three = [
        await known(centre, name=f"客户{n}", identities=[("login", f"u{n}", True)])
        for n in range(3)
    ]
    before = await dump(centre)
    first, second = await merge(centre, two, one), await merge(centre, three, two)
    async with centre.tx(centre.agent) as tx:
        for former in (one, two):
            assert (await customer_queries.customer_card(tx, former)).id == three
    with pytest.raises(MergedFurther):
        await part(centre, first)
    await part(centre, second)
    async with centre.tx(centre.agent) as tx:
        assert (await customer_queries.customer_card(tx, one)).id == two
    await part(centre, first)
    assert await dump(centre) == before


async def test_what_may_not_be_merged_or_parted(centre: Centre) -> None:
    one, two, three = [await known(centre, identities=[]) for _ in range(3)]
    with pytest.raises(SameCustomer):
        await merge(centre, one, one)
    with pytest.raises(NotFound):
        async with centre.tx(centre.agent) as tx:
            await actions.merge_customers(
                tx, survivor_id=one, absorbed_id=uuid4(), version=1, absorbed_version=1
            )
    with pytest.raises(CustomerStale):
        await merge(centre, one, two, absorbed_version=7)
    merged = await merge(centre, one, two)
    for pair in ((three, two), (two, three)):
        with pytest.raises(AlreadyMerged):
            async with centre.tx(centre.agent) as tx:
                await actions.merge_customers(
                    tx, survivor_id=pair[0], absorbed_id=pair[1], version=1, absorbed_version=1
                )
    with pytest.raises(MergeTooOld):
        await part(centre, merged, now=clock.now() + timedelta(days=8))


async def test_merging_twice_at_once_merges_once(centre: Centre) -> None:
    one, two = await known(centre, identities=[]), await known(centre, identities=[])
    done = await asyncio.gather(
        merge(centre, one, two), merge(centre, two, one), return_exceptions=True
    )
    assert sorted(isinstance(x, Exception) for x in done) == [False, True], done
    assert len(await centre.facts("CustomersMerged")) == 1


async def test_a_word_during_a_merge_is_not_lost(centre: Centre) -> None:
    survivor = await known(centre)
    for _ in range(6):
        guest, _token = await visitor_on(centre)
        assert guest.customer_id is not None
        centre.visitor = guest
        said, merged = await asyncio.gather(
            centre.says("在吗"), merge(centre, survivor, guest.customer_id)
        )
        whose = "SELECT customer_id FROM conversation WHERE id = $1"
        assert await centre.value(whose, said.conversation_id) == survivor
        texts = "SELECT count(*) FROM message WHERE conversation_id = $1 AND id = $2"
        assert await centre.value(texts, said.conversation_id, said.id) == 1
        assert merged.survivor_id == survivor


async def test_likely_duplicates_and_why(centre: Centre) -> None:
    one = await known(centre)
    same_phone = await known(
        centre, name="晓梅", identities=[("phone", PHONE, True)], attributes=[]
    )
    said_only = await known(centre, name="", identities=[("phone", PHONE, False)], attributes=[])
    namesake = await known(
        centre,
        identities=[],
        attributes=[Attribute("address", "地址", "武昌区中山路 12 号", "personal")],
    )
    numbered = await known(
        centre,
        name="李强",
        identities=[],
        attributes=[Attribute("meter", "表号", "20231107", "personal")],
    )
    twin = await known(
        centre,
        name="李强",
        identities=[],
        attributes=[Attribute("meter", "表号", "20231107", "personal")],
    )
    # The name alone, or with a town, says nothing.
    await known(centre, identities=[], attributes=[Attribute("city", "城市", "武汉")])
    async with centre.tx(centre.agent) as tx:
        found = await customer_queries.duplicates(tx, one)
        assert [(d.customer.id, d.sure) for d in found] == [(same_phone, True), (said_only, False)]
        assert [(x.code, x.verified) for x in found[0].likenesses] == [("phone", True)]
        (other,) = await customer_queries.duplicates(tx, numbered)
        assert (other.customer.id, other.sure) == (twin, False)
        assert [(x.code, x.label) for x in other.likenesses] == [
            ("name", None), ("attribute", "表号"),
        ]  # fmt: skip
        assert await customer_queries.duplicates(tx, namesake) == []
        for _ in range(2):
            await customers.tell_apart(tx, customer_id=twin, other_id=numbered)
        assert await customer_queries.duplicates(tx, numbered) == []
    assert len(await centre.facts("CustomersToldApart")) == 1
    await merge(centre, one, same_phone)
    async with centre.tx(centre.agent) as tx:
        found = await customer_queries.duplicates(tx, one)
    assert [d.customer.id for d in found] == [said_only]
