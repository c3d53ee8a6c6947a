"""For every action: the state before and what is pushed make the state that is freshly loaded."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from peakend.conversations import actions as conversations
from peakend.customers import actions as customers
from peakend.customers import queries as customer_queries
from peakend.entry.app import create
from peakend.entry.live import Listener
from peakend.kernel import clock
from peakend.kernel.live import end_of_log
from peakend.kernel.worker import Worker
from tests.assist.shop import Shop
from tests.databases import make_organisation
from tests.live.centre import People

# What a client works out from the row by itself.
DERIVED = {"state", "thumb_url", "url"}
CARD_ONLY = {"messages", "page_trail", "drafts", "earlier", "wait_s", "may", "legs", "seen", "card"}


class Viewer:
    """A desk: what it has loaded, changed by what it is told."""

    def __init__(self, world: "World", name: str, actor: Any, cookie: str) -> None:
        self.world, self.name, self.cookie = world, name, cookie
        self.listener = Listener(actor, None)  # type: ignore[arg-type]
        self.rows: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, dict[str, Any]] = {}

    async def fresh(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Load everything anew, as a desk does that has just been opened."""
        rows, lines = {}, {}
        for conversation_id in await self.world.conversations():
            answer = await self.world.http.get(
                f"/api/conversations/{conversation_id}", headers={"Cookie": self.cookie}
            )
            if answer.status_code != 404:
                card = answer.json()
                rows[card["id"]] = {k: v for k, v in card.items() if k not in CARD_ONLY}
                lines[card["id"]] = {m["id"]: _plain(m) for m in card["messages"]["items"]}
        return rows, lines

    async def load(self) -> None:
        self.rows, self.lines = await self.fresh()

    async def hear(self) -> None:
        """Take in the frames that are on their way."""
        while self.listener.waiting:
            frame = json.loads(self.listener.waiting.popleft() or "{}")
            if frame.get("t") == "facts":
                await self._take(frame)
            elif frame.get("t") == "resync":
                await self.load()

    async def _take(self, frame: dict[str, Any]) -> None:
        for gone in frame["gone"]:
            self.rows.pop(gone, None)
            self.lines.pop(gone, None)
        new = []
        for row in frame["conversations"]:
            known = self.rows.get(row["id"])
            if known is None or row["layout"] > known["layout"]:
                # Numbered anew: what is held of it is loaded again, as on first sight.
                new.append(row["id"])
            if known is None or row["version"] >= known["version"]:
                self.rows[row["id"]] = row
        for message in frame["messages"]:
            if message["conversation_id"] not in new:
                lines = self.lines.setdefault(message["conversation_id"], {})
                lines[message["id"]] = _plain(message)
        if new:
            # Who opens a conversation that was not in sight loads its messages.
            _, lines = await self.fresh()
            self.lines |= {one: lines.get(one, {}) for one in new}

    async def differences(self) -> list[str]:
        rows, lines = await self.fresh()
        found = [f"{self.name}: row {one} not gone" for one in self.rows.keys() - rows.keys()]
        for one, row in rows.items():
            known = self.rows.get(one)
            if known is None:
                found.append(f"{self.name}: row missing")
                continue
            found += [
                f"{self.name}: {k}: {known.get(k)!r} is {v!r}"
                for k, v in row.items() if known.get(k) != v
            ]  # fmt: skip
            if self.lines.get(one, {}) != lines[one]:
                unlike = _unlike(self.lines.get(one, {}), lines[one])
                found.append(f"{self.name}: messages {unlike}")
        return found


