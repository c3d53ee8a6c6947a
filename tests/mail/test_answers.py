"""Answers by mail: to whom, in which thread, with what; held, taken back, tried anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.adapters.mail import written
from peakend.kernel.db import Database
from peakend.kernel.files import remove_files, save_file
from peakend.mail import actions, queries
from peakend.mail.actions import HandedOver
from peakend.mail.actions.answering import (
    FileMissing,
    FilesTooLarge,
    NoMailServer,
    TooMuchHtml,
    WrongRecipients,
    WrongSubject,
)
from peakend.mail.ports import Person
from peakend.mail.rules.answers import MOST_REFERENCES, answer_subject, bounded_references
from tests.mail.conftest import House
from tests.mail.servers import a_server

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
async def house(
    database: Database, organisation: UUID, data_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    async with a_server(monkeypatch) as box:
        made = House(database, organisation, box)
        await made.set_up()
        yield made


async def answer(house: House, **more: Any) -> actions.QueuedAnswer:
    given: dict[str, Any] = {
        "brand_id": house.brand_id,
        "about": uuid4(),
        "customer_id": uuid4(),
        "to": [Person("liu@example.org", "刘思雨")],
        "subject": "Re: 热水器",
        "text": "师傅明天上午到。",
        "language": "zh-CN",
    } | more
    async with house.tx() as tx:
        return await actions.queue_answer(tx, **given)


async def a_file(house: House, data: bytes, name: str) -> UUID:
    async with house.tx() as tx:
        return (await save_file(tx, data, name, purpose="message")).id


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("热水器", "Re: 热水器"),
        ("Re: 热水器", "Re: 热水器"),
        ("RE: re：回复：答复: 热水器", "Re: 热水器"),
        ("Re[3]: 回复(2): AW: boiler", "Re: boiler"),
        ("Fwd: Re: boiler", "Re: Fwd: Re: boiler"),
        ("Regarding: boiler", "Re: Regarding: boiler"),
        ("回复一下", "Re: 回复一下"),
        ("  ", ""),
    ],
)
def test_re_stands_once(given: str, made: str) -> None:
    assert answer_subject(given) == made
    assert len(answer_subject(given * 100)) <= 200


def test_references_are_bounded_and_end_with_what_is_answered() -> None:
    many = [f"{n}@x" for n in range(60)]
    found = bounded_references(many, "30@x")
    assert len(found) == MOST_REFERENCES
    assert (found[0], found[-2], found[-1]) == ("0@x", "59@x", "30@x")
    assert bounded_references(["a@x", "a@x", "", "y" * 300], "b@x") == ["a@x", "b@x"]


def test_what_an_agent_writes_is_cleaned_as_what_strangers_write() -> None:
    picture = uuid4()
    made = written(
        f'<p onclick="x()">您好<script>alert(1)</script><img src="/files/{picture}/a.png?e=1&s=2">'
        '<img src="https://elsewhere.example/t.gif"><a href="javascript:x()">link</a></p>'
        "<blockquote><p>旧话</p></blockquote>"
    )
    assert made is not None
    assert made.pictures == [picture]
    assert f'src="cid:{picture}@peakend"' in made.html
    for gone in ("script", "onclick", "javascript", "elsewhere"):
        assert gone not in made.html
    assert made.own == "您好link"
    assert "旧话" in made.text
    assert written("<div>" * 5000) is None
    assert written("x" * 400_000) is None


async def test_an_answer_goes_to_all_and_bcc_stands_nowhere(house: House) -> None:
    queued = await answer(
        house,
        cc=[Person("wu@example.org"), Person("LIU@example.org")],
        bcc=[Person("chef@example.net", "主管")],
        in_reply_to="asked@example.org",
        references=["first@example.org"],
        reply_to=Person("service+c.tag@mail.example.com"),
    )
    assert await house.carry() == 0
    assert await house.carry(11) == 1
    assert house.box.to == [["liu@example.org", "wu@example.org", "chef@example.net"]]
    found = house.box.mail()
    assert found["message-id"] == f"<{queued.header}>"
    assert found["in-reply-to"] == "<asked@example.org>"
    assert found["references"] == "<first@example.org> <asked@example.org>"
    assert found["reply-to"] == "service+c.tag@mail.example.com"
    assert found["cc"] == "wu@example.org"
    assert found["bcc"] is None
    assert b"chef@" not in house.box.came[0]
    assert b"Auto-Submitted" not in house.box.came[0]
    async with house.tx() as tx:
        kept = await queries.opened(tx, queued.mail_id)
    assert kept is not None
    assert kept.bcc == [Person("chef@example.net", "主管")]


async def test_html_stands_in_the_frame_with_its_pictures_and_files(house: House) -> None:
    picture, paper = (
        await a_file(house, PNG, "截图.png"),
        await a_file(house, b"%PDF-1.4 x", "单据.pdf"),
    )
    await answer(
        house,
        html=f'<p>见<b>图</b></p><img src="cid:{picture}"><script>x</script>',
        text="见图",
        file_ids=[picture, paper],
    )
    await house.carry(11)
    found = house.box.mail()
    page = found.get_body(("html",))
    assert page is not None
    html = page.get_content()
    assert "见<b>图</b>" in html
    assert "<script" not in html
    assert f"cid:{picture}@peakend" in html
    assert "border-top:4px solid" in html
    parts = {part["content-id"]: part for part in found.walk() if part["content-id"]}
    assert list(parts) == [f"<{picture}@peakend>"]
    assert [part.get_filename() for part in found.iter_attachments()] == ["单据.pdf"]
    plain = found.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == "见图"


async def test_what_cannot_go_is_refused_before_anything_is_written(house: House) -> None:
    for error, more in (
        (WrongRecipients, {"to": []}),
        (WrongRecipients, {"to": [Person("nobody")]}),
        (WrongRecipients, {"to": [Person(f"x{n}@example.org") for n in range(21)]}),
        (WrongRecipients, {"cc": [Person("a@example.org>\r\nBcc: b@example.org")]}),
        (WrongSubject, {"subject": " "}),
        (WrongSubject, {"subject": "x" * 201}),
        (TooMuchHtml, {"html": "<div>" * 3000}),
        (FileMissing, {"file_ids": [uuid4()]}),
        (FileMissing, {"html": f'<img src="cid:{uuid4()}">'}),
    ):
        with pytest.raises(error):
            await answer(house, **more)
    large = [await a_file(house, bytes([65 + n]) * 11 * 1024 * 1024, "x.txt") for n in range(2)]
    with pytest.raises(FilesTooLarge):
        await answer(house, file_ids=large)
    async with house.tx() as tx:
        await actions.switch_server(tx, brand_id=house.brand_id, active=False)
    with pytest.raises(NoMailServer):
        await answer(house)
    async with house.tx() as tx:
        assert (await queries.outbox(tx)).items == []


async def test_a_subject_and_a_name_smuggle_no_header(house: House) -> None:
    await answer(
        house,
        subject="Re: x\r\nBcc: evil@example.org",
        to=[Person("liu@example.org", "a\r\nCc: b")],
    )
    await house.carry(11)
    found = house.box.mail()
    assert found["subject"] == "Re: x Bcc: evil@example.org"
    assert (found["bcc"], found["cc"]) == (None, None)


async def test_an_answer_is_taken_back_once_and_until_somebody_takes_it(house: House) -> None:
    first, second = await answer(house), await answer(house)
    async with house.tx() as tx:
        content = await actions.take_answer_back(tx, mail_id=first.mail_id)
        assert content is not None
        assert content.to == [Person("liu@example.org", "刘思雨")]
        assert await actions.take_answer_back(tx, mail_id=first.mail_id) is None
    assert await house.carry(11) == 1
    assert house.box.mail()["message-id"] == f"<{second.header}>"
    with pytest.raises(HandedOver):
        async with house.tx() as tx:
            await actions.take_answer_back(tx, mail_id=second.mail_id)
    assert [one["mail_id"] for one in await house.facts("MailWithdrawn")] == [str(first.mail_id)]


async def test_taking_back_and_the_postman_never_both_have_it(house: House) -> None:
    """Each holds the row's lock first in one of the two orders, and the other one finds nothing."""
    queued = await answer(house)
    house.at += timedelta(seconds=11)
    async with house.tx() as tx:
        await actions.take_answer_back(tx, mail_id=queued.mail_id)
        # Not committed: the postman passes it over and does not wait.
        assert await house.carry() == 0
    assert await house.carry() == 0
    other = await answer(house)
    house.at += timedelta(seconds=11)
    async with house.database.system(house.at) as tx:
        (due,) = await house.postman.claim(tx, 16, [], [])
        undoing = asyncio.create_task(take_back(house, other.mail_id))
        # It waits for the row, and then sees that it was taken.
        async with house.database.look() as look:
            while not await look.value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                await asyncio.sleep(0.01)
    assert due.id == other.mail_id
    with pytest.raises(HandedOver):
        await undoing
    assert house.box.came == []


