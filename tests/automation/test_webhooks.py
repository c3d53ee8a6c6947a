"""Webhooks: what is told, signed, tried again, given up and told once more."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from standardwebhooks import Webhook as Verifier

from peakend.automation import actions, queries
from peakend.automation.models import Delivery, Webhook
from peakend.automation.rules.webhooks import (
    ALL_KINDS,
    GIVEN_UP_AFTER,
    LEASE,
    RETRY_S,
    TROUBLED_AFTER,
    message_id,
    next_try_s,
    rest_s,
    retry_after_s,
    status_wording,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.events import FACTS, record
from peakend.kernel.outgoing import fetching
from peakend.kernel.words import LANGUAGES, has_word, word
from peakend.knowledge.events import ArticlePublished
from tests.accounts.people import Person, a_person
from tests.automation.receiving import Receiver, receiving
from tests.databases import make_organisation

ROOT = Path(__file__).parents[2]
KINDS = ["QueueOpened", "ConversationTagged", "ArticlePublished"]


class Post:
    """An organisation with one webhook, and a clock of its own."""

    def __init__(self, database: Database, organisation_id: UUID) -> None:
        self.database = database
        self.system = Actor.system(organisation_id)
        self.at = datetime.now(UTC)
        self.courier = actions.Courier(database, lambda: self.at)

    def tx(self, actor: Actor | None = None) -> Any:
        return self.database.transaction(actor or self.system, self.at)

    async def hook(self, url: str, kinds: list[str] | None = None) -> tuple[UUID, str]:
        async with self.tx() as tx:
            return await actions.add_webhook(
                tx,
                webhook=actions.WebhookText(name="订单系统", url=url, kinds=kinds or KINDS),
            )

    async def happen(self, times: int = 1) -> None:
        """Let something happen that webhooks are told."""
        async with self.tx() as tx:
            for _ in range(times):
                await record(
                    tx,
                    ArticlePublished(
                        article_id=uuid4(), published_version=1, audience="public", first=True
                    ),
                )
        # What else happens in the server (databases being made) holds the watermark back.
        async with asyncio.timeout(30), self.tx() as tx:
            while not await tx.value(
                "SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM event"
                " WHERE organisation_id = current_organisation()"
            ):
                await asyncio.sleep(0.02)
            await actions.gather_webhooks(tx)

    async def carry(self, later_s: float = 0) -> int:
        self.at += timedelta(seconds=later_s)
        return await self.courier.carry()

    async def log(self, webhook_id: UUID) -> list[Delivery]:
        async with self.tx() as tx:
            return (await queries.deliveries(tx, webhook_id)).items

    async def webhook(self, webhook_id: UUID) -> Webhook:
        async with self.tx() as tx:
            return await queries.need_webhook(tx, webhook_id)

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        async with self.tx() as tx:
            return list(
                await tx.value(
                    "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event"
                    " WHERE organisation_id = current_organisation() AND type = $1",
                    kind,
                )
            )


@pytest.fixture
def post(database: Database, organisation: UUID) -> Post:
    return Post(database, organisation)


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    async with receiving(monkeypatch) as made:
        yield made


async def test_what_happens_is_told_signed_and_without_private_data(
    post: Post, receiver: Receiver
) -> None:
    await post.happen()
    webhook_id, secret = await post.hook(receiver.url("/h?x=1"))
    await post.happen()
    assert await post.carry() == 1
    [message] = receiver.came
    assert message.path == "/h?x=1"
    Verifier(secret).verify(message.body, message.headers)
    said = json.loads(message.body)
    assert said["type"] == "ArticlePublished"
    assert set(said) == {"type", "timestamp", "data"}
    assert set(said["data"]) == {
        "fact_id", "version", "actor", "article_id", "published_version", "audience", "first",
    }  # fmt: skip
    [delivery] = await post.log(webhook_id)
    assert (delivery.state, delivery.status, delivery.attempt) == ("delivered", 200, 1)
    assert message.headers["webhook-id"] == message_id(delivery.id)
    assert message.headers["user-agent"].startswith("Peakend/")
    # Gathering again finds nothing, and nothing is sent twice.
    async with post.tx() as tx:
        assert await actions.gather_webhooks(tx) == 0
    assert await post.carry(3600) == 0
    assert secret not in str(await post.webhook(webhook_id))
    async with post.database.system() as tx:
        kept = await tx.value("SELECT row_to_json(w)::text FROM webhook w")
    assert secret not in kept


async def test_every_kind_that_can_be_chosen_exists_and_has_its_name() -> None:
    assert set(FACTS) >= ALL_KINDS
    assert not any(kind.startswith("Webhook") for kind in ALL_KINDS)
    for language in LANGUAGES:
        names = json.loads(
            (ROOT / f"web/desk/src/contexts/automation/hooks/words.{language}.json").read_text()
        )
        assert {f"automation.hooks.kind.{kind}" for kind in ALL_KINDS} <= set(names)


async def test_what_is_not_chosen_is_not_told(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url(), ["QueueOpened"])
    await post.happen()
    assert await post.carry() == 0
    assert await post.log(webhook_id) == []


async def test_it_is_tried_again_by_the_schedule_and_then_given_up(
    post: Post, receiver: Receiver
) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen()
    receiver.status = 500
    ids = set()
    for attempt in range(1, len(RETRY_S) + 2):
        assert await post.carry() == 1, attempt
        [delivery] = await post.log(webhook_id)
        assert delivery.attempt == attempt
        ids.add(receiver.came[-1].headers["webhook-id"])
        if attempt <= len(RETRY_S):
            assert delivery.state == "waiting"
            wait = (delivery.next_at - post.at).total_seconds()
            assert RETRY_S[attempt - 1] <= wait <= 1.2 * RETRY_S[attempt - 1] + 1
            assert await post.carry(wait - 1) == 0
            # A receiver in trouble rests; its failure must not yet look like days without anybody.
            async with post.tx() as tx:
                await tx.run("UPDATE webhook SET rests_until = NULL, failing_since = $1", post.at)
            post.at += timedelta(seconds=1.5)
    assert (delivery.state, delivery.status) == ("dead", 500)
    assert len(ids) == 1
    assert await post.carry(10**6) == 0
    async with post.tx() as tx:
        assert len(await queries.attempts(tx, delivery.id)) == len(RETRY_S) + 1
    # The dead letter is sent once more, under its own id.
    receiver.status = 204
    async with post.tx() as tx:
        await actions.replay_delivery(tx, webhook_id=webhook_id, delivery_id=delivery.id)
    assert await post.carry() == 1
    [delivery] = await post.log(webhook_id)
    assert (delivery.state, delivery.status) == ("delivered", 204)
    assert receiver.came[-1].headers["webhook-id"] in ids
    assert await post.facts("WebhookReplayed") == [{"count": 1, "webhook_id": str(webhook_id)}]


def test_schedule_and_rest() -> None:
    assert next_try_s(1, 0) == 5
    assert next_try_s(1, 1) == 6
    assert next_try_s(1, 0, 120) == 120
    assert next_try_s(2, 0, 10) == 300
    assert next_try_s(1, 0, 10**9) == 86_400
    assert next_try_s(10, 0) is None
    assert [rest_s(n) for n in (0, 4, 5, 6, 40)] == [0, 0, 30, 60, 3600]
    assert retry_after_s("120") == 120
    assert retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT") is None
    for status in range(300, 600):
        assert has_word(status_wording(status))
        assert "{" not in word(status_wording(status), "en", status=status)


async def test_whoever_tells_again_waits_for_no_rest(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    receiver.status = 500
    await post.happen(TROUBLED_AFTER)
    while await post.carry():
        pass
    assert (await post.webhook(webhook_id)).rests_until is not None
    delivery = (await post.log(webhook_id))[0]
    # Mended by now: the whole webhook is told at once, and what waits for hours comes first.
    receiver.status = 204
    async with post.tx() as tx:
        await tx.run("UPDATE webhook_delivery SET next_at = $1", post.at + timedelta(hours=5))
    assert await post.carry() == 0
    async with post.tx() as tx:
        await actions.replay_delivery(tx, webhook_id=webhook_id, delivery_id=delivery.id)
    assert await post.carry() == 1
    assert (await post.log(webhook_id))[0].state == "delivered"
    # What may be on its way this very moment is left alone.
    other = (await post.log(webhook_id))[1]
    async with post.tx() as tx:
        await tx.run(
            "UPDATE webhook_delivery SET next_at = $1 WHERE id = $2", post.at + LEASE, other.id
        )
        await actions.replay_delivery(tx, webhook_id=webhook_id, delivery_id=other.id)
    assert await post.carry() == 0


async def test_a_receiver_may_ask_for_time(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen()
    receiver.status, receiver.extra = 429, "Retry-After: 900\r\n"
    await post.carry()
    [delivery] = await post.log(webhook_id)
    assert (delivery.next_at - post.at).total_seconds() >= 900


async def test_who_is_gone_is_asked_no_more(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen(3)
    receiver.status = 410
    await post.carry()
    found = await post.webhook(webhook_id)
    assert (found.state, found.why) == ("disabled", "gone")
    assert {one.state for one in await post.log(webhook_id)} == {"dead"}
    assert await post.facts("WebhookDisabled") == [{"why": "gone", "webhook_id": str(webhook_id)}]
    await post.happen()
    assert len(await post.log(webhook_id)) == 3
    # Resumed, it goes on from now; what it missed can be told once more.
    receiver.status = 200
    before = post.at - timedelta(minutes=1)
    async with post.tx() as tx:
        await actions.switch_webhook(tx, webhook_id=webhook_id, active=True)
    post.at += timedelta(minutes=1)
    await post.happen()
    assert await post.carry() == 1
    async with post.tx() as tx:
        again = await actions.replay_range(
            tx, webhook_id=webhook_id, since=before, until=post.at + timedelta(seconds=1)
        )
    assert again == 5
    assert await post.carry() == 5
    assert {one.state for one in await post.log(webhook_id)} == {"delivered"}


async def test_long_failure_disables(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    receiver.status = 503
    await post.happen()
    await post.carry()
    assert (await post.webhook(webhook_id)).state == "active"
    await post.carry(GIVEN_UP_AFTER.total_seconds())
    found = await post.webhook(webhook_id)
    assert (found.state, found.why) == ("disabled", "failing")
    async with post.tx() as tx:
        assert await tx.value("SELECT count(*) FROM audit_entry WHERE action = 'webhook.disabled'")


async def test_a_slow_or_failing_receiver_holds_up_nobody(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = asyncio.Event()
    stuck: set[str] = set()

    async def wait(message: Any) -> None:
        if message.path == "/slow":
            stuck.add(message.headers["webhook-id"])
            await let_go.wait()

    receiver.before = wait
    slow, _ = await post.hook(receiver.url("/slow"))
    quick, _ = await post.hook(receiver.url("/quick"))
    await post.happen(40)
    stop = asyncio.Event()
    running = asyncio.create_task(post.courier.run(stop))
    try:
        async with asyncio.timeout(20):
            while sum(one.path == "/quick" for one in receiver.came) < 40:
                await asyncio.sleep(0.02)
        assert len(stuck) == 4
        async with asyncio.timeout(20):
            while {one.state for one in await post.log(quick)} != {"delivered"}:
                await asyncio.sleep(0.02)
        assert {one.state for one in await post.log(slow)} == {"waiting"}
    finally:
        stop.set()
        let_go.set()
        await running


async def test_in_trouble_one_at_a_time_after_a_rest(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    receiver.status = 500
    await post.happen(20)
    await post.carry()
    sent = len(receiver.came)
    assert TROUBLED_AFTER <= sent <= TROUBLED_AFTER + 4
    assert (await post.webhook(webhook_id)).rests_until > post.at
    assert await post.carry(1) == 0
    assert await post.carry(3600) == 1
    receiver.status = 200
    assert await post.carry(3600) > 1
    found = await post.webhook(webhook_id)
    assert (found.failures, found.failing_since, found.rests_until) == (0, None, None)


async def test_killed_between_sending_and_writing_down(
    post: Post, receiver: Receiver, dsn: str
) -> None:
    """A process dies by SIGKILL while the receiver has the message: it comes again, same id."""
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen()
    sender: subprocess.Popen[bytes] | None = None

    async def kill(message: Any) -> None:
        assert sender is not None
        os.kill(sender.pid, signal.SIGKILL)

    receiver.before = kill
    code = (
        "import asyncio, sys\n"
        "from peakend.entry import wiring\n"
        "from peakend.automation.actions import Courier\n"
        "from peakend.kernel.db import Database\n"
        "async def main():\n"
        "    wiring.load()\n"
        "    await Courier(await Database(sys.argv[1]).open(2, listen=False)).carry()\n"
        "asyncio.run(main())\n"
    )
    sender = subprocess.Popen(
        [sys.executable, "-c", code, dsn],
        env={**os.environ, "PEAKEND_OUTGOING_ALLOWED": "127.0.0.1"},
    )
    assert await asyncio.to_thread(sender.wait, 60) == -signal.SIGKILL
    receiver.before = None
    [delivery] = await post.log(webhook_id)
    assert (delivery.state, delivery.attempt) == ("waiting", 1)
    assert await post.carry() == 0
    assert await post.carry(120) == 1
    first, second = receiver.came
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (await post.log(webhook_id))[0].state == "delivered"


async def test_who_lost_the_lease_writes_nothing_down(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen()

    async def overtake(message: Any) -> None:
        if len(receiver.came) == 1:
            post.at += timedelta(seconds=120)
            await actions.Courier(post.database, lambda: post.at).carry()

    receiver.before = overtake
    await post.carry()
    [delivery] = await post.log(webhook_id)
    assert (delivery.state, delivery.attempt) == ("delivered", 2)
    assert len({one.headers["webhook-id"] for one in receiver.came}) == 1


async def test_a_new_secret_overlaps_with_the_old(post: Post, receiver: Receiver) -> None:
    webhook_id, old = await post.hook(receiver.url())
    async with post.tx() as tx:
        new = await actions.rotate_secret(tx, webhook_id=webhook_id)
    await post.happen()
    await post.carry()
    message = receiver.came[-1]
    assert len(message.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Verifier(secret).verify(message.body, message.headers)
    with pytest.raises(Exception, match="signature"):
        Verifier("whsec_" + "A" * 44).verify(message.body, message.headers)
    post.at += timedelta(hours=25)
    await post.happen()
    await post.carry()
    assert len(receiver.came[-1].headers["webhook-signature"].split()) == 1


async def test_nothing_inside_is_asked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that turned inside after it was set up is refused when it is used."""
    webhook_id, _ = await post.hook("https://hostile.test/")
    await post.happen()

    async def resolve(host: str, port: int) -> list[Any]:
        return [ip_address("169.254.169.254")]

    monkeypatch.setattr(fetching, "resolve", resolve)
    await post.carry()
    [delivery] = await post.log(webhook_id)
    assert (delivery.state, delivery.code) == ("waiting", "kernel.outgoing.inside")


