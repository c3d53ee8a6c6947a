"""A request that PostgreSQL undid because of another is run once more, whole, and only then."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar, Router, post

from peakend.conversations.actions import TryAgain
from peakend.entry.app import TRIES, Application
from peakend.entry.edge import HANDLERS


def app_that_fails(times: int, kind: Callable[[str], Exception], heard: list[dict]) -> Application:
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


@pytest.mark.parametrize("kind", [asyncpg.DeadlockDetectedError, lambda _: TryAgain()])
async def test_it_ends_and_asks_to_come_again(kind):
    heard: list[dict] = []
    answer = await send(app_that_fails(99, kind, heard), {"a": 1})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert len(heard) == TRIES


async def test_what_another_message_crossed_is_run_anew():
    heard: list[dict] = []
    answer = await send(app_that_fails(1, lambda _: TryAgain(), heard), {"a": 1})
    assert answer.status_code == 201
    assert len(heard) == 2


async def test_other_faults_are_not_repeated():
    heard: list[dict] = []
    answer = await send(app_that_fails(99, asyncpg.UniqueViolationError, heard), {"a": 1})
    assert answer.status_code == 500
    assert len(heard) == 1


async def test_a_long_body_is_heard_once():
    heard: list[dict] = []
    app = app_that_fails(99, asyncpg.DeadlockDetectedError, heard)
    answer = await send(app, {"a": "x" * 100_000})
    assert answer.status_code == 503
    assert len(heard) == 1


async def called(app: Application, receive: Any) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/x", "raw_path": b"/x", "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "http_version": "1.1",
        "scheme": "http", "root_path": "", "client": ("127.0.0.1", 1), "server": ("x", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return said


async def test_the_end_of_the_server_asks_to_come_again():
    begun = asyncio.Event()

    @post("/x")
    async def write() -> None:
        begun.set()
        await asyncio.Event().wait()

    app = Application(Litestar([Router("/", route_handlers=[write])], exception_handlers=HANDLERS))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    asking = asyncio.create_task(called(app, receive))
    await asyncio.wait_for(begun.wait(), 10)
    asking.cancel()
    start, body = await asking
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"2")
    assert b"kernel.unavailable" in body["body"]


async def test_words_that_break_off_are_no_fault_of_ours(caplog):
    parts = [
        {"type": "http.request", "body": b'{"a": ', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    said = await called(app_that_fails(0, RuntimeError, []), receive)
    assert said[0]["status"] == 408
    assert "a request failed" not in caplog.text
