"""A floor with a tag, reasons and people, for macros to work on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.automation import actions, queries
from peakend.automation.rules import Steps
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor

Browser = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@dataclass
class Bench:
    """What a test needs to keep and run macros."""

    floor: Floor
    agent: Actor
    other: Actor
    boss: Actor
    tag_id: UUID
    reason_id: UUID
    conversation_id: UUID

    async def macro(self, by: Actor | None = None, scope: str = "all", **steps: Any) -> UUID:
        """Keep a macro with these steps."""
        by = by or self.boss
        async with self.floor.tx(by) as tx:
            return await actions.add_macro(
                tx,
                shortcut="rqz",
                title="燃气灶上门",
                steps=Steps(**steps),
                scope=scope,
                team_id=None,
                language="zh-CN",
                by=by,
            )

    async def preview(self, macro_id: UUID, by: Actor | None = None) -> queries.Preview:
        """Look at what a macro would do."""
        by = by or self.agent
        async with self.floor.tx(by) as tx:
            return await queries.previewed(tx, macro_id, self.conversation_id, by)

    async def run(self, macro_id: UUID, by: Actor | None = None, **given: Any) -> UUID:
        """Run a macro as it is previewed now, and let what follows happen."""
        by = by or self.agent
        seen = await self.preview(macro_id, by)
        run_id: UUID = given.pop("run_id", None) or new_id()
        async with self.floor.tx(by) as tx:
            await actions.run_macro(
                tx,
                run_id=run_id,
                macro_id=macro_id,
                conversation_id=self.conversation_id,
                by=by,
                **{
                    "macro_version": seen.macro_version,
                    "version": seen.conversation_version,
                    **given,
                },
            )
        await self.floor.drain()
        return run_id

    async def facts_since(self, before: int) -> list[str]:
        """Return the types of the facts after the first so many."""
        return (await self.facts())[before:]

    async def facts(self) -> list[str]:
        """Return the types of all facts of the conversation, oldest first."""
        async with self.floor.tx() as tx:
            found: list[str] = await tx.value(
                "SELECT array_agg(type ORDER BY id) FROM event "
                "WHERE organisation_id = current_organisation() AND conversation_id = $1",
                self.conversation_id,
            )
        return found


@pytest.fixture
async def bench(database: Database, organisation: UUID) -> Bench:
    """An agent holds the conversation of 王女士."""
    floor = Floor(database, organisation)
    await floor.open()
    agent, other = await floor.hire("linxi"), await floor.hire("zhaoyu")
    boss = await floor.hire("wangmin", role="supervisor")
    top, reason_id = new_id(), new_id()
    async with floor.tx() as tx:
        tag_id = await conversations.add_tag(tx, name="上门", colour="#1f5fae")
        nodes = [
            conversations.ReasonNode(top, None, "燃气灶", "Hob", 0, True),
            conversations.ReasonNode(reason_id, top, "点火故障", "Ignition", 0, True),
        ]
        await conversations.publish_reasons(tx, nodes=nodes, by=floor.system)
    await floor.ready(agent, other)
    conversation_id = await floor.served(agent)
    return Bench(floor, agent, other, boss, tag_id, reason_id, conversation_id)


@pytest.fixture
def browser(client: httpx.AsyncClient, bench: Bench) -> Browser:
    """Give browsers that hold sessions of members."""

    async def signed_in(member: Actor) -> httpx.AsyncClient:
        made = httpx.AsyncClient(
            transport=client._transport, base_url=client.base_url, headers=client.headers
        )
        await bench.floor.sign_in(made, member)
        return made

    return signed_in
