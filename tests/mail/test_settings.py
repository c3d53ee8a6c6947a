"""Mail as an administrator sets it: servers whose password nobody sees, and templates."""

from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.accounts import queries as houses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.kernel.templates import faults
from peakend.mail import actions, queries
from peakend.mail.rules import KINDS, LANGUAGES, VARIABLES, Look, framed, nested, template_faults
from tests.accounts.people import a_person
from tests.mail.servers import PASSWORD, a_server

FROM = "service@mail.example.com"


class Desk:
    """An administrator in front of the app, and the brand he sets."""

    def __init__(self, browser: httpx.AsyncClient, brand_id: UUID) -> None:
        self.browser = browser
        self.place = f"/api/mail-servers/{brand_id}"
        self.templates = f"/api/mail-templates/{brand_id}"

    async def set(self, **changes: Any) -> httpx.Response:
        """Set the server, as it is or with changes."""
        body = {
            "host": "smtp.example.com", "port": 465, "tls": "implicit", "login": FROM,
            "sender_email": FROM, "sender_name_zh": "峰终客服", "sender_name_en": "Peakend",
            "version": 0,
        }  # fmt: skip
        return await self.browser.put(self.place, json=body | changes)


@pytest.fixture
async def desk(client: httpx.AsyncClient, database: Database, organisation: UUID) -> Desk:
    boss = await a_person(database, client, organisation, role="admin")
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
    return Desk(boss.browser, brand_id)


async def test_a_password_is_kept_and_never_shown(
    desk: Desk, database: Database, organisation: UUID
) -> None:
    made = (await desk.set()).json()
    assert made["has_password"] is False
    kept = await desk.browser.put(f"{desk.place}/password", json={"password": PASSWORD})
    assert kept.json()["has_password"] is True
    assert PASSWORD not in (await desk.browser.get("/api/mail-servers")).text + kept.text
    async with database.transaction(Actor.system(organisation)) as tx:
        rows = await tx.value("SELECT string_agg(s::text, '') FROM mail_server s")
        said = await tx.value("SELECT string_agg(payload::text, '') FROM event")
        written = await tx.value("SELECT string_agg(a::text, '') FROM audit_entry a")
        server = await queries.need_server(tx, UUID(made["brand_id"]))
        assert await queries.password_of(tx, server) == PASSWORD
    assert PASSWORD not in rows + said + written
    assert FROM not in said + written


@pytest.mark.parametrize(
    "change", [{"host": "smtp.evil.example"}, {"login": "other"}, {"tls": "starttls", "port": 587}]
)
async def test_a_password_goes_with_the_server_it_was_given_for(
    desk: Desk, change: dict[str, Any]
) -> None:
    await desk.set()
    kept = (await desk.browser.put(f"{desk.place}/password", json={"password": "x"})).json()
    same = (await desk.set(version=kept["version"], sender_name_en="New")).json()
    assert same["has_password"] is True
    moved = (await desk.set(version=same["version"], **change)).json()
    assert moved["has_password"] is False
    tried = (await desk.browser.post(f"{desk.place}/tests", json={})).json()
    assert (tried["good"], tried["message"]) == (False, "No password has been given yet")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": "a b"}, "host"),
        ({"host": "0x7f.1"}, "host"),
        ({"port": 443}, "port"),
        ({"tls": "starttls"}, "port"),
        ({"tls": "none", "port": 25}, "tls"),
        ({"sender_email": "nobody"}, "sender_email"),
        ({"sender_email": "a@intranet"}, "sender_email"),
        ({"sender_name_zh": "a\r\nBcc: x@y.z"}, None),
        ({"sender_name_zh": "a\u0007"}, "sender_name_zh"),
        ({"login": "a\r\nb"}, "login"),
    ],
)
async def test_what_cannot_be_is_refused(
    desk: Desk, change: dict[str, Any], field: str | None
) -> None:
    answer = await desk.set(**change)
    if field is None:  # breaks become spaces in a name
        assert answer.json()["sender_name_zh"] == "a Bcc: x@y.z"
        return
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == [field]


async def test_a_test_says_what_is_wrong(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch) as box:
        await desk.set(host="127.0.0.1", port=box.port, tls="none", login="")
        tests = f"{desk.place}/tests"
        good = (await desk.browser.post(tests, json={})).json()
        assert (good["good"], good["message"], box.came) == (True, "", [])
        sent = (await desk.browser.post(tests, json={"to": "fang@example.org"})).json()
        assert sent["good"] is True
        assert box.mail()["auto-submitted"] == "auto-generated"
        box.sender = "553 5.7.1 not yours"
        bad = (await desk.browser.post(tests, json={})).json()
        assert bad["answer"] == "553 5.7.1 not yours"
        assert FROM in bad["message"]
        wrong = await desk.browser.post(tests, json={"to": "nobody"})
        assert wrong.status_code == 422
        monkeypatch.setattr(settings, "outgoing_allowed", ())
        inside = (await desk.browser.post(tests, json={})).json()
        assert inside["message"] == f"Port {box.port} is not one of mail"


async def test_two_people_set_a_server_where_the_house_wants_it(
    desk: Desk, database: Database, organisation: UUID
) -> None:
    made = (await desk.set()).json()
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run("INSERT INTO two_person_rule (active, changed_at) VALUES (true, now())")
    refused = await desk.set(host="smtp.evil.example", version=made["version"])
    assert refused.json()["error"]["code"] == "accounts.second_person_needed"
    renamed = await desk.set(sender_name_en="New", version=made["version"])
    assert renamed.status_code == 200


