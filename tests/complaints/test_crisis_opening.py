"""An extreme complaint opens a file once, with its playbook; a drill stays a drill."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.cases import actions as cases
from peakend.cases import queries as asked
from peakend.complaints import actions, queries
from peakend.complaints.actions import CrisisText, PlaybookText
from peakend.complaints.queries import Crisis
from peakend.complaints.rules.crises import PlaybookStep
from peakend.kernel.db import Database
from peakend.kernel.errors import Conflict
from tests.complaints.complaining import Desk


@pytest.fixture
async def desk(database: Database, organisation: Any) -> Desk:
    made = Desk(database, organisation)
    await made.open()
    await made.staff()
    async with made.tx(made.boss) as tx:
        for name, kind in (("通用", None), ("燃气泄漏", "safety")):
            book = PlaybookText(name=name, kind=kind, steps=[PlaybookStep("到场", "", 10)])  # type: ignore[arg-type]
            await actions.add_playbook(tx, text=book)
    return made


async def files(desk: Desk) -> list[Crisis]:
    async with desk.tx(desk.boss) as tx:
        lines = await queries.crises_seen(tx, desk.boss)
        return [await queries.crisis_file(tx, one.crisis.id, desk.boss) for one in lines]


async def drill(desk: Desk, **links: UUID) -> UUID:
    async with desk.tx(desk.boss) as tx:
        made = await actions.open_crisis(
            tx, text=CrisisText(kind="safety", title="演练"), drill=True, by=desk.boss
        )
        for kind, target_id in links.items():
            await actions.link_crisis(
                tx,
                crisis_id=made,
                kind=kind,
                target_id=target_id,
                by=desk.boss,  # type: ignore[arg-type]
            )
    return made


async def approved(
    desk: Desk, crisis_id: UUID, words: str, statement_id: UUID | None = None
) -> UUID:
    """Draft or change a statement, and let the second supervisor pass it."""
    desk.wait(1)
    async with desk.tx(desk.boss) as tx:
        row = await queries.statement_row(tx, statement_id) if statement_id else None
        if row is None:
            statement_id = await actions.draft_statement(
                tx, crisis_id=crisis_id, title="首次声明", words=words, by=desk.boss
            )
        else:
            await actions.change_statement(
                tx, crisis_id=crisis_id, statement_id=row.id, title=row.title, words=words,
                version=row.version, by=desk.boss,
            )  # fmt: skip
        assert statement_id is not None
        now = await queries.statement_row(tx, statement_id)
        await actions.ask_for_statement(
            tx, crisis_id=crisis_id, statement_id=statement_id, version=now.version, by=desk.boss
        )
    async with desk.tx(desk.second) as tx:
        request = (await asked.requests_about(tx, statement_id, desk.second))[0]
        await cases.decide(tx, request.id, True, "", by=desk.second)
    return statement_id


async def test_an_extreme_complaint_opens_a_file_once(desk: Desk) -> None:
    complaint_id = await desk.filed(tier="extreme")
    await desk.judge(complaint_id, desk.boss, tier="extreme", fault="safety")
    await desk.drain()
    async with desk.tx() as tx:
        for _ in range(2):
            await actions.meet_extreme(tx, complaint_id=complaint_id)
    (file,) = await files(desk)
    assert (file.crisis.drill, file.crisis.complaint_id) == (False, complaint_id)
    assert [one.title for one in file.steps] == ["到场"]
    assert [(one.kind, one.target_id, one.seen) for one in file.links] == [
        ("complaint", complaint_id, True)
    ]
    (fact,) = await desk.facts("CrisisOpened")
    assert {str(desk.boss.id), str(desk.second.id)} <= set(fact.payload["member_ids"])


async def test_an_ordinary_complaint_opens_none(desk: Desk) -> None:
    await desk.filed()
    await desk.drain()
    assert await files(desk) == []


async def test_the_playbook_follows_what_threatens(desk: Desk) -> None:
    await desk.filed(tier="extreme")
    await desk.drain()
    (file,) = await files(desk)
    async with desk.tx() as tx:
        names = {one.id: one.name for one in await queries.playbooks(tx)}
    assert names[file.steps[0].playbook_id] == "通用"  # type: ignore[index]


async def test_what_is_practised_opens_no_real_file(desk: Desk) -> None:
    complaint_id = await desk.filed(tier="extreme")
    crisis_id = await drill(desk, complaint=complaint_id)
    await desk.judge(complaint_id, desk.boss, tier="extreme", fault="safety")
    await desk.drain()
    assert [one.crisis.id for one in await files(desk)] == [crisis_id]


async def test_only_what_was_approved_is_taken_and_never_in_a_drill(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    talk = await desk.served(desk.agent)
    await desk.filed(talk, tier="extreme")
    await desk.drain()
    (file,) = await files(desk)
    first = await approved(desk, file.crisis.id, "抢修已到场")
    await desk.sign_in(client, desk.agent)
    path = f"/api/conversations/{talk}/approved-words"
    (seen,) = (await client.get(path)).json()
    # An agent whom the file does not name learns the words, not the file.
    assert (seen["drill"], seen["crisis_id"]) == (False, None)
    assert [one["words"] for one in seen["statements"]] == ["抢修已到场"]
    assert (await client.post(f"{path}/{first}")).status_code == 204
    assert (await client.post(f"{path}/{first}")).status_code == 204
    # The old version holds until the next one is approved.
    async with desk.tx(desk.boss) as tx:
        now = await queries.statement_row(tx, first)
        await actions.change_statement(
            tx, crisis_id=file.crisis.id, statement_id=first, title="首次声明", words="新稿",
            version=now.version, by=desk.boss,
        )  # fmt: skip
    (seen,) = (await client.get(path)).json()
    assert [one["words"] for one in seen["statements"]] == ["抢修已到场"]
    await approved(desk, file.crisis.id, "气源已恢复", first)
    (seen,) = (await client.get(path)).json()
    assert [one["words"] for one in seen["statements"]] == ["气源已恢复"]
    (now_,) = [one for one in (await files(desk))[0].statements if one.id == first]
    assert (now_.in_force, now_.taken, [one.no for one in now_.versions]) == (2, 1, [2, 1])
    async with desk.tx(desk.boss) as tx:
        await actions.withdraw_statement(
            tx, crisis_id=file.crisis.id, statement_id=first, by=desk.boss
        )
    (seen,) = (await client.get(path)).json()
    assert seen["statements"] == []
    assert (await client.post(f"{path}/{first}")).status_code == 409


async def test_a_drill_is_read_and_not_said(desk: Desk, client: httpx.AsyncClient) -> None:
    talk = await desk.served(desk.agent)
    other = await desk.served(desk.agent)
    crisis_id = await drill(desk, conversation=talk)
    held = await approved(desk, crisis_id, "演练口径")
    await desk.sign_in(client, desk.agent)
    (seen,) = (await client.get(f"/api/conversations/{talk}/approved-words")).json()
    assert seen["drill"] is True
    refused = await client.post(f"/api/conversations/{talk}/approved-words/{held}")
    assert refused.status_code == 409
    assert (await client.get(f"/api/conversations/{other}/approved-words")).json() == []
    missing = await client.post(f"/api/conversations/{other}/approved-words/{held}")
    assert missing.status_code == 404


async def test_the_report_and_the_review(desk: Desk, client: httpx.AsyncClient) -> None:
    await desk.sign_in(client, desk.boss)
    async with desk.tx(desk.boss) as tx:
        book = (await queries.playbooks(tx))[0]
    given = {"kind": "safety", "title": "演练", "drill": True, "playbook_id": str(book.id)}
    made = (await client.post("/api/crises", json=given)).json()
    path = f"/api/crises/{made['crisis']['id']}"
    # The clock of the tests begins with the desk, the file a moment later by that of the server.
    desk.wait(1260)
    async with desk.tx(desk.boss) as tx:
        await actions.set_crisis_step(
            tx,
            crisis_id=UUID(made["crisis"]["id"]),
            step_id=UUID(made["steps"][0]["id"]),
            state="done",
            note="",
            by=desk.boss,
        )
    report = (await client.get(f"{path}/report")).json()
    (step,) = report["steps"]
    assert (step["given_s"], step["took_s"] >= 1200, step["late"]) == (600, True, True)
    assert (report["late"], report["on_time"]) == (1, 0)
    (line,) = (await client.get("/api/crises")).json()
    assert (line["steps"], line["done"], line["late"]) == (1, 1, 0)
    review = {
        "version": made["crisis"]["version"], "happened": "演练", "cause": "交接慢",
        "worked": "口径", "changes": "改值班表", "improvement": {"title": "值班表"},
    }  # fmt: skip
    closed = (await client.post(f"{path}/closings", json=review)).json()["crisis"]
    assert (closed["worked"], closed["state"]) == ("口径", "closed")
    found = await client.get(f"/api/improvements/{closed['improvement_id']}")
    assert found.json()["improvement"]["words"] == "改值班表"


async def test_links_are_seen_only_by_who_sees_them(desk: Desk) -> None:
    talk = await desk.served(desk.agent)
    crisis_id = await drill(desk, conversation=talk)
    async with desk.tx(desk.boss) as tx:
        file = await queries.crisis_file(tx, crisis_id, desk.boss)
        (link,) = file.links
        assert link.seen
        await actions.unlink_crisis(tx, crisis_id=crisis_id, link_id=link.id, by=desk.boss)
        assert (await queries.crisis_file(tx, crisis_id, desk.boss)).links == []
        with pytest.raises(queries.CrisisPartNotFound):
            await actions.unlink_crisis(tx, crisis_id=crisis_id, link_id=link.id, by=desk.boss)
        with pytest.raises(Conflict):
            await actions.change_crisis(
                tx, crisis_id=crisis_id, changes={"title": "x"}, version=9, by=desk.boss
            )
