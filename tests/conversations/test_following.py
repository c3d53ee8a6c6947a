"""What a person keeps an eye on: followed, pinned, called by name."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.conversations import actions
from peakend.conversations.rules import following as rules
from tests.accounts.people import Person, a_person
from tests.conversations.conftest import Centre


@pytest.fixture
async def boss(centre: Centre, client: httpx.AsyncClient) -> Person:
    return await a_person(centre.database, client, centre.organisation_id, "admin")


@pytest.fixture
async def agent(centre: Centre, client: httpx.AsyncClient) -> Person:
    return await a_person(centre.database, client, centre.organisation_id, "agent")


async def held(centre: Centre, person: Person) -> str:
    message = await centre.says("你好")
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=message.conversation_id, agent_id=person.id, leg_id=uuid4()
        )
    return str(message.conversation_id)


async def noted(by: Person, conversation: str, text: str, *called: Person) -> str:
    body = {"client_id": str(uuid4()), "kind": "note", "text": text}
    sent = await by.send(
        "POST",
        f"/conversations/{conversation}/messages",
        {**body, "mentions": [str(one.id) for one in called]},
    )
    assert sent.status_code == 200, sent.text
    return str(sent.json()["id"])


async def news(person: Person) -> list[tuple[str, int, str]]:
    found = (await person.get("/followed-conversations")).json()
    return [(one["conversation"]["id"], one["news"], one["why"]) for one in found]


async def kinds(centre: Centre) -> list[str]:
    found: list[str] = await centre.value(
        "SELECT array_agg(type ORDER BY id) FROM event "
        "WHERE type LIKE ANY(ARRAY['%ollow%', '%inned', 'MentionsMarked'])"
    )
    return found


async def test_what_is_new_for_a_follower(centre: Centre, agent: Person, boss: Person) -> None:
    conversation = await held(centre, agent)
    path = f"/conversations/{conversation}"
    assert (await boss.send("PUT", f"{path}/follower")).status_code == 204
    assert (await boss.send("PUT", f"{path}/follower")).status_code == 204
    assert await news(boss) == [(conversation, 0, "own")]
    await centre.says("还在吗")
    await noted(agent, conversation, "在查")
    # Own words are no news to oneself.
    await noted(boss, conversation, "好")
    assert await news(boss) == [(conversation, 2, "own")]
    assert await news(agent) == []
    mark = (await boss.get("/following")).json()["followed"][0]
    assert (mark["id"], mark["seen_seq"]) == (conversation, 1)
    assert (await boss.send("POST", f"{path}/follower-reads", {"seq": 99})).status_code == 204
    # The mark moves forward only, and only for who follows.
    assert (await boss.send("POST", f"{path}/follower-reads", {"seq": 1})).status_code == 204
    assert (await agent.send("POST", f"{path}/follower-reads", {"seq": 1})).status_code == 204
    assert await news(boss) == [(conversation, 0, "own")]
    assert (await boss.send("DELETE", f"{path}/follower")).status_code == 204
    assert (await boss.send("DELETE", f"{path}/follower")).status_code == 204
    assert await news(boss) == []
    assert await kinds(centre) == [
        "ConversationFollowed", "FollowedSeen", "ConversationUnfollowed",
    ]  # fmt: skip


async def test_a_message_writes_nothing_for_followers(
    centre: Centre, agent: Person, boss: Person
) -> None:
    conversation = await held(centre, agent)
    await boss.send("PUT", f"/conversations/{conversation}/follower")
    async with centre.tx() as tx:
        before = await tx.value("SELECT jsonb_agg(to_jsonb(f)) FROM conversation_follower f")
    await centre.says("还在吗")
    async with centre.tx() as tx:
        assert before == await tx.value(
            "SELECT jsonb_agg(to_jsonb(f)) FROM conversation_follower f"
        )


async def test_who_is_called_follows_and_finds_the_note(
    centre: Centre, agent: Person, boss: Person
) -> None:
    conversation = await held(centre, agent)
    first = await noted(agent, conversation, "@小林 请看", boss)
    second = await noted(agent, conversation, "@小林 再看", boss, agent)
    assert (await boss.get("/following")).json()["mentions"] == 2
    assert (await agent.get("/following")).json()["mentions"] == 0
    assert await news(boss) == [(conversation, 2, "mention")]
    page = (await boss.get("/mentions?limit=1")).json()
    shown = page["items"][0]
    assert (shown["message_id"], shown["seq"], shown["author_name"], shown["read_at"]) == (
        second, 3, "agent 小林", None,
    )  # fmt: skip
    rest = (await boss.get(f"/mentions?limit=1&cursor={page['next']}")).json()
    assert ([one["message_id"] for one in rest["items"]], rest["next"]) == ([first], None)
    assert (await boss.get("/mentions?cursor=x")).status_code == 422
    one: dict[str, Any] = {"message_ids": [first]}
    assert (await boss.send("POST", "/mentions/marks", one)).status_code == 204
    unread = (await boss.get("/mentions?unread=true")).json()["items"]
    assert [each["message_id"] for each in unread] == [second]
    # Marked as new again, and then all at once.
    await boss.send("POST", "/mentions/marks", {**one, "read": False})
    assert (await boss.get("/following")).json()["mentions"] == 2
    # Who has seen the conversation has seen the notes in it.
    seen = {"seq": 2}
    await boss.send("POST", f"/conversations/{conversation}/follower-reads", seen)
    assert (await boss.get("/following")).json()["mentions"] == 1
    await boss.send("POST", "/mentions/marks", {})
    assert (await boss.get("/following")).json()["mentions"] == 0
    assert (await boss.send("POST", "/mentions/marks", {"message_ids": ["x"]})).status_code == 422


async def test_what_is_recalled_or_out_of_sight_is_not_shown(
    centre: Centre, agent: Person, boss: Person, client: httpx.AsyncClient
) -> None:
    conversation = await held(centre, boss)
    recalled = await noted(boss, conversation, "@小林 请看", agent)
    # Called to what he may not see: nothing of it reaches him.
    assert (await agent.get("/mentions")).json()["items"] == []
    assert (await agent.get("/following")).json() == {"followed": [], "pinned": [], "mentions": 0}
    for method, end, body in (
        ("PUT", "follower", None), ("DELETE", "follower", None), ("PUT", "pin", None),
        ("DELETE", "pin", None), ("POST", "follower-reads", {"seq": 1}),
    ):  # fmt: skip
        hidden = await agent.send(method, f"/conversations/{conversation}/{end}", body)
        missing = await agent.send(method, f"/conversations/{uuid4()}/{end}", body)
        assert (hidden.status_code, missing.status_code) == (404, 404)
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=UUID(conversation), agent_id=agent.id, leg_id=uuid4()
        )
    assert len((await agent.get("/mentions")).json()["items"]) == 1
    await boss.send("POST", f"/messages/{recalled}/recalls")
    shown = (await agent.get("/mentions")).json()["items"][0]
    assert (shown["recalled"], shown["text"]) == (True, "")


async def test_who_may_not_see_it_is_known_before_and_hears_nothing(
    centre: Centre, agent: Person, boss: Person
) -> None:
    conversation = await held(centre, boss)
    path = f"/conversations/{conversation}/blind-members"
    blind = (await boss.get(path)).json()
    assert str(agent.id) in blind
    assert str(boss.id) not in blind
    assert (await agent.get(path)).status_code == 404
    await noted(boss, conversation, "@小林 请看", agent)
    assert (await agent.get("/following")).json()["mentions"] == 0
    assert (await agent.get("/mentions")).json()["items"] == []
    assert await news(agent) == []
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=UUID(conversation), agent_id=agent.id, leg_id=uuid4()
        )
    assert str(agent.id) not in (await boss.get(path)).json()


async def test_pins_are_ones_own(
    centre: Centre, agent: Person, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await held(centre, agent)
    path = f"/conversations/{conversation}"
    version = (await agent.get(path)).json()["version"]
    assert (await agent.send("PUT", f"{path}/pin")).status_code == 204
    assert (await agent.send("PUT", f"{path}/pin")).status_code == 204
    pinned = (await agent.get("/following")).json()["pinned"]
    assert [one["id"] for one in pinned] == [conversation]
    assert (await boss.get("/following")).json()["pinned"] == []
    # Nothing of it stands in the conversation.
    assert (await agent.get(path)).json()["version"] == version
    monkeypatch.setattr("peakend.conversations.actions.following.MOST_PINNED", 1)
    async with centre.tx() as tx:
        channel_id = await actions.add_channel(tx, name="公众号", changes={"digital": False})
        said = await actions.receive(
            tx, channel_id=channel_id, customer_id=centre.visitor.customer_id, client_id=uuid4(),
            text="另一处",
        )  # fmt: skip
        await actions.assign(
            tx, conversation_id=said.conversation_id, agent_id=agent.id, leg_id=uuid4()
        )
    other = str(said.conversation_id)
    full = await agent.send("PUT", f"/conversations/{other}/pin")
    assert (full.status_code, full.json()["error"]["code"]) == (
        409, "conversations.too_many_pinned",
    )  # fmt: skip
    # What is over makes room.
    await agent.send("POST", f"{path}/closings", {"solved": True})
    assert (await agent.send("PUT", f"/conversations/{other}/pin")).status_code == 204
    assert [one["id"] for one in (await agent.get("/following")).json()["pinned"]] == [other]
    assert (await agent.send("DELETE", f"/conversations/{other}/pin")).status_code == 204
    assert (await agent.get("/following")).json()["pinned"] == []
    assert rules.MOST_PINNED == 20


async def test_followers_follow_on_into_a_merge(
    centre: Centre, agent: Person, boss: Person
) -> None:
    one = await held(centre, boss)
    await agent.send("PUT", f"/conversations/{one}/follower")
    await boss.send("PUT", f"/conversations/{one}/follower")
    async with centre.tx() as tx:
        channel = await actions.add_channel(tx, name="公众号", changes={"digital": False})
        said = await actions.receive(
            tx, channel_id=channel, customer_id=centre.visitor.customer_id, client_id=uuid4(),
            text="另一处",
        )  # fmt: skip
    into = str(said.conversation_id)
    done = await boss.send("POST", f"/conversations/{into}/merges", {"absorbed_id": one})
    assert done.status_code < 300, done.text
    found = (await boss.get("/followed-conversations")).json()
    assert [(f["conversation"]["id"], f["moved"]) for f in found] == [(into, True)]
    last = found[0]["conversation"]["last_seq"]
    await boss.send("POST", f"/conversations/{into}/follower-reads", {"seq": last})
    found = (await boss.get("/followed-conversations")).json()
    assert [(f["conversation"]["id"], f["moved"], f["news"]) for f in found] == [(into, False, 0)]
