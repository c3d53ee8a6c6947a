"""Helps for the agent: when they fit, what becomes of them, and what customers do by themselves."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from peakend.assist import actions, queries
from peakend.assist.actions import notice_followed
from peakend.assist.rules.helps import HelpRule, HelpRules, chosen, fitting, tidy_texts
from peakend.conversations import actions as conversations
from peakend.kernel.errors import Conflict, Invalid, NotFound
from tests.assist.shop import Shop


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tones": [None, "upset"]}, ["feel"]),
        ({"tones": ["upset"], "wish": "solved", "replies": 1}, ["feel", "confirm", "teach"]),
        ({"tones": ["upset", "grave"]}, []),
        ({"wish": "thanks", "replies": 1}, ["confirm", "teach"]),
        ({"done": True, "replies": 2}, ["confirm", "teach"]),
        ({"wish": "solved"}, []),
        ({"tones": ["person"], "replies": 1}, []),
    ],
)
def test_what_fits(given: dict[str, Any], expected: list[str]) -> None:
    known = {"tones": [None], "wish": "question", "done": False, "replies": 0}
    assert fitting(**{**known, **given}) == expected


def test_texts_are_bounded_and_have_known_places() -> None:
    assert tidy_texts([" 您好  {asked} ", "", "您好 {asked}"]) == ["您好 {asked}"]
    assert tidy_texts(["{password}"]) is None
    assert tidy_texts(["x" * 301]) is None
    assert chosen(["a", "b"], 3) == "b"
    assert chosen([], 3) is None


async def held(shop: Shop, *words: str) -> UUID:
    """Return a conversation that an agent holds, with what the customer said first."""
    conversation_id = await shop.says(words[0])
    async with shop.tx() as tx:
        await actions.hand_over(tx, conversation_id=conversation_id, by=shop.system, why="asked")
    await shop.drain()
    agent = await shop.hire("lin")
    async with shop.tx() as tx:
        await conversations.assign(tx, conversation_id=conversation_id, agent_id=agent.id)
    shop.agent = agent  # type: ignore[attr-defined]
    return conversation_id


async def replies(shop: Shop, conversation_id: UUID, text: str) -> None:
    agent = shop.agent  # type: ignore[attr-defined]
    async with shop.tx(agent) as tx:
        await conversations.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text=text, by=agent
        )


async def helps(shop: Shop, conversation_id: UUID, by: Any = None) -> list[actions.Help]:
    agent = by or shop.agent  # type: ignore[attr-defined]
    async with shop.tx(agent) as tx:
        return await actions.offer_helps(tx, conversation_id=conversation_id, by=agent)


async def answers(shop: Shop, help_id: UUID, outcome: Any) -> None:
    agent = shop.agent  # type: ignore[attr-defined]
    async with shop.tx(agent) as tx:
        await actions.answer_help(tx, help_id=help_id, outcome=outcome, by=agent)


async def test_an_upset_customer_is_met_once(shop: Shop) -> None:
    conversation_id = await held(shop, "燃气灶打不着火")
    assert await helps(shop, conversation_id) == []
    await shop.says("等了半天没人理，太差了")
    (first,) = await helps(shop, conversation_id)
    (again,) = await helps(shop, conversation_id)
    assert (first.kind, first.id) == ("feel", again.id)
    assert len(await shop.facts("HelpOffered")) == 1
    await answers(shop, first.id, "taken")
    await answers(shop, first.id, "taken")
    await answers(shop, first.id, "dismissed")
    await answers(shop, first.id, "changed")
    assert await helps(shop, conversation_id) == []
    outcomes = [fact.payload["outcome"] for fact in await shop.facts("HelpAnswered")]
    assert outcomes == ["taken", "changed"]
    assert first.text not in str(await shop.facts("HelpOffered"))
    async with shop.tx() as tx:
        report = {one.kind: one for one in await queries.help_report(tx, now=tx.now, days=1)}
    assert (report["feel"].offered, report["feel"].taken, report["feel"].changed) == (1, 1, 1)
    assert report["teach"].offered == 0


async def test_at_the_end_it_is_made_sure_and_the_way_is_shown(shop: Shop) -> None:
    conversation_id = await held(shop, "燃气灶打不着火")
    await replies(shop, conversation_id, "请看一下阀门")
    await shop.says("好了，谢谢")
    confirm, teach = await helps(shop, conversation_id)
    assert "燃气灶打不着火" in confirm.text
    assert "《燃气灶打不着火怎么办》" in teach.text
    assert teach.url == "/help/a/hob-does-not-light"
    await answers(shop, teach.id, "taken")
    await answers(shop, teach.id, "kept")
    async with shop.tx() as tx:
        article_id = await tx.value("SELECT article_id FROM help_offer WHERE id = $1", teach.id)
        customer_id = await tx.value("SELECT customer_id FROM help_offer LIMIT 1")
        for later in (conversation_id, uuid4(), uuid4()):
            await notice_followed(
                tx, customer_id=customer_id, article_id=article_id, conversation_id=later
            )
    (fact,) = await shop.facts("HelpFollowed")
    assert fact.payload["help_id"] == str(teach.id)


async def test_nobody_is_read_his_own_anger_back(shop: Shop) -> None:
    conversation_id = await held(shop, "你们太差了，等了半天没人理")
    await replies(shop, conversation_id, "让您久等了，请问是哪一件事？")
    await shop.says("燃气灶打不着火")
    await replies(shop, conversation_id, "请看一下阀门")
    await shop.says("好了，谢谢")
    confirm = (await helps(shop, conversation_id))[0]
    assert confirm.kind == "confirm"
    assert "燃气灶打不着火" in confirm.text


async def test_only_who_holds_it_is_helped(shop: Shop) -> None:
    conversation_id = await held(shop, "燃气灶打不着火")
    await shop.says("太差了")
    (one,) = await helps(shop, conversation_id)
    other = await shop.hire("zhao")
    assert await helps(shop, conversation_id, by=other) == []
    with pytest.raises(NotFound):
        async with shop.tx(other) as tx:
            await actions.answer_help(tx, help_id=one.id, outcome="taken", by=other)


async def test_the_house_decides_the_words(shop: Shop) -> None:
    conversation_id = await held(shop, "燃气灶打不着火")
    rules = HelpRules(feel=HelpRule(zh=["您辛苦了"]), teach=HelpRule(on=False))
    async with shop.tx() as tx:
        await actions.set_help_rules(tx, rules=rules, version=0)
    with pytest.raises(Conflict):
        async with shop.tx() as tx:
            await actions.set_help_rules(tx, rules=rules, version=0)
    wrong = msgspec.structs.replace(rules, feel=HelpRule(zh=["{phone}"]))
    with pytest.raises(Invalid):
        async with shop.tx() as tx:
            await actions.set_help_rules(tx, rules=wrong, version=1)
    await shop.says("太差了")
    assert [one.text for one in await helps(shop, conversation_id)] == ["您辛苦了"]
