"""A program for tests: keep the cluster of a data directory up, print its address, and wait."""

import asyncio
import sys
from pathlib import Path

from peakend.kernel.postgres import EmbeddedPostgres


async def main() -> None:
    postgres = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
    print(await postgres.start(), flush=True)
    await asyncio.sleep(float(sys.argv[2]))
    await postgres.stop()


asyncio.run(main())
