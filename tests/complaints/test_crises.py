"""Crisis files: out of sight for who is not named, worked in the room, closed with a review."""

from typing import Any

import httpx
import pytest

from peakend.cases import actions as cases
from peakend.cases import queries as asked
from peakend.complaints import actions
from peakend.complaints.actions import CrisisText
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.routing.floor import Floor

FIRE = {"kind": "exposure", "title": "微博：燃气灶视频"}


@pytest.fixture
async def floor(database: Database, organisation) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


@pytest.fixture
async def boss(floor: Floor) -> Actor:
    return await floor.hire("wangmin", role="supervisor")


async def opened(client: httpx.AsyncClient, **given: Any) -> str:
    """Return the path of a new file."""
    made = await client.post("/api/crises", json={**FIRE, **given})
    assert made.status_code == 201, made.text
    return f"/api/crises/{made.json()['crisis']['id']}"


async def test_who_is_not_named_learns_nothing(
    floor: Floor, boss: Actor, client: httpx.AsyncClient
) -> None:
    reader, stranger = await floor.hire("linxi"), await floor.hire("zhaoyu")
    await floor.sign_in(client, boss)
    path = await opened(client, reader_ids=[str(reader.id)])
    assert (await client.get(path)).json()["crisis"]["number"] == 1
    await floor.sign_in(client, stranger)
    assert (await client.get("/api/crises")).json() == []
    for refused in (
        await client.get(path),
        await client.patch(path, json={"version": 1, "title": "x"}),
        await client.post(
            f"{path}/entries", json={"kind": "event", "at": "2026-01-01T00:00:00Z", "words": "x"}
        ),
        await client.post(f"{path}/statements", json={"title": "x"}),
    ):
        assert refused.status_code == 404
    assert (await client.post("/api/crises", json=FIRE)).status_code == 403
    await floor.sign_in(client, reader)
    (line,) = (await client.get("/api/crises")).json()
    assert line["crisis"]["title"] == FIRE["title"]
    seen = (await client.get(path)).json()
    assert (seen["leads"], seen["speaks"]) == (False, False)
    # A reader writes into the timeline, but does not lead.
    at = {"kind": "event", "at": "2026-01-01T00:00:00Z", "words": "视频转发过万", "source": "微博"}
    assert (await client.post(f"{path}/entries", json=at)).status_code == 201
    assert (await client.patch(path, json={"version": 1, "title": "x"})).status_code == 403
    (fact,) = await floor.facts("CrisisOpened")
    assert set(fact.payload["member_ids"]) == {str(boss.id), str(reader.id)}


async def test_a_playbook_runs_with_its_clocks(
    floor: Floor, boss: Actor, client: httpx.AsyncClient
) -> None:
    await floor.sign_in(client, boss)
    book = {
        "name": "媒体曝光",
        "steps": [{"title": "成立小组", "minutes": 15}, {"title": "首次回应", "minutes": 60}],
        "statements": [{"title": "首次声明", "words": "我们已关注到……"}],
    }
    book_id = (await client.post("/api/playbooks", json=book)).json()["id"]
    assert (await client.post("/api/playbooks", json={"name": "空"})).status_code == 422
    path = await opened(client)
    laid = await client.post(f"{path}/playbooks", json={"playbook_id": book_id})
    first, second = laid.json()["steps"]
    assert [one["title"] for one in (first, second)] == ["成立小组", "首次回应"]
    assert [one["title"] for one in laid.json()["statements"]] == ["首次声明"]
    again = await client.post(f"{path}/playbooks", json={"playbook_id": book_id})
    assert again.status_code == 409
    done = {"state": "done", "note": ""}
    assert (await client.put(f"{path}/steps/{first['id']}", json=done)).status_code == 200
    skipped = await client.put(f"{path}/steps/{second['id']}", json={"state": "skipped"})
    assert skipped.status_code == 422
    # Only what is not done in time is told, and once.
    floor.wait(3700)
    await floor.drain()
    async with floor.tx() as tx:
        for one in (first, second):
            await actions.tell_step_due(tx, step_id=one["id"])
    (late,) = await floor.facts("CrisisStepOverdue")
    assert late.payload["step_id"] == second["id"]


