"""An agent invites somebody on the site: when he may, what is seen, and what becomes of it."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from peakend.conversations import actions as conversations
from peakend.conversations import queries as seen
from peakend.conversations.actions import inviting
from peakend.conversations.queries.browsing import VisitorNotHere
from peakend.conversations.queries.visitor import forget_channels
from peakend.customers.actions import start_visit
from peakend.entry.app import create
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.errors import PeakendError
from peakend.routing import actions
from tests.routing.floor import Floor

WORDS = "您好，我是小林，在看灶具吗？需要帮忙挑选可以告诉我。"
CAPS = {"visitors": True, "invite": True, "invite_again_h": 24, "invite_refused_d": 30}


@pytest.fixture
async def site(floor: Floor) -> Floor:
    async with floor.tx() as tx:
        await conversations.change_channel(
            tx, channel_id=floor.channel_id, changes={"look": {**CAPS, "invite_per_min": 3}}
        )
    return floor


async def tab(floor: Floor, tab_id: UUID | None = None, **more: Any) -> UUID:
    one = conversations.Looking(id=tab_id or uuid4(), url="https://shop.example/hob", **more)
    async with floor.tx() as tx:
        await conversations.see_visitor(tx, channel_id=floor.channel_id, seen=one)
    return one.id


async def invite(floor: Floor, by: Actor, tab_id: UUID, **more: Any) -> UUID:
    given = {"text": WORDS, "client_id": uuid4(), **more}
    async with floor.tx(by) as tx:
        return await conversations.invite_visitor(tx, tab_id=tab_id, by=by, **given)


async def row(floor: Floor, by: Actor, tab_id: UUID) -> seen.VisitorHere:
    async with floor.tx(by) as tx:
        found = await seen.visitors_here(tx, by)
    return next(one for one in found.items if one.id == tab_id)


async def comes(floor: Floor) -> UUID:
    async with floor.tx() as tx:
        visit = await start_visit(tx, channel_id=floor.channel_id, language="zh-CN")
    return visit.customer_id


async def opens(floor: Floor, tab_id: UUID, customer_id: UUID) -> bool:
    async with floor.tx() as tx:
        return await actions.open_tab(
            tx,
            tab_id=tab_id,
            channel_id=floor.channel_id,
            customer_id=customer_id,
            language="zh-CN",
        )


async def said(floor: Floor, conversation_id: UUID) -> list[tuple[str, str]]:
    async with floor.tx() as tx:
        found = await tx.value(
            "SELECT array_agg(kind || ': ' || text ORDER BY seq) FROM message "
            "WHERE organisation_id = current_organisation() AND conversation_id = $1",
            conversation_id,
        )
    return [tuple(one.split(": ", 1)) for one in found or []]


async def facts(floor: Floor, kind: str) -> list[dict[str, Any]]:
    async with floor.tx() as tx:
        found = await tx.value(
            "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event "
            "WHERE organisation_id = current_organisation() AND type = $1",
            kind,
        )
    return list(found)


async def test_the_words_begin_a_conversation_of_who_invited(site: Floor) -> None:
    lin = await site.hire("lin")
    await site.ready(lin)
    one = await tab(site)
    assert (await row(site, lin, one)).not_now is None
    once = uuid4()
    first = await invite(site, lin, one, client_id=once)
    assert await invite(site, lin, one, client_id=once) == first
    assert len(await facts(site, "VisitorInvited")) == 1
    async with site.tx() as tx:
        channel = await seen.need_channel(tx, site.channel_id)
        shown = await seen.bubble(tx, tab_id=one, channel=channel)
    assert shown is not None
    assert (shown.text, shown.agent_name) == (WORDS, "lin")
    customer = await comes(site)
    site.wait(20)
    assert await opens(site, one, customer)
    (conversation_id,) = await site.conversation_ids()
    conversation = await site.conversation(conversation_id)
    assert (conversation.state, conversation.agent_id) == ("serving", lin.id)
    assert await said(site, conversation_id) == [("agent", WORDS)]
    assert (await facts(site, "InvitationAccepted"))[0] | {"invitation_id": 0, "channel_id": 0} == {
        "invitation_id": 0,
        "channel_id": 0,
        "began": True,
        "after_s": 20,
    }
    # Opened again, nothing is said twice; and who talks is not invited.
    await site.drain()
    assert not await opens(site, one, customer)
    assert await said(site, conversation_id) == [("agent", WORDS)]
    await tab(site, one)
    now = await row(site, lin, one)
    assert now.invitation is not None
    assert (now.invitation.state, now.invitation.conversation_id) == ("accepted", conversation_id)
    assert (now.talking, now.not_now) == (True, "talking")
    with pytest.raises(inviting.AlreadyTalking):
        await invite(site, lin, one)
    async with site.tx() as tx:
        assert await tx.value("SELECT text FROM chat_invitation") == ""


async def test_who_left_or_is_full_leaves_it_to_the_queue_in_front(site: Floor) -> None:
    lin, zhao = await site.hire("lin", capacity=1), await site.hire("zhao")
    await site.ready(lin)
    held = await site.served(lin)
    one, two = await tab(site), await tab(site)
    await invite(site, lin, one)
    await invite(site, lin, two)
    await opens(site, one, await comes(site))
    full = next(c for c in await site.conversation_ids() if c != held)
    leg = await site.need_leg(full)
    assert (leg.state, leg.priority > 0) == ("waiting", True)
    assert await said(site, full) == [("agent", WORDS)]
    await site.ready(lin, state="offline")
    await opens(site, two, await comes(site))
    away = next(c for c in await site.conversation_ids() if c not in (held, full))
    assert (await site.conversation(away)).state == "waiting"
    await site.ready(zhao)
    await site.drain()
    legs = [await site.need_leg(one) for one in (full, away)]
    assert zhao.id in [leg.offered_to for leg in legs]


async def test_who_is_served_already_stays_there(site: Floor) -> None:
    lin, zhao = await site.hire("lin"), await site.hire("zhao")
    await site.ready(lin, zhao)
    conversation_id = await site.served(zhao)
    customer = (await site.conversation(conversation_id)).customer_id
    one = await tab(site)
    await invite(site, lin, one)
    assert await opens(site, one, customer)
    assert (await site.conversation(conversation_id)).agent_id == zhao.id
    assert WORDS not in [text for _, text in await said(site, conversation_id)]
    assert [f["began"] for f in await facts(site, "InvitationAccepted")] == [False]


async def test_nobody_is_asked_too_often(site: Floor) -> None:
    lin = await site.hire("lin")
    one, two, three, four = [await tab(site) for _ in range(4)]
    await invite(site, lin, one)
    assert (await row(site, lin, one)).not_now == "asked"
    with pytest.raises(inviting.NotInvitedNow):
        await invite(site, lin, one)
    async with site.tx() as tx:
        await conversations.decline_invitation(tx, tab_id=two, channel_id=site.channel_id)
        await conversations.decline_invitation(tx, tab_id=one, channel_id=site.channel_id)
        await conversations.decline_invitation(tx, tab_id=one, channel_id=site.channel_id)
    assert len(await facts(site, "InvitationDeclined")) == 1
    with pytest.raises(inviting.SaidNo):
        await invite(site, lin, one)
    # Three in a minute, and then the next one.
    await invite(site, lin, two)
    await invite(site, lin, three)
    with pytest.raises(inviting.TooManyInvitations):
        await invite(site, lin, four)
    site.wait(61)
    await tab(site, four)
    await invite(site, lin, four)
    site.wait(200)
    async with site.tx() as tx:
        await conversations.expire_invitations(tx)
        channel = await seen.need_channel(tx, site.channel_id)
        assert await seen.bubble(tx, tab_id=two, channel=channel) is None
    assert len(await facts(site, "InvitationExpired")) == 3
    assert not await opens(site, two, await comes(site))
    # What the browser remembers holds in its next tab, too; after the time it may be asked again.
    day = 86_400
    told = await tab(site, asked_s=day - 1), await tab(site, asked_s=day + 1)
    refused = await tab(site, refused_s=29 * day), await tab(site, refused_s=31 * day)
    found = [(await row(site, lin, one)).not_now for one in (*told, *refused)]
    assert found == ["asked", None, "refused", None]


async def test_not_by_night_not_where_it_is_off_and_not_by_strangers(site: Floor) -> None:
    lin, other = await site.hire("lin"), await site.hire("other", serves=False)
    one = await tab(site)
    for by, wrong in ((other, VisitorNotHere), (lin, inviting.NoWords)):
        with pytest.raises(wrong):
            await invite(site, by, one, text=" " if by is lin else WORDS)
    with pytest.raises(VisitorNotHere):
        await invite(site, lin, uuid4())
    async with site.tx() as tx:
        shut = await actions.save_hours(
            tx, hours_id=None, name="从不", time_zone="Asia/Shanghai", week={}, holidays=[]
        )
        await conversations.change_channel(
            tx, channel_id=site.channel_id, changes={"hours_id": shut.id}
        )
    with pytest.raises(inviting.NobodyThere):
        await invite(site, lin, one)
    off = {"hours_id": None, "look": {"invite": False}}
    async with site.tx() as tx:
        await conversations.change_channel(tx, channel_id=site.channel_id, changes=off)
    with pytest.raises(inviting.InvitationsOff):
        await invite(site, lin, one)
    site.wait(70)
    with pytest.raises(VisitorNotHere):
        await invite(site, lin, one)


async def test_through_the_page_and_the_panel(site: Floor) -> None:
    lin = await site.hire("lin")
    await site.ready(lin)
    async with site.tx() as tx:
        key = await tx.value("SELECT key FROM channel")
        changes = {"domains": ["shop.example"]}
        await conversations.change_channel(tx, channel_id=site.channel_id, changes=changes)
        for name, wrong in (("invite_per_min", 0), ("invite_again_h", True), ("invite", 1)):
            with pytest.raises(PeakendError):
                await conversations.change_channel(
                    tx, channel_id=site.channel_id, changes={"look": {name: wrong}}
                )
    forget_channels()
    app = create(site.database)
    browser = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://testserver"
    )
    there = f"/api/web/{key}"
    page = {"Content-Type": "text/plain", "Origin": "https://shop.example"}
    config = (await browser.get(f"{there}/config")).json()
    assert not [name for name in config["channel"]["look"] if name.startswith("invite")]
    one = str(uuid4())
    body = msgspec.json.encode({"id": one, "url": "https://shop.example/hob"})
    told = await browser.post(f"{there}/visits", content=body, headers=page)
    assert told.json() == {"next_s": 8, "invitation": None}
    site.now = clock.now()
    await invite(site, lin, UUID(one))
    told = await browser.post(f"{there}/visits", content=body, headers=page)
    assert told.json()["invitation"]["text"] == WORDS
    begun = (await browser.post(f"{there}/sessions", json={"language": "zh-CN"})).json()
    by = {"Authorization": f"Bearer {begun['token']}"}
    view = await browser.post(f"{there}/tabs", json={"id": one}, headers=by)
    assert view.status_code == 200, view.text
    assert [m["text"] for m in view.json()["messages"]] == [WORDS]
    assert view.json()["agent"]["name"] == "lin"
    refused = await browser.post(
        f"{there}/refusals", content=msgspec.json.encode({"id": one}), headers=page
    )
    assert refused.headers["access-control-allow-origin"] == "https://shop.example"
    for wrong in (b"", b"{}", b"\xff"):
        found = await browser.post(f"{there}/refusals", content=wrong, headers=page)
        assert found.status_code == 422
    assert await facts(site, "InvitationDeclined") == []