async def test_old_deliveries_are_forgotten(post: Post, receiver: Receiver) -> None:
    webhook_id, _ = await post.hook(receiver.url())
    await post.happen(2)
    await post.carry()
    for days, left in ((13, 2), (2, 0)):
        post.at += timedelta(days=days)
        async with post.tx() as tx:
            await actions.sweep_deliveries(tx)
        assert len(await post.log(webhook_id)) == left


@pytest.fixture
async def boss(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, "admin", login="boss")


def given(url: str, **more: Any) -> dict[str, Any]:
    return {"name": "订单系统", "url": url, "kinds": KINDS, **more}


async def test_the_whole_of_it_over_http(
    post: Post, boss: Person, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    made = await boss.send("POST", "/webhooks", given(receiver.url()))
    assert made.status_code == 201, made.text
    webhook_id = made.json()["id"]
    assert made.json()["secret"].startswith("whsec_")
    kinds = (await boss.get("/webhook-kinds")).json()
    assert {kind for group in kinds for kind in group["kinds"]} == ALL_KINDS
    tried = (await boss.send("POST", f"/webhooks/{webhook_id}/tests")).json()
    assert (tried["good"], tried["status"], tried["message"]) == (True, 200, "")
    Verifier(made.json()["secret"]).verify(receiver.came[-1].body, receiver.came[-1].headers)
    assert json.loads(receiver.came[-1].body)["type"] == "Test"
    receiver.status = 404
    tried = (await boss.send("POST", f"/webhooks/{webhook_id}/tests")).json()
    assert not tried["good"]
    assert "nothing is at this path" in tried["message"]
    assert tried["answer"] == "ok"
    await post.happen(3)
    await post.carry()
    first = (await boss.get(f"/webhooks/{webhook_id}/deliveries?limit=2")).json()
    assert len(first["items"]) == 2
    rest = (
        await boss.get(f"/webhooks/{webhook_id}/deliveries?limit=2&cursor={first['next']}")
    ).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert (await boss.get(f"/webhooks/{webhook_id}/deliveries?only=dead")).json()["items"] == []
    one = first["items"][0]
    assert (one["state"], one["status"]) == ("waiting", 404)
    path = f"/webhooks/{webhook_id}/deliveries/{one['id']}"
    detail = (await boss.get(path)).json()
    assert detail["body"] == next(m.body for m in receiver.came if one["fact_id"] in m.body)
    assert [each["status"] for each in detail["attempts"]] == [404]
    assert (await boss.send("POST", f"{path}/replays")).status_code == 201
    listed = (await boss.get("/webhooks")).json()
    assert [(each["waiting"], each["state"]) for each in listed] == [(3, "active")]
    assert "secret" not in str(listed)
    paused = await boss.send("PUT", f"/webhooks/{webhook_id}/activity", {"active": False})
    assert paused.json()["state"] == "paused"
    assert await post.carry(10**6) == 0
    stale = {"version": 1, "name": "x"}
    assert (await boss.send("PATCH", f"/webhooks/{webhook_id}", stale)).status_code == 409
    fresh = {"version": paused.json()["version"], "name": "ERP", "kinds": ["QueueOpened"]}
    assert (await boss.send("PATCH", f"/webhooks/{webhook_id}", fresh)).json()["name"] == "ERP"
    now = datetime.now(UTC)
    span = {"since": (now - timedelta(days=40)).isoformat(), "until": now.isoformat()}
    assert (await boss.send("POST", f"/webhooks/{webhook_id}/replays", span)).status_code == 422
    again = (await boss.send("POST", f"/webhooks/{webhook_id}/secrets")).json()
    assert again["secret"] != made.json()["secret"]
    assert (await boss.send("DELETE", f"/webhooks/{webhook_id}")).status_code == 204
    assert (await boss.get(f"/webhooks/{webhook_id}/deliveries")).status_code == 404


@pytest.mark.parametrize(
    ("url", "wording"),
    [
        ("http://example.com/", "not_encrypted"),
        ("https://user:pw@example.com/", "malformed"),
        ("file:///etc/passwd", "malformed"),
        ("https://example.com:25/", "port"),
        ("http://2130706433/", "malformed"),
    ],
)
async def test_bad_addresses_are_refused_with_a_sentence(
    boss: Person, url: str, wording: str
) -> None:
    answer = await boss.send("POST", "/webhooks", given(url))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == f"kernel.outgoing.{wording}"
    assert answer.json()["error"]["fields"] == {"url": f"kernel.outgoing.{wording}"}


async def test_bad_input_and_strangers(
    database: Database, client: httpx.AsyncClient, boss: Person, receiver: Receiver
) -> None:
    for more in ({"kinds": ["Nonsense"]}, {"kinds": []}, {"kinds": ["MemberJoined"]}, {"x": 1}):
        answer = await boss.send("POST", "/webhooks", given(receiver.url(), **more))
        assert answer.status_code == 422
    other = await a_person(
        database, client, await make_organisation(database), "admin", login="other"
    )
    webhook_id = (await boss.send("POST", "/webhooks", given(receiver.url()))).json()["id"]
    for method, path, body in (
        ("PATCH", "", {"version": 1, "name": "x"}),
        ("DELETE", "", None),
        ("PUT", "/activity", {"active": False}),
        ("POST", "/secrets", None),
        ("POST", "/tests", None),
        ("GET", "/deliveries", None),
    ):
        answer = await other.send(method, f"/webhooks/{webhook_id}{path}", body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await other.get("/webhooks")).json() == []


async def test_addresses_need_two_people_where_the_house_wants_it(
    database: Database, client: httpx.AsyncClient, boss: Person, receiver: Receiver
) -> None:
    second = await a_person(database, client, boss.organisation_id, "admin", login="second")
    first = (await boss.send("POST", "/webhooks", given(receiver.url()))).json()
    assert (await boss.send("PUT", "/two-person-rule", {"active": True})).status_code == 200
    answer = await boss.send("POST", "/webhooks", given(receiver.url()))
    assert answer.json()["error"]["code"] == "accounts.second_person_needed"
    elsewhere = {"version": 1, "url": receiver.url("/other")}
    answer = await boss.send("PATCH", f"/webhooks/{first['id']}", elsewhere)
    assert answer.json()["error"]["code"] == "accounts.second_person_needed"
    renamed = await boss.send("PATCH", f"/webhooks/{first['id']}", {"version": 1, "name": "ERP"})
    assert renamed.status_code == 200
    for kind, body in (
        ("webhook.add", given(receiver.url("/two"))),
        ("webhook.change", {"webhook_id": first["id"], "url": receiver.url("/other")}),
    ):
        wanted = {"kind": kind, "body": body, "reason": "对接"}
        asked = await boss.send("POST", "/proposals", wanted)
        assert asked.status_code == 201, asked.text
        path = f"/proposals/{asked.json()['id']}/confirmations"
        assert (await boss.send("POST", path)).status_code == 409
        done = await second.send("POST", path)
        assert done.status_code == 200, done.text
        assert bool(done.json()["key"]) == (kind == "webhook.add")
    urls = {one["url"] for one in (await boss.get("/webhooks")).json()}
    assert urls == {receiver.url("/two"), receiver.url("/other")}


async def test_no_key_and_no_narrow_sight_sets_one_up(
    post: Post, boss: Person, receiver: Receiver
) -> None:
    async with post.tx() as tx:
        whole = Actor(
            organisation_id=post.system.organisation_id,
            kind="member",
            id=boss.id,
            permissions=frozenset({"integrations.manage"}),
            scope="all",
        )
        text = actions.WebhookText(name="x", url=receiver.url(), kinds=KINDS)
        for actor, error in (
            (msgspec.structs.replace(whole, key_id=uuid4()), actions.WebhookByKey),
            (msgspec.structs.replace(whole, scope="queue"), actions.NotWholeHouse),
            (msgspec.structs.replace(whole, every_brand=False), actions.NotWholeHouse),
        ):
            tx.actor = actor
            with pytest.raises(error):
                await actions.add_webhook(tx, webhook=text)
        tx.actor = whole
        await actions.add_webhook(tx, webhook=text)
