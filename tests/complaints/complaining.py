"""A floor on which people complain."""

from typing import Any
from uuid import UUID

from peakend.complaints import actions, queries
from peakend.complaints.actions import Filing, Judgement, StepGiven
from peakend.complaints.queries import ComplaintRow
from peakend.kernel.actors import Actor
from tests.routing.floor import Floor


class Desk(Floor):
    """A floor with an agent, a colleague and two supervisors."""

    agent: Actor
    other: Actor
    boss: Actor
    second: Actor

    async def staff(self) -> None:
        """Hire them; the colleague serves nothing."""
        self.agent = await self.hire("zhou.min", capacity=9)
        self.other = await self.hire("sun.tao", serves=False)
        self.boss = await self.hire("li.wenbin", role="supervisor")
        self.second = await self.hire("fang.li", role="supervisor")

    async def says(self, conversation_id: UUID, text: str) -> None:
        """Let the customer of a conversation write again."""
        row = await self.conversation(conversation_id)
        await self.writes(row.customer_id, text)
        await self.drain()

    async def filed(self, conversation_id: UUID | None = None, **more: Any) -> UUID:
        """File a complaint on the outcome, or as said."""
        by = more.pop("by", self.agent)
        given: dict[str, Any] = {
            "tier": "ordinary", "kind": "outcome", "severity": 2, "title": "修了两次还是打不着火",
            "words": "要求换新",
        }  # fmt: skip
        conversation_id = conversation_id or await self.served(self.agent)
        async with self.tx(by) as tx:
            return await actions.open_complaint(
                tx, conversation_id=conversation_id, filing=Filing(**(given | more)), by=by
            )

    async def row(self, complaint_id: UUID) -> ComplaintRow:
        """Return a complaint as it is stored."""
        async with self.tx() as tx:
            found = await queries.complaint_row(tx, complaint_id)
        assert found is not None
        return found

    async def step(
        self, complaint_id: UUID, kind: str, by: Actor | None = None, **more: Any
    ) -> None:
        """Take a step."""
        who = by or self.agent
        version = more.pop("version", (await self.row(complaint_id)).version)
        step = StepGiven(kind=kind, words=more.pop("words", "已与客户确认"), **more)  # type: ignore[arg-type]
        async with self.tx(who) as tx:
            await actions.take_step(
                tx, complaint_id=complaint_id, step=step, by=who, version=version
            )

    async def judge(self, complaint_id: UUID, by: Actor | None = None, **more: Any) -> None:
        """Say what a complaint is."""
        who, row = by or self.agent, await self.row(complaint_id)
        given: dict[str, Any] = {
            "tier": row.tier, "kind": row.kind, "severity": row.severity, "liability": "ours",
            "fault": "workmanship", "about_member_id": row.about_member_id,
        }  # fmt: skip
        async with self.tx(who) as tx:
            await actions.confirm(
                tx, complaint_id=complaint_id, judgement=Judgement(**(given | more)), by=who,
                version=row.version,
            )  # fmt: skip

    async def told(self, complaint_id: UUID) -> list[str]:
        """Return what happened to a complaint, oldest first."""
        async with self.tx() as tx:
            found = await tx.value(
                "SELECT coalesce(array_agg(type ORDER BY id), '{}') FROM event"
                " WHERE payload ->> 'complaint_id' = $1 OR subject = $2",
                str(complaint_id),
                complaint_id,
            )
        return list(found)
