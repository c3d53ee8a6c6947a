"""Surveys: asked once, answered once, by whoever holds the link; reading records nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.conversations import actions as conversations
from peakend.feedback import actions, queries, rules
from peakend.kernel import clock
from peakend.kernel.db import Database
from tests.conversations.conftest import Centre, make_centre
from tests.feedback.work import drained


@pytest.fixture
async def centre(database: Database) -> Centre:
    return await make_centre(database)


async def closed(centre: Centre) -> tuple[UUID, UUID]:
    """Return a conversation that a person served and closed, and its survey."""
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        await conversations.close(tx, conversation_id=conversation_id, by=centre.agent, solved=True)
    await drained(centre)
    async with centre.tx() as tx:
        survey = await queries.survey_of_conversation(tx, conversation_id)
    assert survey is not None
    return conversation_id, survey.id


def link(centre: Centre, survey_id: UUID) -> str:
    return f"/r/{queries.token_of(centre.organisation_id, survey_id)}"


async def state(centre: Centre, survey_id: UUID) -> Any:
    async with centre.tx() as tx:
        return await queries.survey_by_id(tx, survey_id)


async def test_a_get_records_nothing_and_a_post_counts_once(
    centre: Centre, client: httpx.AsyncClient
) -> None:
    conversation_id, survey_id = await closed(centre)
    for _ in range(3):
        assert (await client.get(link(centre, survey_id))).status_code == 200
        assert (await client.head(link(centre, survey_id))).status_code < 500
    assert (await state(centre, survey_id)).state == "invited"
    form = {"rating": "5", "solved": "yes", "comment": "<script>alert(1)</script>很好"}
    sent = await client.post(link(centre, survey_id), data=form)
    assert sent.status_code == 303
    again = await client.post(link(centre, survey_id), data={"rating": "1", "solved": "no"})
    assert again.status_code == 409
    kept = await state(centre, survey_id)
    assert (kept.rating, kept.solved) == (5, True)
    assert await centre.value("SELECT rating FROM conversation WHERE id = $1", conversation_id) == 5
    facts = await centre.facts("SurveyAnswered")
    assert len(facts) == 1
    assert "alert" not in str(facts)


async def test_the_page_works_in_both_languages_without_script(
    centre: Centre, client: httpx.AsyncClient
) -> None:
    _, survey_id = await closed(centre)
    page = await client.get(link(centre, survey_id))
    assert 'lang="zh-CN"' in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "Was it solved?" in (await client.get(link(centre, survey_id) + "?lang=en")).text


@pytest.mark.parametrize("rating", ["", "0", "6", "-1", "5.0", "x", "１"])
async def test_a_wrong_rating_asks_again_and_keeps_the_words(
    centre: Centre, client: httpx.AsyncClient, rating: str
) -> None:
    _, survey_id = await closed(centre)
    answer = await client.post(link(centre, survey_id), data={"rating": rating, "comment": "留着"})
    assert answer.status_code == 422
    assert "留着" in answer.text
    assert (await state(centre, survey_id)).state == "invited"


@pytest.mark.parametrize(
    "token", ["x", "", "a.b", "." * 50, "%00", "é", "A" * 43 + "." + "B" * 32, "A" * 500]
)
async def test_a_guessed_link_is_nothing(
    client: httpx.AsyncClient, centre: Centre, token: str
) -> None:
    for answer in (
        await client.get(f"/r/{token}"),
        await client.post(f"/r/{token}", data={"rating": "5"}),
    ):
        assert answer.status_code in (404, 405)


async def test_another_surveys_number_does_not_fit_the_signature(
    centre: Centre, client: httpx.AsyncClient
) -> None:
    _, survey_id = await closed(centre)
    signature = link(centre, survey_id).split(".")[1]
    forged = rules.link_token(centre.organisation_id, uuid4(), signature)
    assert (await client.post(f"/r/{forged}", data={"rating": "5"})).status_code == 404


async def test_a_link_ends_after_its_time(centre: Centre) -> None:
    _, survey_id = await closed(centre)
    late = clock.now() + rules.LINK_LIFE + timedelta(minutes=1)
    with pytest.raises(actions.SurveyOver):
        async with centre.tx(now=late) as tx:
            await actions.answer(tx, survey_id=survey_id, rating=5, solved=True)


async def test_what_goes_on_is_not_rated(centre: Centre) -> None:
    conversation_id, survey_id = await closed(centre)
    async with centre.tx(centre.agent) as tx:
        await conversations.reopen(tx, conversation_id=conversation_id, by=centre.agent, undo=True)
    await drained(centre)
    assert (await state(centre, survey_id)).state == "withdrawn"
    async with centre.tx(centre.agent) as tx:
        await conversations.close(tx, conversation_id=conversation_id, by=centre.agent)
    await drained(centre)
    assert (await state(centre, survey_id)).state == "invited"


async def test_who_left_while_waiting_is_not_asked(centre: Centre) -> None:
    message = await centre.says("有人吗")
    async with centre.tx(centre.visitor) as tx:
        await conversations.close_by_customer(tx, by=centre.visitor)
    await drained(centre)
    async with centre.tx() as tx:
        assert await queries.survey_of_conversation(tx, message.conversation_id) is None


@pytest.mark.parametrize(
    ("from_state", "agent", "messages", "expected"),
    [
        ("serving", True, 1, "person"),
        ("digital", False, 2, "digital"),
        ("digital", False, 1, None),
        ("waiting", False, 9, None),
    ],
)
def test_who_served(from_state: str, agent: bool, messages: int, expected: str | None) -> None:
    assert rules.served_by(from_state, uuid4() if agent else None, messages) == expected


def test_tokens_come_back_as_they_were() -> None:
    organisation_id, survey_id = uuid4(), uuid4()
    token = rules.link_token(organisation_id, survey_id, "s" * 32)
    assert rules.parts_of_token(token) == (organisation_id, survey_id, "s" * 32)


async def test_the_visitor_sees_the_question_and_the_panel_answers_it(
    centre: Centre, client: httpx.AsyncClient
) -> None:
    from peakend.customers import actions as customers

    async with centre.tx() as tx:
        visit = await customers.start_visit(tx, channel_id=centre.channel_id, language="zh-CN")
        key = await tx.value("SELECT key FROM channel")
    headers = {"Authorization": f"Bearer {visit.token}"}
    conversation_id, survey_id = await closed(centre)
    token = queries.token_of(centre.organisation_id, survey_id)
    body = {"token": token, "rating": 4, "solved": True, "comment": "好"}
    # Another visitor holds the link's words but is not the customer.
    other = await client.post(f"/api/web/{key}/ratings", json=body, headers=headers)
    assert other.status_code == 404
    async with centre.tx(centre.visitor) as tx:
        from peakend.conversations.queries import visitor_state

        shown = await visitor_state(tx, centre.visitor)
        assert shown is not None
        assert shown.survey is not None
        assert shown.survey["token"] == token
        assert shown.id == conversation_id
