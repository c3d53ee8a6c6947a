"""The web channel over HTTP: a visitor comes, writes, leaves, comes back."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from peakend.conversations import actions
from tests.conversations.conftest import Centre


class Visitor:
    """A browser with the widget."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self.client = client
        self.key = key
        self.token = ""

    async def come(self, **more: Any) -> httpx.Response:
        answer = await self.client.post(f"/api/web/{self.key}/sessions", json=more)
        if answer.status_code == 201:
            self.token = answer.json()["token"]
        return answer

    async def send(self, end: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.client.post(
            f"/api/web/{self.key}/{end}", json=body or {}, headers=self.headers, **more
        )

    async def get(self, end: str) -> httpx.Response:
        return await self.client.get(f"/api/web/{self.key}/{end}", headers=self.headers)

    async def says(self, text: str, client_id: Any = None, **more: Any) -> httpx.Response:
        body = {"client_id": str(client_id or uuid4()), "text": text, **more}
        return await self.send("messages", body)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
async def key(centre: Centre) -> str:
    return str(await centre.value("SELECT key FROM channel"))


@pytest.fixture
async def visitor(client: httpx.AsyncClient, key: str) -> Visitor:
    found = Visitor(client, key)
    answer = await found.come(page={"url": "https://shop.example/a?token=1#x", "title": "灶具"})
    assert answer.status_code == 201, answer.text
    return found


async def test_a_visit(centre: Centre, visitor: Visitor) -> None:
    config = (await visitor.get("config?lang=en")).json()
    assert config["channel"]["texts"]["title"] == "Chat with us"
    assert (await visitor.get("conversation")).json() is None
    first = await visitor.says("燃气灶打不着火")
    assert first.status_code == 200, first.text
    assert first.json()["message"]["seq"] == 1
    assert first.json()["conversation"]["state"] == "waiting"
    conversation_id = first.json()["conversation"]["id"]
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=conversation_id, agent_id=centre.agent.id, leg_id=uuid4()
        )
        await actions.note(
            tx, conversation_id=conversation_id, client_id=None, text="难缠", by=centre.agent
        )
    async with centre.tx(centre.agent) as tx:
        await actions.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="您好", by=centre.agent
        )
    seen = (await visitor.get("conversation?after_seq=1")).json()
    assert [m["kind"] for m in seen["messages"]] == ["agent"]
    assert seen["agent"]["name"] == "linxi"
    assert "难缠" not in json.dumps(seen, ensure_ascii=False)
    assert (await visitor.send("reads", {"seq": 3, "delivered_seq": 3})).status_code == 204
    assert (await visitor.send("typing", {"on": True, "text_length": 3})).status_code == 204
    assert (await visitor.send("pages", {"url": "https://shop.example/b"})).status_code == 204
    closed = await visitor.send("closings")
    assert closed.json()["state"] == "closed"


async def test_coming_back(visitor: Visitor, client: httpx.AsyncClient, key: str) -> None:
    await visitor.says("你好")
    again = Visitor(client, key)
    answer = await again.come(token=visitor.token)
    assert answer.json()["conversation"]["last_seq"] == 1
    link = (await visitor.send("links")).json()["url"]
    assert visitor.token not in link
    resume = link.partition("#resume=")[2]
    other = Visitor(client, key)
    answer = await other.come(resume=resume)
    assert answer.json()["conversation"]["last_seq"] == 1
    for wrong in ("x", resume[:-4] + "AAAA", "é", resume * 3):
        assert (await other.come(resume=wrong)).status_code in (404, 422), wrong
    stranger = Visitor(client, key)
    assert (await stranger.come(token="no such token")).json()["conversation"] is None


async def test_a_retried_message_is_one(centre: Centre, visitor: Visitor) -> None:
    client_id = uuid4()
    answers = await asyncio.gather(*(visitor.says("一次", client_id) for _ in range(8)))
    good = {a.json()["message"]["id"] for a in answers if a.status_code == 200}
    assert len(good) == 1
    assert {a.status_code for a in answers} <= {200, 409}
    assert await centre.value("SELECT count(*) FROM message") == 1


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "note"},
        {"sender_type": "agent"},
        {"status": "closed"},
        {"agent_id": str(uuid4())},
        {"__proto__": {}},
        {"file_ids": [str(uuid4())]},
        {"file_ids": "x"},
        {"text": ""},
        {"text": "x" * 10_001},
        {"text": "\x00"},
        {"client_id": "1"},
        {"client_id": None},
    ],
)
async def test_what_visitors_may_not_say(
    centre: Centre, visitor: Visitor, more: dict[str, Any]
) -> None:
    body = {"client_id": str(uuid4()), "text": "x"} | more
    answer = await visitor.send("messages", body)
    assert answer.status_code in (404, 422), answer.text
    assert await centre.value("SELECT count(*) FROM message") == 0