class Panel(Viewer):
    """The visitor's panel: one conversation, whose frames replace it and add messages."""

    async def fresh(self) -> tuple[dict[str, Any], dict[str, Any]]:
        answer = await self.world.visit("GET", "conversation")
        view = answer.json()
        if view is None:
            return {}, {}
        lines = {m["id"]: _plain(m) for m in view.pop("messages")}
        return {view["id"]: _view(view)}, {view["id"]: lines}

    async def hear(self) -> None:
        while self.listener.waiting:
            frame = json.loads(self.listener.waiting.popleft() or "{}")
            if frame.get("t") == "conversation" and frame["conversation"]:
                view = frame["conversation"]
                known = self.rows.get(view["id"])
                if known is None or known["layout"] != view["layout"]:
                    self.lines = {}
                lines = {m["id"]: _plain(m) for m in view.pop("messages")}
                self.rows = {view["id"]: _view(view)}
                self.lines = {view["id"]: self.lines.get(view["id"], {}) | lines}


def _view(view: dict[str, Any]) -> dict[str, Any]:
    # How much there is above is known from the first load; the wait is refreshed by the clock.
    return {k: v for k, v in view.items() if k not in ("earlier", "waiting")}


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in message.items() if k not in DERIVED and k != "files"}


def _unlike(known: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    found = [f"missing {fresh[i]['kind']} {fresh[i]['code']}" for i in fresh.keys() - known.keys()]
    found += [f"too many {known[i]['kind']}" for i in known.keys() - fresh.keys()]
    for one in fresh.keys() & known.keys():
        found += [
            f"{k}: {known[one].get(k)!r} is {v!r}"
            for k, v in fresh[one].items() if known[one].get(k) != v
        ]  # fmt: skip
    return found


class World(People):
    """A shop with people at their desks and a visitor, everything over HTTP."""

    def __init__(self, shop: Shop, app: Any) -> None:
        super().__init__(shop)
        self.shop, self.hub = shop, app.state.hub
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://testserver",
            headers={"X-Peakend": "1", "Accept-Language": "zh-CN"},
        )
        self.ahead = timedelta(0)
        self.worker = Worker(shop.database, lambda: clock.now() + self.ahead)
        self.viewers: list[Viewer] = []
        self.kept: dict[str, Any] = {}

    async def conversations(self) -> list[str]:
        async with self.shop.tx() as tx:
            return await tx.value("SELECT array_agg(id::text) FROM conversation") or []

    async def visit(self, method: str, end: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.shop.token}"}
        sent = {"json": body if body is not None else {}} if method != "GET" else {}
        path = f"/api/web/{self.shop.key}/{end}"
        return await self.http.request(method, path, headers=headers, **sent)

    async def does(self, who: Any, method: str, path: str, body: Any = None) -> httpx.Response:
        path = path.replace("{c}", str(self.kept.get("c", "")))
        for name in ("merge", "join", "front", "other_c", "approval"):
            path = path.replace(f"{{{name}}}", str(self.kept.get(name, "")))
        headers = {"Cookie": self.cookies[who.id]}
        sent = {"json": body} if body is not None else {}
        answer = await self.http.request(method, f"/api{path}", headers=headers, **sent)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer

    async def settle(self) -> None:
        """Let everything follow from what was done, and be pushed."""
        await self.worker.drain(400)
        while await self.hub._step() or await self._behind():
            pass
        for viewer in self.viewers:
            await viewer.hear()

    async def _behind(self) -> bool:
        async with self.shop.database.system() as tx:
            last = await tx.value("SELECT max(xid) FROM event")
        if last is not None and self.hub._cursor.xid < last:
            await asyncio.sleep(0.01)
            return True
        return False

    async def watch(self) -> None:
        """Open the desks and the panel at this moment."""
        await self.hub._step()
        async with self.shop.database.system() as tx:
            end = await end_of_log(tx)
        for viewer in self.viewers:
            await viewer.load()
            viewer.listener.after, viewer.listener.greeted = end, True
            await self.hub.join(viewer.listener)


Act = Callable[[World], Awaitable[Any]]


def says(text: str) -> Act:
    return lambda w: w.visit("POST", "messages", {"client_id": str(uuid4()), "text": text})


def visitor(end: str, body: Any = None) -> Act:
    return lambda w: w.visit("POST", end, body)


def agent(who: str, method: str, path: str, body: Any = None) -> Act:
    return lambda w: w.does(w.kept[who], method, path, body)