async def test_a_statement_is_let_pass_by_somebody_else_and_spoken_by_who_may(
    floor: Floor, boss: Actor, client: httpx.AsyncClient
) -> None:
    other = await floor.hire("liwei", role="supervisor")
    await floor.sign_in(client, boss)
    path = await opened(client, drill=True, speaker_ids=[str(other.id)])
    made = await client.post(f"{path}/statements", json={"title": "首次声明", "words": "致歉"})
    (draft,) = made.json()["statements"]
    own = f"{path}/statements/{draft['id']}"
    early = await client.post(f"{own}/publications", json={"where": "微博"})
    assert early.status_code == 403
    seen = {"version": draft["version"]}
    (sent,) = (await client.post(f"{own}/requests", json=seen)).json()["statements"]
    assert sent["state"] == "asked"
    changed = {"title": "x", "words": "y", "version": sent["version"]}
    assert (await client.put(own, json=changed)).status_code == 409
    async with floor.tx(other) as tx:
        (request,) = await asked.requests_about(tx, sent["id"], other)
        assert "演练" in request.words or "DRILL" in request.words
        await cases.decide(tx, request.id, True, "", by=other)
    (passed,) = (await client.get(path)).json()["statements"]
    assert (passed["state"], passed["decided_by_name"]) == ("approved", "liwei")
    assert (await client.post(f"{own}/publications", json={"where": "微博"})).status_code == 403
    await floor.sign_in(client, other)
    spoken = (await client.post(f"{own}/publications", json={"where": "官方微博"})).json()
    assert spoken["statements"][0]["published_where"] == "官方微博"
    assert {fact.payload["drill"] for fact in await floor.facts("StatementSet")} == {True}
    # Nothing went out: no mail, no message.
    assert await floor.facts("MailQueued", "ReplySent", "SystemMessageAdded") == []


async def test_what_was_refused_begins_anew(floor: Floor, boss: Actor) -> None:
    other = await floor.hire("liwei", role="supervisor")
    async with floor.tx(boss) as tx:
        file = await actions.open_crisis(
            tx,
            text=CrisisText(**FIRE),
            drill=False,
            by=boss,  # type: ignore[arg-type]
        )
        made = await actions.draft_statement(tx, crisis_id=file, title="声明", words="一", by=boss)
        await actions.ask_for_statement(tx, crisis_id=file, statement_id=made, version=1, by=boss)
    async with floor.tx(other) as tx:
        (request,) = await asked.requests_about(tx, made, other)
        await cases.decide(tx, request.id, False, "口径不对", by=other)
    async with floor.tx(boss) as tx:
        await actions.change_statement(
            tx, crisis_id=file, statement_id=made, title="声明", words="二", version=3, by=boss
        )
        await actions.ask_for_statement(tx, crisis_id=file, statement_id=made, version=4, by=boss)
    states = [fact.payload["state"] for fact in await floor.facts("StatementSet")]
    assert states == ["draft", "asked", "refused", "draft", "asked"]


async def test_questions_are_answered_once_and_the_file_ends_with_a_review(
    floor: Floor, boss: Actor, client: httpx.AsyncClient
) -> None:
    await floor.sign_in(client, boss)
    path = await opened(client)
    asks = {"kind": "press", "at": "2026-01-01T00:00:00Z", "words": "何时召回？"}
    assert (await client.post(f"{path}/entries", json=asks)).status_code == 422
    naive = {**asks, "at": "2026-01-01T00:00:00", "source": "日报"}
    assert (await client.post(f"{path}/entries", json=naive)).status_code == 422
    asks |= {"source": "日报记者", "answer_by": "2026-01-01T02:00:00Z"}
    (entry,) = (await client.post(f"{path}/entries", json=asks)).json()["entries"]
    assert entry["late"] is True
    own = f"{path}/entries/{entry['id']}/answers"
    (said,) = (await client.post(own, json={"answer": "今日内答复"})).json()["entries"]
    assert said["answered_by_name"] == "wangmin"
    assert (await client.post(own, json={"answer": "改口"})).status_code == 409
    file = (await client.get(path)).json()["crisis"]
    review = {"version": file["version"], "happened": "视频传开", "cause": "", "changes": "改"}
    refused = await client.post(f"{path}/closings", json=review)
    assert (refused.status_code, refused.json()["error"]["fields"]) == (409, {"cause": "required"})
    review["cause"] = "图示有误"
    stale = await client.post(f"{path}/closings", json={**review, "version": 9})
    assert stale.status_code == 409
    closed = await client.post(f"{path}/closings", json=review)
    assert closed.json()["crisis"]["state"] == "closed"
    assert (await client.post(f"{path}/entries", json=asks)).status_code == 409
    later = (await client.get("/api/crises", params={"standing": "open"})).json()
    assert later == []
