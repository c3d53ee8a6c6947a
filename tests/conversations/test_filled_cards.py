"""Variables on cards: filled in like in texts, within the bounds, and links stay theirs."""

from typing import Any
from uuid import UUID

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.queries import Rich
from peakend.conversations.rules.canned import variables
from peakend.conversations.rules.filling import Filling, kept_faults
from peakend.conversations.rules.rich import Cards, OrderCard, faults, too_long
from peakend.kernel.errors import Invalid
from tests.conversations.conftest import Centre
from tests.conversations.test_canned_cards import keep, ready
from tests.conversations.test_rich import card, rich, sends


def filling(name: str = "刘洋", number: int = 1024) -> Filling:
    return Filling(
        variables(
            customer_name=name, agent_name="小林", organisation_name="安居家", brand_name="安居",
            number=number,
        )
    )  # fmt: skip


def only(found: Rich | None) -> Any:
    assert found is not None
    assert isinstance(found.block, Cards)
    return found.block.cards[0]


async def named(centre: Centre, name: str) -> None:
    await centre.value(
        "UPDATE customer SET name = $2 WHERE id = $1 RETURNING name",
        centre.visitor.customer_id,
        name,
    )


def test_every_part_is_filled_in() -> None:
    who = "{{ customer.name }}"
    tile = only(
        filling().card(
            card(title=f"{who}，请看", text=f"致{who}", buttons=[{"label": f"好，{who}"}])
        )
    )
    assert (tile.title, tile.text, tile.buttons[0].label) == ("刘洋，请看", "致刘洋", "好，刘洋")
    order = {
        "type": "order", "number": "A{{ conversation.number }}", "title": who, "state": who,
        "url": "https://a.example/o?n={{ conversation.number }}",
    }  # fmt: skip
    found = filling().card(rich(intro=who, block=order, quick=[who, "明天"]))
    assert found is not None
    assert isinstance(found.block, OrderCard)
    assert (found.intro, found.quick, found.block.number) == ("刘洋", ["刘洋", "明天"], "A1024")
    assert (found.block.title, found.block.state) == ("刘洋", "刘洋")
    assert found.block.url == "https://a.example/o?n=1024"


def test_nobody_is_called_visitor_on_a_card() -> None:
    tile = only(filling("").card(card(title="{{ customer.name }}，请看", text="您好")))
    assert (tile.title, tile.text) == ("请看", "您好")


def test_a_value_is_no_template_and_leads_nowhere_else() -> None:
    name = "{{ agent.name }}/../..?x=1#@evil.example\\"
    url = "https://a.example/{{ customer.name }}/x"
    tile = only(
        filling(name).card(card(title="{{ customer.name }}", buttons=[{"label": "看", "url": url}]))
    )
    assert tile.title == name
    led = tile.buttons[0].url
    assert led.startswith("https://a.example/%7B%7B%20agent.name")
    assert not set(led.removeprefix("https://")) & set("?#@\\{} ")
    assert not faults(card(title="x", buttons=[{"label": "看", "url": led}]))


@pytest.mark.parametrize(
    "url",
    [
        "https://{{ brand.name }}/", "https://{{ brand.name }}.example/", "{{ brand.name }}",
        "https://a.example{{ brand.name }}", "http://a.example/{{ brand.name }}",
        "https://a.example:{{ conversation.number }}/", "https://u:p@a.example/{{ brand.name }}",
        "{% if true %}https://a.example/{% endif %}",
    ],
)  # fmt: skip
async def test_what_a_link_leads_to_is_no_variable(centre: Centre, url: str) -> None:
    with pytest.raises(Invalid):
        await keep(centre, card(title="x", buttons=[{"label": "看", "url": url}]))


@pytest.mark.parametrize("text", ["{{ customer.phone }}", "{{ customer.name", "{% for x in y %}"])
async def test_a_variable_that_is_none_is_refused_when_it_is_kept(
    centre: Centre, text: str
) -> None:
    with pytest.raises(actions.WrongCardTemplate):
        await keep(centre, card(title=text))
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(actions.WrongCardTemplate):
            await actions.add_rich_template(
                tx, name="x", content=card(title=text), scope="own", team_id=None, by=centre.agent
            )


def test_only_what_is_filled_in_counts() -> None:
    label = "您好 {{ customer.name | default: '您' }} 哦"
    assert len(label) > 24
    given = card(title="x", buttons=[{"label": label}])
    assert kept_faults(given) == {}
    assert too_long(filling("刘洋").card(given) or given) is None
    long = too_long(filling("刘" * 21).card(given) or given)
    assert long is not None
    assert (long.part, long.most, long.long) == ("label", 24, 26)


async def test_what_is_too_long_is_said_before_it_goes_and_not_cut(centre: Centre) -> None:
    here = await centre.served()
    await keep(centre, card(title="{{ customer.name }}" * 4))
    await named(centre, "长" * 30)
    one = await ready(centre, here)
    assert one.card is not None
    assert only(one.card).title == "长" * 120
    with pytest.raises(actions.CardTooLong) as refused:
        await sends(centre, here, one.card)
    assert refused.value.wording == "conversations.card_too_long_title"
    assert (refused.value.params["most"], refused.value.params["long"]) == (80, 120)


async def test_templates_come_filled_in_for_a_conversation_and_raw_without(centre: Centre) -> None:
    here = await centre.served()
    await named(centre, "刘洋")
    async with centre.tx(centre.agent) as tx:
        for title in ("{{ customer.name }}您好", "没有变量"):
            await actions.add_rich_template(
                tx, name=title[-4:], content=card(title=title), scope="own", team_id=None,
                by=centre.agent,
            )  # fmt: skip
    async with centre.tx(centre.agent) as tx:
        raw = await queries.rich_templates(tx, centre.agent)
        made = await queries.ready_templates(tx, here, centre.agent)
        with pytest.raises(queries.ConversationNotFound):
            await queries.ready_templates(tx, UUID(int=1), centre.agent)
    assert {only(one.content).title for one in raw} == {"{{ customer.name }}您好", "没有变量"}
    assert {(only(one.content).title, one.filled) for one in made} == {
        ("刘洋您好", True), ("没有变量", False),
    }  # fmt: skip