async def test_tokens_open_their_own_channel_only(
    centre: Centre, visitor: Visitor, client: httpx.AsyncClient, another: Any
) -> None:
    foreign = await another()
    foreign_key = await foreign.value("SELECT key FROM channel")
    intruder = Visitor(client, foreign_key)
    intruder.token = visitor.token
    assert (await intruder.says("x")).status_code == 401
    assert (await intruder.get("conversation")).status_code == 401
    answer = await intruder.come(token=visitor.token)
    assert answer.json()["token"] != visitor.token
    for token in ("", "x", "é", "a" * 500):
        intruder.token = token
        with_token = {"Authorization": f"Bearer {token}".encode("utf-8", "replace")}
        answer = await client.get(f"/api/web/{foreign_key}/conversation", headers=with_token)
        assert answer.status_code == 401
    for wrong in ("nokey", "%00", "a" * 300, "..", "é"):
        answer = await client.get(f"/api/web/{wrong}/config")
        assert answer.status_code == 404, wrong
    # A visitor's token is no staff session.
    answer = await client.get("/api/conversations", headers=visitor.headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 200),
        ("https://shop.example", 200),
        ("https://a.wild.example", 200),
        ("https://evil-shop.example", 403),
        ("https://shop.example.evil.com", 403),
        ("https://evilwild.example", 403),
        ("null", 403),
        ("https://shop.example@evil.com", 403),
        ("file://", 403),
        ("https://[", 403),
    ],
)
async def test_origins(
    centre: Centre, client: httpx.AsyncClient, key: str, origin: str, status: int
) -> None:
    async with centre.tx() as tx:
        await actions.change_channel(
            tx,
            channel_id=centre.channel_id,
            changes={"domains": ["shop.example", "*.wild.example"]},
        )
    answer = await client.get(f"/api/web/{key}/config", headers={"Origin": origin})
    assert answer.status_code == status


def signed(secret: str, **fields: Any) -> dict[str, Any]:
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return fields | {"hash": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


async def test_signing_in_brings_the_conversation_along(
    centre: Centre, visitor: Visitor, client: httpx.AsyncClient, key: str
) -> None:
    async with centre.tx() as tx:
        secret = await actions.new_identity_secret(tx, channel_id=centre.channel_id)
    exp = int(time.time()) + 600
    await visitor.says("我还没登录")
    wrong = await visitor.send("identities", {"identity": signed("guess", id="u1", exp=exp)})
    assert wrong.json()["identified"] is False
    right = await visitor.send(
        "identities", {"identity": signed(secret, id="u1", name="林夕", exp=exp)}
    )
    assert right.json()["identified"] is True
    assert right.json()["conversation"]["last_seq"] == 1
    # The same person on another device, where something was written before signing in.
    phone = Visitor(client, key)
    await phone.come()
    await phone.says("手机上也写了")
    known = await phone.send("identities", {"identity": signed(secret, id="u1", exp=exp)})
    assert known.json()["identified"] is True
    customers = await centre.value("SELECT count(DISTINCT customer_id) FROM conversation")
    assert customers == 1
    still = await centre.value("SELECT count(*) FROM conversation WHERE state <> 'closed'")
    assert still == 1
    # Somebody else signs in on the first browser: nothing of u1 is shown.
    other = await visitor.send("identities", {"identity": signed(secret, id="u2", exp=exp)})
    assert other.json() == {"identified": True, "conversation": None}


async def test_identity_required(centre: Centre, visitor: Visitor) -> None:
    async with centre.tx() as tx:
        await actions.change_channel(
            tx, channel_id=centre.channel_id, changes={"identity_required": True}
        )
    answer = await visitor.says("你好")
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        403,
        "conversations.identity_required",
    )


async def test_floods_end(visitor: Visitor, centre: Centre) -> None:
    answers = [await visitor.says(f"{n}") for n in range(40)]
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert "Retry-After" in refused[0].headers
    assert await centre.value("SELECT count(*) FROM message") <= 30


async def test_visits_are_limited_per_address(client: httpx.AsyncClient, key: str) -> None:
    statuses = [(await Visitor(client, key).come()).status_code for _ in range(230)]
    assert 429 in statuses


async def test_visitors_send_files(visitor: Visitor, client: httpx.AsyncClient) -> None:
    answer = await client.post(
        f"/api/web/{visitor.key}/files",
        files={"file": ("x.html", b"<script>alert(1)</script>", "text/html")},
        headers=visitor.headers,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["kind"] == "file"
    sent = await visitor.says("", file_ids=[answer.json()["id"]])
    url = sent.json()["message"]["files"][0]["url"]
    got = await client.get(url)
    assert got.headers["content-disposition"].startswith("attachment")
    assert (await client.get(url.split("?")[0])).status_code == 404
