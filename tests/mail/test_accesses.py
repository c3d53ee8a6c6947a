"""A mailbox and a mail server that a provider gives leave for: asked, renewed, refused, ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.accounts import queries as houses
from peakend.accounts.actions import enter
from peakend.adapters.mail import Cells, ImapPostbox, SmtpPost
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import Settings, settings
from peakend.mail import actions, queries
from peakend.mail.actions import providers
from peakend.mail.ports import BoxTrouble, provided
from peakend.mail.rules import (
    Tokens,
    account_of,
    authority,
    covers,
    ends_in,
    in_words,
    serves,
    usable,
    why_denied,
)
from tests.accounts.people import Person, a_person
from tests.databases import make_organisation
from tests.mail.boxes import LOGIN, Folder, a_folder
from tests.mail.granting import ACCOUNT, CLIENT, SECRET, Giver, a_giver
from tests.mail.servers import a_server

FROM = "service@mail.example.com"


class Page:
    """An administrator, his brand, a mailbox, and the provider it belongs to."""

    def __init__(self, boss: Person, database: Database, brand_id: UUID) -> None:
        self.boss, self.database, self.brand_id = boss, database, brand_id
        self.giver: Giver
        self.folder: Folder
        self.box = ""
        self.system = Actor.system(boss.organisation_id)
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the time of the workers."""
        return self.at

    async def register(self, provider: str = "google", **more: Any) -> httpx.Response:
        """Register the application."""
        body = {"client_id": CLIENT, "secret": SECRET, "version": 0} | more
        return await self.boss.send("PUT", f"/mail-apps/{provider}", body)

    async def connect(self, auth: str = "google", **more: Any) -> dict[str, Any]:
        """Connect the mailbox."""
        given = {
            "brand_id": str(self.brand_id), "name": "客服邮箱", "email": LOGIN, "auth": auth,
            "host": "127.0.0.1", "port": self.folder.port, "tls": "none", "login": LOGIN,
        }  # fmt: skip
        made = await self.boss.send("POST", "/mailboxes", given | more)
        assert made.status_code == 201, made.text
        self.box = f"/mailboxes/{made.json()['id']}"
        return dict(made.json())

    async def set_out(self, place: str = "") -> dict[str, str]:
        """Set out, say yes at the provider, and return what is brought back."""
        gone = await self.boss.send("POST", f"{place or self.box}/departures")
        assert gone.status_code == 200, gone.text
        return self.giver.consent(gone.json()["url"])

    async def sign_in(self, place: str = "") -> dict[str, Any]:
        """Sign in with the provider."""
        answer = await self.boss.send("POST", "/mail-returns", await self.set_out(place))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def ready(self) -> None:
        """Register, connect and sign in."""
        await self.register()
        await self.connect()
        assert (await self.sign_in())["message"] == ""

    async def collect(self, later_s: float = 61) -> None:
        """Let the mailboxes be looked at."""
        self.at += timedelta(seconds=later_s)
        await actions.Collector(self.database, self.now, stay_s=0).carry()

    async def shown(self) -> dict[str, Any]:
        """Return the mailbox as the list shows it."""
        return dict((await self.boss.get("/mailboxes")).json()[0])

    async def token(self, **more: Any) -> str:
        """Return a token for the mailbox."""
        async with self.database.transaction(self.system, self.at) as tx:
            access = await queries.mail_access(tx, mailbox_id=UUID(self.box.rpartition("/")[2]))
        assert access is not None
        return await actions.token_for(self.database, self.system, access.id, self.now, **more)

    async def facts(self) -> list[str]:
        """Return what became known of leave."""
        async with self.database.transaction(self.system) as tx:
            return list(
                await tx.value(
                    "SELECT coalesce(array_agg(type ORDER BY id), '{}') FROM event"
                    " WHERE organisation_id = current_organisation()"
                    " AND type LIKE 'MailA%' AND type NOT LIKE 'MailAu%'"
                )
            )


@pytest.fixture
async def page(
    client: httpx.AsyncClient, database: Database, organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Page]:  # fmt: skip
    boss = await a_person(database, client, organisation, role="admin")
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
    page = Page(boss, database, brand_id)
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
    monkeypatch.setattr(provided, "post", SmtpPost(), raising=False)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    async with a_giver(monkeypatch) as page.giver, a_folder(monkeypatch) as page.folder:
        page.folder.can = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR IDLE"
        page.folder.tokens = page.giver.tokens
        yield page
    await cells.close()


