"""Forks processes that end themselves at a boundary, restarts them, and looks at what is left.

Run as a program, so that what is forked has one thread and everything imported already. It
prints one line of JSON for each point.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import anyio._backends._asyncio  # noqa: F401  (otherwise every forked process reads it)
import asyncpg

from peakend.entry.app import create
from peakend.kernel.db import Database, use
from peakend.kernel.settings import settings
from peakend.language.queries import vectors
from tests.crash import invariants, scenarios
from tests.crash.boundaries import EDGE, watch

LEASE_S = 61


class Forks:
    """One scenario's world, cloned for each point."""

    def __init__(self, app: Any, server: str, template: str, scenario: str, folder: Path) -> None:
        self.app, self.server, self.template, self.scenario = app, server, template, scenario
        self.folder = folder
        self.world: dict[str, Any] = {}
        self.made = 0

    def prepare(self) -> None:
        """Make the world in the template, in a process of its own."""
        self.world = self._forked(scenarios.prepare(self.template, self.scenario), "world")
        if self.scenario == "receive_digital":
            # The model is read before the forks; nobody reads it again.
            asyncio.run(vectors(["灶台打不着火"]))

    def point(self, fatal: int | None, fatal_again: int | None = None) -> dict[str, Any]:
        """Run to a boundary and die there, restart (and perhaps die again), and judge."""
        self.made += 1
        folder = self.folder / str(self.made)
        folder.mkdir()
        settings.data_dir = folder
        name = urlsplit(self.template).path[1:]
        clone = f"{name}_{self.made}"
        admin = f'CREATE DATABASE "{clone}" TEMPLATE "{name}" STRATEGY FILE_COPY'
        asyncio.run(_execute(self.server, admin))
        dsn = urlunsplit(urlsplit(self.template)._replace(path=f"/{clone}"))
        try:
            ends = [self._forked(self._play(dsn, folder, fatal, 0), "count")]
            if fatal_again is not None:
                ends.append(self._forked(self._play(dsn, folder, fatal_again, LEASE_S), "count"))
            # Each death holds what it had in hand for one lease more.
            deaths = max(1, sum(end is None for end in ends))
            judged = self._forked(self._recover(dsn, folder, deaths * LEASE_S), "judged")
        finally:
            asyncio.run(_execute(self.server, f'DROP DATABASE "{clone}" WITH (FORCE)'))
            shutil.rmtree(folder, ignore_errors=True)
        return {"fatal": fatal, "again": fatal_again, "ends": ends, **(judged or {})}

    def _forked(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        """Run something in a forked process and return what it found; None if it was killed."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                found = asyncio.run(work)
                path.write_text(json.dumps(found))
                code = 0
            except BaseException:  # noqa: BLE001  (the parent is told by the exit code)
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        work.close()
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return None
        if status != 0:
            raise RuntimeError(f"{self.scenario}: a process failed")
        return json.loads(path.read_text())

    async def _begin(self, dsn: str, folder: Path, ahead_s: float) -> scenarios.Play:
        database = await Database(dsn).open(4, listen=False)
        use(database)
        self.app.state.database = database
        told = folder / "told"

        def tell(step: str, answer: Any) -> None:
            with told.open("a") as out:
                out.write(json.dumps([step, answer]) + "\n")

        play = scenarios.Play(self.app, database, self.world, scenarios.told(told), tell)
        if ahead_s:
            # What a dead worker held is taken up when its lease has run out.
            await play.drain(ahead_s)
        return play

    async def _play(self, dsn: str, folder: Path, fatal: int | None, ahead_s: float) -> int:
        await (await _alone(dsn)).close()
        watch()
        EDGE.count, EDGE.fatal, EDGE.armed = 0, fatal, False
        play = await self._begin(dsn, folder, 0)
        EDGE.armed = True
        if ahead_s:
            await play.drain(ahead_s)
        await scenarios.SCENARIOS[self.scenario](play)
        EDGE.armed = False
        return EDGE.count

    async def _recover(self, dsn: str, folder: Path, ahead_s: float) -> dict[str, Any]:
        connection = await _alone(dsn)
        play = await self._begin(dsn, folder, ahead_s)
        before = dict(play.done)
        await scenarios.SCENARIOS[self.scenario](play)
        await play.drain()
        ahead_s = play.ahead.total_seconds() - 1
        return {
            "breaches": await invariants.breaches(connection, {**play.done, **before}, ahead_s),
            "outcome": await invariants.outcome(connection),
        }


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def _alone(dsn: str) -> Any:
    """Return a connection once the server has noticed that whoever died is gone.

    What a dead process had locked is passed over by whoever looks meanwhile; a worker of the
    house looks again a second later, ours looks once.
    """
    connection = await asyncpg.connect(dsn)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    for _ in range(500):
        if not await connection.fetchval(others):
            return connection
        await asyncio.sleep(0.02)
    raise TimeoutError("a dead process is still connected")


def points(total: int, wanted: int, seed: int) -> list[tuple[int, int | None]]:
    """Return boundaries to die at: spread over all of them, then pairs of two deaths."""
    dice = random.Random(seed)
    if wanted <= total:
        step = total / wanted
        return [(min(total - 1, int((i + dice.random()) * step)), None) for i in range(wanted)]
    pairs = [(dice.randrange(total), dice.randrange(total)) for _ in range(wanted - total)]
    singles: list[tuple[int, int | None]] = [(k, None) for k in range(total)]
    return singles + pairs


def main() -> None:
    """Judge so many points of each scenario; each has a database of its own to begin with."""
    parser = argparse.ArgumentParser()
    for name in ("server", "folder"):
        parser.add_argument(name)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("work", nargs="+", help="scenario=address of its database")
    given = parser.parse_args()
    scenarios.load()
    app = create(Database(given.server))
    gc.freeze()
    for work in given.work:
        scenario, _, template = work.partition("=")
        folder = Path(given.folder) / scenario
        folder.mkdir()
        forks = Forks(app, given.server, template, scenario, folder)
        forks.prepare()
        whole = forks.point(None)
        print(json.dumps({"scenario": scenario, "whole": True, **whole}), flush=True)
        for fatal, again in points(whole["ends"][0], given.points, given.seed):
            print(json.dumps({"scenario": scenario, **forks.point(fatal, again)}), flush=True)


if __name__ == "__main__":
    main()
