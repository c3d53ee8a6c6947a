"""The outbox: mails wait, are sent, tried again and given up; and who is invited gets one."""

from uuid import UUID, uuid4

import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.invitations import Terms
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.mail import actions
from peakend.mail.ports import Person
from peakend.mail.rules import GIVEN_UP_AFTER, TROUBLED_AFTER, next_try_s, rest_s
from tests.mail.conftest import FROM, House


async def test_a_mail_is_written_by_the_brand_and_sent_once(house: House) -> None:
    mail_id = await house.queue()
    assert await house.carry() == 1
    sent = await house.mail(mail_id)
    # What an answer said stays, for who reads the conversation later.
    assert (sent.state, sent.attempt, sent.kept) == ("sent", 1, True)
    (raw,) = house.box.came
    found = house.box.mail()
    assert found["message-id"] == f"<{mail_id}@mail.example.com>"
    assert found["subject"] == "热水器"
    assert [str(one) for one in found["from"].addresses] == [f"峰终客服 <{FROM}>"]
    body, page = found.get_body(("plain",)), found.get_body(("html",))
    assert body is not None
    assert "师傅明天上午到。" in body.get_content()
    assert page is not None
    assert "师傅明天上午到。" in page.get_content()
    assert b"Auto-Submitted" not in raw
    assert await house.carry(3600) == 0
    assert await house.facts("MailSent") == [
        {"mail_id": str(mail_id), "brand_id": str(house.brand_id), "mail": "reply",
         "about": str(sent.about), "tries": 1}
    ]  # fmt: skip


async def test_later_is_tried_again_and_never_is_given_up(house: House) -> None:
    mail_id = await house.queue()
    house.box.recipient = "451 4.7.1 greylisted"
    await house.carry()
    waits = await house.mail(mail_id)
    assert (waits.state, waits.code, waits.status) == ("queued", "recipient_refused", 451)
    assert waits.next_at > house.at
    assert (await house.server()).failures == 0
    # Told once, however often it is tried for the same reason.
    await house.carry(60)
    assert [one["code"] for one in await house.facts("MailDelayed")] == ["recipient_refused"]
    house.box.recipient = "550 5.1.1 nobody"
    await house.carry(600)
    over = await house.mail(mail_id)
    assert (over.state, over.attempt, over.kept) == ("failed", 3, True)
    assert [one["code"] for one in await house.facts("MailFailed")] == ["recipient_refused"]
    house.box.recipient = ""
    async with house.tx() as tx:
        await actions.retry_mail(tx, mail_id=mail_id)
    await house.carry()
    assert (await house.mail(mail_id)).state == "sent"
    assert house.box.mail()["message-id"] == f"<{mail_id}@mail.example.com>"


async def test_two_days_of_trouble_are_enough(house: House) -> None:
    mail_id = await house.queue()
    house.box.content = "452 4.3.1 full"
    await house.carry()
    house.at += GIVEN_UP_AFTER
    await house.carry()
    assert (await house.mail(mail_id)).state == "failed"


async def test_after_a_doubt_it_is_sent_once_more_under_the_same_id(house: House) -> None:
    mail_id = await house.queue()
    house.box.drops = 1
    await house.carry()
    waits = await house.mail(mail_id)
    assert (waits.state, waits.code, waits.uncertain) == ("queued", "uncertain", 1)
    assert await house.carry(60) == 0
    await house.carry(300)
    assert (await house.mail(mail_id)).state == "sent"
    first, second = house.box.mail(0), house.box.mail(1)
    assert first["message-id"] == second["message-id"]
    assert house.box.came[0] == house.box.came[1]


async def test_after_a_second_doubt_it_is_not_sent_again(house: House) -> None:
    mail_id = await house.queue()
    house.box.drops = 9
    for _ in range(4):
        await house.carry(3600)
    over = await house.mail(mail_id)
    assert (over.state, over.code) == ("failed", "uncertain")
    assert len(house.box.came) == 2


@pytest.mark.parametrize(("doubts", "state", "came"), [(0, "sent", 1), (1, "failed", 0)])
async def test_who_died_while_sending_leaves_a_doubt(
    house: House, doubts: int, state: str, came: int
) -> None:
    """A lease that runs out is no proof that nothing was sent."""
    mail_id = await house.queue()
    async with house.tx() as tx:
        await tx.run(
            "UPDATE mail SET state = 'sending', uncertain = $1 WHERE organisation_id ="
            " current_organisation() AND id = $2",
            doubts,
            mail_id,
        )
    await house.carry()
    assert (await house.mail(mail_id)).state == state
    assert len(house.box.came) == came


