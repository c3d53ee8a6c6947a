"""What tests stand on: one PostgreSQL a run, a database of its own for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as property_tests

from tests.databases import Databases, a_server, make_organisation

if TYPE_CHECKING:
    from litestar import Litestar

    from peakend.kernel.db import Database

# Before anything reads the settings: tests never touch an operator's data.
os.environ.setdefault("PEAKEND_SECRET_KEY", "5e" * 32)

# How long an example takes depends on who else uses the machine; what it shows does not.
property_tests.register_profile(
    "shared", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
property_tests.load_profile("shared")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL for this worker of the run."""
    with a_server() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def databases(server: str) -> Iterator[Databases]:
    """Migrated databases in any number, cloned from one template."""
    made = Databases(server)
    yield made
    made.close()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that only this test sees."""
    from peakend.kernel.settings import settings

    monkeypatch.setattr(settings, "data_dir", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    address = databases.take()
    yield address
    databases.give_back(address)


@pytest.fixture
async def database(
    dsn: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator["Database"]:
    """The database of the process, fresh, without any organisation; the name system is empty."""
    from peakend.entry import wiring
    from peakend.kernel.db import Database, use
    from peakend.mail.ports import provided
    from tests.mail.zones import InHere, Zone

    wiring.load()
    monkeypatch.setattr(provided, "names", Zone())
    monkeypatch.setattr(provided, "checker", InHere())
    opened = await Database(dsn).open(4, listen=False)
    use(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def organisation(database: "Database") -> UUID:
    """The id of an organisation in the fresh database."""
    return await make_organisation(database)


@pytest.fixture(scope="session")
def router() -> "Litestar":
    """The routes, read once: that takes longer than most tests."""
    from peakend.entry.app import create

    return create().http


@pytest.fixture
async def client(router: "Litestar", database: "Database") -> AsyncIterator[httpx.AsyncClient]:
    """A browser of nobody in particular, in front of the whole app."""
    from peakend.entry.app import Application

    app = Application(router)
    app.use(database)
    transport = httpx.ASGITransport(app=app)
    headers = {"X-Peakend": "1", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers=headers
    ) as browser:
        yield browser
