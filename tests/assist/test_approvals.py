"""A reply waits for a senior: nobody counts it, two pairs of eyes, nothing is lost."""

from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.queries import brands
from peakend.assist import actions, queries
from peakend.assist.rules.approvals import ApprovalRules
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.rules.answering import MailPerson
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.mail import actions as post
from peakend.routing import actions as routing
from tests.mail.servers import a_server
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def people(floor: Floor) -> tuple[Actor, Actor, UUID]:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    return boss, agent, await floor.served(agent)


async def asks(
    floor: Floor, by: Actor, here: UUID, text: str = "可以退 20 元", **more: Any
) -> UUID:
    async with floor.tx(by) as tx:
        return await actions.ask_approval(
            tx,
            conversation_id=here,
            client_id=more.pop("client_id", None) or new_id(),
            text=text,
            by=by,
            **more,
        )


async def decides(floor: Floor, by: Actor, one: UUID, outcome: str, **more: Any) -> None:
    async with floor.tx(by) as tx:
        await actions.decide_approval(
            tx,
            approval_id=one,
            outcome=outcome,  # type: ignore[arg-type]
            by=by,
            seen_seq=more.pop("seen_seq", 99),
            **more,
        )


async def beside(floor: Floor, by: Actor, here: UUID) -> list[queries.Approval]:
    async with floor.tx(by) as tx:
        return (await queries.watched(tx, here, by)).approvals


async def said(floor: Floor, here: UUID) -> list[str]:
    async with floor.tx() as tx:
        return [m.text for m in await timeline.transcript(tx, here, 100) if m.kind == "agent"]


async def requires(floor: Floor, **given: Any) -> None:
    async with floor.tx() as tx:
        version = (await queries.fresh_care(tx)).versions.get("approval", 0)
        await actions.set_approval_rules(tx, rules=ApprovalRules(**given), version=version)