async def test_a_server_that_fails_rests_and_hurries_when_it_is_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = house.box.port
    await house.set_up(port=1)
    ids = [await house.queue() for _ in range(5)]
    await house.carry()
    server = await house.server()
    assert server.code == "not_reached"
    assert server.failures >= TROUBLED_AFTER
    assert server.rests_until is not None
    assert await house.carry() == 0
    await house.set_up(port=port)
    assert (await house.server()).failures == 0
    await house.carry()
    assert {(await house.mail(one)).state for one in ids} == {"sent"}


async def test_what_waits_of_a_server_that_is_removed_is_given_up(house: House) -> None:
    mail_id = await house.queue()
    async with house.tx() as tx:
        await actions.remove_server(tx, brand_id=house.brand_id)
    over = await house.mail(mail_id)
    assert (over.state, over.code) == ("failed", "no_server")


async def test_a_server_that_is_paused_keeps_what_waits(house: House) -> None:
    mail_id = await house.queue()
    async with house.tx() as tx:
        await actions.switch_server(tx, brand_id=house.brand_id, active=False)
    assert await house.carry() == 0
    async with house.tx() as tx:
        await actions.switch_server(tx, brand_id=house.brand_id, active=True)
    await house.carry()
    assert (await house.mail(mail_id)).state == "sent"


async def test_a_rolled_back_act_sends_nothing(house: House) -> None:
    async def act() -> None:
        async with house.tx() as tx:
            await actions.queue_mail(
                tx, brand_id=house.brand_id, kind="acknowledgement", about=uuid4(),
                to=Person("liu@example.org"), language="en",
                values={"conversation.number": "1", "brand.name": "a", "organisation.name": "b"},
            )  # fmt: skip
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await act()
    assert await house.carry() == 0


def terms(login: str = "chen.xiaoyu@example.org") -> Terms:
    return Terms(login=login, name="陈晓宇", role="agent")


async def test_who_is_invited_gets_a_mail_with_the_link(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "public_url", "https://desk.example.com")
    async with house.tx() as tx:
        made = await accounts.invite(tx, terms())
    assert made.mail == "queued"
    async with house.tx() as tx:
        kept = await tx.value("SELECT string_agg(m::text, '') FROM mail m")
    assert made.secret not in kept
    await house.carry()
    found = house.box.mail()
    link = f"https://desk.example.com/invitation/{made.secret}"
    body, page = found.get_body(("plain",)), found.get_body(("html",))
    assert body is not None
    assert link in body.get_content()
    assert page is not None
    assert f'href="{link}"' in page.get_content()
    assert "接受邀请" in page.get_content()
    assert found["auto-submitted"] == "auto-generated"
    assert house.box.to == [["chen.xiaoyu@example.org"]]
    for kind in ("MailQueued", "MailSent"):
        (fact,) = await house.facts(kind)
        assert "example.org" not in str(fact)


async def test_a_link_that_ended_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "public_url", "https://desk.example.com")
    async with house.tx() as tx:
        await accounts.invite(tx, terms())
        second = await accounts.invite(tx, terms())
    await house.carry()
    assert len(house.box.came) == 1
    body = house.box.mail().get_body(("plain",))
    assert body is not None
    assert second.secret in body.get_content()
    async with house.tx() as tx:
        third = await accounts.invite(tx, terms())
        await accounts.revoke_invitation(tx, invitation_id=third.id)
    await house.carry()
    assert len(house.box.came) == 1
    withdrawn = [one for one in await house.facts("MailFailed") if one["code"] == "withdrawn"]
    assert len(withdrawn) == 2


@pytest.mark.parametrize(
    ("login", "url", "answer"),
    [("chen.xiaoyu", "https://desk.example.com", "no_address"),
     ("chen@intranet", "https://desk.example.com", "no_address"),
     ("chen.xiaoyu@example.org", "", "no_link")],
)  # fmt: skip
async def test_an_invitation_that_cannot_be_sent_is_made_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch, login: str, url: str, answer: str
) -> None:
    monkeypatch.setattr(settings, "public_url", url)
    async with house.tx() as tx:
        assert (await accounts.invite(tx, terms(login))).mail == answer
    assert await house.carry() == 0


async def test_without_a_server_an_invitation_is_a_link(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "public_url", "https://desk.example.com")
    async with database.transaction(Actor.system(organisation)) as tx:
        assert (await accounts.invite(tx, terms())).mail == "no_server"


def test_waits_grow_and_end() -> None:
    assert next_try_s(1, 0.0) == 5.0
    assert next_try_s(1, 1.0) == 10.0
    assert next_try_s(500, 1.0) == 3600.0
    assert rest_s(TROUBLED_AFTER - 1) == 0
    assert rest_s(TROUBLED_AFTER) == 30.0
    assert rest_s(99) == 3600.0
