"""The work that is cut off anywhere: who is there, and what they do, step by step.

A step is told to the parent once its answer has been received: from then on it may not be lost.
After the restart the same script runs again; what was answered is left out, the rest is sent
again, as browsers do.
"""

import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from peakend.accounts import actions as accounts
from peakend.accounts import queries as account_queries
from peakend.customers import actions as customers
from peakend.entry import wiring
from peakend.kernel import clock
from peakend.kernel.db import Database, use
from peakend.kernel.events import FACTS, reacts_to
from peakend.kernel.worker import Worker
from tests.assist.shop import Shop
from tests.crash import grants, mails
from tests.databases import make_organisation
from tests.routing.floor import Floor

World = dict[str, Any]
Step = Callable[[], Awaitable[dict[str, Any]]]
PROBE = """
CREATE TABLE crash_probe (organisation_id uuid DEFAULT current_organisation(), fact_id uuid);
GRANT SELECT, INSERT ON crash_probe TO peakend_app;
"""


def load() -> None:
    """Plug everything together, and let every fact count how often it is reacted to."""
    wiring.load()

    @reacts_to(*FACTS.values(), priority=4)
    async def count_fact(tx: Any, fact: Any) -> None:
        await tx.run("INSERT INTO crash_probe (fact_id) VALUES ($1)", tx.cause.id)


async def prepare(dsn: str, scenario: str) -> World:
    """Make the world in which a scenario begins, and return its names and tokens."""
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute(PROBE)
    await connection.close()
    database = await Database(dsn).open(4, listen=False)
    use(database)
    digital = scenario == "receive_digital"
    floor: Floor = (Shop if digital else Floor)(database, await make_organisation(database))
    # A little in the past: what the preparation made due must be due when the work begins.
    floor.now = clock.now() - timedelta(seconds=10)
    await floor.open()
    first, second = await floor.hire("lin"), await floor.hire("zhao")
    await floor.ready(first, second)
    world: World = {"queue": str(floor.queue_id), "agents": {}}
    async with floor.tx() as tx:
        world["key"] = await tx.value("SELECT key FROM channel")
        for agent in (first, second):
            entry = await accounts.enter(tx, member_id=agent.id)
            world["agents"][str(agent.id)] = entry.token
        visit = await customers.start_visit(tx, channel_id=floor.channel_id, language="zh-CN")
    world["visitor"] = visit.token
    if scenario.startswith("mail_"):
        async with floor.tx() as tx:
            await mails.prepare(tx, scenario)
    elif scenario not in ("receive_new", "receive_digital", "receive_file"):
        conversation_id = await floor.writes(visit.customer_id)
        if not scenario.startswith("offer"):
            await floor.drain()
            leg = await floor.need_leg(conversation_id)
            holder = first if leg.offered_to == first.id else second
            await floor.accept(holder, conversation_id)
            await floor.drain()
            world["holder"] = str(holder.id)
        if scenario == "receive_reopens":
            await floor.close(conversation_id)
        world["conversation"] = str(conversation_id)
        if scenario == "grant":
            async with floor.tx() as tx:
                customer_id = (await floor.conversation(conversation_id)).customer_id
                world |= await grants.prepare(tx, customer_id)
    await floor.drain()
    await database.close()
    return world


