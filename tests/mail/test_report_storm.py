"""A storm of delivery reports: nothing of it begins, moves or answers anything."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from peakend.accounts import actions as accounts
from peakend.accounts import queries as houses
from peakend.accounts.queries import ROLES
from peakend.adapters.mail import Cells
from peakend.conversations import actions as conversations
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.mail import actions
from peakend.mail.actions import ServerText
from peakend.mail.ports import Brought, provided
from tests.mail.reports import TO, report
from tests.mail.servers import Box, a_server
from tests.mail.test_door import a_box

# Mails within each minute of the storm, so that the minute's bound matters.
PER_MINUTE = 600
_AUTOMATIC = """
SELECT coalesce(max(n), 0) FROM (
    SELECT count(*) OVER (PARTITION BY mailbox_id {by} ORDER BY at
                          RANGE BETWEEN '{within}' PRECEDING AND CURRENT ROW) AS n
    FROM automatic_mail) x
"""
# All that could have moved of what was answered: states, lists, clocks, legs.
_STANDS = """
SELECT jsonb_build_object(
    'conversations', (SELECT jsonb_agg(to_jsonb(c) - '{last_seq,version,recent_client_ids}'::text[]
                      ORDER BY c.id)
                      FROM conversation c WHERE c.id = ANY($1)),
    'work', (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.id)
             FROM work_item w WHERE w.conversation_id = ANY($1)),
    'clocks', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.conversation_id)
               FROM sla_clock s WHERE s.conversation_id = ANY($1)))
