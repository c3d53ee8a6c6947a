"""The second way in: mailboxes that servers bring their mails to."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts import queries as houses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Invalid
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import MailboxText
from tests.databases import make_organisation

ADDRESS = "service@yunqi.example"


async def a_box(database: Database, organisation_id: UUID, **more: Any) -> UUID:
    """Connect a mailbox of a house that our own receiver takes mails for."""
    async with database.transaction(Actor.system(organisation_id)) as tx:
        brand_id = (await houses.brands(tx))[0].id
        given = {"brand_id": brand_id, "name": "客服邮箱", "email": ADDRESS, "way": "smtp"}
        return await actions.add_mailbox(tx, mailbox=MailboxText(**given | more))


async def test_a_mailbox_of_our_own_has_no_server_and_is_never_fetched(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Actor.system(organisation)
    mailbox_id = await a_box(
        database, organisation, host="imap.x.example", port=993, login="x", backlog=True
    )
    async with database.transaction(system) as tx:
        box = await queries.need_mailbox(tx, mailbox_id)
        assert (box.way, box.host, box.port, box.tls, box.login) == ("smtp", "", 0, "none", "")
        assert (box.folder, box.backlog, box.active) == ("INBOX", False, True)
        with pytest.raises(Invalid):
            await actions.set_box_password(tx, mailbox_id=mailbox_id, password="x")
        # Even one whose password is left from another time.
        sealed = seal(b"x", queries.box_place(tx, mailbox_id))
        await tx.run("UPDATE mailbox SET password_sealed = $2 WHERE id = $1", mailbox_id, sealed)
    assert await actions.Collector(database, lambda: datetime.now(UTC)).carry() == 0
    tried = await actions.try_mailbox(database, mailbox_id=mailbox_id, by=system)
    assert tried.code == "door_closed"
    monkeypatch.setattr(settings, "mail_door", "smtp://127.0.0.1:2525")
    tried = await actions.try_mailbox(database, mailbox_id=mailbox_id, by=system)
    assert tried.code == ""


async def test_who_changes_the_way_gives_all_of_the_other_one(
    database: Database, organisation: UUID
) -> None:
    mailbox_id = await a_box(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        box = await queries.need_mailbox(tx, mailbox_id)
        text = MailboxText(brand_id=box.brand_id, name="x", email=ADDRESS)
        with pytest.raises(Invalid):
            await actions.change_mailbox(tx, mailbox_id=mailbox_id, version=1, mailbox=text)
        fetched = MailboxText(
            brand_id=box.brand_id, name="x", email=ADDRESS, host="imap.x.example", port=993,
            login="x",
        )  # fmt: skip
        await actions.change_mailbox(tx, mailbox_id=mailbox_id, version=1, mailbox=fetched)
        await actions.set_box_password(tx, mailbox_id=mailbox_id, password="secret")
        again = MailboxText(brand_id=box.brand_id, name="x", email=ADDRESS, way="smtp")
        await actions.change_mailbox(tx, mailbox_id=mailbox_id, version=3, mailbox=again)
        box = await queries.need_mailbox(tx, mailbox_id)
        assert (box.way, box.host, box.has_password) == ("smtp", "", False)


async def test_what_comes_to_an_address_is_one_mailboxs_alone(
    database: Database, organisation: UUID
) -> None:
    another_organisation = await make_organisation(database, "另一家")
    mailbox_id = await a_box(database, organisation)
    with pytest.raises(actions.MailboxTaken):
        await a_box(database, another_organisation, email=ADDRESS.title())
    # Who fetches from a server has it elsewhere.
    fetched = {"way": "imap", "host": "imap.x.example", "port": 993, "login": "x"}
    other = await a_box(database, another_organisation, **fetched)
    async with database.transaction(Actor.system(another_organisation)) as tx:
        box = await queries.need_mailbox(tx, other)
    text = MailboxText(brand_id=box.brand_id, name="x", email=ADDRESS, way="smtp")
    with pytest.raises(actions.MailboxTaken):
        async with database.transaction(Actor.system(another_organisation)) as tx:
            await actions.change_mailbox(tx, mailbox_id=other, version=1, mailbox=text)
    # One that rests has no claim, and none left when it wants to go on.
    system = Actor.system(organisation)
    async with database.transaction(system) as tx:
        await actions.switch_mailbox(tx, mailbox_id=mailbox_id, active=False)
    await a_box(database, another_organisation, email=ADDRESS.title())
    with pytest.raises(actions.MailboxTaken):
        async with database.transaction(system) as tx:
            await actions.switch_mailbox(tx, mailbox_id=mailbox_id, active=True)
