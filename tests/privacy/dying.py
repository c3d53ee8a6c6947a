"""A worker that is killed before or after it writes an erasure into the ledger."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from peakend.entry import wiring
from peakend.kernel.db import Database, use
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.privacy.actions import repeating


async def die(dsn: str, folder: str, *, after: bool) -> None:
    """Work until the ledger is to be written, and end there as `kill -9` does."""
    settings.data_dir = Path(folder)
    wiring.load()
    real = repeating._noted

    def dies(line: repeating.Gone) -> None:
        if after:
            real(line)
        os.kill(os.getpid(), signal.SIGKILL)

    repeating._noted = dies
    database = await Database(dsn).open(2, listen=False)
    use(database)
    await Worker(database).drain()


if __name__ == "__main__":
    asyncio.run(die(sys.argv[1], sys.argv[2], after=sys.argv[3] == "after"))
