"""The digital agent in a real timeline: answers, honesty, people, no circles."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.assist import actions, queries
from peakend.conversations import actions as conversations
from peakend.kernel.db import Database
from peakend.knowledge import actions as knowledge
from peakend.routing import actions as routing
from tests.assist.shop import Shop


async def test_an_answer_comes_with_its_source_and_is_marked(shop: Shop) -> None:
    conversation_id = await shop.says("家里的燃气灶点不着火")
    answer = (await shop.said(conversation_id))[-1]
    assert (answer.kind, answer.code) == ("digital", "answer")
    assert answer.sources[0].slug == "hob-does-not-light"
    assert answer.sources[0].url == "/help/a/hob-does-not-light"
    assert "阀门" in answer.text
    assert "**" not in answer.text
    assert await shop.state(conversation_id) == "digital"


async def test_it_says_that_it_does_not_know(shop: Shop) -> None:
    conversation_id = await shop.says("你们公司的股票代码是多少")
    said = (await shop.said(conversation_id))[-1]
    assert said.code == "unknown"
    assert "没有把握" in said.text
    assert "转人工" in said.text


async def test_an_english_question_is_answered_in_english(shop: Shop) -> None:
    conversation_id = await shop.says("gas stove won't ignite")
    answer = (await shop.said(conversation_id))[-1]
    assert answer.code == "answer"
    assert answer.text.startswith("Mostly the valve is closed")
    source = answer.sources[0]
    assert (source.slug, source.title) == ("hob-does-not-light", "The gas hob does not light")
    assert source.url == "/help/a/hob-does-not-light?lang=en"
    await shop.judges(conversation_id, solved=False)
    assert (await shop.said(conversation_id))[-1].text.startswith("Sorry that it did not help")


async def test_a_chinese_answer_has_nothing_of_its_english_half(shop: Shop) -> None:
    conversation_id = await shop.says("家里的燃气灶点不着火")
    answer = (await shop.said(conversation_id))[-1]
    assert answer.sources[0].title == "燃气灶打不着火怎么办"
    assert "valve" not in answer.text


@pytest.mark.parametrize("english", [(), ("Which neighbourhoods do you serve",)])
async def test_an_article_in_chinese_only_is_named_as_such(
    shop: Shop, english: tuple[str, ...]
) -> None:
    async with shop.tx() as tx:
        article_id = await knowledge.write_article(
            tx,
            title="服务哪些城区",
            slug="areas",
            by=shop.system,
            audience="customer",
            body="我们服务东城、西城和南城三个城区，郊区暂时不上门。",
            questions=["你们服务哪些地区", "我住的地方你们来吗", "哪些城区可以上门", *english],
        )
        await knowledge.publish(tx, article_id=article_id, by=shop.system)
    await shop.drain()
    conversation_id = await shop.says("Which areas of the city do you serve")
    answer = (await shop.said(conversation_id))[-1]
    assert answer.code == "answer", answer.text
    first, *rest = answer.text.split("\n\n")
    assert "「服务哪些城区」" in first or "“服务哪些城区”" in first
    assert "in Chinese only for now" in first
    assert all(question in first for question in english)
    assert rest[0].startswith("我们服务东城")


async def test_what_it_does_not_know_it_does_not_know_in_english_either(shop: Shop) -> None:
    conversation_id = await shop.says("What is the capital of France?")
    said = (await shop.said(conversation_id))[-1]
    assert said.code == "unknown"
    assert said.text.startswith("I am not sure about this")


async def test_the_second_time_it_does_not_know_a_person_comes(shop: Shop) -> None:
    conversation_id = await shop.says("你们公司的股票代码是多少")
    await shop.says("帮我写一首关于春天的诗")
    assert await shop.state(conversation_id) == "waiting"
    assert (await shop.codes(conversation_id))[-3:] == ["giving_up", "queued", "staff_context"]


@pytest.mark.parametrize(
    "words",
    ["转人工", "我要找真人客服", "I want to talk to a real person", "human please", "agent"],
)
async def test_a_person_comes_when_asked_for_in_words(shop: Shop, words: str) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.says(words)
    assert await shop.state(conversation_id) == "waiting"
    context = (await shop.said(conversation_id))[-1]
    assert context.code == "staff_context"
    assert context.params is not None
    assert context.params["asked"] == "燃气灶打不着火"
    assert context.params["articles"] == ["燃气灶打不着火怎么办"]
    assert context.params["why"] == "asked"


async def test_two_unsolved_answers_end_with_a_person(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.judges(conversation_id, solved=False)
    assert await shop.state(conversation_id) == "digital"
    await shop.says("热水器显示E1")
    await shop.judges(conversation_id, solved=False)
    assert await shop.state(conversation_id) == "waiting"


async def test_the_same_answer_is_not_given_twice(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.says("燃气灶打不着火")
    slugs = [m.sources[0].slug for m in await shop.said(conversation_id) if m.code == "answer"]
    assert len(slugs) == len(set(slugs))


async def test_it_never_loops(shop: Shop) -> None:
    conversation_id = await shop.says("热水器漏水")
    for n in range(12):
        if await shop.state(conversation_id) != "digital":
            break
        await shop.says(f"还是不行 {n} 说了等于没说")
    assert await shop.state(conversation_id) == "waiting"
    assert len([m for m in await shop.said(conversation_id) if m.kind == "digital"]) <= 8


async def test_still_not_working_counts_as_unsolved(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.says("还是不行")
    assert (await shop.codes(conversation_id))[-1] == "again"
    async with shop.tx() as tx:
        assert (await queries.session_of(tx, conversation_id)).unsolved == 1


async def test_several_messages_in_a_row_get_one_answer(shop: Shop) -> None:
    conversation_id = await shop.says("你好", "我家的燃气灶", "打不着火了", drain=True)
    assert await shop.codes(conversation_id) == ["answer"]


async def test_a_repeated_turn_says_nothing_twice(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    asked = (await shop.said(conversation_id))[0]
    for _ in range(2):
        async with shop.tx() as tx:
            await actions.respond(
                tx, conversation_id=conversation_id, message_id=asked.id, seq=asked.seq
            )
    assert await shop.codes(conversation_id) == ["answer"]


async def test_a_judgement_counts_once(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.judges(conversation_id, solved=True)
    await shop.judges(conversation_id, solved=False)
    async with shop.tx() as tx:
        answer = next(m for m in await shop.said(conversation_id) if m.code == "answer")
        marks = await queries.judged(tx, conversation_id=conversation_id, message_ids=[answer.id])
    assert marks == {answer.id: "solved"}


async def test_a_solved_conversation_is_closed_when_nobody_goes_on(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    await shop.judges(conversation_id, solved=True)
    shop.wait(200)
    await shop.drain()
    row = await shop.conversation(conversation_id)
    assert (row.state, row.solved) == ("closed", True)


async def test_an_article_for_agents_or_of_another_brand_is_never_quoted(shop: Shop) -> None:
    conversation_id = await shop.says("工程师迟到的补偿标准是多少，权限是什么")
    await shop.says("空调清洗多少钱")
    for message in await shop.said(conversation_id):
        assert not {s.slug for s in message.sources} & {
            "agent-compensation-standard",
            "ac-cleaning",
        }


async def test_agents_get_suggestions_for_agents_too(shop: Shop) -> None:
    conversation_id = await shop.says("工程师迟到了你们怎么补偿我，补偿标准是什么")
    agent = await shop.hire("linxi", role="supervisor")
    async with shop.tx(agent) as tx:
        found = await queries.suggestions(
            tx, conversation_id=conversation_id, q="补偿标准", by=agent
        )
    assert found[0].slug == "agent-compensation-standard"
    assert found[0].audience == "agent"


async def test_nobody_is_passed_on_twice(shop: Shop) -> None:
    conversation_id = await shop.says("转人工")
    async with shop.tx(shop.visitor) as tx:
        assert not await actions.hand_over(tx, conversation_id=conversation_id, by=shop.visitor)
    assert (await shop.codes(conversation_id)).count("queued") == 1


async def test_outside_hours_it_takes_the_message_and_promises_a_time(
    database: Database, organisation: UUID
) -> None:
    shop = Shop(database, organisation)
    shop.now = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    async with shop.tx() as tx:
        week = {day: [["08:30", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        hours = await routing.save_hours(
            tx, name="白班", time_zone="Asia/Shanghai", week=week, holidays=[]
        )
    await shop.open(hours.id)
    conversation_id = await shop.says("转人工")
    last = (await shop.said(conversation_id))[-1]
    assert last.code == "after_hours"
    assert "2026-11-24" in last.text
    assert "留言已收到" in last.text


async def test_visitor_routes(shop: Shop, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {shop.token}"}
    base = f"/api/web/{shop.key}"
    # Before the first word: a person can be asked for at once.
    answer = await client.post(f"{base}/persons", json={}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "waiting"
    again = await client.post(f"{base}/persons", json={}, headers=headers)
    assert again.json()["id"] == answer.json()["id"]
    shown = [m["code"] for m in again.json()["messages"]]
    assert "queued" in shown
    assert "staff_context" not in shown
    wrong = await client.post("/api/web/nosuchkey/persons", json={}, headers=headers)
    assert wrong.status_code == 404
    nobody = await client.post(f"{base}/persons", json={})
    assert nobody.status_code == 401
    missing = {"message_id": str(uuid4()), "solved": True}
    assert (
        await client.post(f"{base}/judgements", json=missing, headers=headers)
    ).status_code == 404
    more = {**missing, "by": "agent"}
    assert (await client.post(f"{base}/judgements", json=more, headers=headers)).status_code == 422


async def test_a_stranger_cannot_judge(shop: Shop) -> None:
    conversation_id = await shop.says("燃气灶打不着火")
    answer = next(m for m in await shop.said(conversation_id) if m.code == "answer")
    from peakend.customers import actions as customers
    from peakend.kernel.actors import Actor
    from peakend.kernel.errors import NotFound

    async with shop.tx() as tx:
        other = await customers.start_visit(tx, channel_id=shop.channel_id, language="zh-CN")
    stranger = Actor(
        organisation_id=shop.organisation_id,
        kind="visitor",
        id=other.visitor_id,
        customer_id=other.customer_id,
        channel_id=shop.channel_id,
    )
    with pytest.raises(NotFound):
        async with shop.tx(stranger) as tx:
            await actions.judge(
                tx,
                conversation_id=conversation_id,
                message_id=answer.id,
                solved=True,
                by=stranger,
            )


async def test_what_was_perhaps_meant_can_be_tapped(shop: Shop) -> None:
    conversation_id = await shop.says("家里的燃气灶点不着火")
    await shop.judges(conversation_id, solved=False)
    said = (await shop.said(conversation_id))[-1]
    assert said.code == "again"
    assert said.params is not None
    offered = said.params["quick"]
    assert 1 <= len(offered) <= 3
    async with shop.tx(shop.visitor) as tx:
        await conversations.choose(
            tx, message_id=said.id, choice="q0", channel_id=shop.channel_id, by=shop.visitor
        )
    await shop.drain()
    asked, answer = (await shop.said(conversation_id))[-2:]
    assert (asked.text, asked.code) == (offered[0], "chosen")
    assert answer.code == "answer"
