"""A small floor for tests: members, a queue, a channel without digital agent, customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from peakend.accounts import actions as accounts
from peakend.accounts import queries as account_queries
from peakend.accounts.queries import ROLES
from peakend.conversations import actions as conversations
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import need_conversation
from peakend.customers import actions as customers
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.events import Envelope
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker
from peakend.routing import actions, queries
from peakend.routing.models import WorkItem

SCOPES = {"agent": "queue", "supervisor": "all", "admin": "all"}


class Floor:
    """One organisation with a clock of its own."""

    def __init__(self, database: Database, organisation_id: UUID) -> None:
        self.database = database
        self.organisation_id = organisation_id
        self.now = clock.now().replace(microsecond=0)
        self.system = Actor.system(organisation_id)
        self.worker = Worker(database, lambda: self.now)
        self.channel_id = UUID(int=0)
        self.queue_id = UUID(int=0)

    @asynccontextmanager
    async def tx(self, actor: Actor | None = None) -> AsyncIterator[Transaction]:
        async with self.database.transaction(actor or self.system, self.now) as tx:
            yield tx

    def wait(self, seconds: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self.now

    async def drain(self) -> None:
        """Run every job that is due."""
        await self.worker.drain()

    async def open(self) -> None:
        """Make a queue and a channel whose customers wait for people at once."""
        async with self.tx() as tx:
            self.queue_id = (await actions.add_queue(tx, actions.QueueSettings(name="燃气服务"))).id
            self.channel_id = await conversations.add_channel(
                tx, name="网页", changes={"queue_id": self.queue_id, "digital": False}
            )

    async def hire(
        self, login: str, *, role: str = "agent", capacity: int = 3, serves: bool = True
    ) -> Actor:
        """Add a member who serves the queue."""
        async with self.tx() as tx:
            member_id = await accounts.add_member(
                tx,
                login=login,
                name=login,
                role=role,
                password_hash="x",
                capacity=capacity,
            )
            if serves:
                await actions.join_queues(tx, member_id=member_id, queue_ids=[self.queue_id])
        return Actor(
            organisation_id=self.organisation_id,
            kind="member",
            id=member_id,
            name=login,
            role=role,
            permissions=ROLES[role],
            scope=SCOPES[role],  # type: ignore[arg-type]
            queue_ids=frozenset({self.queue_id}) if serves else frozenset(),
        )

    async def ready(self, *agents: Actor, state: str = "ready") -> None:
        """Let agents go ready."""
        for agent in agents:
            async with self.tx(agent) as tx:
                await actions.set_presence(
                    tx,
                    member_id=agent.id,
                    state=state,
                    stays=True,  # type: ignore[arg-type]
                )

    async def customer(self, name: str = "王女士") -> UUID:
        async with self.tx() as tx:
            return await customers.add_customer(tx, name=name)

    async def writes(
        self, customer_id: UUID | None = None, text: str = "您好，灶台打不着火"
    ) -> UUID:
        """Let a customer write, a second after what came before, and return the conversation."""
        self.wait(1)
        customer_id = customer_id or await self.customer()
        async with self.tx() as tx:
            message = await conversations.receive(
                tx,
                channel_id=self.channel_id,
                customer_id=customer_id,
                client_id=new_id(),
                text=text,
            )
        return message.conversation_id

    async def conversation(self, conversation_id: UUID) -> ConversationRecord:
        async with self.tx() as tx:
            return await need_conversation(tx, conversation_id, self.system)

    async def conversation_ids(self) -> list[UUID]:
        async with self.tx() as tx:
            found: list[UUID] = await tx.value("SELECT array_agg(id ORDER BY id) FROM conversation")
        return found

    async def leg(self, conversation_id: UUID) -> WorkItem | None:
        async with self.tx() as tx:
            return await queries.active_leg(tx, conversation_id)

    async def need_leg(self, conversation_id: UUID) -> WorkItem:
        leg = await self.leg(conversation_id)
        assert leg is not None
        return leg

    async def legs(self, conversation_id: UUID) -> list[WorkItem]:
        async with self.tx() as tx:
            return await queries.legs_of(tx, conversation_id)

    async def accept(self, agent: Actor, conversation_id: UUID) -> WorkItem:
        """Let an agent take what is offered."""
        leg = await self.need_leg(conversation_id)
        async with self.tx(agent) as tx:
            return await actions.accept(tx, leg_id=leg.id, offer=leg.offer, by=agent)

    async def served(self, agent: Actor) -> UUID:
        """Return a new conversation in the hands of an agent."""
        conversation_id = await self.writes()
        await self.drain()
        self.wait(1)
        async with self.tx(agent) as tx:
            await actions.pick(tx, conversation_id=conversation_id, by=agent)
        await self.drain()
        self.wait(1)
        return conversation_id

    async def transfer(
        self,
        by: Actor,
        conversation_id: UUID,
        to_id: UUID | None,
        kind: str = "agent",
        note: str = "",
    ) -> None:
        """Pass a conversation on."""
        assert to_id is not None
        async with self.tx(by) as tx:
            await actions.transfer(
                tx,
                conversation_id=conversation_id,
                kind=kind,
                to_id=to_id,
                note=note,
                version=None,
                by=by,
            )

    async def close(self, conversation_id: UUID, by: Actor | None = None) -> None:
        async with self.tx(by) as tx:
            await conversations.close(tx, conversation_id=conversation_id, by=by or self.system)
        await self.drain()

    async def presence(self, agent: Actor) -> str:
        assert agent.id is not None
        async with self.tx() as tx:
            found = await queries.presence_of(tx, agent.id)
        return f"{found.state} {found.reason}" if found.reason else found.state

    async def facts(self, *kinds: str) -> list[Envelope]:
        """Return the facts of some types, oldest first."""
        async with self.tx() as tx:
            return await tx.all(
                Envelope,
                "SELECT organisation_id, id, type, version, occurred_at, actor, payload, subject,"
                " conversation_id, leg_id, case_id, customer_id, agent_id, channel, queue_id,"
                " caused_by FROM event WHERE organisation_id = current_organisation()"
                " AND type = ANY($1::text[]) ORDER BY id",
                list(kinds),
            )

    async def sign_in(self, browser: httpx.AsyncClient, agent: Actor) -> None:
        """Give a browser the session of a member."""
        assert agent.id is not None
        async with self.tx() as tx:
            entry = await accounts.enter(tx, member_id=agent.id)
        browser.cookies.clear()
        browser.cookies.set(account_queries.cookie_name(False), entry.token)
