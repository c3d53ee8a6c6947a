"""A mail as the agent sees it: what is told, what is masked, what is asked of the world."""

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator
from email.header import Header
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from peakend.accounts.queries import brands
from peakend.conversations import actions
from peakend.conversations.actions import picturing
from peakend.conversations.queries import MailGiven
from peakend.conversations.queries.mails import leaving_page
from peakend.conversations.rules.answering import MailPerson
from peakend.conversations.rules.calendars import invitation
from peakend.conversations.rules.paper import head_of, paper, people, shown_host
from peakend.customers.actions import identify
from peakend.customers.queries import Claim
from peakend.kernel.settings import settings
from peakend.mail.actions import ServerText, set_server
from tests.accounts.people import Person, a_person
from tests.conversations.conftest import Centre
from tests.mail.arrived import OURS, PNG, a_mail, arrived


@pytest.fixture
async def agent(centre: Centre, client: httpx.AsyncClient) -> Person:
    return await a_person(centre.database, client, centre.organisation_id, "agent")


@pytest.fixture(autouse=True)
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "_copies", picturing._Copies())


async def mailed(centre: Centre, person: Person, raw: bytes, **more: Any) -> str:
    """Return the path of a mail in a conversation that somebody holds."""
    message = await centre.says("请看图。")
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=message.conversation_id, agent_id=person.id, leg_id=uuid4()
        )
        await identify(
            tx, visitor_id=centre.visitor.id, claim=Claim(email="lilei@customer.example")
        )
        await arrived(tx, raw, message.id, **more)
    return f"/conversations/{message.conversation_id}/messages/{message.id}/mail"


async def sends(centre: Centre) -> None:
    """Give the brand a server by which it sends."""
    async with centre.tx() as tx:
        server = ServerText(
            brand_id=(await brands(tx))[0].id, host="mail.example.com", port=465, tls="implicit",
            login="", sender_email=OURS, sender_name_zh="客服", sender_name_en="Service",
        )  # fmt: skip
        await set_server(tx, server=server)


def picture(colour: str = "#cdd6dd", kind: str = "PNG", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (2000, 100), colour).save(made, kind, **more)
    return made.getvalue()


