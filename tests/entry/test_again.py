"""A request that PostgreSQL undid because of another is run once more, whole, and only then."""

import asyncpg
import httpx
import pytest
from litestar import Litestar, Router, post

from peakend.entry.app import TRIES, Application
from peakend.entry.edge import HANDLERS


def app_that_fails(times: int, kind: type[Exception], heard: list[dict]) -> Application:
    @post("/x")
    async def write(data: dict) -> dict:
        heard.append(data)
        if len(heard) <= times:
            raise kind("no")
        return {"heard": len(heard)}

    return Application(
        Litestar([Router("/", route_handlers=[write])], exception_handlers=HANDLERS, debug=False)
    )


async def send(app: Application, body: dict) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://x"
    ) as browser:
        return await browser.post("/x", json=body)


@pytest.mark.parametrize("times", range(TRIES))
async def test_a_deadlock_is_not_the_callers_affair(times):
    heard: list[dict] = []
    answer = await send(app_that_fails(times, asyncpg.DeadlockDetectedError, heard), {"a": 1})
    assert answer.status_code == 201
    assert heard == [{"a": 1}] * (times + 1)


async def test_it_ends():
    heard: list[dict] = []
    answer = await send(app_that_fails(99, asyncpg.DeadlockDetectedError, heard), {"a": 1})
    assert answer.status_code == 409
    assert len(heard) == TRIES


async def test_other_faults_are_not_repeated():
    heard: list[dict] = []
    answer = await send(app_that_fails(99, asyncpg.UniqueViolationError, heard), {"a": 1})
    assert answer.status_code == 500
    assert len(heard) == 1


async def test_a_long_body_is_heard_once():
    heard: list[dict] = []
    app = app_that_fails(99, asyncpg.DeadlockDetectedError, heard)
    answer = await send(app, {"a": "x" * 100_000})
    assert answer.status_code == 409
    assert len(heard) == 1
