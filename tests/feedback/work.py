"""Running what is due."""

from peakend.kernel.worker import Worker
from tests.conversations.conftest import Centre


async def drained(centre: Centre) -> None:
    """Run every job that is due."""
    await Worker(centre.database).drain()