async def take_back(house: House, mail_id: UUID) -> None:
    async with house.tx() as tx:
        await actions.take_answer_back(tx, mail_id=mail_id)


async def test_what_failed_is_tried_anew_once(house: House) -> None:
    queued = await answer(house)
    house.box.recipient = "550 5.1.1 nobody"
    await house.carry(11)
    async with house.tx() as tx:
        states = await queries.answer_states(tx, [queued.mail_id])
        assert (states[queued.mail_id].state, states[queued.mail_id].code) == (
            "failed", "recipient_refused",
        )  # fmt: skip
        assert await actions.retry_answer(tx, mail_id=queued.mail_id)
        assert not await actions.retry_answer(tx, mail_id=queued.mail_id)
    house.box.recipient = ""
    await house.carry()
    assert house.box.mail()["message-id"] == f"<{queued.header}>"
    async with house.tx() as tx:
        assert not await actions.retry_answer(tx, mail_id=queued.mail_id)


async def test_a_mail_whose_file_went_is_not_sent_without_it(house: House) -> None:
    paper = await a_file(house, b"%PDF-1.4 x", "单据.pdf")
    queued = await answer(house, file_ids=[paper])
    async with house.tx() as tx:
        await remove_files(tx, [paper])
    await house.carry(11)
    async with house.tx() as tx:
        found = (await queries.answer_states(tx, [queued.mail_id]))[queued.mail_id]
    assert (found.state, found.code) == ("failed", "file_missing")
    assert house.box.came == []