class Elsewhere:
    """A server of pictures on loopback, which the operator listed."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.answers: dict[str, bytes] = {}

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes, head: str = "200 OK\r\nContent-Type: image/png") -> str:
        self.answers[path] = (
            f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        return self.at(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            writer.write(self.answers.get(head.split()[1], b"HTTP/1.1 404 X\r\n\r\n"))
            await writer.drain()
        writer.close()


@pytest.fixture
async def elsewhere(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Elsewhere]:
    there = Elsewhere()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    yield there
    server.close()


async def test_a_mail_is_told_as_its_author_meant_it(centre: Centre, agent: Person) -> None:
    html = (
        '<p>请看图。</p><img src="cid:one@x"><img src="https://t.example/p.gif">'
        '<a href="https://shop.example/?a=1&amp;b=2">店</a><a href="mailto:a@b.cn">信</a>'
        "<blockquote>旧</blockquote>"
    )
    path = await mailed(centre, agent, a_mail(html, invite=True))
    shown = (await agent.get(path)).json()
    assert (shown["direction"], shown["subject"]) == ("in", "灶台打不着火")
    assert shown["from"]["name"] == "李雷"
    assert [one["name"] for one in shown["to"]] == ["客服", "韩梅梅"]
    assert '<img data-inside="1"><img data-remote="2">' in shown["html"]
    assert "t.example" not in shown["html"]
    assert (shown["has_remote"], shown["remote"]) == (True, 1)
    assert "mailto:a@b.cn" in shown["html"]
    assert "/leaving?to=https%3A%2F%2Fshop.example%2F%3Fa%3D1%26b%3D2&amp;s=" in shown["html"]
    assert shown["reply_text"] == "请看图。\n\n店信"
    inside, invited = shown["attachments"]
    assert (inside["inside"], inside["invitation"]) == (True, None)
    assert invited["invitation"]["title"] == "上门维修, 第二次"
    assert invited["invitation"]["starts_at"] == "2026-12-03T06:00:00Z"


async def test_addresses_are_seen_as_the_role_sees_them(centre: Centre, agent: Person) -> None:
    path = await mailed(centre, agent, a_mail("<p>hi</p>"), trust="failed")
    shown = (await agent.get(path)).json()
    assert shown["from"] == {"email": "l***@customer.example", "name": "李雷"}
    assert [one["email"] for one in shown["to"]] == [OURS, "h***@customer.example"]
    assert shown["hidden"] is True
    assert shown["trust"]["verdict"] == "failed"
    assert len(shown["trust"]["reasons"]) == 1
    head = await agent.get(f"{path}/headers")
    assert head.headers["content-type"] == "text/plain; charset=utf-8"
    assert "lilei@" not in head.text
    assert "Message-ID: <1@customer.example>" in head.text
    assert OURS in head.text
    refused = await agent.get(f"{path}/original")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "conversations.mail_address_hidden"
    reveal = {"field": "email", "reason": "核对来信地址"}
    customer = centre.visitor.customer_id
    given = await agent.send("POST", f"/customers/{customer}/reveals", reveal)
    assert given.status_code == 201, given.text
    assert (await agent.get(path)).json()["from"]["email"] == "lilei@customer.example"
    assert "lilei@customer.example" in (await agent.get(f"{path}/headers")).text
    original = await agent.get(f"{path}/original")
    assert original.headers["content-type"] == "message/rfc822"
    assert original.headers["content-disposition"].startswith("attachment;")
    assert b"<lilei@customer.example>" in original.content
    taken = "SELECT count(*) FROM audit_entry WHERE action = 'message.mail_taken'"
    assert await centre.value(taken) == 1


async def test_an_answer_is_told_as_it_goes(centre: Centre, agent: Person) -> None:
    conversation_id = UUID((await mailed(centre, agent, a_mail("<p>hi</p>"))).split("/")[2])
    await sends(centre)
    sent = MailGiven(
        to=[MailPerson(email="lilei@customer.example", name="李雷")],
        subject="回复：灶台打不着火",
        html="<p>您好，<b>明天</b>上门。</p><script>alert(1)</script>",
    )
    by = centre.supervisor
    async with centre.tx(by) as tx:
        message = await actions.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="您好，明天上门。",
            mail=sent, by=by,
        )  # fmt: skip
    path = f"/conversations/{conversation_id}/messages/{message.id}/mail"
    shown = (await agent.get(path)).json()
    assert (shown["direction"], shown["subject"]) == ("out", "回复：灶台打不着火")
    assert shown["from"]["email"] == OURS
    assert shown["to"] == [{"email": "l***@customer.example", "name": "李雷"}]
    assert "<b>明天</b>" in shown["html"]
    assert "script" not in shown["html"]
    # It is somebody else's to take back.
    assert (shown["state"], shown["original"], shown["can"]["undo"]) == ("queued", False, False)
    for end in ("/headers", "/original", "/pictures/1"):
        assert (await agent.get(path + end)).status_code == 404


async def test_a_mail_can_be_taken_back_until_somebody_tried_to_hand_it_over(
    centre: Centre, agent: Person
) -> None:
    here = (await mailed(centre, agent, a_mail("<p>hi</p>"))).split("/")[2]
    await sends(centre)
    given = {
        "client_id": str(uuid4()),
        "kind": "agent",
        "text": "您好，明天上门。",
        "mail": {"to": [{"email": "lilei@customer.example", "name": ""}], "subject": "上门"},
    }
    sent = await agent.send("POST", f"/conversations/{here}/messages", given)
    assert sent.status_code == 200, sent.text
    path = f"/conversations/{here}/messages/{sent.json()['id']}/mail"
    assert (await agent.get(path)).json()["can"] == {"undo": True, "retry": False}
    # The first server did not answer: it waits for another try, and may have arrived.
    async with centre.tx() as tx:
        await tx.run("UPDATE mail SET attempt = 1 WHERE about = $1", UUID(sent.json()["id"]))
    tried = (await agent.get(path)).json()
    assert (tried["state"], tried["can"]) == ("queued", {"undo": False, "retry": False})
    assert (await agent.send("POST", f"{path}/undo")).status_code == 409


async def test_who_may_not_see_the_conversation_sees_no_mail(
    centre: Centre, agent: Person, client: httpx.AsyncClient
) -> None:
    path = await mailed(centre, agent, a_mail("<p>hi</p><img src='https://t.example/p.gif'>"))
    other = await a_person(centre.database, client, centre.organisation_id, "agent")
    for end in ("", "/headers", "/original", "/pictures/1"):
        assert (await other.get(path + end)).status_code == 404, end
    assert (await agent.get(path.replace("/mail", "/mail/pictures/9"))).status_code == 404
    plain = await centre.says("不是邮件")
    gone = f"{path.rsplit('/messages', 1)[0]}/messages/{plain.id}/mail"
    assert (await agent.get(gone)).json()["error"]["code"] == "conversations.mail_gone"


async def test_a_picture_is_written_anew_and_asked_for_once(
    centre: Centre, agent: Person, elsewhere: Elsewhere
) -> None:
    hidden = Image.Exif()
    hidden[0x010E] = "at home"
    photo = picture(kind="JPEG", exif=hidden) + b"<script>alert(1)</script>"
    place = elsewhere.put("/p.jpg?who=agent7", photo)
    path = await mailed(centre, agent, a_mail(f"<img src='{place}'><img src='cid:one@x'>"))
    assert elsewhere.asked == []
    shown = [await agent.get(f"{path}/pictures/1") for _ in range(2)]
    for one in shown:
        assert one.headers["content-type"] == "image/jpeg"
        assert "sandbox" in one.headers["content-security-policy"]
        assert b"script" not in one.content
        assert b"at home" not in one.content
    with Image.open(io.BytesIO(shown[0].content)) as made:
        assert made.size == (1600, 80)
    asked = elsewhere.asked[0].lower()
    assert len(elsewhere.asked) == 1
    for sign in ("cookie", "referer", "accept-language"):
        assert sign not in asked
    inside = await agent.get(f"{path}/pictures/2")
    assert (inside.status_code, inside.headers["content-type"]) == (200, "image/png")
    assert len(elsewhere.asked) == 1


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("200 OK\r\nContent-Type: image/svg+xml", SVG),
        ("200 OK\r\nContent-Type: image/png", b"<html><script>alert(1)</script>"),
        ("200 OK\r\nContent-Type: image/png", b"\x89PNG\r\n\x1a\n" + b"broken"),
        ("200 OK\r\nContent-Type: image/png", b"GIF89a" + b"\xff" * (5 * 1024 * 1024)),
        ("403 X\r\nContent-Type: image/png", PNG),
        ("302 X\r\nLocation: http://169.254.169.254/latest/meta-data", b""),
        ("302 X\r\nLocation: https://10.0.0.7/a.png", b""),
        ("302 X\r\nLocation: file:///etc/passwd", b""),
    ],
)  # fmt: skip
async def test_what_is_no_picture_is_not_shown(
    centre: Centre, agent: Person, elsewhere: Elsewhere, head: str, body: bytes
) -> None:
    place = elsewhere.put("/p", body, head)
    path = await mailed(centre, agent, a_mail(f"<img src='{place}'>"))
    shown = await agent.get(f"{path}/pictures/1")
    assert (shown.status_code, len(elsewhere.asked)) == (404, 1)
    assert shown.json()["error"]["code"] == "conversations.mail_picture_not_shown"


async def test_pictures_that_move_stand_still(
    centre: Centre, agent: Person, elsewhere: Elsewhere
) -> None:
    first = Image.new("RGB", (40, 40), "red")
    made = io.BytesIO()
    first.save(made, "GIF", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")])
    place = elsewhere.put("/p.gif", made.getvalue() + b"<script>")
    path = await mailed(centre, agent, a_mail(f"<img src='{place}'>"))
    shown = await agent.get(f"{path}/pictures/1")
    with Image.open(io.BytesIO(shown.content)) as still:
        assert getattr(still, "n_frames", 1) == 1
    assert b"<script>" not in shown.content


@pytest.mark.parametrize("place", ["http://127.0.0.1:1/a.png", "https://192.168.0.1/a.png",
                                   "https://[::1]/a.png", "http://localhost/a.png"])  # fmt: skip
async def test_nothing_inside_is_asked(centre: Centre, agent: Person, place: str) -> None:
    path = await mailed(centre, agent, a_mail(f"<img src='{place}'>"))
    assert (await agent.get(f"{path}/pictures/1")).status_code == 404


async def test_leaving_says_where_to(client: httpx.AsyncClient) -> None:
    page = await client.get(leaving_page('https://аpple.example/a?b=1&c="<script>'))
    assert "xn--pple-43d.example" in page.text
    assert "<script" not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    given = parse_qs(urlsplit(leaving_page("https://a.example/")).query)
    for to, sign in (("https://b.example/", given["s"][0]), ("javascript:alert(1)", "x"), ("", "")):
        assert (await client.get("/leaving", params={"to": to, "s": sign})).status_code == 404
    assert (await client.get(leaving_page("javascript:alert(1)"))).status_code == 404


async def test_nothing_turns_the_direction_of_reading(centre: Centre, agent: Person) -> None:
    turned = Header("\u202egnud\u202c 李", "utf-8").encode()
    raw = re.sub(rb"(?m)^Subject: .*$", f"Subject: {turned}".encode(), a_mail("x"))
    sender = f"From: {turned} <lilei@customer.example>".encode()
    path = await mailed(centre, agent, re.sub(rb"(?m)^From: .*$", sender, raw))
    shown = (await agent.get(path)).json()
    assert [shown["from"]["name"], shown["subject"]] == ["gnud 李", "gnud 李"]


def test_no_more_pictures_than_are_shown() -> None:
    made = paper('<img data-remote="https://x.example/a">' * 150)
    assert len(made.pictures) == 100
    assert made.html.count("data-remote") == 100


def test_words_that_look_like_tags_stay_words() -> None:
    assert paper('src="cid:1" &lt;img src="cid:2"&gt;').pictures == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('"王, 梅" <mei@x.cn>, b@x.cn', [("王, 梅", "mei@x.cn"), ("", "b@x.cn")]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_who_is_named(line: str, named: list[tuple[str, str]]) -> None:
    assert [(one.name, one.email) for one in people(line)] == named


def test_hosts_as_the_network_writes_them() -> None:
    assert shown_host("https://例子.example/x") == "xn--fsqu00a.example"
    assert shown_host("mailto:a@b.cn") == shown_host("https://[x") == ""


def test_a_head_has_nothing_that_cannot_be_shown() -> None:
    assert head_of(b"\r\nA: b\r\nC: \x1b[31m\xff\r\n\r\nbody") == "A: b\nC: \ufffd[31m\ufffd"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("DTSTART;VALUE=DATE:20261203", ("", "2026-12-03", True)),
        ("DTSTART:20261203T060000Z", ("2026-12-03T06:00:00", "", False)),
        ("DTSTART;TZID=Nowhere/At_all:20261203T060000", ("", "2026-12-03 06:00", False)),
        ("DTSTART;TZID=../../etc/passwd:20261203T060000", ("", "2026-12-03 06:00", False)),
        ("DTSTART:99999999T999999Z", ("", "", False)),
        ("DTSTART", ("", "", False)),
    ],
)
def test_when_a_meeting_begins(lines: str, found: tuple[str, str, bool]) -> None:
    made = invitation(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\n".encode())
    assert made is not None
    at = made.starts_at.replace(tzinfo=None).isoformat() if made.starts_at else ""
    assert (at, made.starts_local, made.whole_day) == found


def test_other_files_are_no_invitations() -> None:
    assert invitation(b"") is None
    assert invitation(b"\xff\xfe" * 1000) is None
