"""A backup of last night put back: who was erased since is erased once more, and nobody else."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner

from peakend.entry import backing, erasing, wiring
from peakend.entry.app import create
from peakend.kernel import backups, schema
from peakend.kernel.actors import Actor
from peakend.kernel.backups import Archiver, Depot, Wanted
from peakend.kernel.db import Database, use
from peakend.kernel.jobs import enqueue
from peakend.kernel.ledger import ledger_in, read_ledger
from peakend.kernel.postgres import EmbeddedPostgres
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.privacy import queries
from tests.accounts.people import a_person
from tests.conversations.conftest import make_centre
from tests.databases import folder_for_server
from tests.platform.test_backups import everything_archived, kill_hard, unheard
from tests.privacy import planting
from tests.privacy.conftest import Place, erasure, where


@dataclass
class Drill:
    """What is left of a centre that was lost: its backups, and who was erased in it when."""

    folder: Path
    depot: Depot
    organisation_id: UUID
    marked_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    words: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    kept = settings.data_dir
    with folder_for_server() as folder:
        settings.data_dir = folder / "d"
        try:
            (folder / "key").write_text(settings.key.hex())
            yield asyncio.run(_lost(folder))
        finally:
            settings.data_dir = kept


async def _lost(folder: Path) -> Drill:
    wiring.load()
    postgres = EmbeddedPostgres(folder / "d")
    dsn = await postgres.start()
    await schema.prepare(dsn, own=True)
    archiver, stop = Archiver(folder / "d"), asyncio.Event()
    archive = asyncio.create_task(archiver.run(stop))
    database = await Database(dsn).open(4, listen=False)
    use(database)
    transport = httpx.ASGITransport(app=create(database))
    headers = {"X-Peakend": "1", "Accept-Language": "en"}
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:
            centre = await make_centre(database)
            people = [
                await a_person(database, client, centre.organisation_id, "admin", f"{name}@x.com")
                for name in ("boss", "mate")
            ]
            key = str(await centre.value("SELECT key FROM channel"))
            place = Place(centre, dsn, key, *people, client)
            drill = Drill(folder, Depot(folder / "kept"), centre.organisation_id)
            await _lived(place, drill)
            await everything_archived(dsn, drill.depot)
    finally:
        await database.close()
    assert archiver._process is not None
    archiver._process.kill()
    kill_hard(postgres)
    stop.set()
    await archive
    await archiver.close()
    await postgres.stop()
    shutil.rmtree(folder / "d")
    return drill


async def _lived(place: Place, drill: Drill) -> None:
    """Somebody of each kind before the backup; what became of them after it."""
    visitor, conversation_id, whole = await planting.as_visitor(place)
    await planting.in_conversation(place, conversation_id, visitor)
    await planting.as_person(place, whole, conversation_id)
    await planting.afterwards(place, conversation_id, visitor)
    people = {"whole": whole}
    for name in ("before", "open", "one", "other", "held", "merged", "into", "stays"):
        people[name] = await _somebody(place, name, close=name != "open")
    await _erased(place, people["before"])
    held = {"subject": "customer", "subject_id": people["held"], "code": "lawsuit"}
    hold = await place.does("POST", "/privacy/holds", held)
    merge = await _merged(place, people["into"], people["merged"])
    wanted = Wanted(dsn=place.dsn, data_dir=settings.data_dir, depot=drill.depot, key=settings.key)
    await backups.take(wanted, unheard)

    people["after"] = await _somebody(place, "after")
    stranger = place.planted.pop("words of stays"), place.planted.pop("words of into")
    drill.people, drill.words = people, dict(place.planted)
    drill.people |= {"stays said": stranger[0], "into said": stranger[1]}
    drill.marked_at = datetime.now(UTC)
    await asyncio.sleep(0.01)
    open_id = await place.fetch(
        "SELECT id FROM conversation WHERE customer_id = $1", UUID(people["open"])
    )
    await planting.close(place, str(open_id))
    await place.does("DELETE", f"/privacy/holds/{hold['id']}")
    await _merged(place, people["one"], people["other"])
    await place.does("DELETE", f"/customer-merges/{merge}")
    for name in ("whole", "open", "one", "held", "merged", "after"):
        await _erased(place, people[name])


async def _somebody(place: Place, name: str, *, close: bool = True) -> str:
    visitor = await place.comes()
    said = (await visitor.says(place.word(f"words of {name}"))).json()
    conversation_id = said["conversation"]["id"]
    if close:
        await planting.close(place, conversation_id)
    return str(
        await place.fetch(
            "SELECT customer_id::text FROM conversation WHERE id = $1", UUID(conversation_id)
        )
    )


async def _merged(place: Place, kept: str, absorbed: str) -> str:
    cards = [(await place.boss.get(f"/customers/{one}")).json() for one in (kept, absorbed)]
    body = {"absorbed_id": absorbed, "version": cards[0]["version"],
            "absorbed_version": cards[1]["version"]}  # fmt: skip
    await place.does("POST", f"/customers/{kept}/merges", body)
    return str(await place.fetch("SELECT id FROM customer_merge ORDER BY at DESC LIMIT 1"))


async def _erased(place: Place, customer_id: str) -> None:
    await place.does("POST", "/privacy/erasures", erasure(customer_id))
    await place.works()
    [newest, *_] = await place.does("GET", "/privacy/erasures")
    assert newest["state"] == "done"


def _restored(drill: Drill, name: str, *more: str) -> str:
    words = ["restore", "--from", str(drill.depot.folder), "--key", str(drill.folder / "key")]
    target = drill.folder / name
    done = CliRunner().invoke(backing.app, [*words, "--data-dir", str(target), *more])
    assert done.exit_code == 0, (done.output, done.exception)
    assert settings.data_dir == target
    return done.output


def _within(look: Any) -> Any:
    """Look into the centre of the data directory while its database runs."""

    async def run() -> Any:
        postgres = EmbeddedPostgres(settings.data_dir)
        try:
            dsn = await postgres.start()
            database = await Database(dsn).open(4, listen=False)
            use(database)
            try:
                return await look(dsn, database)
            finally:
                await database.close()
        finally:
            await postgres.stop()

    return asyncio.run(run())


async def _there(dsn: str, words: dict[str, str]) -> set[str]:
    """Return which canaries are in any table or any file of the store."""
    kept, settings.data_dir = settings.data_dir, settings.data_dir / "files"
    try:
        found = await where(dsn, words.values())
    finally:
        settings.data_dir = kept
    return {name for name, word in words.items() if word in found}


async def _repeats(database: Database, drill: Drill) -> dict[str, str]:
    """Return who still waits, and why."""
    lines = read_ledger(queries.own_ledger()).lines
    names = {value: name for name, value in drill.people.items()}
    async with database.transaction(Actor.system(drill.organisation_id)) as tx:
        return {names[str(one.customer_id)]: one.why for one in await queries.repeats(tx, lines)}


@pytest.fixture(autouse=True)
def _own_folder() -> Iterator[None]:
    kept = settings.data_dir
    yield
    settings.data_dir = kept


def test_a_ledger_names_nobody(drill: Drill) -> None:
    path = ledger_in(drill.depot.folder)
    assert path.stat().st_mode & 0o777 == 0o600
    told = read_ledger(path)
    assert told.bad == 0
    erased = {drill.people[name] for name in ("before", "whole", "open", "held", "merged", "after")}
    assert erased < {str(line.people[0]) for line in told.lines}
    [pair] = {tuple(map(str, line.people)) for line in told.lines if len(line.people) > 1}
    assert pair == (drill.people["one"], drill.people["other"])
    assert not [word for word in drill.words.values() if word in path.read_text()]


def test_at_a_moment_before_their_erasures_nobody_comes_back(drill: Drill) -> None:
    said = _restored(drill, "moment", "--at", drill.marked_at.isoformat())
    assert "5 persons whom the backup brought back were erased once more" in said

    async def look(dsn: str, database: Database) -> None:
        assert await _there(dsn, drill.words) == {"words of held", "words of merged"}
        rest = {name: drill.people[f"{name} said"] for name in ("stays", "into")}
        assert await _there(dsn, rest) == {"stays", "into"}
        assert await _repeats(database, drill) == {"held": "on_hold", "into": "merged"}
        [told] = await erasing.findings(dsn)
        assert (told.wording, told.params["count"]) == ("entry.health.erasures_waiting", 2)
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "SELECT customer_id::text, repeated_at IS NOT NULL AS again, state FROM erasure"
            )
            facts = await connection.fetchval(
                "SELECT count(*) FROM event WHERE type = 'ErasureRepeated'"
            )
        finally:
            await connection.close()
        assert {row["state"] for row in rows} == {"done"}
        again = {row["customer_id"] for row in rows if row["again"]}
        expected = ("whole", "open", "one", "other", "after")
        assert again == {drill.people[name] for name in expected}
        assert facts == 5

    _within(look)
    _hold_is_lifted(drill)


def _hold_is_lifted(drill: Drill) -> None:
    """Let somebody lift the hold that the restore brought back: the worker goes on by itself."""

    async def look(dsn: str, database: Database) -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute("UPDATE legal_hold SET standing = false")
        await connection.close()
        async with database.transaction(Actor.system(drill.organisation_id)) as tx:
            await enqueue(tx, "privacy.tend_ledger")
        await Worker(database).drain()
        assert await _there(dsn, drill.words) == {"words of merged"}
        assert await _repeats(database, drill) == {"into": "merged"}

    _within(look)
    again = CliRunner().invoke(erasing.app, ["replay", "--data-dir", str(settings.data_dir)])
    assert again.exit_code == 1, again.output
    assert "1 persons who were erased are back" in again.output


def test_at_the_end_of_the_archive_there_is_nothing_to_repeat(drill: Drill) -> None:
    said = _restored(drill, "end")
    assert "Nobody who was erased came back" in said

    async def look(dsn: str, database: Database) -> None:
        assert await _there(dsn, drill.words) == set()
        assert await _repeats(database, drill) == {}

    _within(look)


def test_without_the_ledger_beside_the_backups_one_from_elsewhere_does(drill: Drill) -> None:
    depot = Depot(drill.folder / "bare")
    shutil.copytree(drill.depot.folder, depot.folder)
    ledger_in(depot.folder).rename(drill.folder / "elsewhere")
    bare = Drill(drill.folder, depot, drill.organisation_id)
    _restored(bare, "bare-d", "--at", drill.marked_at.isoformat())

    async def back(dsn: str, database: Database) -> None:
        assert "name" in await _there(dsn, drill.words)

    _within(back)
    words = ["replay", "--ledger", str(drill.folder / "elsewhere"), "--data-dir"]
    done = CliRunner().invoke(erasing.app, [*words, str(settings.data_dir)])
    assert (done.exit_code, "5 persons" in done.output) == (1, True), done.output

    async def gone(dsn: str, database: Database) -> None:
        assert await _there(dsn, drill.words) == {"words of held", "words of merged"}

    _within(gone)
