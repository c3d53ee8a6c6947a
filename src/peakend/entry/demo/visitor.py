"""A simulated customer: a browser on the shop's page, through the web channel's own routes."""

import hashlib
import hmac
import random
from typing import Any
from uuid import uuid4

from peakend.conversations.models import ChannelRecord
from peakend.customers.rules import identity_text
from peakend.entry.demo.material import content, customers, picture_of
from peakend.entry.demo.wire import Wire, path_of
from peakend.kernel import clock
from peakend.kernel.words import word

IDENTITY_S = 3600


class Visitor:
    """Somebody with a question."""

    def __init__(self, wire: Wire, channel: ChannelRecord, site: str, by: random.Random) -> None:
        self.wire, self.site, self.by = wire, site, by
        self.key = channel.key
        self.view: dict[str, Any] | None = None
        self.messages: list[dict[str, Any]] = []
        self.here: dict[str, Any] = {}

    @property
    def state(self) -> str:
        """Return where the conversation is; nowhere before the first word."""
        return str(self.view["state"]) if self.view else ""

    @property
    def id(self) -> str | None:
        """Return the conversation's id."""
        return str(self.view["id"]) if self.view else None

    @property
    def agent_name(self) -> str | None:
        """Return who serves."""
        agent = self.view.get("agent") if self.view else None
        return str(agent["name"]) if agent else None

    async def come(self, person: str | None, secret: bytes | None, brand: str) -> None:
        """Open the page, look at a service, open the window."""
        services = [s for s in content("shop")["service"] if s["brand"] == brand]
        service = self.by.choice(services)
        page = {"url": f"{self.site}/shop", "title": word("entry.demo.page_home")}
        given: dict[str, Any] = {"page": page, "language": "zh-CN"}
        if person is not None and secret is not None:
            given["identity"] = signed(person, secret)
        begun = await self.wire.post(path_of("web", self.key, "sessions"), given)
        self.wire.headers["Authorization"] = f"Bearer {begun['token']}"
        self._see(begun["conversation"])
        page = {"url": f"{self.site}/shop/services/{service['slug']}", "title": service["zh"]}
        await self.wire.post(path_of("web", self.key, "pages"), page)
        self.here = {"id": str(uuid4()), **page, "came_before": person is not None}
        await self.tell()
        await self.wire.post(path_of("web", self.key, "tabs"), {"id": self.here["id"]})

    async def open_in(self, tab_id: str) -> None:
        """Open the window in a tab; an invitation that waits there begins the conversation."""
        begun = await self.wire.post(path_of("web", self.key, "sessions"), {"language": "zh-CN"})
        self.wire.headers["Authorization"] = f"Bearer {begun['token']}"
        self._see(begun["conversation"])
        self._see(await self.wire.post(path_of("web", self.key, "tabs"), {"id": tab_id}))

    async def tell(self) -> None:
        """Let the site know that this page is still looked at, as its script does."""
        if self.here:
            await self.wire.post(path_of("web", self.key, "visits"), self.here)

    async def look(self) -> None:
        """See what is new."""
        if self.by.random() < 0.2:
            await self.tell()
        seq = self.messages[-1]["seq"] if self.messages else 0
        found = await self.wire.get(path_of("web", self.key, "conversation"), after_seq=seq)
        self._see(found)

    async def say(self, text: str) -> None:
        """Write a message."""
        await self._write({"client_id": str(uuid4()), "text": text})

    async def show_picture(self, queue: str) -> None:
        """Send a photo."""
        parts = {"file": ("photo.png", picture_of(queue), "image/png")}
        sent = await self.wire.post(path_of("web", self.key, "files"), files=parts)
        await self._write({"client_id": str(uuid4()), "file_ids": [sent["id"]]})

    async def choose(self, choice: str) -> None:
        """Tap what the newest rich message offers; say it where a person wrote without one."""
        asked = [m for m in self.messages if m["code"] == "rich"]
        if not asked:
            await self.say(word("entry.demo.chose"))
            return
        path = path_of("web", self.key, "messages", asked[-1]["id"], "choices")
        self._see((await self.wire.post(path, {"choice": choice}))["conversation"])

    async def type(self, length: int) -> None:
        """Let the other side see that something is being written."""
        if self.view is not None:
            body = {"on": True, "text_length": length}
            await self.wire.post(path_of("web", self.key, "typing"), body)

    async def read(self) -> None:
        """Mark everything as read."""
        if self.messages:
            seq = self.messages[-1]["seq"]
            body = {"seq": seq, "delivered_seq": seq}
            await self.wire.post(path_of("web", self.key, "reads"), body)

    async def ask_person(self) -> None:
        """转人工."""
        self._see(await self.wire.post(path_of("web", self.key, "persons"), {}))

    async def judge(self, *, solved: bool) -> bool:
        """Say of the last answer whether it helped; no where there is none to judge."""
        answers = [m for m in self.messages if m["code"] == "answer" and not m["judged"]]
        if not answers:
            return False
        body = {"message_id": answers[-1]["id"], "solved": solved}
        self._see(await self.wire.post(path_of("web", self.key, "judgements"), body))
        return True

    async def leave(self) -> None:
        """End the conversation."""
        self._see(await self.wire.post(path_of("web", self.key, "closings"), {}))

    async def rate(self, rating: int, *, solved: bool, comment: str) -> bool:
        """Answer how it was; no where nobody asks."""
        survey = self.view.get("survey") if self.view else None
        if not survey or survey.get("answered"):
            return False
        body = {
            "token": survey["token"],
            "rating": rating,
            "solved": solved,
            "comment": comment,
        }
        await self.wire.post(path_of("web", self.key, "ratings"), body)
        return True

    async def _write(self, body: dict[str, Any]) -> None:
        written = await self.wire.post(path_of("web", self.key, "messages"), body)
        self._see(written["conversation"])

    def _see(self, view: dict[str, Any] | None) -> None:
        if view is None:
            return
        if self.view is not None and self.view["id"] != view["id"]:
            self.messages = []
        known = {m["seq"]: m for m in self.messages}
        known |= {m["seq"]: m for m in view["messages"]}
        self.messages = [known[seq] for seq in sorted(known)]
        self.view = view


def signed(person: str, secret: bytes) -> dict[str, Any]:
    """Return who somebody is, signed as the shop's server would."""
    known = customers()[person]
    fields = {
        "id": person,
        "name": known["name"],
        "phone": known["phone"],
        "exp": int(clock.now().timestamp()) + IDENTITY_S,
    }
    text = identity_text(fields).encode()
    return {**fields, "hash": hmac.new(secret, text, hashlib.sha256).hexdigest()}