@pytest.mark.parametrize("can", ["AUTH=XOAUTH2 SASL-IR", "AUTH=XOAUTH2"])
async def test_a_mailbox_is_signed_in_and_read(page: Page, can: str) -> None:
    page.folder.can = f"IMAP4rev1 AUTH=PLAIN {can}"
    await page.register()
    made = await page.connect()
    assert (made["auth"], made["access"], made["has_password"]) == ("google", None, False)
    page.folder.put(b"From: a@x.example\r\n\r\nx")
    await page.collect()
    # Without leave nobody looks, as without a password.
    assert page.folder.lines == 0
    tests = f"{page.box}/tests"
    assert "Google" in (await page.boss.send("POST", tests)).json()["message"]
    done = await page.sign_in()
    assert (done["account"], done["message"]) == (ACCOUNT, "")
    assert page.box.endswith(done["mailbox_id"])
    tried = (await page.boss.send("POST", tests)).json()
    assert (tried["good"], tried["mails"]) == (True, 1)
    await page.collect()
    assert page.folder.marked == {1}
    access = (await page.shown())["access"]
    assert (access["account"], access["member_name"]) == (ACCOUNT, "admin 小林")
    assert await page.facts() == ["MailAppChanged", "MailAccessGranted"]
    # A password has no place beside it.
    refused = await page.boss.send("PUT", f"{page.box}/password", {"password": "x"})
    assert refused.json()["error"]["code"] == "mail.password_not_asked"


async def test_where_somebody_is_sent_and_what_is_asked(page: Page) -> None:
    await page.register("microsoft", tenant="contoso.onmicrosoft.com")
    await page.connect("microsoft")
    gone = (await page.boss.send("POST", f"{page.box}/departures")).json()
    there = urlsplit(gone["url"])
    asked = {key: value[0] for key, value in parse_qs(there.query).items()}
    assert there.path == "/contoso.onmicrosoft.com/oauth2/v2.0/authorize"
    assert asked["redirect_uri"].endswith("/desk/admin/mail")
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"].split()[-1] == "https://outlook.office.com/IMAP.AccessAsUser.All"
    assert "offline_access" in asked["scope"]
    assert SECRET not in gone["url"]


def test_the_providers_have_their_places_and_servers() -> None:
    google = authority("google", "", {})
    assert google.token == "https://oauth2.googleapis.com/token"
    assert google.scopes["smtp"].endswith(" https://mail.google.com/")
    assert google.asked["access_type"] == "offline"
    china = authority("microsoft_cn", "", {})
    assert china.authorise.startswith("https://login.partner.microsoftonline.cn/organizations/")
    assert china.scopes["smtp"].endswith(" https://partner.outlook.cn/SMTP.Send")
    given = {"microsoft": "https://login.microsoftonline.us https://outlook.office365.us"}
    states = authority("microsoft", "t", given)
    assert states.token == "https://login.microsoftonline.us/t/oauth2/v2.0/token"
    assert states.scopes["imap"].endswith(" https://outlook.office365.us/IMAP.AccessAsUser.All")
    for found, host in (
        (google, "imap.gmail.com"), (google, "smtp.gmail.com"),
        (china, "partner.outlook.cn"), (china, "smtp.partner.outlook.cn"),
        (authority("microsoft", "", {}), "outlook.office365.com"),
        (authority("microsoft", "", {}), "smtp-mail.outlook.com"),
        (states, "smtp.office365.us"),
    ):  # fmt: skip
        assert serves(found, host)
        assert not serves(found, f"{host}.evil.example")
    assert not serves(google, "evilgmail.com")
    assert not serves(china, "outlook.office365.com")