async def test_nothing_counts_until_it_is_approved(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    before = await floor.conversation(here)
    same = new_id()
    for _ in range(2):
        assert await asks(floor, agent, here, client_id=same) == same
    assert await floor.conversation(here) == before
    assert await said(floor, here) == []
    assert [one.text for one in await beside(floor, agent, here)] == ["可以退 20 元"]
    with pytest.raises(actions.OneWaitsAlready):
        await asks(floor, agent, here, "另一条")
    floor.wait(30)
    async with floor.tx(boss) as tx:
        waiting = await queries.waiting_approvals(tx, boss)
    assert [(one.approval.id, one.approval.may_decide) for one in waiting] == [(same, True)]
    await decides(floor, boss, same, "approved")
    assert await said(floor, here) == ["可以退 20 元"]
    row = await floor.conversation(here)
    assert (row.first_reply_at, row.awaiting_since, row.unread) == (floor.now, None, 0)
    [sent] = await floor.facts("ReplySent")
    assert (sent.agent_id, sent.leg_id, sent.actor) == (agent.id, row.leg_id, boss.label)
    [fact] = await floor.facts("ApprovalDecided")
    assert (fact.payload["outcome"], fact.payload["waited_s"]) == ("approved", 30)
    assert (fact.payload["by_id"], fact.agent_id) == (str(boss.id), agent.id)
    with pytest.raises(actions.ApprovalSettled):
        await decides(floor, boss, same, "returned", why="晚了")
    assert await said(floor, here) == ["可以退 20 元"]
    assert await beside(floor, agent, here) == []


async def test_changed_and_returned_keep_both_texts(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    one = await asks(floor, agent, here)
    await decides(floor, boss, one, "changed", text="可以退 10 元")
    assert await said(floor, here) == ["可以退 10 元"]
    async with floor.tx(boss) as tx:
        view = await queries.approval_view(tx, one, boss)
    assert (view.approval.text, view.approval.sent_text) == ("可以退 20 元", "可以退 10 元")
    two = await asks(floor, agent, here, "再退 50 元")
    with pytest.raises(actions.WhyReturned):
        await decides(floor, boss, two, "returned", why="  ")
    await decides(floor, boss, two, "returned", why="超过权限")
    [back] = await beside(floor, agent, here)
    assert (back.state, back.why, back.text) == ("returned", "超过权限", "再退 50 元")
    assert await beside(floor, boss, here) == []
    for _ in range(2):
        async with floor.tx(agent) as tx:
            await actions.withdraw_approval(tx, approval_id=two, by=agent)
    assert await beside(floor, agent, here) == []
    three = await asks(floor, agent, here, "退 30 元")
    await decides(floor, boss, three, "returned", why="还是多了")
    four = await asks(floor, agent, here, "退 20 元")
    assert [one.id for one in await beside(floor, agent, here)] == [four]
    assert [f.payload["why"] for f in await floor.facts("ApprovalEnded")] == ["taken"]
    async with floor.tx() as tx:
        report = await queries.approval_report(tx, now=floor.now, days=30)
    assert (report.asked, report.changed, report.returned, report.approved) == (4, 1, 2, 0)
    assert report.median_wait_s is not None


async def test_who_must_ask_cannot_send_by_himself(floor: Floor) -> None:
    boss, agent, here = await people(floor)

    async def sends(by: Actor) -> None:
        async with floor.tx(by) as tx:
            await conversations.reply(
                tx, conversation_id=here, client_id=new_id(), text="直接发", by=by
            )

    await requires(floor, member_ids=[agent.id])
    with pytest.raises(queries.ApprovalNeeded):
        await sends(agent)
    await requires(floor, queue_ids=[floor.queue_id])
    with pytest.raises(queries.ApprovalNeeded):
        await sends(agent)
    assert await said(floor, here) == []
    await sends(boss)
    async with floor.tx(agent) as tx:
        assert (await queries.watched(tx, here, agent)).must_ask
        assert [one.id for one in (await queries.approving(tx, here, agent)).approvers] == [boss.id]
    assert await asks(floor, agent, here)
    await requires(floor)
    await sends(agent)
    assert await said(floor, here) == ["直接发", "直接发"]
    with pytest.raises(actions.WrongRules):
        await requires(floor, member_ids=[new_id()])


async def test_roles_wait_everywhere_in_some_queues_or_while_new(floor: Floor) -> None:
    boss, agent, here = await people(floor)

    async def waits(by: Actor = agent) -> bool:
        async with floor.tx(by) as tx:
            must = (await queries.approving(tx, here, by)).required
            try:
                await queries.need_no_approval(tx, by=by, queue_id=None, posted=False)
                await queries.need_no_approval(tx, by=by, queue_id=floor.queue_id, posted=True)
            except queries.ApprovalNeeded:
                assert must
                return True
        assert not must
        return False

    await requires(floor, built_in=["supervisor"])
    assert (await waits(), await waits(boss)) == (False, True)
    await requires(floor, built_in=["agent"])
    assert (await waits(), await waits(boss)) == (True, False)
    async with floor.tx() as tx:
        other = (await routing.add_queue(tx, routing.QueueSettings(name="投诉"))).id
    await requires(floor, built_in=["agent"], role_queue_ids=[other])
    assert not await waits()
    await requires(floor, built_in=["agent"], role_queue_ids=[floor.queue_id])
    assert await waits()
    await requires(floor, built_in=["agent"], newcomer_days=30)
    assert await waits()
    floor.wait(31 * 86_400)
    async with floor.tx() as tx:
        queries.forget_care(tx.organisation_id)
    assert not await waits()
    async with floor.tx() as tx:
        role_id = await accounts.add_role(
            tx, role=accounts.RoleText(name="实习", template="agent", permissions=[], sight="own")
        )
    await requires(floor, role_ids=[role_id])
    assert not await waits()
    with pytest.raises(actions.WrongRules):
        await requires(floor, role_ids=[new_id()])
    with pytest.raises(actions.WrongRules):
        await requires(floor, role_queue_ids=[new_id()])


async def test_the_own_team_decides_first(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    near = await floor.hire("near", role="supervisor")
    async with floor.tx() as tx:
        assert agent.id is not None
        assert near.id is not None
        team_id = await accounts.add_team(tx, name="一组", member_ids=[agent.id, near.id])
    teams = frozenset({team_id})
    agent, near = (msgspec.structs.replace(one, team_ids=teams) for one in (agent, near))

    async def waiting(by: Actor) -> list[UUID]:
        async with floor.tx(by) as tx:
            return [one.approval.id for one in await queries.waiting_approvals(tx, by)]

    await requires(floor, own_team=True)
    there = await floor.served(agent)
    one = await asks(floor, agent, here)
    assert (await waiting(boss), await waiting(near)) == ([], [one])
    assert [(x.own_team, x.may_decide) for x in await beside(floor, boss, here)] == [(True, False)]
    with pytest.raises(actions.AnotherTeam):
        await decides(floor, boss, one, "approved")
    with pytest.raises(actions.NoApprover):
        await asks(floor, agent, there, asked_id=boss.id)
    async with floor.tx() as tx:
        await actions.warn_late(tx, approval_id=one)
    assert await waiting(boss) == [one]
    await decides(floor, boss, one, "approved")
    assert await said(floor, here) == ["可以退 20 元"]


async def test_four_eyes_and_only_who_sees_it(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    other = await floor.hire("second", role="supervisor")
    stranger = await floor.hire("su", serves=False)
    async with floor.tx(boss) as tx:
        await conversations.note(
            tx, conversation_id=here, client_id=new_id(), text="我来看看", by=boss
        )
    with pytest.raises(timeline.NotYours):
        await asks(floor, boss, here)
    with pytest.raises(actions.NoApprover):
        await asks(floor, agent, here, asked_id=stranger.id)
    one = await asks(floor, agent, here, asked_id=other.id)
    async with floor.tx(boss) as tx:
        assert await queries.waiting_approvals(tx, boss) == []
    async with floor.tx(other) as tx:
        assert [x.approval.id for x in await queries.waiting_approvals(tx, other)] == [one]
    with pytest.raises(actions.NotYourOwn):
        await decides(floor, agent, one, "approved")
    with pytest.raises(queries.ApprovalNotFound):
        await decides(floor, stranger, one, "approved")
    with pytest.raises(queries.ApprovalNotFound):
        async with floor.tx(boss) as tx:
            await actions.withdraw_approval(tx, approval_id=one, by=boss)


async def test_the_customer_writes_meanwhile(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    one = await asks(floor, agent, here)
    customer_id = (await floor.conversation(here)).customer_id
    await floor.writes(customer_id, "不用了，已经好了")
    assert [x.newer for x in await beside(floor, boss, here)] == [True]
    # Words of the writer's own behind them do not hide that the customer has written.
    async with floor.tx(agent) as tx:
        await conversations.reply(
            tx, conversation_id=here, client_id=new_id(), text="稍等", by=agent
        )
    assert [x.newer for x in await beside(floor, boss, here)] == [True]
    now = (await floor.conversation(here)).last_seq
    with pytest.raises(actions.CustomerWroteSince):
        await decides(floor, boss, one, "approved", seen_seq=now - 2)
    await decides(floor, boss, one, "approved", seen_seq=now - 1)
    assert await said(floor, here) == ["稍等", "可以退 20 元"]


async def test_it_ends_where_its_writer_has_gone(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    one = await asks(floor, agent, here)
    await floor.ready(boss)
    await floor.close(here, agent)
    for _ in range(2):
        async with floor.tx() as tx:
            await actions.end_left_approvals(tx, here)
    with pytest.raises(actions.ApprovalSettled):
        await decides(floor, boss, one, "approved")
    assert [f.payload["why"] for f in await floor.facts("ApprovalEnded")] == ["closed"]
    assert [x.state for x in await beside(floor, agent, here)] == ["ended"]
    there = await floor.served(agent)
    await asks(floor, agent, there)
    await floor.transfer(agent, there, boss.id)
    await floor.drain()
    assert [f.payload["why"] for f in await floor.facts("ApprovalEnded")] == ["closed", "moved"]
    assert await said(floor, there) == []


async def test_it_does_not_rot(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    other = await floor.hire("second", role="supervisor")
    await asks(floor, agent, here, asked_id=other.id)
    floor.wait(601)
    await floor.drain()
    await floor.drain()
    [late] = await floor.facts("ApprovalLate")
    assert late.payload["waited_s"] == 601
    async with floor.tx(boss) as tx:
        assert [one.approval.late for one in await queries.waiting_approvals(tx, boss)] == [True]


async def test_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    boss, agent, here = await people(floor)
    await requires(floor, member_ids=[agent.id])
    await floor.sign_in(client, agent)
    sent = {"client_id": str(new_id()), "kind": "agent", "text": "直接发"}
    refused = await client.post(f"/api/conversations/{here}/messages", json=sent)
    assert refused.status_code == 403
    assert "approval_needed" in refused.text
    asked = {"client_id": str(new_id()), "text": "可以退 20 元"}
    answer = await client.post(f"/api/conversations/{here}/approvals", json=asked)
    assert (answer.status_code, answer.json()["required"]) == (200, True)
    one = answer.json()["id"]
    decision = {"outcome": "approved", "seen_seq": 1}
    path = f"/api/approvals/{one}/decisions"
    assert (await client.post(path, json=decision)).status_code == 403
    assert (await client.get("/api/approvals/report")).status_code == 403
    await floor.sign_in(client, boss)
    assert [x["approval"]["id"] for x in (await client.get("/api/approvals")).json()] == [one]
    assert (await client.get(f"/api/approvals/{one}")).json()["messages"]
    assert (await client.post(path, json=decision)).json()["state"] == "sent"
    assert (await client.post(path, json=decision)).status_code == 409
    assert (await client.get("/api/approvals/report")).json()["approved"] == 1
    assert (await client.get("/api/approval-rules")).json()["member_ids"] == [str(agent.id)]
    shown = (await client.get("/api/approval-rules")).json()
    given = {name: value for name, value in shown.items() if name != "roles"}
    given |= {"built_in": ["agent"], "newcomer_days": 14, "own_team": True}
    kept = (await client.put("/api/approval-rules", json=given)).json()
    assert (kept["built_in"], kept["newcomer_days"], kept["own_team"]) == (["agent"], 14, True)
    stale = {"member_ids": [], "warn_min": 5, "version": 0}
    assert (await client.put("/api/approval-rules", json=stale)).status_code == 409
    assert (await client.get(f"/api/approvals/{new_id()}")).status_code == 404


async def test_what_waits_to_go_by_mail_goes_by_mail(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, agent, here = await people(floor)
    async with a_server(monkeypatch) as server:
        async with floor.tx() as tx:
            await post.set_server(
                tx,
                server=post.ServerText(
                    brand_id=(await brands(tx))[0].id, host="127.0.0.1", port=server.port,
                    tls="none", login="", sender_email="service@mail.example.com",
                    sender_name_zh="客服", sender_name_en="Service",
                ),
            )  # fmt: skip
        given = timeline.MailGiven(
            to=[msgspec.convert({"email": "liu@example.org"}, MailPerson)],
            subject="退款",
            html="<p>可以退 <b>20</b> 元</p><p>在 11 月 20 日，liu@example.org 写道：</p>",
        )  # fmt: skip
        first = await asks(floor, agent, here, "可以退 20 元", mail=given)
        [waits] = await beside(floor, boss, here)
        whole = msgspec.to_builtins(given)
        # Who reads along sees an address as everywhere else; the writer sees what he wrote.
        assert waits.mail == whole | {
            "to": [{"email": "l***@example.org", "name": ""}],
            "html": whole["html"].replace("liu@", "l***@"),
        }
        assert (await beside(floor, agent, here))[0].mail == whole
        assert await said(floor, here) == []
        await decides(floor, boss, first, "approved")
        second = await asks(floor, agent, here, "可以退 30 元", mail=given)
        await decides(floor, boss, second, "changed", text="可以退 25 元")
        async with floor.tx() as tx:
            due = await tx.value("SELECT max(next_at) FROM mail")
        await post.Postman(floor.database, lambda: due).carry()
    assert await said(floor, here) == ["可以退 20 元", "可以退 25 元"]
    assert [one["subject"] for one in (server.mail(0), server.mail(1))] == ["退款", "退款"]
    bodies = [server.mail(at).get_body(("html",)) for at in (0, 1)]
    # They are carried at the same time, so either may come first.
    changed = "可以退 25 元"
    pages = sorted((one.get_content() for one in bodies if one), key=lambda page: changed in page)
    # The senior's words go, not the HTML that said something else.
    assert ["<b>20</b>" in page for page in pages] == [True, False]
    assert [changed in page for page in pages] == [False, True]
