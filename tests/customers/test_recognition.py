"""Who joins whom: only a login that the host vouched for."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.customers import actions, queries
from peakend.customers.queries import Claim
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound
from tests.databases import make_organisation

CHANNEL = uuid4()


async def come(database: Database, organisation: UUID, **more: Any) -> actions.Visit:
    async with database.transaction(Actor.system(organisation)) as tx:
        return await actions.start_visit(
            tx, **({"channel_id": CHANNEL, "language": "zh-CN"} | more)
        )


async def say(
    database: Database, organisation: UUID, visit: actions.Visit, **claim: Any
) -> actions.Identified:
    async with database.transaction(Actor.system(organisation)) as tx:
        return await actions.identify(tx, visitor_id=visit.visitor_id, claim=Claim(**claim))


async def test_a_visit_goes_on_with_its_token(database: Database, organisation: UUID) -> None:
    first = await come(database, organisation)
    assert await come(database, organisation, token=first.token) == first
    actor = await queries.actor_for_visitor(database, first.token)
    assert actor is not None
    assert (actor.kind, actor.id, actor.customer_id) == (
        "visitor",
        first.visitor_id,
        first.customer_id,
    )
    assert actor.permissions == frozenset()
    async with database.system() as tx:
        assert first.token.encode() not in await tx.value("SELECT token_hash FROM visitor")


@pytest.mark.parametrize("token", ["", "x", "a" * 129, "0" * 43, "中"])
async def test_no_made_up_token_is_a_visitor(
    database: Database, organisation: UUID, token: str
) -> None:
    known = await come(database, organisation)
    assert await queries.actor_for_visitor(database, token) is None
    assert (await come(database, organisation, token=token)).visitor_id != known.visitor_id


async def test_a_token_is_nobody_in_another_channel_or_organisation(
    database: Database, organisation: UUID
) -> None:
    known = await come(database, organisation)
    other = await come(database, organisation, token=known.token, channel_id=uuid4())
    assert other.customer_id != known.customer_id
    elsewhere = await make_organisation(database, "别家")
    assert (await come(database, elsewhere, token=known.token)).customer_id != known.customer_id
    async with database.transaction(Actor.system(elsewhere)) as tx:
        with pytest.raises(NotFound):
            await queries.need_visitor(tx, known.visitor_id)
        with pytest.raises(queries.CustomerNotFound):
            await queries.need_customer(tx, known.customer_id)
        assert await queries.customer_briefs(tx, [known.customer_id]) == {}


async def test_the_first_verified_login_names_the_customer(
    database: Database, organisation: UUID
) -> None:
    visit = await come(database, organisation)
    found = await say(database, organisation, visit, id="u1", name="林夕", verified=True)
    assert found == actions.Identified(visit.customer_id)
    async with database.transaction(Actor.system(organisation)) as tx:
        brief = (await queries.customer_briefs(tx, [visit.customer_id]))[visit.customer_id]
    assert (brief.name, brief.verified) == ("林夕", True)


async def test_a_verified_login_joins_its_customer(database: Database, organisation: UUID) -> None:
    phone = await come(database, organisation)
    await say(database, organisation, phone, id="u1", name="林夕", verified=True)
    desk = await come(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.record_page(
            tx, visitor_id=desk.visitor_id, url="https://shop.example/hob?x=1", title="灶具"
        )
    found = await say(database, organisation, desk, id="u1", verified=True)
    assert found == actions.Identified(phone.customer_id, desk.customer_id, joined=True)
    actor = await queries.actor_for_visitor(database, desk.token)
    assert actor is not None
    assert actor.customer_id == phone.customer_id
    async with database.transaction(Actor.system(organisation)) as tx:
        trail = await queries.page_trail(tx, phone.customer_id)
        assert [(p.url, p.title) for p in trail] == [("https://shop.example/hob", "灶具")]
    again = await say(database, organisation, desk, id="u1", verified=True)
    assert again == actions.Identified(phone.customer_id)


async def test_another_login_in_the_same_browser_is_another_person(
    database: Database, organisation: UUID
) -> None:
    visit = await come(database, organisation)
    await say(database, organisation, visit, id="u1", verified=True)
    found = await say(database, organisation, visit, id="u2", verified=True)
    assert found.customer_id != visit.customer_id
    assert found.former_customer_id == visit.customer_id
    assert not found.joined
    back = await say(database, organisation, visit, id="u1", verified=True)
    assert back.customer_id == visit.customer_id
    assert not back.joined


@pytest.mark.parametrize(
    "claim",
    [
        {"id": "u1"},
        {"email": "victim@qq.com"},
        {"phone": "13800001234"},
        {"id": "u1", "email": "victim@qq.com", "phone": "13800001234", "reason": "wrong_hash"},
        {"id": "u9", "email": "victim@qq.com", "phone": "13800001234", "verified": True},
    ],
)
async def test_nobody_joins_by_what_he_says(
    database: Database, organisation: UUID, claim: dict[str, Any]
) -> None:
    victim = await come(database, organisation)
    await say(
        database, organisation, victim, id="u1", name="受害者", email="victim@qq.com",
        phone="13800001234", verified=True,
    )  # fmt: skip
    stranger = await come(database, organisation)
    found = await say(database, organisation, stranger, **claim)
    assert found.customer_id == stranger.customer_id != victim.customer_id
    assert not found.joined
    async with database.transaction(Actor.system(organisation)) as tx:
        card = await queries.customer_card(tx, stranger.customer_id)
        assert card.verified is claim.get("verified", False)
        assert all(not i.verified for i in card.identities if i.kind != "login")
        assert "受害者" not in card.name


async def test_an_unverified_claim_leaves_a_verified_customer_alone(
    database: Database, organisation: UUID
) -> None:
    visit = await come(database, organisation)
    await say(database, organisation, visit, id="u1", name="林夕", verified=True)
    await say(database, organisation, visit, name="改名", email="new@qq.com")
    async with database.transaction(Actor.system(organisation)) as tx:
        card = await queries.customer_card(tx, visit.customer_id)
    assert card.name == "林夕"
    assert [i.kind for i in card.identities] == ["login"]


async def test_identities_are_bounded(database: Database, organisation: UUID) -> None:
    visit = await come(database, organisation)
    for number in range(30):
        await say(database, organisation, visit, email=f"a{number}@qq.com")
    async with database.transaction(Actor.system(organisation)) as tx:
        assert len((await queries.customer_card(tx, visit.customer_id)).identities) == 20


async def test_the_trail_keeps_the_last_fifty_pages(database: Database, organisation: UUID) -> None:
    visit = await come(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        for number in range(60):
            assert await actions.record_page(
                tx, visitor_id=visit.visitor_id, url=f"https://a.example/{number}", title="x"
            )
        assert not await actions.record_page(
            tx, visitor_id=visit.visitor_id, url="javascript:alert(1)", title="x"
        )
        trail = await queries.page_trail(tx, visit.customer_id)
    assert [p.url.rsplit("/", 1)[1] for p in trail] == [str(n) for n in range(10, 60)]


async def test_two_first_visits_of_one_login_at_once_are_one_customer(
    database: Database, organisation: UUID
) -> None:
    import asyncio

    visits = [await come(database, organisation) for _ in range(4)]
    found = await asyncio.gather(
        *(say(database, organisation, visit, id="u1", verified=True) for visit in visits)
    )
    assert len({identified.customer_id for identified in found}) == 1


async def test_the_same_login_in_two_organisations_is_two_people(
    database: Database, organisation: UUID
) -> None:
    elsewhere = await make_organisation(database, "别家")
    here, there = await come(database, organisation), await come(database, elsewhere)
    await say(database, organisation, here, id="u1", verified=True)
    found = await say(database, elsewhere, there, id="u1", verified=True)
    assert found.customer_id == there.customer_id