def test_what_a_provider_says_is_taken_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    google, china = authority("google", "", {}), authority("microsoft_cn", "", {})
    assert covers(Tokens("a", scope="openid https://mail.google.com/"), google, "imap")
    assert not covers(Tokens("a", scope="openid email"), google, "imap")
    assert covers(Tokens("a"), google, "imap")
    other = Tokens("a", scope="https://partner.outlook.cn/SMTP.Send")
    assert covers(other, china, "smtp")
    assert not covers(other, china, "imap")
    assert [usable(Tokens(one)) for one in ("a.b-c", "", "a\x01b", "a b", "x" * 20_000)] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert ends_in(Tokens("a", expires_in=-1)) == timedelta(minutes=1)
    assert ends_in(Tokens("a", expires_in=10**12)) == timedelta(days=1)
    assert [account_of(one) for one in ("", "a.b.c", "e30.W10.x", "e30.eyJlbWFpbCI6NX0.x")] == [
        "", "", "", "",
    ]  # fmt: skip
    assert in_words("a\r\nsecret" + "x" * 400, "secret").startswith("a  …x")
    assert why_denied("interaction_required") == "sign_in_again"
    assert why_denied("invalid_client") == "app_refused"
    assert why_denied("temporarily_unavailable") == "provider_broken"
    monkeypatch.setenv("PEAKEND_MAIL_SIGN_IN", "google=http://a:1, microsoft=https://b https://c")
    assert Settings().mail_sign_in == {"google": "http://a:1", "microsoft": "https://b https://c"}


async def test_secrets_are_in_no_answer_fact_or_entry(page: Page) -> None:
    await page.ready()
    await page.collect()
    seen = "".join(
        [(await page.boss.get(place)).text for place in ("/mail-apps", "/mailboxes", "/audit")]
    )
    async with page.database.transaction(page.system) as tx:
        for table in ("mail_app", "mail_access", "mail_departure", "event", "audit_entry"):
            seen += str(await tx.value(f"SELECT string_agg(x::text, '') FROM {table} x"))
    for secret in (SECRET, *page.giver.tokens, *page.giver.refresh):
        assert secret not in seen
    assert CLIENT in seen


async def test_who_comes_back_is_who_set_out_and_once(
    page: Page, client: httpx.AsyncClient
) -> None:
    await page.register()
    await page.connect()
    back = await page.set_out()
    # Somebody else, also of the same house, is not taken for who set out.
    other = await a_person(
        page.database, client, page.boss.organisation_id, role="admin", login="b@x.example"
    )
    stranger = await make_organisation(page.database)
    outside = await a_person(page.database, client, stranger, role="admin", login="c@x.example")
    for person in (other, outside):
        refused = await person.send("POST", "/mail-returns", back)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "mail.sign_in_gone")
    # Nor is another session of his own.
    async with page.database.transaction(page.system) as tx:
        again = (await enter(tx, member_id=page.boss.id)).token
    here = page.boss.browser.cookies["peakend"]
    page.boss.browser.cookies.set("peakend", again)
    refused = await page.boss.send("POST", "/mail-returns", back)
    assert refused.json()["error"]["code"] == "mail.sign_in_gone"
    page.boss.browser.cookies.set("peakend", here)
    assert (await page.boss.send("POST", "/mail-returns", back)).status_code == 200
    twice = await page.boss.send("POST", "/mail-returns", back)
    assert twice.json()["error"]["code"] == "mail.sign_in_gone"
    late = await page.set_out()
    async with page.database.transaction(page.system) as tx:
        await tx.run("UPDATE mail_departure SET expires_at = now()")
    gone = await page.boss.send("POST", "/mail-returns", late)
    assert gone.json()["error"]["code"] == "mail.sign_in_gone"
    # For a mailbox that goes by password meanwhile there is nothing to keep.
    moved = await page.set_out()
    shown = await page.shown()
    names = ("brand_id", "name", "email", "host", "port", "tls", "login", "folder")
    body = {one: shown[one] for one in names} | {"auth": "password"}
    change = {"mailbox": body, "version": shown["version"]}
    changed = (await page.boss.send("PUT", page.box, change)).json()
    assert (changed["auth"], changed["access"]) == ("password", None)
    gone = await page.boss.send("POST", "/mail-returns", moved)
    assert gone.json()["error"]["code"] == "mail.sign_in_gone"
    refused = await page.boss.send("POST", f"{page.box}/departures")
    assert refused.json()["error"]["code"] == "mail.sign_in_not_chosen"


