"""Mailboxes as an administrator connects them, and mails that somebody has to look at."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells, ImapPostbox
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.mail import actions, queries
from peakend.mail.ports import ReadMail, provided
from tests.accounts.people import Person, a_person
from tests.mail.boxes import LOGIN, PASSWORD, Folder, a_folder

HOPELESS = b"Subject: =?utf-8?b?5Y+R56WoIDE=?=\r\n\r\nno sender\r\n"


class Dying:
    """A reader that dies of every mail."""

    def __init__(self, code: str) -> None:
        self.code = code

    async def read(self, raw: bytes) -> ReadMail:
        """Say why there is nothing to be had."""
        return ReadMail(code=self.code)

    async def close(self) -> None:
        """End."""


class Page:
    """An administrator in front of the mailboxes, and the server of one of them."""

    def __init__(self, boss: Person, database: Database, brand_id: UUID, folder: Folder) -> None:
        self.boss, self.database, self.brand_id, self.folder = boss, database, brand_id, folder
        self.system = Actor.system(boss.organisation_id)
        self.at = datetime.now(UTC)

    def text(self, **more: Any) -> dict[str, Any]:
        """Return a mailbox as the form sends it."""
        given = {
            "brand_id": str(self.brand_id), "name": "客服邮箱", "email": LOGIN, "host": "127.0.0.1",
            "port": self.folder.port, "tls": "none", "login": LOGIN, "folder": "INBOX",
        }  # fmt: skip
        return given | more

    async def connect(self, **more: Any) -> dict[str, Any]:
        """Connect a mailbox and give its password."""
        made = await self.boss.send("POST", "/mailboxes", self.text(**more))
        place = f"/mailboxes/{made.json()['id']}/password"
        kept = await self.boss.send("PUT", place, {"password": PASSWORD})
        return dict(kept.json())

    async def collect(self) -> None:
        """Let the mailboxes be looked at, a minute later."""
        self.at += timedelta(seconds=61)
        await actions.Collector(self.database, lambda: self.at, stay_s=0).carry()

    async def shown(self) -> dict[str, Any]:
        """Return the first mailbox of the list."""
        return dict((await self.boss.get("/mailboxes")).json()[0])


@pytest.fixture
async def page(
    client: httpx.AsyncClient, database: Database, organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Page]:  # fmt: skip
    boss = await a_person(database, client, organisation, role="admin")
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
    async with a_folder(monkeypatch) as folder, contextlib.AsyncExitStack() as stack:
        cells = Cells(most=1)
        stack.push_async_callback(cells.close)
        monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
        monkeypatch.setattr(provided, "reader", cells, raising=False)
        yield Page(boss, database, brand_id, folder)


async def test_a_mailbox_is_connected_changed_paused_and_removed(page: Page) -> None:
    made = (await page.boss.send("POST", "/mailboxes", page.text())).json()
    assert (made["has_password"], made["message"]) == (False, "")
    kept = await page.boss.send("PUT", f"/mailboxes/{made['id']}/password", {"password": PASSWORD})
    assert kept.json()["has_password"] is True
    assert PASSWORD not in kept.text + (await page.boss.get("/mailboxes")).text
    place = f"/mailboxes/{made['id']}"
    change = {"mailbox": page.text(name="售后邮箱"), "version": kept.json()["version"]}
    changed = (await page.boss.send("PUT", place, change)).json()
    assert (changed["name"], changed["has_password"]) == ("售后邮箱", True)
    stale = await page.boss.send("PUT", place, change)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "mail.mailbox_stale")
    paused = (await page.boss.send("PUT", f"{place}/activity", {"active": False})).json()
    assert paused["active"] is False
    assert (await page.boss.send("POST", "/mailboxes", page.text())).status_code == 409
    assert (await page.boss.send("DELETE", place)).status_code == 204
    assert (await page.boss.get("/mailboxes")).json() == []
    assert (await page.boss.send("DELETE", place)).status_code == 404


async def test_what_is_wrong_is_said_in_words_and_mended(page: Page) -> None:
    made = await page.connect(login="other")
    tests = f"/mailboxes/{made['id']}/tests"
    zh = {"Accept-Language": "zh-CN"}
    tried = (await page.boss.browser.post(f"/api{tests}", headers=zh)).json()
    assert (tried["good"], tried["answer"]) == (False, "[AUTHENTICATIONFAILED] no")
    assert tried["message"] == "登录被拒绝：登录名或密码不对，或需要使用授权码"
    await page.collect()
    bad = await page.shown()
    assert bad["message"].startswith("Sign-in refused")
    assert "AUTHENTICATIONFAILED" in bad["message"]
    assert (bad["failures"], bad["failing_since"] is None) == (1, False)
    signs = await _signs(page)
    assert signs["mailboxes_failing"]["verdict"] == "doubtful"
    mended = await page.connect(folder="归档")
    tests = f"/mailboxes/{mended['id']}/tests"
    wrong = (await page.boss.send("POST", tests)).json()
    assert "归档" in wrong["message"]


async def test_one_that_is_well_again_is_looked_at_soon(page: Page) -> None:
    made = await page.connect()
    page.folder.folder = "elsewhere"
    await page.collect()
    rests = await page.shown()
    assert (rests["code"], rests["failures"]) == ("folder_refused", 1)
    page.folder.folder = "INBOX"
    page.folder.put(b"From: a@x.example\r\n\r\nx", b"From: b@x.example\r\n\r\ny")
    tried = (await page.boss.send("POST", f"/mailboxes/{made['id']}/tests")).json()
    assert (tried["good"], tried["mails"], page.folder.marked) == (True, 2, set())
    soon = await page.shown()
    assert soon["next_at"] < rests["next_at"]
    page.at = max(page.at, datetime.fromisoformat(soon["next_at"]))
    await page.collect()
    assert (await page.shown())["failures"] == 0
    assert (await _signs(page))["mail_well"]["verdict"] == "good"


async def test_two_people_connect_a_mailbox_where_the_house_wants_it(page: Page) -> None:
    made = await page.connect()
    async with page.database.transaction(page.system) as tx:
        await tx.run("INSERT INTO two_person_rule (active, changed_at) VALUES (true, now())")
    place = f"/mailboxes/{made['id']}"
    elsewhere = {"host": "imap.evil.example", "port": 993, "tls": "implicit"}
    for moved in (elsewhere, {"email": "b@x.example"}, {"folder": "Other"}):
        change = {"mailbox": page.text(**moved), "version": made["version"]}
        refused = await page.boss.send("PUT", place, change)
        assert refused.json()["error"]["code"] == "accounts.second_person_needed"
    other = page.text(email="other@x.example")
    refused = await page.boss.send("POST", "/mailboxes", other)
    assert refused.json()["error"]["code"] == "accounts.second_person_needed"
    renamed = {"mailbox": page.text(name="新名字"), "version": made["version"]}
    assert (await page.boss.send("PUT", place, renamed)).status_code == 200
    for body in (other, page.text(folder="Other", mailbox_id=made["id"])):
        asked = {"kind": "mail.mailbox", "reason": "换新邮箱", "body": body}
        proposed = await page.boss.send("POST", "/proposals", asked)
        assert proposed.status_code == 201, proposed.text
    assert len((await page.boss.get("/mailboxes")).json()) == 1


async def test_who_is_bound_to_other_brands_sees_neither_box_nor_mail(page: Page) -> None:
    made = await page.connect()
    page.folder.put(HOPELESS)
    await page.collect()
    bound = msgspec.structs.replace(
        page.system, kind="member", every_brand=False, permissions=frozenset({"channels.manage"})
    )
    async with page.database.transaction(bound) as tx:
        assert await queries.mailboxes(tx) == []
        assert await queries.mails_to_look_at(tx) == 0
        assert (await queries.received_mails(tx, state="attention")).items == []
        with pytest.raises(queries.MailboxNotFound):
            await actions.remove_mailbox(tx, mailbox_id=UUID(made["id"]))


async def test_a_mail_that_cannot_be_read_is_shown_opened_and_set_aside(page: Page) -> None:
    await page.connect()
    page.folder.put(HOPELESS)
    await page.collect()
    found = (await page.boss.get("/received-mails")).json()
    assert found["attention"] == 1
    [mail] = found["items"]
    assert (mail["subject"], mail["size"], mail["code"]) == ("发票 1", len(HOPELESS), "from_none")
    assert mail["message"] == "The mail has no sender’s address"
    place = f"/received-mails/{mail['id']}"
    file = await page.boss.get(f"{place}/file")
    assert (file.status_code, file.content) == (200, HOPELESS)
    assert file.headers["content-type"] == "message/rfc822"
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert (await _signs(page))["mails_unread"]["verdict"] == "doubtful"
    done = await page.boss.send("PUT", f"{place}/aside", {"aside": True})
    assert done.json()["state"] == "aside"
    assert (await page.boss.get("/received-mails")).json() == {
        "items": [], "next": None, "attention": 0,
    }  # fmt: skip
    assert len((await page.boss.get("/received-mails?only=aside")).json()["items"]) == 1
    back = await page.boss.send("PUT", f"{place}/aside", {"aside": False})
    assert back.json()["state"] == "attention"
    async with page.database.transaction(page.system) as tx:
        audited = await tx.value(
            "SELECT array_agg(action ORDER BY id) FROM audit_entry"
            " WHERE action LIKE 'received_mail.%'"
        )
        told = await tx.value(
            "SELECT jsonb_agg(payload->'aside' ORDER BY id) FROM event WHERE type = 'MailSetAside'"
        )
    assert audited == ["received_mail.opened", "received_mail.aside", "received_mail.back"]
    assert told == [True, False]


async def test_a_mail_is_read_anew_and_goes_its_way(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.connect()
    raw = (
        b"From: Liu <liu@x.example>\r\nMessage-ID: <m1@x.example>\r\nSubject: hot\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n"
        b"--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1,2\r\n--b--\r\n"
    )
    page.folder.put(raw)
    with monkeypatch.context() as patch:
        patch.setattr(provided, "reader", Dying("too_long"))
        await page.collect()
    [mail] = (await page.boss.get("/received-mails")).json()["items"]
    assert (mail["code"], mail["subject"]) == ("too_long", "")
    place = f"/received-mails/{mail['id']}/readings"
    with monkeypatch.context() as patch:
        patch.setattr(provided, "reader", Dying("too_hard"))
        again = (await page.boss.send("POST", place)).json()
    assert (again["state"], again["code"]) == ("attention", "too_hard")
    read = (await page.boss.send("POST", place)).json()
    assert (read["state"], read["message"], read["from_email"]) == ("received", "", "liu@x.example")
    async with page.database.transaction(page.system) as tx:
        content = await queries.need_content(tx, UUID(mail["id"]))
        told = await tx.value(
            "SELECT jsonb_agg(payload->'attention' ORDER BY id) FROM event"
            " WHERE type = 'MailReceived'"
        )
    assert (content.text.strip(), [one.name for one in content.attachments]) == ("text", ["a.csv"])
    assert told == [True, False]
    refused = await page.boss.send("POST", place)
    assert refused.json()["error"]["code"] == "mail.read_already"
    # Also under another number it is known again.
    page.folder.validity += 1
    await page.collect()
    assert len((await page.boss.get("/received-mails?only=received")).json()["items"]) == 1


async def test_what_is_read_anew_is_screened_as_if_it_came_now(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.connect()
    page.folder.put(b"From: bad@x.example\r\n\r\nx")
    with monkeypatch.context() as patch:
        patch.setattr(provided, "reader", Dying("too_long"))
        await page.collect()
    [mail] = (await page.boss.get("/received-mails")).json()["items"]
    await page.boss.send("POST", "/mail-blocks", {"pattern": "bad@x.example"})
    place = f"/received-mails/{mail['id']}"
    read = (await page.boss.send("POST", f"{place}/readings")).json()
    assert (read["state"], read["message"]) == ("blocked", "The sender is blocked")
    for refused in (
        await page.boss.send("PUT", f"{place}/aside", {"aside": True}),
        await page.boss.send("POST", f"{place}/readings"),
    ):
        assert refused.json()["error"]["code"] == "mail.read_already"


async def test_of_a_mail_too_large_only_the_beginning_could_be_read(page: Page) -> None:
    await page.connect()
    page.folder.put(HOPELESS)
    await page.collect()
    [mail] = (await page.boss.get("/received-mails")).json()["items"]
    async with page.database.transaction(page.system) as tx:
        await tx.run("UPDATE received_mail SET code = 'too_large' WHERE id = $1", UUID(mail["id"]))
    refused = await page.boss.send("POST", f"/received-mails/{mail['id']}/readings")
    assert refused.json()["error"]["code"] == "mail.only_the_beginning"


async def test_what_was_read_or_is_gone_is_said_so(page: Page) -> None:
    await page.connect()
    page.folder.put(b"From: a@x.example\r\n\r\nfine", HOPELESS)
    await page.collect()
    [read] = (await page.boss.get("/received-mails?only=received")).json()["items"]
    refused = await page.boss.send("PUT", f"/received-mails/{read['id']}/aside", {"aside": True})
    assert refused.json()["error"]["code"] == "mail.read_already"
    [mail] = (await page.boss.get("/received-mails")).json()["items"]
    async with page.database.transaction(page.system) as tx:
        await tx.run("UPDATE received_mail SET file_id = NULL WHERE id = $1", UUID(mail["id"]))
    gone = await page.boss.get(f"/received-mails/{mail['id']}/file")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "mail.original_gone")
    assert (await page.boss.get(f"/received-mails/{uuid4()}/file")).status_code == 404


async def _signs(page: Page) -> dict[str, Any]:
    report = (await page.boss.get("/health-report")).json()
    return {one["code"]: one for one in report["signs"]}
