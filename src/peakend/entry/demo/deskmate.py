"""A simulated agent: a colleague at the next desk, through the staff's own routes.

What the simulation's customers ask is taken at once. What a real visitor writes is left to the
people at the desk for a minute; then somebody answers politely, so that nobody waits in vain.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from peakend.entry.demo.cards import name_of
from peakend.entry.demo.cast import Colleague
from peakend.entry.demo.stage import Stage, is_queue_open
from peakend.entry.demo.wire import Refused, Wire, path_of
from peakend.kernel import clock
from peakend.kernel.words import word

log = structlog.get_logger()

PATIENCE_S = 60
"""So long a real visitor's conversation is left to real people."""
LOOK_EVERY_S = 15
IDLE_S = 240
ROUNDS = 200
# About four minutes, then the colleague sends it without.
APPROVAL_LOOKS = 24
RESTS = ("rest", "meal", "training")
TROUBLE = (Refused, httpx.HTTPError, OSError, WebSocketException, TimeoutError)


class Deskmate:
    """One agent, signed in."""

    def __init__(self, who: Colleague, stage: Stage, password: str) -> None:
        self.who, self.stage, self.password = who, stage, password
        self.wire = Wire(stage.http)
        self.state = "offline"
        self.load = 0
        self._wake = asyncio.Event()
        self._socket: Any = None
        self._deciding: set[str] = set()
        self._courteous: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._rests_until = 0.0
        self._rest = RESTS[0]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; trouble with the server is waited out."""
        listening = asyncio.create_task(self._listen()) if self.stage.sockets else None
        try:
            while not stop.is_set():
                try:
                    if "Cookie" not in self.wire.headers:
                        await self._sign_in()
                    await self._look()
                except TROUBLE as trouble:
                    if isinstance(trouble, Refused) and trouble.status == 401:
                        self.wire.headers.pop("Cookie", None)
                    await asyncio.sleep(3)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S * self.stage.pace)
                self._wake.clear()
        finally:
            for task in [*self._tasks, *filter(None, [listening])]:
                task.cancel()

    async def _sign_in(self) -> None:
        body = {"login": self.who.login, "password": self.password}
        await self.wire.post(path_of("session"), body)
        mine = await self.wire.get(path_of("conversations"), view="mine")
        for row in mine["items"]:
            self._do(self._be_courteous(row["id"], row["queue_id"], greet=False))

    async def _listen(self) -> None:
        """Hold the desk's socket open, and wake where it names us."""
        url = self.stage.site.replace("http", "ws", 1) + "/api/live"
        while True:
            try:
                headers = {"Cookie": self.wire.headers.get("Cookie", "")}
                if headers["Cookie"]:
                    async with connect(url, additional_headers=headers, max_size=None) as socket:
                        self._socket = socket
                        async for frame in socket:
                            if str(self.who.id) in frame and "WorkOffered" in frame:
                                self._wake.set()
            except TROUBLE:
                pass
            self._socket = None
            await asyncio.sleep(2)

    async def type(self, conversation_id: str) -> None:
        """Let the customer see that an answer is being written."""
        if self._socket is not None:
            with contextlib.suppress(WebSocketException):
                await self._socket.send(
                    f'{{"t":"typing","conversation_id":"{conversation_id}","on":true}}'
                )

    # Presence -----------------------------------------------------------------------------

    async def _look(self) -> None:
        """See where we are and what is offered, and go where the shift wants us."""
        found = await self.wire.get(path_of("presence", "me"))
        self.state, self.load = found["state"], found["load"]
        for offer in found["offers"]:
            if offer["leg_id"] not in self._deciding:
                self._do(self._decide(offer))
        wanted, reason = self._wanted()
        here = "ready" if self.state in ("ready", "busy", "wrap_up") else self.state
        if wanted != here and not found["offers"]:
            body = {"state": wanted, "reason": reason}
            await self.wire.ask("PUT", path_of("presence", "me"), body)

    def _wanted(self) -> tuple[str, str | None]:
        """Return where to be now: at the desk during the shift, with a short break at times."""
        now = clock.now()
        if not any(is_queue_open(queue, now) for queue in self.who.queues):
            return ("offline", None) if not self.load else ("ready", None)
        clock_s = asyncio.get_running_loop().time()
        if clock_s < self._rests_until:
            return "break", self._rest
        others = [mate for mate in self.stage.mates.values() if mate is not self]
        there = sum(mate.state in ("ready", "busy") for mate in others)
        if self.load == 0 and there > 0.7 * len(others) and self.stage.by.random() < 0.04:
            self._rest = self.stage.by.choice(RESTS)
            self._rests_until = clock_s + self.stage.by.uniform(90, 300) * self.stage.pace
        return "ready", None

    # Offers -------------------------------------------------------------------------------

    async def _decide(self, offer: dict[str, Any]) -> None:
        self._deciding.add(offer["leg_id"])
        try:
            scene = self.stage.scenes.get(offer["conversation_id"])
            if scene is not None and scene.nobody_comes:
                await self.stage.pause(8, 14)
                await self._answer(offer, "refusals")
            elif scene is not None and await self._lets_past(offer, scene.let_past):
                await self._answer(offer, "refusals")
            elif scene is not None or offer["conversation_id"] in self.stage.left:
                slow = self.stage.by.random() < 0.05
                await self.stage.pause(*((17, 25) if slow else (3, 12)))
                await self._answer(offer, "acceptances")
                self.stage.left.discard(offer["conversation_id"])
                self._take(offer)
            else:
                await self._leave_to_people(offer)
        except TROUBLE:
            pass  # somebody else has it, or the customer went
        finally:
            self._deciding.discard(offer["leg_id"])
            self._wake.set()

    async def _leave_to_people(self, offer: dict[str, Any]) -> None:
        """Let people at the desk take a real visitor first; after a minute help ourselves."""
        waited_s = _age_s(offer["entered_at"])
        left_s = (PATIENCE_S * self.stage.pace) - waited_s
        room_s = -_age_s(offer["expires_at"]) - 3
        if left_s > 0 and await self.stage.real_people(self.wire, offer["queue_id"]):
            await self.stage.pause(0.3, 0.8)
            await self._answer(offer, "refusals")
            return
        await asyncio.sleep(max(0.0, min(left_s, room_s)))
        if left_s > room_s:
            await self._answer(offer, "refusals")
            return
        await self._answer(offer, "acceptances")
        self._take(offer)

    async def _lets_past(self, offer: dict[str, Any], known: set[str]) -> bool:
        """Leave work to a real person who has nothing to do; each of us does so once."""
        if self.who.login in known:
            return False
        loads = await self.stage.real_people(self.wire, offer["queue_id"])
        if 0 not in loads:
            return False
        known.add(self.who.login)
        await self.stage.pause(0.3, 0.8)
        return True

    async def _answer(self, offer: dict[str, Any], what: str) -> None:
        path = path_of("offers", offer["leg_id"], what)
        await self.wire.post(path, {"offer": offer["offer"]})

    def _take(self, offer: dict[str, Any]) -> None:
        scene = self.stage.scenes.get(offer["conversation_id"])
        if scene is not None and scene.scripted:
            scene.taken_by(self)
        else:
            self._do(self._be_courteous(offer["conversation_id"], offer["queue_id"], greet=True))

    # Writing ------------------------------------------------------------------------------

    async def say(
        self, conversation_id: str, text: str, *, kind: str = "agent", card: str | None = None
    ) -> None:
        """Write a reply, with a card or without, or a note. Errors: Refused if another holds it."""
        if card is not None:
            templates = await self.wire.get(path_of("rich-templates"))
            one = next(t for t in templates if t["name"] == name_of(card))
            given = {"content": one["content"] | {"intro": text}, "template_id": one["id"]}
            path = path_of("conversations", conversation_id, "rich-messages")
            return await self.wire.post(path, {"client_id": str(uuid4()), **given})
        body = {"client_id": str(uuid4()), "kind": kind, "text": text}
        return await self.wire.post(path_of("conversations", conversation_id, "messages"), body)

    async def ask_senior(self, conversation_id: str, text: str) -> bool:
        """Let a person at the desk approve a reply, and say whether it went; it waits minutes."""
        approval_id = str(uuid4())
        body = {"client_id": approval_id, "text": text}
        await self.wire.post(path_of("conversations", conversation_id, "approvals"), body)
        state = "waiting"
        for _ in range(APPROVAL_LOOKS):
            await self.stage.pause(9, 12)
            found = await self.wire.get(path_of("approvals", approval_id))
            state = found["approval"]["state"]
            if state != "waiting":
                break
        if state in ("waiting", "returned"):
            await self.wire.post(path_of("approvals", approval_id, "withdrawals"), {})
        return state == "sent"

    async def consider(self, conversation_id: str) -> None:
        """Look at what could be said, and take it, change it or leave it, as people do."""
        for one in await self.wire.post(path_of("conversations", conversation_id, "helps"), {}):
            draw = self.stage.by.random()
            ways = [["taken", "kept"], ["taken", "changed"], ["dismissed"], []]
            for outcome in ways[0 if draw < 0.3 else 1 if draw < 0.65 else 2 if draw < 0.8 else 3]:
                path = path_of("reply-helps", one["id"], "outcomes")
                await self.wire.post(path, {"outcome": outcome})

    async def greet(self, conversation_id: str) -> None:
        """Write the saved greeting, as rendered for this conversation."""
        replies = await self.wire.get(path_of("canned-replies"))
        hello = next((r for r in replies if r["shortcut"] == "hi" and r["language"] != "en"), None)
        text = word("entry.demo.greets", agent=self.who.name)
        if hello is not None:
            path = path_of("canned-replies", hello["id"], "renderings")
            text = (await self.wire.post(path, {"conversation_id": conversation_id}))["text"]
        await self.say(conversation_id, text)

    async def pass_on(self, conversation_id: str, queue_id: str) -> None:
        """Transfer to a queue with a word of why."""
        body = {"to": {"kind": "queue", "id": queue_id}, "note": word("entry.demo.passes_on")}
        await self.wire.post(path_of("conversations", conversation_id, "transfers"), body)

    async def tag(self, conversation_id: str, tag_ids: list[str]) -> None:
        """Give a conversation its tags."""
        path = path_of("conversations", conversation_id, "tags")
        await self.wire.ask("PUT", path, {"tag_ids": tag_ids})

    async def close(self, conversation_id: str, reason_id: str, *, solved: bool | None) -> None:
        """End a conversation with its reason."""
        body = {"reason_id": reason_id, "solved": solved}
        await self.wire.post(path_of("conversations", conversation_id, "closings"), body)
        self._wake.set()

    async def _be_courteous(
        self, conversation_id: str, queue_id: str | None, *, greet: bool
    ) -> None:
        """Serve somebody without a script: greet, help with an article, follow up, say goodbye."""
        if conversation_id in self._courteous:
            return
        self._courteous.add(conversation_id)
        article: str | None = None
        tries = 0
        try:
            if greet:
                await self.stage.pause(3, 7)
                await self.greet(conversation_id)
            for _ in range(ROUNDS):
                await self.stage.pause(5, 8)
                seen = await self.wire.get(path_of("conversations", conversation_id))
                if seen["state"] != "serving" or seen["agent_id"] != str(self.who.id):
                    return
                spoken = [
                    m for m in seen["messages"]["items"] if m["kind"] in ("customer", "agent")
                ]
                last = spoken[-1] if spoken else None
                if last is not None and last["kind"] == "customer":
                    given = {
                        source["slug"] for m in seen["messages"]["items"] for source in m["sources"]
                    }
                    article = await self._help(conversation_id, tries, given) or article
                    tries += 1
                elif last is None or _age_s(last["at"]) > IDLE_S * self.stage.pace:
                    await self.say(conversation_id, word("entry.demo.says_goodbye"))
                    reason = self.stage.reason_for(article, queue_id)
                    await self.close(conversation_id, str(reason), solved=None)
                    return
        except TROUBLE as trouble:
            log.debug("a courteous agent stopped", why=repr(trouble))
        finally:
            self._courteous.discard(conversation_id)

    async def _help(self, conversation_id: str, tries: int, given: set[str]) -> str | None:
        """Answer from the knowledge strip what was not given yet, else take it on."""
        await self.type(conversation_id)
        found = await self.wire.get(path_of("conversations", conversation_id, "suggestions"))
        fresh = [s for s in found if s["audience"] == "customer" and s["slug"] not in given]
        best = fresh[0] if fresh else None
        await self.stage.pause(4, 9)
        if best is not None and best["score"] >= 0.4 and tries < 2:
            await self.say(conversation_id, best["excerpt"][:600])
            return str(best["slug"])
        key = "looks" if tries % 2 == 0 else "takes_on"
        await self.say(conversation_id, word(f"entry.demo.{key}"))
        return None

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _age_s(moment: str) -> float:
    """Return how long ago a moment of an answer was."""
    return (clock.now() - datetime.fromisoformat(moment)).total_seconds()