def writes(who: str, kind: str, text: str) -> Act:
    return lambda w: w.does(
        w.kept[who], "POST", "/conversations/{c}/messages",
        {"client_id": str(uuid4()), "kind": kind, "text": text},
    )  # fmt: skip


async def _id(w: World, text: str) -> str:
    if text not in w.kept:
        async with w.shop.tx() as tx:
            found = await tx.value("SELECT id FROM message WHERE text = $1", text)
        w.kept[text] = str(found)
    return str(w.kept[text])


def quotes(quoted: str, text: str) -> Act:
    async def act(w: World) -> Any:
        sent = {"client_id": str(uuid4()), "text": text, "reply_to": await _id(w, quoted)}
        return await w.visit("POST", "messages", sent)

    return act


def on(text: str, method: str, end: str, body: Any = None, by: str = "") -> Act:
    async def act(w: World) -> Any:
        path = f"messages/{await _id(w, text)}/{end}"
        if not by:
            return await w.visit(method, path, body)
        return await w.does(w.kept[by], method, f"/{path}", body)

    return act


def given(who: str, method: str, path: str, body: Callable[[World], Any]) -> Act:
    return lambda w: w.does(w.kept[who], method, path.format(**w.kept), body(w))


async def accept(w: World) -> None:
    for who in ("lin", "zhao"):
        presence = (await w.does(w.kept[who], "GET", "/presence/me")).json()
        for offer in presence["offers"]:
            path = f"/offers/{offer['leg_id']}/acceptances"
            await w.does(w.kept[who], "POST", path, {"offer": offer["offer"]})
            w.kept["holder"] = w.kept[who]
            w.kept["other"] = w.kept["zhao" if who == "lin" else "lin"]
            return


async def ask_senior(w: World) -> Any:
    w.kept["approval"] = str(uuid4())
    sent = {"client_id": w.kept["approval"], "text": "可以退 20 元"}
    return await w.does(w.kept["holder"], "POST", "/conversations/{c}/approvals", sent)


async def judge(w: World) -> None:
    view = (await w.visit("GET", "conversation")).json()
    answer = [m for m in view["messages"] if m["code"] == "answer"][-1]
    sent = {"message_id": answer["id"], "solved": False}
    assert (await w.visit("POST", "judgements", sent)).status_code == 200


async def rate(w: World) -> None:
    view = (await w.visit("GET", "conversation")).json()
    sent = {"token": view["survey"]["token"], "rating": 5, "solved": True, "comment": "好"}
    assert (await w.visit("POST", "ratings", sent)).status_code == 200


async def make_tag(w: World) -> None:
    made = await w.does(w.kept["chief"], "POST", "/tags", {"name": "加急", "colour": "#b42318"})
    w.kept["tag"] = made.json()["id"]


async def on_time(w: World) -> None:
    """Let two days pass for timers, not for the rest of the world."""
    w.ahead = timedelta(days=2)
    await w.worker.drain(400)
    w.ahead = timedelta(0)


async def move(w: World) -> None:
    """Let the supervisor take it from its agent and put it into a queue."""
    chief = w.kept["chief"]
    queue = (await w.does(chief, "GET", "/queues")).json()[0]
    path = f"/conversations/{w.kept['c']}/moves"
    await w.does(chief, "POST", path, {"queue_id": queue["id"]})


async def merge_customers(w: World) -> None:
    """Let who writes turn out to be somebody known, who wrote before."""
    async with w.shop.tx() as tx:
        known = await customers.add_customer(
            tx, name="王芳", tier="gold", identities=[("phone", "13812345678", True)]
        )
    card = (await w.does(w.kept["chief"], "GET", f"/customers/{w.kept['customer']}")).json()
    sent = {"absorbed_id": card["id"], "version": 1, "absorbed_version": card["version"]}
    done = await w.does(w.kept["chief"], "POST", f"/customers/{known}/merges", sent)
    w.kept["merge"] = done.json()["merges"][0]["id"]


