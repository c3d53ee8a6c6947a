"""A floor of people who make good."""

from uuid import UUID

import pytest

from peakend.kernel.db import Database
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    """An open floor; nobody is ready yet."""
    made = Floor(database, organisation)
    await made.open()
    return made
