"""The desk over HTTP: permissions, shapes, hostile input."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from peakend.conversations import actions
from tests.accounts.people import Person, a_person
from tests.conversations.conftest import Centre


@pytest.fixture
async def boss(centre: Centre, client: httpx.AsyncClient) -> Person:
    return await a_person(centre.database, client, centre.organisation_id, "admin")


@pytest.fixture
async def agent(centre: Centre, client: httpx.AsyncClient) -> Person:
    return await a_person(centre.database, client, centre.organisation_id, "agent")


async def held_by(centre: Centre, person: Person, text: str = "你好") -> str:
    message = await centre.says(text)
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=message.conversation_id, agent_id=person.id, leg_id=uuid4()
        )
    return str(message.conversation_id)


async def test_a_day_at_the_desk(centre: Centre, agent: Person) -> None:
    conversation = await held_by(centre, agent)
    path = f"/conversations/{conversation}"
    listed = (await agent.get("/conversations?view=mine")).json()
    assert [row["id"] for row in listed["items"]] == [conversation]
    assert listed["items"][0]["unread"] == 1
    card = (await agent.get(path)).json()
    assert card["may"]["reply"] is True
    assert card["messages"]["items"][0]["text"] == "你好"
    assert card["customer"]["name"]
    body = {"client_id": str(uuid4()), "kind": "agent", "text": "您好"}
    sent = await agent.send("POST", f"{path}/messages", body)
    again = await agent.send("POST", f"{path}/messages", body)
    assert sent.status_code == again.status_code == 200
    assert sent.json() == again.json()
    assert sent.json()["author"]["name"] == "agent 小林"
    note = {"client_id": str(uuid4()), "kind": "note", "text": "记一下"}
    assert (await agent.send("POST", f"{path}/messages", note)).json()["kind"] == "note"
    draft = {"text": "还没写完", "kind": "agent", "card": None, "mail": None}
    assert (await agent.send("PUT", f"{path}/draft", draft)).status_code == 204
    aside = {"text": "要回访", "kind": "note", "card": None, "mail": None}
    assert (await agent.send("PUT", f"{path}/draft", aside)).status_code == 204
    assert (await agent.send("POST", f"{path}/reads", {"seq": 3})).status_code == 204
    card, bare = (await agent.get(path)).json(), {"pictures": []}
    assert sorted(card["drafts"], key=lambda one: one["kind"]) == [
        draft | {"pictures": []},
        aside | {"pictures": []},
    ]
    assert (await agent.send("PUT", f"{path}/draft", {**draft, "text": ""})).status_code == 204
    assert (await agent.get(path)).json()["drafts"] == [aside | bare]
    assert card["unread"] == 0
    page = (await agent.get(f"{path}/messages?before_seq=3&limit=1")).json()
    assert [m["seq"] for m in page["items"]] == [2]
    near = (await agent.get(f"{path}/messages?around_seq=2&limit=3")).json()
    assert ([m["seq"] for m in near["items"]], near["next"]) == ([1, 2, 3], None)
    near = (await agent.get(f"{path}/messages?around_seq=2&limit=1")).json()
    assert ([m["seq"] for m in near["items"]], near["next"]) == ([2], "2")
    assert (await agent.get("/conversations/counts")).json()["mine"] == 1
    stale = await agent.send("POST", f"{path}/closings", {"solved": True, "version": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conversations.stale")
    closed = await agent.send("POST", f"{path}/closings", {"solved": True})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    late = await agent.send(
        "POST", f"{path}/messages", {"client_id": str(uuid4()), "kind": "agent", "text": "x"}
    )
    assert (late.status_code, late.json()["error"]["code"]) == (409, "conversations.closed")
    undone = await agent.send("POST", f"{path}/reopenings", {"undo": True})
    assert (undone.json()["state"], undone.json()["agent_id"]) == ("serving", str(agent.id))
    found = (await agent.get("/search?q=您好&kind=messages")).json()
    assert found["messages"]["items"][0]["highlight"] == [[0, 2]]
    assert len((await agent.get(f"{path}/contacts")).json()) == 1


async def test_the_customer_comes_with_the_conversation_where_asked(
    centre: Centre, agent: Person
) -> None:
    path = f"/conversations/{await held_by(centre, agent)}"
    plain, both = (await agent.get(path)).json(), (await agent.get(f"{path}?card=true")).json()
    own = (await agent.get(f"/customers/{plain['customer']['id']}")).json()
    assert (plain["card"], both["card"]) == (None, own)


async def test_several_conversations_come_at_once_without_what_is_hidden(
    centre: Centre, agent: Person
) -> None:
    held = await held_by(centre, agent)
    hidden = str((await centre.says("你好")).conversation_id)
    asked = "&".join(f"ids={one}" for one in (held, hidden, uuid4(), held))
    (found,) = (await agent.get(f"/conversations/opened?{asked}&card=true")).json()
    alone = (await agent.get(f"/conversations/{held}?card=true")).json()
    assert found | {"wait_s": 0} == alone | {"wait_s": 0}
    many = "&".join(f"ids={uuid4()}" for _ in range(6))
    assert (await agent.get(f"/conversations/opened?{many}")).status_code == 422


async def test_what_is_hidden_is_not_there(
    centre: Centre, agent: Person, client: httpx.AsyncClient
) -> None:
    hidden = str((await centre.says("你好")).conversation_id)
    missing = str(uuid4())
    for method, end, body in (
        ("GET", "", None),
        ("GET", "/messages", None),
        ("GET", "/contacts", None),
        ("POST", "/messages", {"client_id": str(uuid4()), "kind": "agent", "text": "x"}),
        ("POST", "/messages", {"client_id": str(uuid4()), "kind": "note", "text": "x"}),
        ("PUT", "/draft", {"text": "x"}),
        ("POST", "/reads", {"seq": 1}),
        ("POST", "/closings", {}),
        ("POST", "/reopenings", {}),
        ("PUT", "/tags", {"tag_ids": []}),
        ("PUT", "/reason", {"reason_id": None}),
    ):
        answers = []
        for which in (hidden, missing):
            answer = await agent.send(method, f"/conversations/{which}{end}", body)
            answers.append((answer.status_code, answer.json()["error"]["code"]))
        assert answers == [(404, "conversations.not_found")] * 2, (method, end)
    assert (await client.get(f"/api/conversations/{hidden}")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"client_id": "x", "kind": "agent", "text": "x"},
        {"client_id": str(uuid4()), "kind": "customer", "text": "x"},
        {"client_id": str(uuid4()), "kind": "digital", "text": "x"},
        {"client_id": str(uuid4()), "kind": "agent", "text": "x", "author_id": str(uuid4())},
        {"client_id": str(uuid4()), "kind": "agent", "text": "x", "seq": 1},
        {"client_id": str(uuid4()), "kind": "agent", "text": "x", "__proto__": {"a": 1}},
        {"client_id": str(uuid4()), "kind": "agent", "text": 5},
        {"client_id": str(uuid4()), "kind": "agent", "text": "x" * 20_001},
        {"client_id": str(uuid4()), "kind": "agent", "text": "x" * 10_001},
        {"client_id": str(uuid4()), "kind": "agent", "text": ""},
        {"client_id": str(uuid4()), "kind": "agent", "text": "\x00"},
        {"client_id": str(uuid4()), "kind": "agent", "text": "", "file_ids": [1]},
        {"client_id": str(uuid4()), "kind": "agent", "file_ids": [str(uuid4())] * 11},
        {"client_id": str(uuid4()), "kind": "note", "text": "x", "mentions": [str(uuid4())] * 21},
    ],
)
async def test_malformed_messages(centre: Centre, agent: Person, body: Any) -> None:
    conversation = await held_by(centre, agent)
    answer = await agent.send("POST", f"/conversations/{conversation}/messages", body)
    assert answer.status_code == 422, answer.text
    assert await centre.value("SELECT count(*) FROM message") == 1


@pytest.mark.parametrize(
    "raw",
    [
        b'{"client_id":"0189e3a0-0000-7000-8000-000000000001","kind":"agent","text":"\\ud800"}',
        b'{"client_id":"0189e3a0-0000-7000-8000-000000000001","kind":"agent","text":"\xff"}',
        b"[" * 50_000,
        b'{"a":' * 20_000,
        b"",
        b"null",
        b'{"text": "' + b"x" * 900_000 + b'"}',
    ],
)
async def test_broken_bytes(centre: Centre, agent: Person, raw: bytes) -> None:
    conversation = await held_by(centre, agent)
    answer = await agent.browser.post(
        f"/api/conversations/{conversation}/messages",
        content=raw,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422, answer.text[:200]


async def test_ids_of_another_house(
    centre: Centre, agent: Person, boss: Person, another: Any
) -> None:
    conversation = await held_by(centre, agent)
    foreign = await another()
    for body in (
        {
            "client_id": str(uuid4()),
            "kind": "note",
            "text": "x",
            "mentions": [str(foreign.agent.id)],
        },
        {"client_id": str(uuid4()), "kind": "note", "text": "x", "file_ids": [str(uuid4())]},
    ):
        answer = await agent.send("POST", f"/conversations/{conversation}/messages", body)
        assert answer.status_code == 404
    answer = await boss.send("PATCH", f"/channels/{foreign.channel_id}", {"name": "x"})
    assert answer.status_code == 404
    answer = await boss.send("PATCH", f"/channels/{centre.channel_id}", {"brand_id": str(uuid4())})
    assert answer.status_code == 404
    for name in ("q_queue", "agent", "tag", "brand", "channel", "customer"):
        found = await boss.get(f"/conversations?view=all&{name}={foreign.channel_id}")
        assert found.json()["items"] == []


async def test_settings(centre: Centre, boss: Person, agent: Person) -> None:
    tag = await boss.send("POST", "/tags", {"name": "紧急", "colour": "#c0392b"})
    assert tag.status_code == 201
    assert (
        await agent.send("POST", "/tags", {"name": "x", "colour": "#000000"})
    ).status_code == 403
    assert len((await agent.get("/tags")).json()) == 1
    changed = await boss.send("PATCH", f"/tags/{tag.json()['id']}", {"name": "很急"})
    assert changed.json()["name"] == "很急"
    assert (await boss.send("DELETE", f"/tags/{tag.json()['id']}")).status_code == 204
    tree = await boss.send(
        "PUT", "/contact-reasons", {"nodes": [{"name_zh": "点不着火", "name_en": "Will not light"}]}
    )
    assert tree.json()["version"] == 1
    kept = tree.json()["nodes"]
    assert (await boss.send("PUT", "/contact-reasons", {"nodes": kept})).json()["version"] == 2
    assert (await agent.get("/contact-reasons")).json()["nodes"][0]["id"] == kept[0]["id"]
    channel = f"/channels/{centre.channel_id}"
    body = {"domains": ["https://Shop.example", "*.店.cn"], "look": {"colour": "#112233"}}
    changed = await boss.send("PATCH", channel, body)
    assert changed.json()["domains"] == ["shop.example", "*.xn--xyr.cn"] or changed.json()[
        "domains"
    ][1].startswith("*.xn--")
    assert changed.json()["look"]["title_zh"] == "在线客服"
    for wrong in (
        {"domains": ["javascript:alert(1)"]},
        {"domains": ["*"]},
        {"look": {"colour": "red;}"}},
        {"look": {"evil": "x"}},
        {"key": "mine"},
        {"organisation_id": str(uuid4())},
    ):
        assert (await boss.send("PATCH", channel, wrong)).status_code == 422, wrong
    secret = await boss.send("POST", f"{channel}/identity-secrets", {})
    assert len(secret.json()["secret"]) > 40
    shown = (await boss.get(channel)).text
    assert secret.json()["secret"] not in shown
    assert (await agent.send("POST", f"{channel}/identity-secrets", {})).status_code == 403
    assert "data-channel=" in (await boss.get(f"{channel}/script")).json()["html"]
    canned = await agent.send(
        "POST", "/canned-replies", {"shortcut": "hi", "title": "问候", "body": "{{agent.name}}"}
    )
    assert canned.status_code == 201
    conversation = await held_by(centre, agent)
    text = await agent.send(
        "POST",
        f"/canned-replies/{canned.json()['id']}/renderings",
        {"conversation_id": conversation},
    )
    assert text.json() == {"text": "agent 小林"}
    (ready,) = (await agent.get(f"/conversations/{conversation}/canned-replies")).json()
    assert (ready["text"], ready["typed"]) == ("agent 小林", "wenhou wh")


async def test_upload_and_send_a_picture(centre: Centre, agent: Person) -> None:
    import io

    from PIL import Image

    conversation = await held_by(centre, agent)
    out = io.BytesIO()
    picture = Image.new("RGB", (800, 600), "red")
    exif = picture.getexif()
    exif[0x010E] = "secret place"
    picture.save(out, "JPEG", exif=exif)
    answer = await agent.browser.post(
        "/api/files", files={"file": ("../x\u202egpj.exe", out.getvalue(), "text/html")}
    )
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["kind"], file["mime"]) == ("image", "image/jpeg")
    assert "\u202e" not in file["name"]
    sent = await agent.send(
        "POST",
        f"/conversations/{conversation}/messages",
        {"client_id": str(uuid4()), "kind": "agent", "file_ids": [file["id"]]},
    )
    assert sent.json()["files"][0]["url"] == file["url"]
    stored = await agent.browser.get(file["url"])
    assert stored.status_code == 200
    assert b"secret place" not in stored.content
    assert (await agent.browser.post("/api/files", files={"other": ("a", b"x")})).status_code == 422


HOSTILE = [
    "/search?q=%00",
    "/search?q=%22a%00b%22",
    "/search?q=%ff%fe",
    "/search?q=%ED%A0%80",
    "/search?q=" + "x" * 401,
    "/search?q=a&limit=0",
    "/search?q=a&limit=99999999999999999999",
    "/search?q=a&kind=secrets",
    "/search?q=a&cursor=x",
    "/search?q=a&kind=messages&cursor=WyJ4Il0",
    "/conversations?view=others",
    "/conversations?limit=-1",
    "/conversations?limit=1e9",
    "/conversations?agent=x",
    "/conversations?cursor=WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwieCJd",
    "/conversations?view=all&cursor="
    "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
    "/conversations?view=all&view=mine&view=" + "a" * 3_000,
    "/conversations/x",
    "/conversations/00000000-0000-0000-0000-000000000000/messages?before_seq=99999999999",
    "/conversations/00000000-0000-0000-0000-000000000000/messages?around_seq=2147483647",
    "/conversations?tag=%27%3B%20DROP%20TABLE%20tag%3B%20--",
    "/channels/%2e%2e",
]


@pytest.mark.parametrize("path", HOSTILE)
async def test_hostile_questions(boss: Person, path: str) -> None:
    await boss.get("/tags")
    answer = await boss.get(path)
    assert answer.status_code in (200, 404, 422), (answer.status_code, answer.text[:200])
