"""Sessions asked for in the same moment: one question, and each its own answer."""

import asyncio
from uuid import UUID

import asyncpg
import httpx
import pytest

from peakend.accounts import queries
from peakend.accounts.queries import sign_in
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person


@pytest.fixture
async def people(database: Database, client: httpx.AsyncClient, organisation: UUID) -> list[Person]:
    people = [await a_person(database, client, organisation, login=f"one-{n}") for n in range(5)]
    for person in people:
        queries.forget_token(person.token)
    return people


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many tokens each question to the database was about."""
    many: list[int] = []
    ask = sign_in.actors_for_sessions

    async def counted(database, tokens, now=None):  # type: ignore[no-untyped-def]
        many.append(len(tokens))
        return await ask(database, tokens, now)

    monkeypatch.setattr(sign_in, "actors_for_sessions", counted)
    return many


async def test_many_are_one_question(
    database: Database, people: list[Person], asked: list[int]
) -> None:
    tokens = [*(person.token for person in people), people[0].token, "A" * 43, "no token", None]
    found = await asyncio.gather(*(queries.actor_for_session(database, one) for one in tokens))
    ids = [one and one.actor.id for one in found]
    assert ids == [*(person.id for person in people), people[0].id, None, None, None]
    assert asked == [7]


async def test_who_asks_after_a_change_is_told_of_it(
    database: Database, people: list[Person]
) -> None:
    first = asyncio.create_task(queries.actor_for_session(database, people[0].token))
    await asyncio.sleep(0)
    await people[1].send("DELETE", "/session")
    assert await queries.actor_for_session(database, people[1].token) is None
    assert await first is not None


async def test_one_who_goes_away_leaves_the_others_their_answers(
    database: Database, people: list[Person]
) -> None:
    leaving = asyncio.create_task(queries.actor_for_session(database, people[0].token))
    staying = asyncio.create_task(queries.actor_for_session(database, people[0].token))
    await asyncio.sleep(0)
    leaving.cancel()
    found = await staying
    assert found is not None
    assert found.actor.id == people[0].id


async def test_a_database_that_is_away_is_told_to_everyone_and_asked_again(
    database: Database, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:

        async def fail(*_: object) -> None:
            raise asyncpg.CannotConnectNowError

        away.setattr(sign_in, "actors_for_sessions", fail)
        answers = await asyncio.gather(
            *(queries.actor_for_session(database, one.token) for one in people),
            return_exceptions=True,
        )
        assert {type(one) for one in answers} == {asyncpg.CannotConnectNowError}
    assert await queries.actor_for_session(database, people[0].token) is not None
