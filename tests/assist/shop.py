"""A shop with a digital agent, some of the demo's articles and a queue of people."""

from typing import Any
from uuid import UUID

from peakend.accounts import actions as accounts
from peakend.assist import actions as assist
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from peakend.knowledge import actions as knowledge
from peakend.routing import actions as routing
from tests.assist.evaluate_gate import articles
from tests.routing.floor import Floor

KNOWN = (
    "hob-does-not-light",
    "hob-flame-goes-out",
    "gas-smell-at-home",
    "water-heater-codes",
    "water-heater-leak",
    "meter-card-top-up",
    "gas-bill-pay",
    "warranty",
    "agent-compensation-standard",
    "ac-cleaning",
)


class Shop(Floor):
    """A floor whose channel the digital agent answers first."""

    brand_id = UUID(int=0)
    token = ""
    key = ""
    visitor: Actor

    async def open(self, hours_id: UUID | None = None) -> None:
        async with self.tx() as tx:
            gas = await accounts.add_brand(tx, name="安居燃气", slug="gas-1")
            home = await accounts.add_brand(tx, name="安居到家", slug="home-1")
            brands = {"gas": gas, "home": home, "all": None}
            self.brand_id = gas
            settings = routing.QueueSettings(name="燃气服务", hours_id=hours_id)
            self.queue_id = (await routing.add_queue(tx, settings)).id
            self.channel_id = await conversations.add_channel(
                tx,
                name="网页",
                changes={"queue_id": self.queue_id, "digital": True, "brand_id": gas},
            )
            self.key = await tx.value("SELECT key FROM channel")
            for article in articles():
                if article["slug"] in KNOWN:
                    await self._publish(tx, article, brands)
            visit = await customers.start_visit(tx, channel_id=self.channel_id, language="zh-CN")
        self.token = visit.token
        self.visitor = Actor(
            organisation_id=self.organisation_id,
            kind="visitor",
            id=visit.visitor_id,
            customer_id=visit.customer_id,
            channel_id=self.channel_id,
        )
        await self.drain()

    async def _publish(self, tx: Any, article: dict[str, Any], brands: dict[str, Any]) -> None:
        article_id = await knowledge.write_article(
            tx,
            title=article["title"],
            slug=article["slug"],
            by=self.system,
            brand_id=brands[article["brand"]],
            audience=article["audience"],
            body=article["body"].strip(),
            questions=article["questions"],
        )
        await knowledge.publish(tx, article_id=article_id, by=self.system)

    async def says(self, *texts: str, drain: bool = True) -> UUID:
        """Let the customer write, and the digital agent take its turn."""
        for text in texts:
            self.wait(1)
            async with self.tx(self.visitor) as tx:
                message = await conversations.receive(
                    tx,
                    channel_id=self.channel_id,
                    customer_id=self.visitor.customer_id,
                    client_id=new_id(),
                    text=text,
                )
        if drain:
            await self.drain()
        return message.conversation_id

    async def said(self, conversation_id: UUID) -> list[timeline.Message]:
        """Return the timeline without notes."""
        async with self.tx() as tx:
            return await timeline.transcript(tx, conversation_id, 200)

    async def codes(self, conversation_id: UUID) -> list[str]:
        """Return the codes of what was not written by people."""
        return [m.code for m in await self.said(conversation_id) if m.code]

    async def judges(self, conversation_id: UUID, *, solved: bool) -> None:
        """Let the customer judge the newest answer."""
        answer = [m for m in await self.said(conversation_id) if m.code == "answer"][-1]
        async with self.tx(self.visitor) as tx:
            await assist.judge(
                tx,
                conversation_id=conversation_id,
                message_id=answer.id,
                solved=solved,
                by=self.visitor,
            )
        await self.drain()

    async def state(self, conversation_id: UUID) -> str:
        return (await self.conversation(conversation_id)).state
