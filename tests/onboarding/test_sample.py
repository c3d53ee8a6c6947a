"""The sample: put in, looked at, tried out, and taken away without what people made themselves."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from peakend.accounts.actions import create_organisation
from peakend.accounts.queries import organisation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker
from tests.accounts.people import Person, a_person

TABLES = ("customer", "conversation", "message", "article", "article_passage", "canned_reply",
          "tag", "identity", "survey", "work_item", "sample_thing")  # fmt: skip


@dataclass
class House:
    """A new house with its first administrator."""

    database: Database
    boss: Person

    async def counts(self) -> dict[str, int]:
        async with self.database.transaction(Actor.system(self.boss.organisation_id)) as tx:
            return {
                name: await tx.value(
                    f"SELECT count(*) FROM {name} WHERE organisation_id = current_organisation()"
                )
                for name in TABLES
            }

    async def does(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.boss.send(method, path, body)
        assert answer.status_code in (200, 201, 204), f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    async def works(self) -> None:
        await Worker(self.database).drain()


async def new_house(database: Database, client: httpx.AsyncClient, language: str) -> House:
    organisation_id = new_id()
    async with database.transaction(Actor.system(organisation_id)) as tx:
        await create_organisation(tx, name="新店", language=language)
    boss = await a_person(
        database, client, organisation_id, "admin", f"b{organisation_id}@x.example"
    )
    house = House(database, boss)
    await house.works()
    return house


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_sample_comes_in_the_house_s_language_and_goes_whole(
    database: Database, client: httpx.AsyncClient, language: str
) -> None:
    house = await new_house(database, client, language)
    async with database.transaction(Actor.system(house.boss.organisation_id)) as tx:
        assert (await organisation(tx)).language == language
    before = await house.counts()
    made = await house.does("POST", "/sample")
    again = await house.does("POST", "/sample")
    assert len(again["items"]) == len(made["items"])
    await house.works()
    kinds = [one["kind"] for one in made["items"]]
    assert {k: kinds.count(k) for k in kinds} == {
        "conversation": 4, "customer": 4, "article": 4, "canned_reply": 3, "tag": 1,
    }  # fmt: skip
    marked = "示例" if language == "zh-CN" else "ample"
    assert all(marked in one["name"] for one in made["items"] if one["kind"] != "conversation")
    listed = (await house.does("GET", "/conversations?view=closed"))["items"]
    assert len(listed) == 4
    assert {tag["name"] for row in listed for tag in row["tags"]} == {
        "示例" if language == "zh-CN" else "Sample"
    }
    assert {row["agent_id"] for row in listed} == {str(house.boss.id)}
    for row in listed:
        await house.does("GET", f"/conversations/{row['id']}")
    # Nobody changed anything: everything goes, also after the worker has done its part.
    shown = await house.does("GET", "/sample")
    assert [one for one in shown["items"] if one["stays"]] == []
    left = await house.does("DELETE", "/sample")
    assert left["items"] == []
    await house.works()
    assert await house.counts() == before
    assert (await house.does("GET", "/sample"))["at"] is None
    await house.does("DELETE", "/sample")


async def test_what_people_changed_stays_and_is_named_before(
    database: Database, client: httpx.AsyncClient
) -> None:
    house = await new_house(database, client, "zh-CN")
    made = await house.does("POST", "/sample")
    await house.works()
    of = {
        k: [i["id"] for i in made["items"] if i["kind"] == k] for k in ("conversation", "article")
    }
    note = {"client_id": of["article"][0], "text": "我自己写的备注", "kind": "note"}
    await house.does(
        "POST", f"/conversations/{of['conversation'][0]}/messages", note | {"kind": "note"}
    )
    article = await house.does("GET", f"/articles/{of['article'][0]}")
    await house.does(
        "PATCH",
        f"/articles/{article['id']}",
        {"version": article["version"], "title": "我们自己的文章"},
    )
    shown = await house.does("GET", "/sample")
    theirs = (await house.does("GET", f"/conversations/{of['conversation'][0]}"))["customer"]["id"]
    stays = {(one["kind"], one["id"]): one["stays"] for one in shown["items"] if one["stays"]}
    [tag] = [one["id"] for one in made["items"] if one["kind"] == "tag"]
    assert stays == {
        ("conversation", of["conversation"][0]): "changed",
        ("customer", theirs): "used",
        ("article", article["id"]): "changed",
        ("tag", tag): "used",
    }
    left = await house.does("DELETE", "/sample")
    assert {(one["kind"], one["id"]) for one in left["items"]} == set(stays)
    thread = await house.does("GET", f"/conversations/{of['conversation'][0]}")
    assert "我自己写的备注" in [m["text"] for m in thread["messages"]["items"]]
    assert len((await house.does("GET", "/conversations?view=closed"))["items"]) == 1
    # What stayed is theirs: a new sample does not touch it, and goes whole again.
    await house.does("POST", "/sample")
    assert (await house.does("DELETE", "/sample"))["items"] == []
    assert len((await house.does("GET", "/conversations?view=closed"))["items"]) == 1


async def test_what_a_webhook_s_receiver_answered_is_no_change(
    database: Database, client: httpx.AsyncClient
) -> None:
    house = await new_house(database, client, "zh-CN")
    asked = {"name": "订单系统", "url": "https://orders.example.com/in"}
    await house.does("POST", "/webhooks", asked | {"kinds": ["ConversationClosed"]})
    [webhook] = await house.does("GET", "/webhooks")
    await house.does("POST", "/sample")
    async with database.transaction(Actor.system(house.boss.organisation_id)) as tx:
        # As the courier keeps it, for every fact about a conversation of the sample.
        await tx.run(
            "INSERT INTO webhook_delivery"
            " (id, webhook_id, fact_id, kind, occurred_at, created_at, state, next_at)"
            " SELECT id, $1, id, type, occurred_at, now(), 'done', now() FROM event"
            " WHERE organisation_id = current_organisation() AND conversation_id IS NOT NULL"
            " ON CONFLICT DO NOTHING",
            webhook["id"],
        )
        await tx.run(
            "INSERT INTO webhook_attempt (id, delivery_id, at, lasted_ms, status, answer)"
            " SELECT id, id, now(), 4, 200, 'ok' FROM webhook_delivery"
            " WHERE organisation_id = current_organisation()"
        )
    shown = await house.does("GET", "/sample")
    assert [one for one in shown["items"] if one["stays"]] == []
    assert (await house.does("DELETE", "/sample"))["items"] == []


async def test_another_house_has_no_sample_of_ours(
    database: Database, client: httpx.AsyncClient
) -> None:
    house = await new_house(database, client, "en")
    other = await new_house(database, client, "en")
    await house.does("POST", "/sample")
    assert (await other.does("GET", "/sample"))["items"] == []
    before = await house.counts()
    await other.does("DELETE", "/sample")
    assert await house.counts() == before
