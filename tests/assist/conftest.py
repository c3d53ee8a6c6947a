"""The shop that the tests of the digital agent happen in."""

from uuid import UUID

import pytest

from peakend.kernel.db import Database
from tests.assist.shop import Shop


@pytest.fixture
async def shop(database: Database, organisation: UUID) -> Shop:
    """A shop in the fresh database."""
    made = Shop(database, organisation)
    await made.open()
    return made