async def test_a_refusal_is_said_in_words(page: Page) -> None:
    await page.register()
    await page.connect()
    back = await page.set_out()
    no = {"state": back["state"], "error": "access_denied", "error_description": "user said no"}
    said = (await page.boss.send("POST", "/mail-returns", no)).json()
    assert said["message"].startswith("No access was given")
    assert "user said no" in said["message"]
    for change, words in (
        ({"scope": "openid"}, "did not give access to mail"),
        ({"scope": None, "gives_refresh": False}, "cannot be renewed"),
        ({"instead": (500, b"<html>")}, "no usable answer"),
    ):
        for name, value in change.items():
            setattr(page.giver, name, value)
        message = (await page.sign_in())["message"]
        assert words in message or "gave no access" in message
    assert (await page.shown())["access"] is None
    assert "MailAccessGranted" not in await page.facts()


async def test_a_token_is_renewed_before_it_ends_and_the_newest_refresh_kept(page: Page) -> None:
    await page.ready()
    first = await page.token()
    assert len(page.giver.forms) == 1
    page.at += timedelta(minutes=56)
    second = await page.token()
    assert second != first
    page.at += timedelta(minutes=56)
    third = await page.token()
    assert len({first, second, third}) == 3
    # One that does not change is kept as well.
    page.giver.rotates = False
    page.at += timedelta(minutes=56)
    await page.token()
    page.at += timedelta(minutes=56)
    assert await page.token() in page.giver.tokens


async def test_of_two_at_once_one_renews(page: Page) -> None:
    await page.ready()
    page.at += timedelta(minutes=70)
    page.giver.hold = asyncio.Event()
    page.giver.asked.clear()
    one = asyncio.ensure_future(page.token())
    await page.giver.asked.wait()
    others = [asyncio.ensure_future(page.token()) for _ in range(3)]
    await asyncio.sleep(0)
    page.giver.hold.set()
    found = await asyncio.gather(one, *others)
    assert set(found) == page.giver.tokens
    assert [form["grant_type"] for form in page.giver.forms].count("refresh_token") == 1
    # Who died while he renewed is followed by somebody else, once his lease is over.
    page.at += timedelta(minutes=70)
    async with page.database.transaction(page.system) as tx:
        await tx.run("UPDATE mail_access SET renewing_until = $1", page.at)
    assert await page.token() not in found


async def test_a_token_the_server_refuses_is_renewed_once(page: Page) -> None:
    await page.ready()
    page.giver.tokens.clear()
    await page.collect()
    assert (await page.shown())["failures"] == 0
    asked = len(page.giver.forms)
    # A server that takes no token at all is not asked again and again.
    page.folder.tokens = set()
    await page.collect()
    bad = await page.shown()
    assert (bad["code"], bad["failures"], len(page.giver.forms)) == ("token_refused", 1, asked + 1)
    assert "status 400" in bad["message"]
    assert "access-" not in bad["message"]
    page.folder.can = "IMAP4rev1 AUTH=PLAIN"
    await page.collect(120)
    assert (await page.shown())["code"] == "no_xoauth2"


async def test_leave_that_ended_is_told_and_given_anew(page: Page) -> None:
    await page.ready()
    page.giver.refresh.clear()
    asked = len(page.giver.forms)
    await page.collect(3600)
    bad = await page.shown()
    assert (bad["code"], bad["failures"]) == ("sign_in_again", 1)
    assert bad["message"].startswith("Google no longer gives access: sign in again")
    assert "refresh-" not in bad["message"]
    assert bad["access"]["message"] == bad["message"]
    # Also where it is noticed by a test, before anybody looks.
    signs = (await page.boss.get("/health-report")).json()["signs"]
    assert [one["verdict"] for one in signs if one["code"] == "mailboxes_failing"] == ["doubtful"]
    # It rests, as with a wrong password, and the provider is not asked again.
    await page.collect(1801)
    assert ((await page.shown())["failures"], len(page.giver.forms)) == (2, asked + 1)
    assert await page.facts() == ["MailAppChanged", "MailAccessGranted", "MailAccessFailed"]
    assert (await page.sign_in())["message"] == ""
    well = await page.shown()
    assert (well["failures"], well["code"], well["access"]["message"]) == (0, "", "")
    page.folder.put(b"From: a@x.example\r\n\r\nx")
    await page.collect()
    assert page.folder.marked == {1}