class Play:
    """A running script, in a process that may end at any boundary."""

    def __init__(
        self, app: Any, database: Database, world: World, done: dict[str, Any], tell: Any
    ) -> None:
        self.world = world
        self.done = done
        self.tell = tell
        self.database = database
        self.ahead = timedelta(0)
        self.worker = Worker(database, lambda: clock.now() + self.ahead)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://testserver",
            headers={"X-Peakend": "1", "Accept-Language": "en"},
        )

    async def step(self, name: str, run: Step) -> None:
        """Do a step unless it was answered before, and tell its answer."""
        if name not in self.done:
            self.done[name] = await run()
            self.tell(name, self.done[name])

    async def drain(self, ahead_s: float = 0) -> None:
        """Let the worker work, so many seconds later."""
        self.ahead += timedelta(seconds=ahead_s)
        await self.worker.drain(400)

    async def visitor(self, end: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.world['visitor']}"}
        sent = more or {"json": body or {}}
        return await self.http.post(f"/api/web/{self.world['key']}/{end}", headers=headers, **sent)

    async def desk(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        name = account_queries.cookie_name(False)
        headers = {"Cookie": f"{name}={self.world['agents'][who]}"}
        return await self.http.request(method, f"/api{path}", headers=headers, json=body)

    def says(self, name: str, text: str, **more: Any) -> Awaitable[None]:
        """The customer writes."""

        async def run() -> dict[str, Any]:
            body = {"client_id": client_id(name), "text": text, **more}
            answer = await self.visitor("messages", body)
            assert answer.status_code == 200, answer.text
            return message(answer.json()["message"], name)

        return self.step(name, run)

    def writes(self, name: str, text: str, kind: str = "agent") -> Awaitable[None]:
        """The agent who holds the conversation writes."""

        async def run() -> dict[str, Any]:
            body = {"client_id": client_id(name), "kind": kind, "text": text}
            path = f"/conversations/{self.world['conversation']}/messages"
            answer = await self.desk(self.world["holder"], "POST", path, body)
            assert answer.status_code == 200, answer.text
            return message(answer.json(), name)

        return self.step(name, run)

    def does(self, name: str, path: str, body: Any, *, good: tuple[int, ...]) -> Awaitable[None]:
        """The agent who holds the conversation does something that a repeat may find done."""

        async def run() -> dict[str, Any]:
            where = f"/conversations/{self.world['conversation']}/{path}"
            answer = await self.desk(self.world["holder"], "POST", where, body)
            assert answer.status_code in good, answer.text
            return {"status": answer.status_code}

        return self.step(name, run)

    def offered(self, name: str, end: str) -> Awaitable[None]:
        """Whoever has the offer answers it; nobody has it where the answer was kept already."""

        async def run() -> dict[str, Any]:
            for who in self.world["agents"]:
                presence = (await self.desk(who, "GET", "/presence/me")).json()
                for offer in presence["offers"]:
                    body = {"offer": offer["offer"]}
                    path = f"/offers/{offer['leg_id']}/{end}"
                    answer = await self.desk(who, "POST", path, body)
                    assert answer.status_code in (200, 204), answer.text
                    return {"leg": offer["leg_id"], "who": who}
            return {}

        return self.step(name, run)


def client_id(name: str) -> str:
    """Return the id that the client gives the message of a step."""
    return str(UUID(bytes=name.encode().ljust(16, b".")[:16]))


def message(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what was acknowledged of a message."""
    return {"message": answer["id"], "seq": answer["seq"], "client_id": client_id(name)}


def picture() -> bytes:
    """Return a small photo that is shrunk and written again when it is kept."""
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((700, 600), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def receive_new(play: Play) -> None:
    await play.says("first", "您好，灶台打不着火")
    await play.drain()
    await play.says("second", "已经换过电池了")
    await play.drain()


async def receive_more(play: Play) -> None:
    await play.says("first", "还在吗")
    await play.says("second", "麻烦快一点")
    await play.drain()


async def receive_reopens(play: Play) -> None:
    await play.says("first", "又打不着了")
    await play.drain()


async def receive_file(play: Play) -> None:
    async def upload() -> dict[str, Any]:
        part = {"file": ("灶台.jpg", picture(), "image/jpeg")}
        answer = await play.visitor("files", files=part)
        assert answer.status_code == 201, answer.text
        return {"file": answer.json()["id"]}

    await play.step("upload", upload)
    await play.says("first", "", file_ids=[play.done["upload"]["file"]])
    await play.drain()


async def receive_digital(play: Play) -> None:
    await play.says("first", "燃气灶打不着火怎么办")
    await play.drain()

    async def want() -> dict[str, Any]:
        answer = await play.visitor("persons")
        assert answer.status_code == 200, answer.text
        return {}

    await play.step("person", want)
    await play.drain()


async def reply(play: Play) -> None:
    await play.writes("first", "您好，我来帮您")
    await play.writes("note", "客户很着急", kind="note")
    await play.writes("second", "请先确认气阀")
    await play.drain()


async def offer_taken(play: Play) -> None:
    await play.drain()
    await play.offered("take", "acceptances")
    await play.drain()


async def offer_passes_on(play: Play) -> None:
    await play.drain()
    await play.offered("refuse", "refusals")
    await play.drain()
    await play.drain(30)
    await play.offered("take", "acceptances")
    await play.drain()


async def transfer_taken(play: Play) -> None:
    other = next(who for who in play.world["agents"] if who != play.world["holder"])
    body = {"to": {"kind": "agent", "id": other}, "note": "客户已换过电池"}
    await play.does("pass", "transfers", body, good=(200, 403, 404, 409))
    await play.drain()
    await play.offered("take", "acceptances")
    await play.drain()


async def transfer_returns(play: Play) -> None:
    other = next(who for who in play.world["agents"] if who != play.world["holder"])
    body = {"to": {"kind": "agent", "id": other}, "note": "请看看"}
    await play.does("pass", "transfers", body, good=(200, 403, 404, 409))
    await play.drain()
    await play.drain(30)
    await play.drain(200)


async def close(play: Play) -> None:
    await play.does("close", "closings", {"solved": True}, good=(200, 409))
    await play.drain()


async def close_by_customer(play: Play) -> None:
    async def end() -> dict[str, Any]:
        answer = await play.visitor("closings")
        assert answer.status_code == 200, answer.text
        return {}

    await play.step("close", end)
    await play.drain()


SCENARIOS = {
    run.__name__: run
    for run in (
        receive_new, receive_more, receive_reopens, receive_file, receive_digital, reply,
        offer_taken, offer_passes_on, transfer_taken, transfer_returns, close, close_by_customer,
        mails.mail_in, mails.mail_out, grants.grant,
    )
}  # fmt: skip

# Where an offer may have run out before the restart, who holds the work in the end may differ.
TIMED = {"offer_taken", "offer_passes_on", "transfer_taken"}


def told(path: Path) -> dict[str, Any]:
    """Return the steps that were answered before the end."""
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(json.loads(line) for line in lines)
