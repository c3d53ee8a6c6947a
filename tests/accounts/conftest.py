"""Providers for single sign-on: a real one (Canaille), and one that says what a test writes."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from tests.accounts.people import Person, a_person
from tests.accounts.signing_on import EMAIL, RETURN, Liar


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    actions.forget_providers()


@pytest.fixture(scope="session")
def canaille() -> Iterator[str]:
    """The address of a real provider."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("provider.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(port), RETURN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
async def boss(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    made = await a_person(database, client, organisation, "admin", login="boss@example.com")
    answer = await made.send("PUT", "/sso/secret", {"secret": "s3cret/with+signs="})
    assert answer.status_code == 204, answer.text
    return made


@pytest.fixture
async def linxi(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, "agent", login=EMAIL)


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    made = Liar()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
