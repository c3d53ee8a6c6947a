"""Somebody who only looks at the shop's pages, until an agent asks whether to help."""

import asyncio
from typing import Any
from uuid import uuid4

from peakend.conversations.models import ChannelRecord
from peakend.entry.demo.deskmate import TROUBLE
from peakend.entry.demo.material import content
from peakend.entry.demo.stage import Stage
from peakend.entry.demo.visitor import Visitor
from peakend.entry.demo.wire import Wire, path_of
from peakend.kernel.words import word

SAYS_YES, SAYS_NO = 0.65, 0.9
CAME_FROM = ("", "", "https://www.baidu.example/s", "https://m.weixin.example/mp", "")
ANSWERS = 40


class Onlooker:
    """One tab on the shop's pages."""

    def __init__(self, stage: Stage, channel: ChannelRecord, brand: str) -> None:
        self.stage, self.channel = stage, channel
        self.services = [s for s in content("shop")["service"] if s["brand"] == brand]
        self.wire = Wire(stage.http)
        self.here: dict[str, Any] = {
            "id": str(uuid4()),
            "came_before": stage.by.random() < 0.4,
            "signed_in": stage.by.random() < 0.2,
            "referrer": stage.by.choice(CAME_FROM),
        }

    async def run(self) -> None:
        """Look at some pages, and leave, or say yes or no to an invitation."""
        try:
            for _ in range(self.stage.by.randint(2, 6)):
                invited = await self._look(self.stage.by.choice(self.services))
                if invited:
                    await self._answer()
                    return
        except TROUBLE:
            return

    async def _look(self, service: dict[str, Any]) -> bool:
        """Look at a page for a while; say whether somebody asked something."""
        page = {"url": f"{self.stage.site}/shop/services/{service['slug']}", "title": service["zh"]}
        for _ in range(self.stage.by.randint(4, 14)):
            heard = await self.wire.post(
                path_of("web", self.channel.key, "visits"), self.here | page
            )
            if heard.get("invitation"):
                return True
            await asyncio.sleep(8 * self.stage.pace)
        return False

    async def _answer(self) -> None:
        await self.stage.pause(4, 14)
        mood = self.stage.by.random()
        if mood > SAYS_NO:
            return
        if mood > SAYS_YES:
            await self.wire.post(
                path_of("web", self.channel.key, "refusals"), {"id": self.here["id"]}
            )
            return
        visitor = Visitor(self.wire, self.channel, self.stage.site, self.stage.by)
        await visitor.open_in(self.here["id"])
        await self.stage.pause(5, 12)
        await visitor.say(word("entry.demo.onlooker_asks"))
        for _ in range(ANSWERS):
            await self.stage.pause(5, 9)
            await visitor.look()
            await visitor.read()
            if visitor.messages and visitor.messages[-1]["kind"] == "agent":
                await self.stage.pause(5, 12)
                await visitor.say(word("entry.demo.onlooker_thanks"))
                return
