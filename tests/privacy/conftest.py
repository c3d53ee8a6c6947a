"""A centre with people and a visitor, and the scan that finds what is left of anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from tests.accounts.people import Person, a_person
from tests.conversations.conftest import Centre, make_centre
from tests.conversations.test_visitor_api import Visitor


async def where(dsn: str, wanted: Iterable[str], also: str = "") -> dict[str, str]:
    """Return where each of these words is: in a table, in a file, or in `also`."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "SELECT quote_ident(relname) AS name FROM pg_class"
            " WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace"
        )
        texts = {}
        for table in tables:
            # All columns as text: json, arrays, index words and bytes as hex digits.
            rows = await connection.fetch(f"SELECT t::text AS row FROM {table['name']} t")
            texts[table["name"]] = "\n".join(row["row"] for row in rows)
    finally:
        await connection.close()
    texts["log"] = also
    for path in Path(settings.data_dir).rglob("*"):
        if path.is_file():
            texts[str(path)] = path.name + path.read_bytes().decode("latin-1")
    return {
        word: ", ".join(name for name, text in texts.items() if word in text)
        for word in wanted
        if any(word in text for text in texts.values())
    }


@dataclass
class Place:
    """Where canaries are planted: people, a visitor, and what was planted under which name."""

    centre: Centre
    dsn: str
    key: str
    boss: Person
    mate: Person
    client: httpx.AsyncClient
    planted: dict[str, str] = field(default_factory=dict)

    def word(self, place: str) -> str:
        """Return a word that is nowhere else, and remember where it goes."""
        self.planted[place] = f"zq{uuid4().hex[:14]}"
        return self.planted[place]

    async def comes(self, **more: Any) -> Visitor:
        """Let somebody come to the site."""
        visitor = Visitor(self.client, self.key)
        answer = await visitor.come(**more)
        assert answer.status_code == 201, answer.text
        return visitor

    async def does(self, method: str, path: str, body: Any = None, by: Person | None = None) -> Any:
        """Do something that must go well."""
        answer = await (by or self.boss).send(method, path, body)
        assert answer.status_code in (200, 201, 204), f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    async def works(self) -> None:
        """Run every job that is due."""
        await Worker(self.centre.database).drain()

    async def fetch(self, sql: str, *args: Any) -> Any:
        """Ask the database as its owner, whom no wall stops."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(sql, *args)
        finally:
            await connection.close()

    async def found(self, wanted: Iterable[str], also: str = "") -> dict[str, str]:
        """Return where each of these words is: in a table, in a file, or in `also`."""
        return await where(self.dsn, wanted, also)


@pytest.fixture
async def place(database: Any, dsn: str, client: httpx.AsyncClient) -> Place:
    """A centre whose channel has no digital agent, and two administrators."""
    centre = await make_centre(database)
    people = [
        await a_person(database, client, centre.organisation_id, "admin", f"{name}@example.com")
        for name in ("boss", "mate")
    ]
    key = str(await centre.value("SELECT key FROM channel"))
    return Place(centre, dsn, key, *people, client)


def erasure(customer_id: str | UUID) -> dict[str, str]:
    """Return what an erasure is asked for with."""
    return {"customer_id": str(customer_id), "identity": "called_back", "ground": "own_wish"}
