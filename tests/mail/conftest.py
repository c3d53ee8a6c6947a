"""A house that sends mail; modules with a house of another kind have a fixture of their own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.accounts import queries as houses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.mail import actions, queries
from peakend.mail.actions import ServerText
from peakend.mail.models import Mail, MailServer
from peakend.mail.ports import Person
from tests.mail.servers import Box, a_server

FROM = "service@mail.example.com"


class House:
    """An organisation with a brand that sends, and a clock of its own."""

    def __init__(self, database: Database, organisation_id: UUID, box: Box) -> None:
        self.database = database
        self.system = Actor.system(organisation_id)
        self.box = box
        self.at = datetime.now(UTC)
        self.postman = actions.Postman(database, lambda: self.at)
        self.brand_id = UUID(int=0)

    def tx(self, actor: Actor | None = None) -> Any:
        return self.database.transaction(actor or self.system, self.at)

    async def set_up(self, *, login: str = "", port: int | None = None) -> None:
        async with self.tx() as tx:
            self.brand_id = (await houses.brands(tx))[0].id
            await actions.set_server(
                tx,
                server=ServerText(
                    brand_id=self.brand_id, host="127.0.0.1", port=port or self.box.port,
                    tls="none", login=login, sender_email=FROM, sender_name_zh="峰终客服",
                    sender_name_en="Peakend Service",
                ),
            )  # fmt: skip

    async def queue(self, about: UUID | None = None, customer_id: UUID | None = None) -> UUID:
        async with self.tx() as tx:
            made = await actions.queue_mail(
                tx,
                brand_id=self.brand_id,
                kind="reply",
                about=about or uuid4(),
                customer_id=customer_id,
                to=Person("liu@example.org", "刘思雨"),
                language="zh-CN",
                values={
                    "answer": "师傅明天上午到。", "customer.name": "刘思雨", "agent.name": "王海涛",
                    "conversation.subject": "热水器", "conversation.number": "12",
                    "brand.name": "峰终", "organisation.name": "峰终",
                },
            )  # fmt: skip
        assert made is not None
        return made

    async def mail(self, mail_id: UUID) -> Mail:
        async with self.tx() as tx:
            return await queries.need_mail(tx, mail_id)

    async def server(self) -> MailServer:
        async with self.tx() as tx:
            return await queries.need_server(tx, self.brand_id)

    async def carry(self, later_s: float = 0) -> int:
        self.at += timedelta(seconds=later_s)
        return await self.postman.carry()

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        async with self.tx() as tx:
            return list(
                await tx.value(
                    "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event"
                    " WHERE organisation_id = current_organisation() AND type = $1",
                    kind,
                )
            )


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    async with a_server(monkeypatch) as box:
        made = House(database, organisation, box)
        await made.set_up()
        yield made