async def elsewhere(w: World) -> None:
    """Let the customer write on another channel, too, and the chief take both."""
    async with w.shop.tx() as tx:
        channel_id = await conversations.add_channel(tx, name="公众号", changes={"digital": False})
        whose = await customer_queries.visitor_customers(tx, [w.shop.visitor.id])
        said = await conversations.receive(
            tx, channel_id=channel_id, customer_id=whose[w.shop.visitor.id],
            client_id=uuid4(), text="公众号里也说了",
        )  # fmt: skip
        open_id = await tx.value(
            "SELECT id FROM conversation WHERE state <> 'closed' AND channel_id <> $1", channel_id
        )
    w.kept |= {"other_c": str(said.conversation_id), "front": str(open_id)}
    await w.settle()
    for one in (w.kept["front"], w.kept["other_c"]):
        await w.does(w.kept["chief"], "POST", f"/conversations/{one}/picks")


async def join(w: World) -> None:
    sent = {"absorbed_id": w.kept["other_c"]}
    path = f"/conversations/{w.kept['front']}/merges"
    w.kept["join"] = (await w.does(w.kept["chief"], "POST", path, sent)).json()["merge_id"]


async def split(w: World) -> None:
    """Let the newest words of the customer be another matter."""
    card = (await w.does(w.kept["chief"], "GET", f"/conversations/{w.kept['front']}")).json()
    words = [m["id"] for m in card["messages"]["items"] if m["kind"] == "customer"][-1:]
    path = f"/conversations/{w.kept['front']}/splits"
    made = await w.does(w.kept["chief"], "POST", path, {"message_ids": words})
    w.kept["split"] = made.json()["id"]