"""


class Storm:
    """A house whose mailbox acknowledges, with conversations that were answered by mail."""

    def __init__(self, database: Database, organisation_id: Any, server: Box) -> None:
        self.database, self.server, self.at = database, server, clock.now()
        self.system = Actor.system(organisation_id)
        self.worker = Worker(database, lambda: self.at)
        self.postman = actions.Postman(database, lambda: self.at)
        self.receiver = actions.Receiver(database, lambda: self.at)
        self.begun: list[Any] = []

    def tx(self) -> Any:
        return self.database.transaction(self.system, self.at)

    async def value(self, sql: str, *given: Any) -> Any:
        async with self.tx() as tx:
            return await tx.value(sql, *given)

    async def set_up(self) -> None:
        async with self.tx() as tx:
            brand_id = (await houses.brands(tx))[0].id
            server = ServerText(
                brand_id=brand_id, host="127.0.0.1", port=self.server.port, tls="none", login="",
                sender_email=TO, sender_name_zh="客服", sender_name_en="Service",
            )  # fmt: skip
            await actions.set_server(tx, server=server)
        mailbox_id = await a_box(
            self.database, self.system.organisation_id, email=TO, acknowledges=True
        )
        async with self.tx() as tx:
            await actions.trust_servers(tx, mailbox_id=mailbox_id, servers=["mx.house.example"])
        await self.worker.drain()

    async def take(self, raw: bytes) -> None:
        """Let a server bring a mail, the way that mails really come."""
        brought = Brought(raw=raw, sender="", to=[TO], peer="192.0.2.1")
        assert await self.receiver.take(brought) == [True]

    async def drain(self) -> None:
        while await self.worker.drain():
            pass

    async def begin(self, count: int) -> list[str]:
        """Let people write and be answered; return the ids of what went to them."""
        async with self.tx() as tx:
            member_id = await accounts.add_member(
                tx, login="lin@x.example", name="林夕", role="agent", password_hash="x"
            )
        agent = Actor(
            organisation_id=self.system.organisation_id, kind="member", id=member_id, name="林夕",
            role="agent", permissions=ROLES["agent"], scope="all",
        )  # fmt: skip
        for number in range(count):
            heads = "Authentication-Results: mx.house.example; dmarc=pass header.from=y.example"
            await self.take(
                f"{heads}\r\nFrom: liu{number}@y.example\r\nTo: {TO}\r\nSubject: Boiler\r\n"
                f"Message-ID: <p{number}@y.example>\r\n\r\nIt does not start.\r\n".encode()
            )
        await self.drain()
        self.begun = await self.value("SELECT array_agg(id ORDER BY id) FROM conversation")
        for one in self.begun:
            async with self.tx() as tx:
                await conversations.assign(
                    tx, conversation_id=one, agent_id=member_id, queue_id=None, leg_id=new_id()
                )
            async with self.database.transaction(agent, self.at) as tx:
                await conversations.reply(
                    tx, conversation_id=one, client_id=new_id(), text="Tomorrow.", by=agent
                )
        await self.drain()
        self.at += timedelta(minutes=1)
        await self.postman.carry()
        await self.drain()
        assert len(self.server.came) == 2 * count
        return list(await self.value("SELECT array_agg(message_id ORDER BY id) FROM mail"))

    async def rage(self, count: int, ours: list[str]) -> None:
        """Let reports come, with all reactions, and what is answered be sent."""
        for number in range(count):
            self.at += timedelta(minutes=1) / PER_MINUTE
            await self.take(report(number, ours))
            if number % 100 == 99:
                await self.drain()
        await self.drain()
        await self.postman.carry()
        await self.drain()


@pytest.fixture
async def storm(
    database: Database, organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Storm]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    # The storm comes by the house's own server, which vouches for all of it.
    monkeypatch.setattr(settings, "mail_relays", ("192.0.2.1",))
    async with a_server(monkeypatch) as server:
        made = Storm(database, organisation, server)
        await made.set_up()
        yield made
    await cells.close()


async def weathered(storm: Storm, count: int) -> dict[str, Any]:
    """Let a storm pass, hold what must hold, and return what became of it."""
    ours = await storm.begin(4)
    before = await storm.value(_STANDS, storm.begun)
    await storm.rage(count, ours)
    assert await storm.value("SELECT count(*) FROM received_mail") == count + 4
    # No job was given up on the way.
    assert await storm.value("SELECT count(*) FROM job WHERE state = 'dead'") == 0
    # What is recognised begins nothing, and nobody answers it.
    assert await storm.value(
        "SELECT count(*) FROM message m JOIN message_mail mm ON mm.message_id = m.id"
        " JOIN received_mail r ON r.id = mm.received_id"
        " WHERE r.automatic AND (m.kind <> 'system' OR m.conversation_id <> ALL($1))",
        storm.begun,
    ) == 0  # fmt: skip
    assert await storm.value(_STANDS, storm.begun) == before
    contact = _AUTOMATIC.format(by=", contact", within="24 hours")
    assert await storm.value(contact) == 1
    assert await storm.value(_AUTOMATIC.format(by="", within="1 minute")) <= 20
    answers = [storm.server.to[n][0] for n in range(8, len(storm.server.came))]
    assert len(answers) == len(set(answers))
    return {
        "automatic": await storm.value("SELECT count(*) FROM received_mail WHERE automatic"),
        "beside": await storm.value("SELECT count(*) FROM message WHERE code LIKE 'staff_mail_%'"),
        "begun": await storm.value("SELECT count(*) FROM conversation") - 4,
        "answers": len(answers),
        "held": await storm.value("SELECT count(*) FROM event WHERE type = 'AutomaticMailHeld'"),
        "returned": await storm.value("SELECT count(*) FROM mail WHERE state = 'bounced'"),
    }


async def test_a_hundred_reports_move_nothing(storm: Storm) -> None:
    found = await weathered(storm, 100)
    # Two of four look like a clerk's, two like two people's.
    assert (found["automatic"], found["begun"], found["answers"]) == (96, 4, 3)
    # Of those about answers; what went by itself has no place in a timeline.
    assert found["beside"] > 15
    assert found["returned"] > 0


@pytest.mark.long
async def test_ten_thousand_reports_move_nothing(
    storm: Storm, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await weathered(storm, 10_000)
    with capsys.disabled():
        print(f"\n{found}")
    assert (found["automatic"], found["begun"]) == (9600, 400)
    # Forty people and a clerk, one each.
    assert found["answers"] <= 41
    assert found["held"] == 400 - found["answers"]
