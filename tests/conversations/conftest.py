"""A small centre for tests of conversations: a channel, people, a customer."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts.queries import ROLES, brands
from peakend.adapters.mail import Cells
from peakend.conversations import actions
from peakend.customers.actions import start_visit
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.ids import new_id
from peakend.mail.actions import MailboxText, add_mailbox
from peakend.mail.ports import provided
from tests.conversations.boxes import Box
from tests.databases import make_organisation


@dataclass
class Centre:
    """An organisation with a channel and people."""

    database: Database
    organisation_id: UUID
    channel_id: UUID
    queue_id: UUID
    agent: Actor
    other: Actor
    supervisor: Actor
    visitor: Actor

    def tx(self, actor: Actor | None = None, now: datetime | None = None) -> Any:
        """Open a transaction of somebody, the system by default."""
        return self.database.transaction(actor or Actor.system(self.organisation_id), now)

    async def says(self, text: str, client_id: UUID | None = None, **more: Any) -> Any:
        """Let the customer write."""
        now = more.pop("now", None)
        async with self.tx(self.visitor, now) as tx:
            return await actions.receive(
                tx,
                channel_id=self.channel_id,
                customer_id=self.visitor.customer_id,
                client_id=client_id or new_id(),
                text=text,
                **more,
            )

    async def served(self, text: str = "燃气灶打不着火") -> UUID:
        """Return a conversation that the agent holds."""
        message = await self.says(text)
        async with self.tx() as tx:
            await actions.assign(
                tx,
                conversation_id=message.conversation_id,
                agent_id=self.agent.id,
                queue_id=self.queue_id,
                leg_id=new_id(),
            )
        return message.conversation_id

    async def value(self, sql: str, *args: Any) -> Any:
        """Read one value."""
        async with self.tx() as tx:
            return await tx.value(sql, *args)

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        """Return the payloads of recorded facts."""
        found = await self.value(
            "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event "
            "WHERE organisation_id = current_organisation() AND type = $1",
            kind,
        )
        return list(found)


async def member(tx: Transaction, role: str, queue_id: UUID, name: str) -> Actor:
    """Return a new member as an actor."""
    from peakend.accounts.actions import add_member

    member_id = await add_member(
        tx, login=f"{name}@example.com", name=name, role=role, password_hash="x"
    )
    return Actor(
        organisation_id=tx.organisation_id,
        kind="member",
        id=member_id,
        name=name,
        role=role,
        permissions=ROLES[role],
        scope="queue" if role == "agent" else "all",
        queue_ids=frozenset({queue_id}),
    )


async def make_centre(database: Database, name: str = "安居家") -> Centre:
    """Return a new organisation with all a conversation needs."""
    organisation_id = await make_organisation(database, name)
    queue_id = new_id()
    async with database.transaction(Actor.system(organisation_id)) as tx:
        channel_id = await actions.add_channel(tx, name="商城", changes={"digital": False})
        await tx.run(
            "UPDATE channel SET queue_id = $2 WHERE organisation_id = current_organisation() "
            "AND id = $1",
            channel_id,
            queue_id,
        )
        agent = await member(tx, "agent", queue_id, "linxi")
        other = await member(tx, "agent", new_id(), "zhaoyu")
        supervisor = await member(tx, "supervisor", queue_id, "wangmin")
        visit = await start_visit(tx, channel_id=channel_id, language="zh-CN")
    visitor = Actor(
        organisation_id=organisation_id,
        kind="visitor",
        id=visit.visitor_id,
        customer_id=visit.customer_id,
        channel_id=channel_id,
    )
    return Centre(
        database, organisation_id, channel_id, queue_id, agent, other, supervisor, visitor
    )


@pytest.fixture
async def centre(database: Database) -> Centre:
    """A centre in the fresh database."""
    return await make_centre(database)


@pytest.fixture
async def box(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Box]:
    """A mailbox of the centre, whose mails are really read."""
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    async with centre.tx() as tx:
        brand_id = (await brands(tx))[0].id
        given = MailboxText(
            brand_id=brand_id, name="客服邮箱", email="service@mail.example.com", way="smtp"
        )
        mailbox_id = await add_mailbox(tx, mailbox=given)
        await actions.follow_mailbox(tx, mailbox_id=mailbox_id, brand_id=brand_id)
    yield Box(centre, mailbox_id)
    await cells.close()


@pytest.fixture
def another(database: Database) -> Callable[[], Any]:
    """Makes another organisation beside the first."""
    return lambda: make_centre(database, "别家")