LATER = (clock.now() + timedelta(days=1)).isoformat()
CLOSE = {"solved": True}
ACTIONS: list[tuple[str, Act]] = [
    ("the customer writes and the digital agent answers", says("燃气灶打不着火怎么办")),
    ("the customer judges", judge),
    ("the customer visits a page", visitor("pages", {"url": "https://a.example/b", "title": "b"})),
    ("the customer asks for a person", visitor("persons")),
    ("an offer is taken", accept),
    ("the customer writes", says("还是不行")),
    ("the agent reads", agent("holder", "POST", "/conversations/{c}/reads", {"seq": 4})),
    ("it is marked unread", agent("holder", "POST", "/conversations/{c}/unread-marks")),
    ("the agent reads again", agent("holder", "POST", "/conversations/{c}/reads", {"seq": 4})),
    ("it becomes urgent",
     agent("holder", "PUT", "/conversations/{c}/priority", {"priority": "urgent"})),
    ("it is put aside", agent("holder", "POST", "/conversations/{c}/snoozes", {"until": LATER})),
    ("it is taken up", agent("holder", "POST", "/conversations/{c}/wakings", {})),
    ("it is put aside again",
     agent("holder", "POST", "/conversations/{c}/snoozes", {"until": LATER})),
    ("the customer writes meanwhile", says("在吗")),
    ("it is put aside once more",
     agent("holder", "POST", "/conversations/{c}/snoozes", {"until": LATER})),
    ("its time comes", on_time),
    ("the agent replies", writes("holder", "agent", "我来看看")),
    ("the agent replies by mistake", writes("holder", "agent", "发错了")),
    ("the customer quotes it", quotes("发错了", "这是什么")),
    ("the customer puts a sign to it", on("发错了", "PUT", "reaction", {"reaction": "worried"})),
    ("the agent puts a sign to the question",
     on("这是什么", "PUT", "reaction", {"reaction": "thanks"}, by="holder")),
    ("the agent takes it back", on("发错了", "POST", "recalls", by="holder")),
    ("the customer takes the question back", on("这是什么", "POST", "recalls")),
    ("the customer has read", visitor("reads", {"seq": 6, "delivered_seq": 6})),
    ("the agent notes", writes("holder", "note", "客户着急")),
    ("a colleague follows it", agent("chief", "PUT", "/conversations/{c}/follower")),
    ("he has seen it", agent("chief", "POST", "/conversations/{c}/follower-reads", {"seq": 2})),
    ("he pins it", agent("chief", "PUT", "/conversations/{c}/pin")),
    ("a note calls him", given("holder", "POST", "/conversations/{c}/messages", lambda w: {
        "client_id": str(uuid4()), "kind": "note", "text": "@主管 请看",
        "mentions": [str(w.kept["chief"].id)]})),
    ("he has read all that calls him", agent("chief", "POST", "/mentions/marks", {})),
    ("he unpins it", agent("chief", "DELETE", "/conversations/{c}/pin")),
    ("and follows it no longer", agent("chief", "DELETE", "/conversations/{c}/follower")),
    ("the agent sends replies to choose from",
     given("holder", "POST", "/conversations/{c}/rich-messages", lambda w: {
         "client_id": str(uuid4()), "content": {"intro": "方便吗", "quick": ["方便", "改天"]}})),
    ("the customer chooses",
     on("方便吗\n\n可以回复：方便 / 改天", "POST", "choices", {"choice": "q1"})),
    ("a draft is kept", agent("holder", "PUT", "/conversations/{c}/draft", {"text": "您"})),
    ("it gets a reason",
     given("holder", "PUT", "/conversations/{c}/reason",
           lambda w: {"reason_id": w.kept["reason"]})),
    ("a tag is made", make_tag),
    ("the conversation is tagged",
     given("holder", "PUT", "/conversations/{c}/tags", lambda w: {"tag_ids": [w.kept["tag"]]})),
    ("many are made urgent at once", given("chief", "POST", "/bulk-runs", lambda w: {
        "client_id": str(uuid4()), "what": "priority", "args": {"priority": "high"},
        "filter": {"stages": ["serving"]}})),
    ("a tag is renamed", given("chief", "PATCH", "/tags/{tag}", lambda w: {"name": "很急"})),
    ("the customer is renamed",
     given("holder", "PATCH", "/customers/{customer}", lambda w: {"name": "王女士", "version": 1})),
    ("a note on the customer",
     given("holder", "POST", "/customers/{customer}/notes", lambda w: {"text": "老客户"})),
    ("a reply waits for a senior", ask_senior),
    ("the senior lets it go", given("chief", "POST", "/approvals/{approval}/decisions",
                                    lambda w: {"outcome": "approved", "seen_seq": 99})),
    ("another reply waits", ask_senior),
    ("it is withdrawn", agent("holder", "POST", "/approvals/{approval}/withdrawals")),
    ("it is passed on", given("holder", "POST", "/conversations/{c}/transfers", lambda w: {
        "to": {"kind": "agent", "id": str(w.kept["other"].id)}, "note": "请看"})),
    ("the colleague takes it", accept),
    ("it is given back", agent("holder", "POST", "/conversations/{c}/returns")),
    ("the supervisor assigns", given("chief", "POST", "/conversations/{c}/assignments",
                                     lambda w: {"agent_id": str(w.kept["other"].id)})),
    ("the supervisor moves it to a queue", move),
    ("the supervisor assigns again", given("chief", "POST", "/conversations/{c}/assignments",
                                           lambda w: {"agent_id": str(w.kept["other"].id)})),
    ("the supervisor whispers", agent("chief", "POST", "/conversations/{c}/whispers",
                                      {"client_id": str(uuid4()), "text": "先道歉"})),
    ("the supervisor steps in", agent("chief", "POST", "/conversations/{c}/picks")),
    ("and hands it back", agent("chief", "POST", "/conversations/{c}/hand-backs")),
    ("the customer is angry", says("太差了，我要投诉")),
    ("nobody need step in", agent("chief", "POST", "/interventions/{c}/dismissals",
                                  {"kinds": ["upset"], "why": "handled"})),
    ("that is taken back", agent("chief", "DELETE", "/interventions/{c}/dismissals")),
    ("the supervisor takes over", agent("chief", "POST", "/conversations/{c}/picks")),
    ("it is closed", agent("chief", "POST", "/conversations/{c}/closings", CLOSE)),
    ("the closing is taken back",
     agent("chief", "POST", "/conversations/{c}/reopenings", {"undo": True})),
    ("it is closed again", agent("chief", "POST", "/conversations/{c}/closings", CLOSE)),
    ("the customer rates", rate),
    ("it is reopened", agent("chief", "POST", "/conversations/{c}/reopenings", {})),
    ("the customer ends it", visitor("closings")),
    ("the customer comes back", says("又来了")),
    ("the customer is merged", merge_customers),
    ("the merged customer writes", says("还是我")),
    ("the merge is undone", agent("chief", "DELETE", "/customer-merges/{merge}")),
    ("the parted customer writes", says("我又来了")),
    ("a member is renamed",
     given("chief", "PATCH", "/members/{chief_id}", lambda w: {"name": "王主管"})),
    ("the customer writes elsewhere, too", elsewhere),
    ("two conversations are linked",
     agent("chief", "PUT", "/conversations/{front}/links/{other_c}")),
    ("two conversations are merged", join),
    ("the merge of conversations is undone",
     agent("chief", "DELETE", "/conversation-merges/{join}")),
    ("they are merged again", join),
    ("the customer writes into what was merged", says("写到哪里了")),
    ("another matter is split off", split),
    ("the customer writes about it", says("第二件事")),
    ("the first matter is answered",
     given("chief", "POST", "/conversations/{front}/messages",
           lambda w: {"client_id": str(uuid4()), "kind": "agent", "text": "第一件办好了"})),
    ("a sample is put in", agent("chief", "POST", "/sample")),
    ("its conversations are removed", agent("chief", "DELETE", "/sample")),
]  # fmt: skip


