"""Cases over HTTP: lists with their filters and pages, the board, stale versions, strangers."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.cases import actions
from peakend.cases.queries import CaseFilter, case_counts, case_page
from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person
from tests.cases.conftest import Desk


class House:
    """An agent and a supervisor with browsers, and a customer."""

    agent: Person
    boss: Person
    customer: str

    async def open(self, by: Person | None = None, **more: Any) -> dict[str, Any]:
        given = {"client_id": str(uuid4()), "title": "上门检修", "customer_id": self.customer}
        answer = await (by or self.agent).send("POST", "/cases", given | more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def house(database: Database, client: httpx.AsyncClient, organisation: UUID) -> House:
    """A house in which nobody has opened a case."""
    made = House()
    made.agent = await a_person(database, client, organisation, "agent")
    made.boss = await a_person(database, client, organisation, "supervisor")
    async with database.transaction(Actor.system(organisation)) as tx:
        made.customer = str(await customers.add_customer(tx, name="王女士"))
    return made


async def test_a_case_from_opening_to_opening_again(house: House) -> None:
    made = await house.open()
    path = f"/cases/{made['id']}"
    assert (made["customer_name"], made["state"], made["number"]) == ("王女士", "open", 1)
    stale = await house.boss.send("PUT", f"{path}/state", {"version": 9, "state": "working"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "cases.stale")
    closed = await house.agent.send("PUT", f"{path}/state", {"version": 1, "state": "closed"})
    assert closed.status_code == 422, "closing is no move"
    done = await house.agent.send("PUT", f"{path}/state", {"version": 1, "state": "done"})
    assert done.json()["state"] == "done"
    untold = await house.agent.send("POST", f"{path}/closings", {"version": 2, "why": "no_way"})
    assert untold.status_code == 403
    said = {"version": 2, "channel": "phone", "words": "已电话告知王女士"}
    told = (await house.agent.send("POST", f"{path}/informings", said)).json()
    assert (told["state"], told["closed_how"], told["informed"][0]["channel"]) == (
        "closed", "informed", "phone",
    )  # fmt: skip
    assert told["may"]["reopen"] is True
    again = await house.agent.send("POST", f"{path}/reopenings", {"version": told["version"]})
    assert again.json()["state"] == "working"
    note = {"client_id": str(uuid4()), "words": "客户说还是打不着", "visible": "staff"}
    lines = (await house.agent.send("POST", f"{path}/entries", note)).json()
    assert lines[0]["words"] == "客户说还是打不着"
    types = [line["type"] for line in (await house.agent.get(f"{path}/timeline")).json()]
    assert types[-1] == "CaseOpened"
    assert {"CustomerInformed", "CaseClosed", "CaseReopened", "entry_note"} <= set(types)


async def test_what_is_out_of_sight_is_not_there(house: House) -> None:
    made = await house.open(by=house.boss)
    for way, path, body in (
        ("GET", "", None), ("GET", "/timeline", None), ("GET", "/tellable-messages", None),
        ("PUT", "/state", {"version": 1, "state": "working"}),
        ("POST", "/entries", {"client_id": str(uuid4()), "words": "x"}),
        ("PATCH", "", {"version": 1, "title": "x"}),
    ):  # fmt: skip
        for case_id in (made["id"], str(uuid4())):
            answer = await house.agent.send(way, f"/cases/{case_id}{path}", body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (
                404, "cases.not_found",
            ), (way, path)  # fmt: skip
    assert (await house.agent.get("/cases")).json()["items"] == []
    assert (await house.agent.get("/cases", params={"q": "W-1"})).json()["items"] == []


async def test_lists_are_sifted_searched_and_counted(house: House) -> None:
    one = await house.open(priority="urgent", title="漏气")
    two = await house.open(title="换表")
    await house.agent.send("PUT", f"/cases/{two['id']}/state", {"version": 1, "state": "working"})

    async def listed(**params: Any) -> list[str]:
        answer = await house.boss.get("/cases", params=params)
        assert answer.status_code == 200, answer.text
        return [item["title"] for item in answer.json()["items"]]

    assert await listed() == ["漏气", "换表"], "what is due first stands first"
    assert await listed(shown="working") == ["换表"]
    assert await listed(priority="urgent") == ["漏气"]
    assert await listed(q="w-2") == ["换表"]
    assert await listed(q="王女") == ["漏气", "换表"]
    assert await listed(q="张三") == []
    assert await listed(late="true") == await listed(shown="closed") == []
    assert await listed(owner_id=str(uuid4())) == []
    assert (await house.boss.get("/cases", params={"cursor": "x"})).status_code == 422
    assert (await house.boss.get("/cases", params={"shown": "gone"})).status_code in (400, 422)
    counts = (await house.boss.get("/case-counts")).json()
    assert (counts["open"], counts["working"], counts["nobody"]) == (1, 1, 2)
    board = (await house.boss.get("/case-board")).json()
    assert [(c["state"], c["count"]) for c in board] == [
        ("open", 1), ("working", 1), ("waiting", 0), ("done", 0),
    ]  # fmt: skip
    assert one["id"] == board[0]["items"][0]["id"]


async def test_pages_neither_lose_nor_repeat(desk: Desk) -> None:
    customer_id = await desk.customer()
    made = [await desk.case(customer_id=customer_id) for _ in range(7)]
    owned = await desk.case(customer_id=customer_id, owner_id=desk.agent.id)
    for actor in (desk.agent, desk.boss):
        found, cursor = [], None
        while True:
            async with desk.tx(actor) as tx:
                page = await case_page(tx, actor, CaseFilter(), cursor=cursor, limit=3)
            found += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert sorted(found) == sorted([*made, owned])
    async with desk.tx(desk.agent) as tx:
        assert (await case_counts(tx, desk.agent)).mine == 1
    async with desk.tx(desk.other) as tx:
        assert (await case_page(tx, desk.other, CaseFilter())).items == []


async def test_a_conversation_gives_a_new_case_its_beginning(
    desk: Desk,
) -> None:
    from peakend.cases.queries import beside_conversation

    conversation_id = await desk.served(desk.agent)
    await desk.case(conversation_id=conversation_id)
    hidden = await desk.case(
        desk.boss, customer_id=(await desk.conversation(conversation_id)).customer_id
    )
    async with desk.tx(desk.agent) as tx:
        beside = await beside_conversation(tx, conversation_id, desk.agent)
    assert beside.draft.title
    assert [one.id for one in beside.cases] != []
    assert hidden not in [one.id for one in beside.cases]


async def test_what_may_have_told_him_came_after_it_was_done(desk: Desk) -> None:
    from peakend.cases.queries import tellable
    from peakend.conversations import actions as conversations

    conversation_id = await desk.served(desk.agent)
    case_id = await desk.case(conversation_id=conversation_id)
    for at, text in enumerate(("修之前", "修好了")):
        desk.wait(60)
        if at:
            async with desk.tx(desk.agent) as tx:
                await actions.set_state(tx, case_id=case_id, state="done", by=desk.agent)
        desk.wait(60)
        async with desk.tx(desk.agent) as tx:
            await conversations.reply(
                tx, conversation_id=conversation_id, client_id=uuid4(), text=text, by=desk.agent
            )
    async with desk.tx(desk.agent) as tx:
        assert [one.text for one in await tellable(tx, case_id, desk.agent)] == ["修好了"]
