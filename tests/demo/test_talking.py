"""The story of the gas hob waits while its customer is talking today."""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from peakend.conversations import actions as conversations
from peakend.entry.demo import hob
from peakend.entry.demo.cast import read_cast
from peakend.entry.demo.material import Dialogue, content
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id

if TYPE_CHECKING:
    from peakend.kernel.db import Database


async def test_the_story_waits_for_its_customer(
    database: "Database", organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await read_cast(database, organisation_id)
    told = msgspec.convert(content("hob")["dialogue"], list[Dialogue])[0]
    channel, customer_id = cast.channels[told.brand], cast.customers[told.customer]
    visitor = Actor(organisation_id=organisation_id, kind="visitor", id=new_id(), name="")
    async with database.transaction(visitor) as tx:
        said = await conversations.receive(
            tx, channel_id=channel.id, customer_id=customer_id, visitor_id=visitor.id,
            client_id=new_id(), text="在吗",
        )  # fmt: skip
    waits = 0

    async def leave(_: float) -> None:
        nonlocal waits
        waits += 1
        async with database.transaction(Actor.system(organisation_id)) as tx:
            await tx.run(
                "UPDATE conversation SET state = 'closed', closed_at = now() WHERE id = $1",
                said.conversation_id,
            )

    monkeypatch.setattr(hob, "TALKING_S", 0)
    monkeypatch.setattr(asyncio, "sleep", leave)
    await hob.tell_hob_story(database, organisation_id)
    monkeypatch.undo()
    async with database.transaction(Actor.system(organisation_id)) as tx:
        title = content("hob")["words"]["title"]
        state = await tx.value("SELECT state FROM service_case WHERE title = $1", title)
    assert (waits, state) == (1, "closed")
