"""The contact directory: who keeps it, that it stays right, and whom it finds for a reason."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts.actions.members import Changes, change_member
from peakend.conversations import actions as conversations
from peakend.directory import actions, queries
from peakend.directory.actions import EntryText
from peakend.directory.rules import due_at, fit, is_link, is_mail, is_phone, lineage, standing
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound
from peakend.kernel.ids import new_id
from peakend.routing import actions as routing
from tests.routing.floor import Floor

Browser = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@dataclass
class House:
    """A floor with somebody who keeps the directory, its owners, and two reasons."""

    floor: Floor
    boss: Actor
    owner: Actor
    other: Actor
    top: UUID
    leaf: UUID

    async def add(self, name: str, **given: Any) -> UUID:
        """Write an entry down as who keeps the directory."""
        text = {"kind": "department", "owner_id": self.owner.id, **given}
        async with self.floor.tx(self.boss) as tx:
            return await actions.add_entry(tx, entry=EntryText(name_zh=name, **text), by=self.boss)

    async def one(self, entry_id: UUID, by: Actor | None = None) -> queries.DirectoryEntry:
        """Return an entry as somebody sees it."""
        by = by or self.other
        async with self.floor.tx(by) as tx:
            return await queries.entry(tx, entry_id, by)

    async def names(self, reason_id: UUID | None = None) -> list[str]:
        """Return the directory in its order."""
        async with self.floor.tx(self.other) as tx:
            found = await queries.entries(tx, self.other, reason_id=reason_id)
        return [one.name_zh for one in found]

    async def change(self, entry_id: UUID, by: Actor, version: int, **changes: Any) -> None:
        """Change an entry."""
        verified = changes.pop("verified", False)
        async with self.floor.tx(by) as tx:
            await actions.change_entry(
                tx, entry_id=entry_id, changes=changes, by=by, version=version, verified=verified
            )

    async def verify(self, entry_id: UUID, by: Actor, version: int) -> None:
        """Vouch for an entry."""
        async with self.floor.tx(by) as tx:
            await actions.verify_entry(tx, entry_id=entry_id, by=by, version=version)

    async def told(self) -> list[tuple[str, str | None]]:
        """Let the round go by and return whom it told since the last one."""
        before = len(await self.floor.facts("DirectoryEntryDue"))
        async with self.floor.tx() as tx:
            await actions.tell_due(tx)
        facts = (await self.floor.facts("DirectoryEntryDue"))[before:]
        return [(fact.payload["standing"], fact.payload["owner_id"]) for fact in facts]


@pytest.fixture
async def house(database: Database, organisation: UUID) -> House:
    floor = Floor(database, organisation)
    await floor.open()
    boss = await floor.hire("wangmin", role="supervisor")
    owner, other = await floor.hire("linxi"), await floor.hire("zhaoyu")
    top, leaf = new_id(), new_id()
    async with floor.tx() as tx:
        nodes = [
            conversations.ReasonNode(top, None, "燃气", "Gas", 0, True),
            conversations.ReasonNode(leaf, top, "闻到燃气味", "Smell of gas", 0, True),
        ]
        await conversations.publish_reasons(tx, nodes=nodes, by=floor.system)
    return House(floor, boss, owner, other, top, leaf)


@pytest.fixture
def browser(client: httpx.AsyncClient, house: House) -> Browser:
    """Give browsers that hold sessions of members."""

    async def signed_in(member: Actor) -> httpx.AsyncClient:
        made = httpx.AsyncClient(
            transport=client._transport, base_url=client.base_url, headers=client.headers
        )
        await house.floor.sign_in(made, member)
        return made

    return signed_in


def test_what_can_be_dialled_written_to_and_opened() -> None:
    assert all(map(is_phone, ("400-000-0001", "010-8888 6666 转 2", "+86 138 0000 0000", "12345")))
    assert not any(map(is_phone, ("", "小王", "1", "javascript:1", "请拨打 400-000-0001")))
    assert is_mail("refund@anju.example")
    assert not any(map(is_mail, ("refund", "a@b", "a b@c.de", "<a@b.cd>")))
    assert is_link("https://parts.example.com/?q=1")
    assert not any(map(is_link, ("javascript:alert(1)", "//x.de", "ftp://x.de", "https://")))


def test_when_an_entry_has_to_be_looked_at_again(house: House) -> None:
    now = house.floor.now
    due = due_at(now, now, 90)
    assert due == now + timedelta(days=90)
    assert due_at(None, now, 90) == now
    assert standing(due, now) == "fresh"
    assert standing(due, due - timedelta(days=7)) == "soon"
    assert standing(due, due) == "overdue"


def test_how_near_an_entry_is_to_a_reason() -> None:
    top, leaf, beside = new_id(), new_id(), new_id()
    line = lineage({top: None, leaf: top, beside: top}, leaf)
    assert line == [leaf, top]
    assert (fit(line, [leaf]), fit(line, [top]), fit(line, [beside])) == (0, 1, None)
    assert lineage({top: None}, leaf) == []


async def test_an_entry_says_who_is_behind_it(house: House) -> None:
    async with house.floor.tx() as tx:
        hours = await routing.save_hours(
            tx,
            name="从不",
            time_zone="Asia/Shanghai",
            week={},
            holidays=[],
        )
    to_queue = await house.add(
        "燃气", reason_ids=[house.leaf], target_kind="queue", target_id=house.floor.queue_id
    )
    closed = await house.add("财务", hours_id=hours.id, limit_fen=500_000, phone="400-000-0001")
    seen = await house.one(to_queue)
    assert (seen.owner_name, seen.owner_active, seen.target_name) == ("linxi", True, "燃气服务")
    assert [one.name for one in seen.reasons] == ["闻到燃气味"]
    assert (seen.open, seen.standing, seen.verified_by_name) == (True, "fresh", "wangmin")
    assert seen.typed.split()[0] == "ranqi"
    assert ((await house.one(closed)).open, (await house.one(closed)).hours_name) == (False, "从不")
    async with house.floor.tx() as tx:
        await routing.open_or_close(tx, house.floor.queue_id, is_open=False)
    assert (await house.one(to_queue)).open is False
    assert (await house.one(to_queue, house.owner)).mine


async def test_who_solves_the_reason_comes_first(house: House) -> None:
    await house.add("财务")
    await house.add("燃气片区", reason_ids=[house.top])
    await house.add("抢修中心", reason_ids=[house.leaf])
    assert (await house.names(house.leaf))[:2] == ["抢修中心", "燃气片区"]
    assert set(await house.names()) == {"财务", "燃气片区", "抢修中心"}


async def test_owners_hear_once_that_an_entry_is_due(house: House) -> None:
    entry_id = await house.add("财务", term_d=30)
    await house.add("长期", term_d=365)
    assert await house.told() == []
    house.floor.wait(24 * 3600 * 24)
    assert await house.told() == [("soon", str(house.owner.id))]
    assert await house.told() == []
    house.floor.wait(24 * 3600 * 7)
    assert await house.told() == [("overdue", str(house.owner.id))]
    assert await house.told() == []
    # What is overdue stands first.
    assert (await house.names())[0] == "财务"
    async with house.floor.tx(house.owner) as tx:
        assert (await queries.due_count(tx, house.owner)).mine == 1
    await house.verify(entry_id, house.owner, 1)
    seen = await house.one(entry_id)
    assert (seen.standing, seen.verified_by_name) == ("fresh", "linxi")
    async with house.floor.tx(house.owner) as tx:
        assert (await queries.due_count(tx, house.owner)).mine == 0
    house.floor.wait(24 * 3600 * 31)
    assert await house.told() == [("overdue", str(house.owner.id))]


async def test_who_left_hears_nothing(house: House) -> None:
    await house.add("财务", term_d=1)
    async with house.floor.tx(house.floor.system) as tx:
        assert house.owner.id is not None
        await change_member(tx, member_id=house.owner.id, changes=Changes(active=False))
    house.floor.wait(24 * 3600 * 2)
    assert await house.told() == [("overdue", None)]


async def test_a_stale_change_is_a_conflict_and_changes_nothing(house: House) -> None:
    entry_id = await house.add("财务")
    await house.change(entry_id, house.owner, 1, phone="400-000-0002")
    for late in (
        house.change(entry_id, house.boss, 1, phone="400-000-0003"),
        house.verify(entry_id, house.boss, 1),
    ):
        with pytest.raises(actions.EntryStale):
            await late
    assert (await house.one(entry_id)).phone == "400-000-0002"


async def test_a_change_vouches_only_where_it_is_said(house: House) -> None:
    entry_id = await house.add("财务", term_d=10)
    first = (await house.one(entry_id)).verified_at
    house.floor.wait(24 * 3600)
    await house.change(entry_id, house.owner, 1, note="新的备注")
    assert (await house.one(entry_id)).verified_at == first
    await house.change(entry_id, house.owner, 2, note="更新的备注", verified=True)
    seen = await house.one(entry_id)
    assert (seen.verified_at, seen.due_at) == (house.floor.now, house.floor.now + timedelta(10))
    async with house.floor.tx(house.other) as tx:
        history = await queries.checks(tx, entry_id)
    assert [(one.what, one.member_name) for one in history] == [
        ("verified", "linxi"),
        ("updated", "linxi"),
        ("updated", "linxi"),
        ("verified", "wangmin"),
        ("created", "wangmin"),
    ]


async def test_only_owner_and_keeper_change_an_entry(house: House) -> None:
    entry_id = await house.add("财务")
    with pytest.raises(actions.NotYourEntry):
        await house.change(entry_id, house.other, 1, note="x")
    with pytest.raises(actions.NotYourEntry):
        await house.verify(entry_id, house.other, 1)
    # An owner does not hand it on.
    with pytest.raises(actions.NotYourEntry):
        await house.change(entry_id, house.owner, 1, owner_id=house.other.id)
    async with house.floor.tx(house.owner) as tx:
        with pytest.raises(actions.NotYourEntry):
            await actions.remove_entry(tx, entry_id=entry_id, by=house.owner)


async def test_removing_is_undone_with_everything(house: House) -> None:
    entry_id = await house.add("财务", note="带发票")
    async with house.floor.tx(house.boss) as tx:
        await actions.remove_entry(tx, entry_id=entry_id, by=house.boss)
    assert await house.names() == []
    with pytest.raises(NotFound):
        await house.one(entry_id)
    async with house.floor.tx(house.boss) as tx:
        await actions.restore_entry(tx, entry_id=entry_id, by=house.boss)
    assert (await house.one(entry_id)).note == "带发票"
    facts = await house.floor.facts("DirectoryEntryChanged")
    assert [fact.payload["what"] for fact in facts] == ["created", "removed", "restored"]
    # Facts hold no words and no numbers to dial.
    assert {name for fact in facts for name in fact.payload} == {"entry_id", "owner_id", "what"}


async def test_over_http(house: House, browser: Browser) -> None:
    boss, reader = await browser(house.boss), await browser(house.other)
    given = {"kind": "partner", "name_zh": "计量站", "phone": "400-000-0021", "term_d": 30}
    made = await boss.post("/api/directory", json=given | {"owner_id": str(house.owner.id)})
    assert made.status_code == 201, made.text
    path = f"/api/directory/{made.json()['id']}"
    assert (await reader.post("/api/directory", json=given)).status_code == 403
    assert [one["name_zh"] for one in (await reader.get("/api/directory")).json()] == ["计量站"]
    refused = await reader.post(f"{path}/verifications", json={"version": 1})
    assert (refused.status_code, refused.json()["error"]["code"]) == (
        403,
        "directory.not_your_entry",
    )
    for wrong, field in (
        ({"phone": "小王"}, "phone"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"mail": "x"}, "mail"),
        ({"reason_ids": [str(new_id())]}, "reason_ids"),
        ({"target_kind": "queue"}, "target_id"),
        ({"name_zh": "\u200b"}, "name_zh"),
    ):
        answer = await boss.patch(path, json={"version": 1, **wrong})
        assert answer.status_code == 422, answer.text
        assert field in answer.json()["error"]["fields"]
    owner = await browser(house.owner)
    vouched = await owner.post(f"{path}/verifications", json={"version": 1})
    assert vouched.json()["version"] == 2
    late = await boss.patch(path, json={"version": 1, "note": "x"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "directory.entry_stale")
    assert len((await reader.get(f"{path}/verifications")).json()) == 3
    assert (await owner.get("/api/directory/due")).json() == {"mine": 0}
    assert (await boss.delete(path)).status_code == 204
    assert (await reader.get(path)).status_code == 404
    assert (await boss.post(f"{path}/restorations")).json()["name_zh"] == "计量站"