async def test_who_is_bound_to_other_brands_does_not_see_it(
    desk: Desk, database: Database, organisation: UUID
) -> None:
    brand_id = UUID((await desk.set()).json()["brand_id"])
    bound = msgspec.structs.replace(
        Actor.system(organisation), kind="member", every_brand=False,
        permissions=frozenset({"channels.manage"}),
    )  # fmt: skip
    async with database.transaction(bound) as tx:
        assert await queries.mail_servers(tx) == []
        with pytest.raises(houses.BrandNotFound):
            await queries.need_server(tx, brand_id)
        with pytest.raises(houses.BrandNotFound):
            await actions.reset_template(tx, brand_id=brand_id, kind="reply", language="en")


async def test_a_template_is_changed_and_set_back(desk: Desk) -> None:
    place = f"{desk.templates}/invitation/en"
    text = {"subject": "Come, {{ member.name }}", "body": "Here:\n\n{{ link }}\n", "version": 0}
    made = (await desk.browser.put(place, json=text)).json()
    assert (made["own"], made["version"]) == (True, 1)
    assert (await desk.browser.put(place, json=text)).status_code == 409
    again = await desk.browser.put(place, json=text | {"version": 1, "subject": "x"})
    assert again.json()["version"] == 2
    listed = (await desk.browser.get(desk.templates)).json()
    assert [one["own"] for one in listed].count(True) == 1
    back = (await desk.browser.delete(place)).json()
    assert back["own"] is False
    assert "{{ link }}" in back["body"]


async def test_a_wrong_template_is_said_by_its_line_and_not_kept(desk: Desk) -> None:
    place = f"{desk.templates}/invitation/en"
    draft = {
        "subject": "{{ link }}",
        "body": "a\n{{ memer.name }}\n{% if x %}{{ link }}{% endif %}",
    }
    shown = (await desk.browser.post(f"{place}/previews", json=draft)).json()
    assert [(one["field"], one["line"]) for one in shown["faults"]] == [
        ("subject", 1), ("body", 2), ("body", 3),
    ]  # fmt: skip
    assert "memer.name" in shown["faults"][1]["message"]
    assert (await desk.browser.put(place, json=draft | {"version": 0})).status_code == 422


async def test_a_preview_is_a_mail_with_examples(desk: Desk) -> None:
    place = f"{desk.templates}/invitation/zh-CN/previews"
    draft = {"subject": "{{ member.name }}", "body": "<script>x</script>\n\n{{ link }}"}
    shown = (await desk.browser.post(place, json=draft)).json()
    assert shown["subject"] == "陈晓宇"
    assert "<script" not in shown["html"]
    assert "接受邀请" in shown["html"]


async def test_a_signature_is_seen_below_an_answer(desk: Desk) -> None:
    place = desk.templates.replace("mail-templates", "mail-signatures") + "/zh-CN"
    reply = desk.templates + "/reply/zh-CN"
    text = {"subject": "{{ conversation.subject }}", "body": "您好：\n\n{{ answer }}", "version": 0}
    assert (await desk.browser.put(reply, json=text)).status_code == 200
    lines = "{{ agent.name }}<b>\n电话 400-000-0001"
    shown = (await desk.browser.post(f"{place}/previews", json={"body": lines})).json()
    assert shown["faults"] == []
    assert shown["text"].startswith("您好：\n\n您反映的热水器")
    assert shown["text"].endswith("\n\n王海涛<b>\n电话 400-000-0001")
    assert "王海涛&lt;b&gt;<br>电话 400-000-0001" in shown["html"]
    # Without lines of one's own the built-in ones stand there, as in a real answer.
    empty = (await desk.browser.post(f"{place}/previews", json={"body": " "})).json()
    assert "王海涛" in empty["text"]
    wrong = (await desk.browser.post(f"{place}/previews", json={"body": "a\n{{ link }}"})).json()
    assert [(one["line"], one["field"]) for one in wrong["faults"]] == [(2, "body")]
    assert "link" in wrong["faults"][0]["message"]
    cut = (
        await desk.browser.post(f"{place}/previews", json={"body": "{% if agent.name %}"})
    ).json()
    assert "endif" in cut["faults"][0]["message"]
    kept = (await desk.browser.put(place, json={"body": lines, "version": 0})).json()
    assert (kept["own"], bool(kept["changed_by"]), bool(kept["changed_at"])) == (True, True, True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_built_in_is_right(kind: Any, language: Any) -> None:
    found = queries.built_in(kind, language)
    assert template_faults(kind, found.subject, found.body) == []


@pytest.mark.parametrize(
    "body",
    ["{{7*7}}", "{{''.__class__}}", "{% include 'x' %}", "{% for a in (1..9999999) %}x{% endfor %}",
     "{{ brand.__class__ }}", "{{ brand.name.__class__ }}", "{{ 'a' | nope }}", "{% if %}"],
)  # fmt: skip
def test_templates_do_no_harm(body: str) -> None:
    assert template_faults("acknowledgement", "x", body)


def test_a_stranger_s_words_are_in_no_acknowledgement() -> None:
    assert not set(VARIABLES["acknowledgement"]) & {"customer.name", "conversation.subject"}


def test_a_block_that_is_never_closed_is_said_at_the_end() -> None:
    (found,) = faults("a\n{% if link %}\nb", ["link"])
    assert (found.code, found.line) == ("unreadable", 3)


def test_a_frame_lets_nothing_through() -> None:
    look = Look(name="<b>", colour="#0a6b72", language="en", footer='"><img src=x>')
    page = framed("<img src=x onerror=y>\nhttps://x.example/?a=1&b=<script>", look)
    assert "<img src=x" not in page
    assert "<script" not in page
    assert "<b>" not in page
    assert nested({"a.b": "1", "c": "2"}) == {"a": {"b": "1"}, "c": "2"}
