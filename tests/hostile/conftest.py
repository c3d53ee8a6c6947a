"""One running centre for each module of hostile tests."""

from collections.abc import Iterator

import httpx
import pytest

from tests.databases import Databases
from tests.hostile.served import Served, served


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Served]:
    dsn = databases.take()
    with served(dsn) as found, httpx.Client(base_url=found.url, timeout=30) as browser:
        found.browser = browser
        yield found
    databases.give_back(dsn)
