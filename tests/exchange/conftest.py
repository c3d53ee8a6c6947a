"""An organisation with an administrator who carries tables in and out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from peakend.exchange import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import Rule
from peakend.kernel.db import Database
from tests.routing.floor import Floor


@dataclass
class Dock:
    """What a test needs to carry tables."""

    floor: Floor
    admin: Actor
    folder: Path

    async def take(
        self, data: str | bytes, kind: str = "customers", by: Actor | None = None
    ) -> UUID:
        """Take a table in."""
        path = self.folder / "table.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return await actions.take_in(
            self.floor.database, kind=kind, path=path, name="table.csv", by=by or self.admin
        )

    async def check(
        self,
        run_id: UUID,
        rule: Rule = "fill",
        mapping: dict[str, int] | None = None,
        match: str = "",
    ) -> queries.Import:
        """Try a table."""
        found = await self.look(run_id)
        async with self.floor.tx(self.admin) as tx:
            await actions.check_import(
                tx, run_id=run_id, mapping=mapping or found.mapping, rule=rule,
                match=match or found.match, by=self.admin,
            )  # fmt: skip
        await self.floor.drain()
        return await self.look(run_id)

    async def start(self, run_id: UUID) -> queries.Import:
        """Let it in."""
        async with self.floor.tx(self.admin) as tx:
            await actions.start_import(tx, run_id=run_id, by=self.admin)
        await self.floor.drain()
        return await self.look(run_id)

    async def all_in(
        self, data: str | bytes, kind: str = "customers", rule: Rule = "fill"
    ) -> queries.Import:
        """Take, try and let in; the trial said what happened."""
        run_id = await self.take(data, kind)
        tried = await self.check(run_id, rule)
        done = await self.start(run_id)
        assert counts(tried) == counts(done)
        return done

    async def look(self, run_id: UUID) -> queries.Import:
        """Return how far an import is."""
        async with self.floor.tx(self.admin) as tx:
            return await queries.import_run(tx, run_id, self.admin)

    async def faults(self, run_id: UUID) -> list[tuple[int, str, str]]:
        """Return line, column and sentence of what is wrong."""
        async with self.floor.tx(self.admin) as tx:
            found = await queries.faults(tx, run_id, self.admin, after=-1)
        return [(one.line, one.column, one.why) for one in found]

    async def value(self, sql: str, *args: object) -> object:
        """Return one value of the database."""
        async with self.floor.tx() as tx:
            return await tx.value(sql, *args)


def counts(run: queries.Import) -> tuple[int, int, int, int]:
    """Return new, changed, same and wrong."""
    return run.new, run.changed, run.same, run.wrong


@pytest.fixture
async def dock(database: Database, organisation: UUID, tmp_path: Path) -> Dock:
    """An administrator and a folder."""
    floor = Floor(database, organisation)
    await floor.open()
    return Dock(floor, await floor.hire("fangli", role="admin"), tmp_path)


@pytest.fixture
async def browser(client: httpx.AsyncClient, dock: Dock) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator's browser."""
    async with httpx.AsyncClient(
        transport=client._transport, base_url=client.base_url, headers=client.headers
    ) as made:
        await dock.floor.sign_in(made, dock.admin)
        made.headers["Accept-Language"] = "zh-CN"
        yield made
