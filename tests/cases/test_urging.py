"""Urging, the progress page, and customers who come again with the same matter."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from peakend.cases import actions, queries
from peakend.conversations import actions as conversations
from peakend.conversations.queries import reason_tree
from peakend.conversations.rules.reasons import ReasonNode
from peakend.kernel.actors import Actor
from peakend.kernel.settings import settings
from tests.cases.conftest import Desk


async def urged(desk: Desk, case_id: UUID, by: str = "agent") -> actions.Urged:
    async with desk.tx(desk.agent) as tx:
        return await actions.urge_by_member(
            tx, case_id=case_id, actor=desk.agent, by=by, channel="phone"
        )


async def link(desk: Desk, case_id: UUID) -> queries.ProgressLink:
    async with desk.tx(desk.agent) as tx:
        return await actions.make_link(tx, case_id=case_id, by=desk.agent, language="zh-CN")


async def test_urges_count_raise_and_tell(desk: Desk) -> None:
    case_id = await desk.case(owner_id=desk.agent.id)
    assert await urged(desk, case_id) == actions.Urged(1, counted=True)
    assert (await desk.row(case_id)).priority == "normal"
    await urged(desk, case_id)
    assert (await desk.row(case_id)).priority == "high"
    await urged(desk, case_id)
    row = await desk.row(case_id)
    assert (row.priority, row.urges, row.last_urged_at) == ("urgent", 3, desk.now)
    told = [one.payload["member_ids"] for one in await desk.facts_of("CaseUrged")]
    assert told == [[], [], [str(desk.boss.id)]]
    assert {one.agent_id for one in await desk.facts_of("CaseUrged")} == {desk.agent.id}


async def test_a_customer_counts_once_in_ten_minutes(desk: Desk) -> None:
    case_id = await desk.case()
    assert await urged(desk, case_id, "customer") == actions.Urged(1, counted=True)
    desk.wait(599)
    assert await urged(desk, case_id, "customer") == actions.Urged(1, counted=False)
    desk.wait(1)
    assert await urged(desk, case_id, "customer") == actions.Urged(2, counted=True)
    async with desk.tx(desk.agent) as tx:
        assert [one.counted for one in await queries.urges_of(tx, case_id, desk.agent)] == [
            True, False, True,
        ]  # fmt: skip


async def test_words_in_a_conversation_of_the_case_urge_it(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    case_id = await desk.case(conversation_id=conversation_id, owner_id=desk.agent.id)
    customer_id = (await desk.row(case_id)).customer_id
    await desk.writes(customer_id, "好的谢谢")
    await desk.drain()
    assert (await desk.row(case_id)).urges == 0
    await desk.writes(customer_id, "怎么还没人联系我？")
    await desk.drain()
    assert (await desk.row(case_id)).urges == 1
    async with desk.tx(desk.agent) as tx:
        [one] = await queries.urges_of(tx, case_id, desk.agent)
        assert (one.by, one.channel, one.rule) == ("customer", "web", "still_not")
        assert one.said in "怎么还没人联系我"
        # The same message heard twice urges once.
        message_id = await tx.value("SELECT message_id FROM urge")
        await actions.hear_urge(tx, conversation_id=conversation_id, message_id=message_id)
    assert (await desk.row(case_id)).urges == 1


async def test_who_comes_again_asking_for_speed_raises_his_case(desk: Desk) -> None:
    case_id = await desk.case(owner_id=desk.agent.id)
    customer_id = (await desk.row(case_id)).customer_id
    conversation_id = await desk.writes(customer_id, "上次说的事怎么还没处理？")
    await desk.drain()
    row = await desk.row(case_id)
    assert (row.urges, row.repeats, row.priority) == (1, 1, "high")
    [fact] = await desk.facts_of("RepeatRecognised")
    assert (fact.conversation_id, fact.payload["how"]) == (conversation_id, "urge")
    async with desk.tx(desk.agent) as tx:
        found = await queries.repeats_of(tx, conversation_id, desk.agent)
    assert found.same is not None
    assert found.same.id == case_id


async def with_reason(desk: Desk, customer_id: UUID, reason_id: UUID) -> UUID:
    conversation_id = await desk.writes(customer_id, "你好")
    await desk.drain()
    async with desk.tx() as tx:
        await conversations.set_reason(
            tx, conversation_id=conversation_id, reason_id=reason_id, by=desk.system
        )
    await desk.drain()
    return conversation_id


async def reasons(desk: Desk) -> tuple[UUID, UUID, UUID]:
    """Publish repair → (gas hob, heater) and invoices; return hob, heater, invoices."""
    root, hob, heater, other = uuid4(), uuid4(), uuid4(), uuid4()
    async with desk.tx() as tx:
        await conversations.publish_reasons(
            tx,
            nodes=[
                ReasonNode(root, None, "维修", "Repair", 0, True),
                ReasonNode(hob, root, "灶具", "Hob", 0, True),
                ReasonNode(heater, root, "热水器", "Heater", 1, True),
                ReasonNode(other, None, "发票", "Invoice", 1, True),
            ],
            by=desk.system,
        )
        assert len((await reason_tree(tx)).nodes) == 4
    return hob, heater, other


async def test_the_same_family_of_reasons_is_a_repeat(desk: Desk) -> None:
    hob, heater, other = await reasons(desk)
    customer_id = await desk.customer()
    case_id = await desk.case(customer_id=customer_id, reason_id=hob)
    desk.wait(3 * 86400)
    await with_reason(desk, customer_id, other)
    assert (await desk.row(case_id)).repeats == 0
    async with desk.tx() as tx:
        await tx.run("UPDATE conversation SET state = 'closed', closed_at = now()")
    again = await with_reason(desk, customer_id, heater)
    row = await desk.row(case_id)
    assert (row.repeats, row.priority) == (1, "high")
    [fact] = await desk.facts_of("RepeatRecognised")
    assert (fact.conversation_id, fact.payload["how"], fact.payload["after_d"]) == (
        again, "reason", 3,
    )  # fmt: skip
    # Another reason of the family later changes nothing: it belongs already.
    async with desk.tx() as tx:
        assert await actions.recognise_repeat(tx, conversation_id=again) is None
    assert len(await desk.facts_of("RepeatRecognised")) == 1


async def test_somebody_can_say_that_it_is_the_same(desk: Desk) -> None:
    customer_id = await desk.customer()
    case_id = await desk.case(customer_id=customer_id)
    conversation_id = await desk.writes(customer_id, "你好")
    await desk.drain()
    async with desk.tx(desk.agent) as tx:
        found = await queries.repeats_of(tx, conversation_id, desk.agent)
        assert found.same is None
        assert [one.id for one in found.perhaps] == [case_id]
        await actions.say_repeat(
            tx, conversation_id=conversation_id, case_id=case_id, by=desk.agent
        )
    with pytest.raises(actions.BelongsAlready):
        async with desk.tx(desk.agent) as tx:
            await actions.say_repeat(
                tx, conversation_id=conversation_id, case_id=case_id, by=desk.agent
            )
    assert (await desk.row(case_id)).repeats == 1


async def test_how_many_days_is_the_houses_to_say(desk: Desk, client: httpx.AsyncClient) -> None:
    admin = await desk.hire("fang.li", role="admin")
    await desk.sign_in(client, admin)
    assert (await client.get("/api/repeat-rule")).json() == {"within_d": 7}
    assert (await client.put("/api/repeat-rule", json={"within_d": 14})).status_code == 204
    assert (await client.get("/api/repeat-rule")).json() == {"within_d": 14}
    assert (await client.put("/api/repeat-rule", json={"within_d": 91})).status_code == 422
    await desk.sign_in(client, desk.agent)
    assert (await client.put("/api/repeat-rule", json={"within_d": 3})).status_code == 403


async def test_the_page_shows_plain_words_and_takes_an_urge(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    case_id = await desk.case(owner_id=desk.agent.id, title="内部标题不给客户看")
    async with desk.tx(desk.agent) as tx:
        await actions.add_entry(tx, case_id, "note", "内部备注", by=desk.agent)
        await actions.add_entry(
            tx, case_id, "progress", "配件 <已> 订好", "customer", by=desk.agent
        )
        await actions.make_promise(
            tx, kind="visit", words="师傅明天上门", due_at=desk.now + timedelta(days=1),
            by=desk.agent, case_id=case_id,
        )  # fmt: skip
    path = (await link(desk, case_id)).path
    page = await client.get(path)
    assert page.status_code == 200
    for words in ("W-1", "zhou.min", "配件 &lt;已&gt; 订好", "师傅明天上门", "催一下"):
        assert words in page.text, words
    assert "内部" not in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script-src" not in page.headers["content-security-policy"]
    assert "Please hurry" in (await client.get(f"{path}?lang=en")).text
    assert await desk.facts_of("CaseUrged") == []
    done = await client.post(f"{path}/urges", data={"lang": "zh-CN"})
    assert done.status_code == 303
    assert "已经提醒负责人" in (await client.get(done.headers["location"])).text
    heard = await client.post(f"{path}/urges", data={"lang": "zh-CN"})
    assert "done=heard" in heard.headers["location"]
    assert (await desk.row(case_id)).urges == 1


def picture(size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return out.getvalue()


async def test_the_page_takes_a_picture_and_nothing_else(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    case_id = await desk.case()
    path = (await link(desk, case_id)).path
    form = {"words": "就是这里", "lang": "zh-CN"}
    sent = await client.post(
        f"{path}/pictures", data=form, files={"file": ("../x.jpg", picture(), "image/jpeg")}
    )
    assert sent.status_code == 303, sent.text
    page = (await client.get(path)).text
    assert "就是这里" in page
    assert '<img src="/files/' in page
    for bad in (b"%PDF-1.4 x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xffx"):
        refused = await client.post(
            f"{path}/pictures", files={"file": ("x.jpg", bad, "image/jpeg")}
        )
        assert refused.status_code in (413, 422), bad
        assert 'role="alert"' in refused.text
    assert (await client.post(f"{path}/pictures", data={"words": " "})).status_code == 422
    async with desk.tx() as tx:
        assert await tx.value("SELECT count(*) FROM case_entry") == 1
        await tx.run("UPDATE progress_link SET pictures = 6")
    full = await client.post(f"{path}/pictures", files={"file": ("x.jpg", picture(), "image/jpeg")})
    assert full.status_code == 409


async def test_a_link_is_signed_single_revocable_and_ends(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    case_id, other_id = await desk.case(), await desk.case()
    one, other = await link(desk, case_id), await link(desk, other_id)
    assert await link(desk, case_id) == one
    raw, _, _ = one.token.partition(".")
    signature = other.token.partition(".")[2]
    for forged in (f"{raw}.{signature}", raw, f"{raw}.", "x" * 200, f"{one.token}x", "%00"):
        assert (await client.get(f"/p/{forged}")).status_code == 404, forged
        assert (await client.post(f"/p/{forged}/urges")).status_code == 404, forged
    async with desk.tx(desk.agent) as tx:
        await actions.revoke_link(tx, case_id=case_id, by=desk.agent)
    assert (await client.get(one.path)).status_code == 410
    assert (await client.post(f"{one.path}/urges")).status_code == 410
    assert (await client.get(other.path)).status_code == 200
    assert (await link(desk, case_id)).id != one.id
    async with desk.tx() as tx:
        await tx.run("UPDATE progress_link SET expires_at = now() WHERE case_id = $1", other_id)
    assert (await client.get(other.path)).status_code == 410


async def test_the_link_goes_into_a_conversation_of_that_customer_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "public_url", "https://help.example")
    conversation_id = await desk.served(desk.agent)
    case_id = await desk.case(conversation_id=conversation_id)
    stranger = await desk.served(desk.agent)

    async def send(to: UUID, by: Actor) -> None:
        async with desk.tx(by) as tx:
            await actions.send_link(
                tx, case_id=case_id, conversation_id=to, by=by, client_id=uuid4()
            )

    with pytest.raises(actions.LinkForOther):
        await send(stranger, desk.agent)
    with pytest.raises(queries.CaseNotFound):
        await send(conversation_id, desk.other)
    await send(conversation_id, desk.agent)
    async with desk.tx() as tx:
        text = await tx.value(
            "SELECT text FROM message WHERE conversation_id = $1 AND kind = 'agent'",
            conversation_id,
        )
    assert "https://help.example/p/" in text
    assert [one.conversation_id for one in await desk.facts_of("ProgressLinkSent")] == [
        conversation_id
    ]
