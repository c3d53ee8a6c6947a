"""The limiter of automatic mails: it counts in the transaction that queues, whoever asks."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from peakend.mail import actions
from peakend.mail.ports import Person
from peakend.mail.queries import Bounds
from peakend.mail.rules.limits import held_by, most_to
from tests.mail.conftest import House


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, ""),
        ({"stopped": True}, "stopped"),
        ({"contact": 1}, "contact"),
        ({"conversation": 2}, ""),
        ({"conversation": 3}, "conversation"),
        ({"mailbox": 19}, ""),
        ({"mailbox": 20}, "mailbox"),
        ({"domain": 19}, ""),
        ({"domain": 20}, "domain"),
        ({"domain": 20, "most": 300}, ""),
    ],
)
def test_few_go(sent: dict[str, int], why: str) -> None:
    none = {"stopped": False, "contact": 0, "conversation": 0, "mailbox": 0}
    none |= {"domain": 0, "most": most_to("x.example")}
    assert held_by(**(none | sent)) == why  # type: ignore[arg-type]


async def acknowledge(
    house: House, email: str = "liu@example.org", box: UUID | None = None, here: UUID | None = None
) -> UUID | None:
    async with house.tx() as tx:
        return await actions.queue_mail(
            tx, brand_id=house.brand_id, kind="acknowledgement", about=here or uuid4(),
            to=Person(email), language="zh-CN", values={"conversation.number": "7"},
            customer_id=uuid4(),
            bounds=Bounds(mailbox_id=box or BOX, conversation_id=here or uuid4()),
        )  # fmt: skip


BOX = uuid4()


async def test_one_a_day_to_a_contact_of_a_mailbox(house: House) -> None:
    assert await acknowledge(house)
    assert await acknowledge(house, "LIU@example.org") is None
    assert await acknowledge(house, "wu@example.org")
    assert await acknowledge(house, box=uuid4())
    house.at += timedelta(hours=23, minutes=59)
    assert await acknowledge(house) is None
    house.at += timedelta(minutes=2)
    assert await acknowledge(house)
    assert [one["why"] for one in await house.facts("AutomaticMailHeld")] == ["contact", "contact"]


async def test_three_in_a_conversation_and_twenty_a_minute(house: House) -> None:
    here = uuid4()
    made = [await acknowledge(house, f"a{n}@example.org", here=here) for n in range(4)]
    assert [bool(one) for one in made] == [True, True, True, False]
    made = [await acknowledge(house, f"b{n}@example.org") for n in range(18)]
    assert [bool(one) for one in made] == [True] * 17 + [False]
    house.at += timedelta(minutes=1, seconds=1)
    assert await acknowledge(house, "c@other.example")


async def test_many_at_once_are_counted_one_after_the_other(house: House) -> None:
    made = await asyncio.gather(*(acknowledge(house) for _ in range(8)))
    assert sum(one is not None for one in made) == 1


async def test_few_go_to_one_domain_whoever_is_asked_for_there(house: House) -> None:
    made = []
    for n in range(24):
        # Neither another mailbox, conversation or name below it goes around it.
        host = "victim.example" if n % 2 else f"n{n}.victim.example"
        made.append(await acknowledge(house, f"a{n}@{host}", box=uuid4()))
    assert [bool(one) for one in made] == [True] * 20 + [False] * 4
    assert [one["why"] for one in await house.facts("AutomaticMailHeld")] == ["domain"] * 4
    assert await acknowledge(house, "a@other.example", box=uuid4())
    # Half of all customers are at a public provider.
    for n in range(22):
        assert await acknowledge(house, f"a{n}@qq.com", box=uuid4())
    house.at += timedelta(hours=1, seconds=1)
    assert await acknowledge(house, "z@victim.example", box=uuid4())


async def test_eight_askers_for_one_domain_are_counted_one_after_the_other(house: House) -> None:
    for n in range(18):
        assert await acknowledge(house, f"a{n}@victim.example", box=uuid4())
    made = await asyncio.gather(
        *(acknowledge(house, f"b{n}@victim.example", box=uuid4()) for n in range(8))
    )
    assert sum(one is not None for one in made) == 2


async def test_what_is_not_queued_does_not_count(house: House) -> None:
    async def fails() -> None:
        async with house.tx() as tx:
            await actions.queue_mail(
                tx, brand_id=house.brand_id, kind="acknowledgement", about=uuid4(),
                to=Person("liu@example.org"), language="zh-CN",
                values={"conversation.number": "7"}, customer_id=uuid4(),
                bounds=Bounds(mailbox_id=BOX, conversation_id=uuid4()),
            )  # fmt: skip
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await acknowledge(house)


async def test_nobody_goes_around_it(house: House) -> None:
    with pytest.raises(RuntimeError):
        async with house.tx() as tx:
            await actions.queue_mail(
                tx, brand_id=house.brand_id, kind="acknowledgement", about=uuid4(),
                to=Person("liu@example.org"), language="zh-CN", values={},
            )  # fmt: skip


async def test_the_switch_stops_all_of_them(house: House) -> None:
    for _ in range(2):
        async with house.tx() as tx:
            await actions.switch_automatic(tx, stopped=True)
    assert await acknowledge(house) is None
    # What people write still goes.
    await house.queue()
    assert await house.carry() == 1
    async with house.tx() as tx:
        await actions.switch_automatic(tx, stopped=False)
    assert await acknowledge(house)
    assert [one["stopped"] for one in await house.facts("AutomaticMailSwitched")] == [True, False]


async def test_an_acknowledgement_says_that_a_machine_wrote_it(house: House) -> None:
    await acknowledge(house)
    await house.carry()
    found = house.box.mail()
    assert (found["auto-submitted"], found["precedence"]) == ("auto-replied", "bulk")