@pytest.mark.parametrize(
    ("instead", "code"),
    [
        ((500, b"<html>oh"), "provider_broken"),
        ((200, b"[1, 2]"), "provider_broken"),
        ((200, b'{"access_token": "a\\u0001b"}'), "provider_broken"),
        ((200, b" " * (providers.MOST_BYTES + 1)), "provider_broken"),
        ((503, b'{"error": "temporarily_unavailable"}'), "provider_broken"),
        ((401, b'{"error": "invalid_client"}'), "app_refused"),
    ],
)
async def test_trouble_of_the_provider_ends_nothing(
    page: Page, instead: tuple[int, bytes], code: str
) -> None:
    await page.ready()
    page.giver.instead = instead
    page.at += timedelta(minutes=56)
    # What is good for a few minutes still serves as long.
    assert await page.token() in page.giver.tokens
    page.at += timedelta(minutes=5)
    with pytest.raises(BoxTrouble) as trouble:
        await page.token()
    assert trouble.value.code == code
    page.giver.instead = None
    assert await page.token() in page.giver.tokens
    assert "MailAccessFailed" not in await page.facts()


async def test_a_provider_that_is_away_or_slow_is_waited_for(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.ready()
    page.at += timedelta(hours=2)
    monkeypatch.setattr(providers, "PATIENCE_S", 0.2)
    page.giver.hold = asyncio.Event()
    with pytest.raises(BoxTrouble) as trouble:
        await page.token()
    assert trouble.value.code == "provider_silent"
    page.giver.hold.set()
    monkeypatch.setattr(settings, "mail_sign_in", {"google": "http://127.0.0.1:1"})
    with pytest.raises(BoxTrouble) as trouble:
        await page.token()
    assert trouble.value.code == "provider_silent"


async def test_leave_is_taken_back(page: Page) -> None:
    await page.ready()
    [refresh] = page.giver.refresh
    assert (await page.boss.send("DELETE", f"{page.box}/access")).status_code == 204
    assert page.giver.revoked == [refresh]
    shown = await page.shown()
    assert (shown["access"], shown["auth"]) == (None, "google")
    lines = page.folder.lines
    await page.collect()
    assert page.folder.lines == lines
    assert (await page.boss.send("DELETE", f"{page.box}/access")).status_code == 404
    assert (await page.facts())[-1] == "MailAccessWithdrawn"
    async with page.database.transaction(page.system) as tx:
        audited = await tx.value(
            "SELECT array_agg(action ORDER BY id) FROM audit_entry WHERE subject_type = 'mailbox'"
            " AND action ~ 'granted|withdrawn'"
        )
    assert audited == ["mailbox.granted", "mailbox.withdrawn"]


async def test_leave_goes_with_the_mailbox_it_was_given_for(page: Page) -> None:
    await page.ready()
    shown = await page.shown()
    names = ("brand_id", "name", "email", "host", "port", "tls", "login", "folder", "auth")
    body = {one: shown[one] for one in names}
    renamed = {"mailbox": body | {"name": "新名字"}, "version": shown["version"]}
    kept = (await page.boss.send("PUT", page.box, renamed)).json()
    assert kept["access"]["account"] == ACCOUNT
    moved = {"mailbox": body | {"login": "other"}, "version": kept["version"]}
    assert (await page.boss.send("PUT", page.box, moved)).json()["access"] is None
    # Nobody else's server is shown what a provider gave.
    evil = body | {"host": "imap.evil.example", "port": 993, "tls": "implicit"}
    refused = await page.boss.send("POST", "/mailboxes", evil | {"email": "b@x.example"})
    assert refused.json()["error"]["fields"] == {"host": "mail.not_providers"}


async def test_the_way_of_signing_in_needs_a_second_person(page: Page) -> None:
    await page.register()
    made = await page.connect("password")
    async with page.database.transaction(page.system) as tx:
        await tx.run("INSERT INTO two_person_rule (active, changed_at) VALUES (true, now())")
    names = ("brand_id", "name", "email", "host", "port", "tls", "login", "folder")
    body = {one: made[one] for one in names} | {"auth": "google"}
    refused = await page.boss.send("PUT", page.box, {"mailbox": body, "version": made["version"]})
    assert refused.json()["error"]["code"] == "accounts.second_person_needed"


async def test_an_application_is_registered_changed_and_removed(page: Page) -> None:
    missing = await page.register(secret="")
    assert missing.json()["error"]["fields"] == {"secret": "mail.app_secret_missing"}
    for wrong in ({"tenant": "x"}, {"client_id": "a\nb"}):
        assert (await page.register(**wrong)).status_code == 422
    assert (await page.register("aol")).status_code == 404
    assert (await page.register("microsoft", tenant="a/../b")).status_code == 422
    [google, _, _] = (await page.register()).json()
    assert (google["app"]["client_id"], google["used"]) == (CLIENT, 0)
    stale = await page.register()
    assert stale.json()["error"]["code"] == "mail.app_stale"
    await page.connect()
    await page.sign_in()
    used = await page.boss.send("DELETE", "/mail-apps/google")
    assert used.json()["error"]["code"] == "mail.app_used"
    # Another secret for the same client changes nothing; another client knows nobody.
    await page.register(version=1)
    assert (await page.shown())["access"]["message"] == ""
    await page.register(version=2, client_id="another")
    assert "sign in again" in (await page.shown())["access"]["message"]
    await page.boss.send("DELETE", f"{page.box}/access")
    assert (await page.boss.send("DELETE", "/mail-apps/google")).status_code == 204
    refused = await page.boss.send("POST", f"{page.box}/departures")
    assert refused.json()["error"]["code"] == "mail.no_app"


async def test_a_mail_server_is_signed_in_and_sends(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_server(monkeypatch, login=True) as box:
        box.tokens = page.giver.tokens
        await page.register("microsoft_cn")
        place = f"/mail-servers/{page.brand_id}"
        body = {
            "host": "127.0.0.1", "port": box.port, "tls": "none", "auth": "microsoft_cn",
            "login": FROM, "sender_email": FROM, "sender_name_zh": "客服",
            "sender_name_en": "Service", "version": 0,
        }  # fmt: skip
        assert (await page.boss.send("PUT", place, body)).json()["access"] is None
        none = (await page.boss.send("POST", f"{place}/tests", {"to": ""})).json()
        assert (none["good"], none["message"]) == (False, "Nobody has signed in with 21Vianet yet")
        done = await page.sign_in(place)
        assert (done["mailbox_id"], done["brand_id"]) == (None, str(page.brand_id))
        good = (await page.boss.send("POST", f"{place}/tests", {"to": "a@x.example"})).json()
        assert (good["good"], len(box.came)) == (True, 1)
        # The server forgot the token: it is renewed, and the mail goes.
        page.giver.tokens.clear()
        again = (await page.boss.send("POST", f"{place}/tests", {"to": "a@x.example"})).json()
        assert (again["good"], len(box.came)) == (True, 2)
        box.tokens = set()
        bad = (await page.boss.send("POST", f"{place}/tests", {"to": ""})).json()
        assert bad["answer"] == "535 5.7.8 not accepted (status 401)"
        page.giver.refresh.clear()
        ended = (await page.boss.send("POST", f"{place}/tests", {"to": ""})).json()
        assert "sign in again" in ended["message"]
        shown = (await page.boss.get("/mail-servers")).json()["brands"][0]["server"]
        assert "sign in again" in shown["access"]["message"]
        assert (await page.boss.send("DELETE", f"{place}/access")).status_code == 204
        # Microsoft has no place to tell it.
        assert page.giver.revoked == []


async def test_who_is_bound_to_other_brands_signs_nothing_in(page: Page) -> None:
    await page.ready()
    bound = msgspec.structs.replace(
        page.system, kind="member", every_brand=False, permissions=frozenset({"channels.manage"})
    )
    box_id = UUID(page.box.rpartition("/")[2])
    with pytest.raises(queries.MailboxNotFound):
        await actions.withdraw(page.database, by=bound, mailbox_id=box_id)
    with pytest.raises(queries.MailboxNotFound):
        await actions.set_out(
            page.database, by=bound, session_id=box_id, redirect="http://x", mailbox_id=box_id
        )