@pytest.fixture
async def world(database: Any) -> World:
    shop = Shop(database, await make_organisation(database))
    shop.now = clock.now() - timedelta(seconds=30)
    await shop.open()
    made = World(shop, create(database))
    lin, zhao = await made.hire("lin"), await made.hire("zhao")
    chief = await made.hire("chief", role="admin", serves=False)
    away = await made.hire("away", serves=False)
    smith = await made.hire("smith", role="admin", serves=False)
    smith = msgspec.structs.replace(smith, language="en")
    reason = conversations.ReasonNode(
        id=uuid4(), parent_id=None, name_zh="点火", name_en="Lighting", position=0, active=True
    )
    async with shop.tx() as tx:
        await conversations.publish_reasons(tx, nodes=[reason], by=tx.actor)
    made.kept["reason"] = str(reason.id)
    await made.does(smith, "PATCH", "/session/preferences", {"language": "en"})
    await shop.ready(lin, zhao)
    await shop.drain()
    made.kept |= {"lin": lin, "zhao": zhao, "chief": chief, "chief_id": chief.id}
    made.kept |= {"holder": lin, "other": zhao, "customer": shop.visitor.customer_id}
    for name, actor in (
        ("lin", lin),
        ("zhao", zhao),
        ("chief", chief),
        ("away", away),
        ("smith", smith),
    ):
        made.viewers.append(Viewer(made, name, actor, made.cookies[actor.id]))
    made.viewers.append(Panel(made, "visitor", shop.visitor, ""))
    return made


async def test_old_state_and_pushed_frames_are_the_fresh_state(world: World) -> None:
    await world.watch()
    wrong: list[str] = []
    for name, act in ACTIONS:
        answer = await act(world)
        if isinstance(answer, httpx.Response):
            assert answer.status_code < 300, f"{name}: {answer.text}"
        await world.settle()
        if "c" not in world.kept:
            world.kept["c"] = (await world.conversations())[0]
        for viewer in world.viewers:
            wrong += [f"{name}: {one}" for one in await viewer.differences()]
            await viewer.load()
    assert not wrong, "\n".join(wrong)
