"""A process of the product for the bench, with one reaction that does nothing to each reply.

`python -m bench.web web PORT` or `python -m bench.web worker`, against PEAKEND_DATABASE_URL.
"""

import asyncio
import sys

import uvloop

from peakend.conversations.events import ReplySent
from peakend.entry import running
from peakend.kernel.events import Fact, reacts_to
from peakend.kernel.settings import settings


async def bench_nothing(tx: object, fact: Fact) -> None:
    """React by doing nothing: what is left is the price of reacting."""


def register() -> None:
    """Make every reply ask for the empty reaction."""
    reacts_to(ReplySent)(bench_nothing)


def main(part: str, port: int = 0) -> None:
    """Run one part until told to stop."""
    register()
    settings.public_url = ""
    plan = running.Plan(port=port, web=part == "web", worker=part == "worker", embedded=False)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(running.run(plan))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
