"""The restore drill, encrypted: nothing in plain, nothing lost, nothing without its identity."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import asyncpg
import pyrage
import pytest
from pyrage.x25519 import Identity
from typer.testing import CliRunner

from peakend.entry.backing import app
from peakend.kernel import backups, schema
from peakend.kernel.actors import Actor
from peakend.kernel.backups import BackupProblem, Depot, Wanted, identities, programs, segments
from peakend.kernel.backups.places import remember
from peakend.kernel.backups.shelves import Shelf
from peakend.kernel.backups.taking import prune
from peakend.kernel.db import Database
from peakend.kernel.files import save_file
from peakend.kernel.postgres import EmbeddedPostgres
from peakend.kernel.settings import settings
from tests.conversations.conftest import make_centre
from tests.databases import folder_for_server
from tests.platform.test_backups import PATIENCE_S, kill_hard, picture, said, unheard

SAID = ("CANARY-before 备份之前", "CANARY-between 标记之前", "CANARY-after 标记之后")


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What is left of a centre that was killed: its backups, its key, and when the mark was."""

    folder: Path
    depot: Depot
    key: bytes
    marked_at: datetime
    sha256: str
    picture: bytes
    identity: Identity

    @property
    def opens(self) -> list[Identity]:
        """What opens them, as it is read from the file that was written."""
        return backups.read_identities(self.folder / "identity.txt")


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    with folder_for_server() as folder:
        kept, key = settings.data_dir, settings._key
        settings.data_dir, settings._key = folder / "d", None
        try:
            yield asyncio.run(a_killed_centre(folder))
        finally:
            settings.data_dir, settings._key = kept, key


async def a_killed_centre(folder: Path) -> Drill:
    """A centre with messages, an encrypted backup, more messages, and a sudden end."""
    data_dir, depot = folder / "d", Depot(folder / "kept")
    recipient, text = backups.new_identity()
    (folder / "identity.txt").write_text(text)
    postgres = EmbeddedPostgres(data_dir)
    dsn = await postgres.start()
    await schema.prepare(dsn, own=True)
    archiver = backups.Archiver(data_dir)
    database = await Database(dsn).open(2)
    try:
        centre = await make_centre(database)
        await centre.says(SAID[0])
        await backups.take(
            Wanted(
                dsn=dsn, data_dir=data_dir, depot=depot, key=settings.key, key_inside=True,
                recipient=recipient,
            ),
            unheard,
        )  # fmt: skip
        await archiver._look()
        await streamed(dsn)
        await archiver._look()
        await centre.says(SAID[1])
        async with database.transaction(Actor.system(centre.organisation_id)) as tx:
            await save_file(tx, picture(), "证据.png", purpose="message")
            sha256 = await tx.value("SELECT sha256 FROM file")
        marked_at = datetime.now(UTC)
        # A segment is finished on the way, and goes out as a whole.
        connection = await asyncpg.connect(dsn)
        await connection.execute("SELECT pg_switch_wal()")
        await connection.close()
        await centre.says(SAID[2])
        archiver._files_in_s = 0.0
        await streamed(dsn)
        await archiver._look()
    finally:
        await database.close()
    assert archiver._process is not None
    archiver._process.kill()  # first: nothing more may arrive
    kill_hard(postgres)
    archiver._shipper = None  # nor may anything that is left go out
    await archiver.close()
    await postgres.stop()
    key = settings.key
    content = (data_dir / "files" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    shutil.rmtree(data_dir)
    return Drill(
        folder=folder, depot=depot, key=key, marked_at=marked_at, sha256=sha256, picture=content,
        identity=backups.read_identities(folder / "identity.txt")[0],
    )  # fmt: skip


async def streamed(dsn: str) -> None:
    """Wait until the spool has synced all that was acknowledged."""
    connection = await asyncpg.connect(dsn)
    try:
        place = await connection.fetchval("SELECT pg_current_wal_flush_lsn()")
        asked = "SELECT bool_or(flush_lsn >= $1) FROM pg_stat_replication"
        async with asyncio.timeout(PATIENCE_S):
            while not await connection.fetchval(asked, place):
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


def copied(drill: Drill, name: str) -> Depot:
    shutil.copytree(drill.depot.folder, drill.folder / name)
    return Depot(drill.folder / name)


async def put_back(drill: Drill, name: str, at: datetime | None = None) -> backups.Restored:
    record = backups.chosen(drill.depot, None, at)
    return await backups.restore(
        drill.depot, record, drill.folder / name, drill.key, at, unheard, identities=drill.opens
    )


def test_nothing_of_it_stands_there_in_plain(drill: Drill) -> None:
    there = [path for path in drill.depot.folder.rglob("*") if path.is_file()]
    assert any(".partial." in path.name for path in there)
    assert any(segments.NAME.match(path.name) and "partial" not in path.name for path in there)
    needles = [one.encode() for one in SAID] + [b"CANARY", drill.picture[:40], drill.key]
    needles += [drill.sha256.encode(), drill.key.hex().encode(), str(drill.identity).encode()]
    for path in there:
        content = path.read_bytes()
        assert not [one for one in needles if one in content], path
        assert drill.sha256 not in str(path)
    # The canaries are where they would be seen, once it is opened.
    opened = b"".join(
        pyrage.decrypt(path.read_bytes(), [drill.identity])
        for path in there
        if segments.NAME.match(path.name)
    )
    assert all(one.encode() in opened for one in SAID[1:])


def test_every_piece_is_an_age_file(drill: Drill) -> None:
    record = drill.depot.need(None)
    plain = {"backup.json", "files.txt", "recipients.txt", "erasures.ledger", ".lock"}
    there = [path for path in drill.depot.folder.rglob("*") if path.is_file()]
    assert {path.name for path in there if path.suffix != ".age"} <= plain | {"checked.json"}
    for path in there:
        if path.suffix == ".age":
            pyrage.decrypt(path.read_bytes(), [drill.identity])
    base = drill.depot.backup(record.name) / "base.tar.gz.age"
    plain_base = pyrage.decrypt(base.read_bytes(), [drill.identity])
    listing = subprocess.run(
        ["tar", "-tzf", "-"], input=plain_base, capture_output=True, check=True
    )
    assert b"PG_VERSION" in listing.stdout


async def test_nothing_that_was_archived_is_lost(drill: Drill) -> None:
    found = await put_back(drill, "end")
    assert await said(drill.folder / "end") == list(SAID)
    assert found.reached_at is not None
    assert found.reached_at > drill.marked_at
    assert (found.files, found.files_missing) == (1, 0)
    digest = drill.sha256
    put = drill.folder / "end" / "files" / digest[:2] / digest[2:4] / digest
    assert put.read_bytes() == drill.picture


async def test_a_moment_lies_between_what_came_before_and_after(drill: Drill) -> None:
    found = await put_back(drill, "moment", drill.marked_at)
    assert await said(drill.folder / "moment") == list(SAID[:2])
    assert not found.whole_archive


async def test_it_is_checked_with_and_without_its_identity(drill: Drill) -> None:
    record = drill.depot.need(None)
    closed = await backups.check(drill.depot, record, unheard)
    assert (closed.faults, closed.opened, closed.reaches_at) == ([], False, None)
    found = await backups.check(drill.depot, record, unheard, drill.opens)
    assert (found.faults, found.opened) == ([], True)
    assert found.reaches_at is not None
    assert found.reaches_at > drill.marked_at
    assert (found.segments, found.files) == (closed.segments, closed.files)


async def test_another_identity_opens_nothing(drill: Drill) -> None:
    record = drill.depot.need(None)
    for given, wording in (([Identity.generate()], "identity_other"), ([], "identity_needed")):
        with pytest.raises(BackupProblem) as refused:
            await backups.restore(
                drill.depot, record, drill.folder / "never", drill.key, None, unheard,
                identities=given,
            )  # fmt: skip
        assert refused.value.wording == f"kernel.backups.{wording}"
    assert not (drill.folder / "never").exists()


@pytest.mark.parametrize(
    ("kind", "hurt"),
    [("base", "cut"), ("segment", "flipped"), ("tail", "flipped"), ("file", "cut")],
)
async def test_a_piece_that_was_hurt_is_found(drill: Drill, hurt: str, kind: str) -> None:
    depot = copied(drill, f"{hurt}-{kind}")
    record = depot.need(None)
    run = depot.wal(record.run)
    name = Shelf(files=depot.files, recipient=record.recipient, key=drill.key).name(drill.sha256)
    victim = {
        "base": depot.backup(record.name) / "base.tar.gz.age",
        "segment": max(path for path in run.iterdir() if "partial" not in path.name),
        "tail": next(run.glob("*.partial.*")),
        "file": next(depot.files.rglob("*.age")),
    }[kind]
    content = bytearray(victim.read_bytes())
    content[-20] ^= hurt == "flipped"
    victim.write_bytes(content if hurt == "flipped" else content[:-30])
    if kind == "file":  # a picture that is gone does not stand in the way of the rest
        shelf = Shelf(files=depot.files, recipient=record.recipient, key=drill.key)
        assert shelf.whole(name) is False
        assert not shelf.fetch(drill.sha256, drill.folder / "never" / "file", drill.opens)
        shutil.rmtree(drill.folder / "never")
        return
    closed = [what for _, what in (await backups.check(depot, record, unheard)).faults]
    # What is being written has no sum yet: only who opens it sees that it is hurt.
    assert closed == ([] if kind == "tail" else [victim.name])
    if kind == "tail":
        opened = await backups.check(depot, record, unheard, drill.opens)
        assert [what for _, what in opened.faults] == [victim.name]
    with pytest.raises(BackupProblem) as refused:
        await backups.restore(
            depot, record, drill.folder / "never", drill.key, None, unheard, identities=drill.opens
        )
    assert refused.value.wording == "kernel.backups.piece_damaged"
    assert refused.value.params["what"] == victim.name
    assert not (drill.folder / "never").exists()


async def test_pruning_leaves_what_is_needed(drill: Drill) -> None:
    depot = copied(drill, "pruned")
    record = depot.need(None)
    run = depot.wal(record.run)
    older = run / f"000000010000000000000000.{'0' * 64}.age"
    older.write_bytes(b"of long ago")
    (depot.folder / "wal" / "of-an-older-run").mkdir()
    first = segments.name_at(1, segments.lsn(record.start_lsn), record.segment_bytes)
    kept = {path.name for path in run.iterdir() if path.name >= first}
    await prune(depot, 1, record.run)
    assert {path.name for path in run.iterdir()} == kept
    assert not (depot.folder / "wal" / "of-an-older-run").exists()
    assert (await backups.check(depot, record, unheard, drill.opens)).good


def test_the_command_restores_with_a_file_and_a_passphrase(
    drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "data_dir", drill.folder / "d2")
    monkeypatch.setenv("PEAKEND_LANGUAGE", "en")
    words = ["verify", "--from", str(drill.depot.folder), "--data-dir", str(drill.folder / "d2")]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "without opening" in done.output) == (0, True), done.output
    secret = tmp_path / "passphrase"
    secret.write_text("a passphrase that is long\n")
    locked = pyrage.passphrase.encrypt(
        str(drill.identity).encode(), "a passphrase that is long", armored=True
    )
    (tmp_path / "key.age").write_bytes(locked)
    words += ["--identity", str(tmp_path / "key.age")]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, BackupProblem)
    assert done.exception.wording == "kernel.backups.identity_locked"
    done = CliRunner().invoke(app, [*words, "--passphrase-file", str(secret)])
    assert (done.exit_code, "is good" in done.output) == (0, True), done.output
    listed = CliRunner().invoke(app, ["list", *words[1:5]])
    assert "yes" in listed.output


def test_the_master_key_inside_is_encrypted_too(drill: Drill) -> None:
    record = drill.depot.need(None)
    found = backups.small(drill.depot, record, drill.opens, "secret.key")
    assert found.decode() == drill.key.hex()
    assert backups.small(drill.depot, record, [], "secret.key") == b""
    assert record.settings == {}


def test_a_folder_is_for_one_recipient_or_none(tmp_path: Path) -> None:
    depot, data_dir = Depot(tmp_path / "kept"), tmp_path / "d"
    mine, other = (str(Identity.generate().to_public()) for _ in range(2))
    for folder in (depot.folder, data_dir):
        folder.mkdir()
    chosen = identities.chosen_recipient
    assert chosen(depot, data_dir, "") == ""
    identities.keep_recipient(depot, mine)
    assert chosen(depot, data_dir, "") == mine
    with pytest.raises(BackupProblem, match="recipient_other"):
        chosen(depot, data_dir, other)
    # Whoever can write beside the backups cannot make them his own.
    known = backups.Archiving(depot=str(depot.folder), run="a" * 12, recipient=mine)
    remember(data_dir, known)
    (depot.folder / "recipients.txt").write_text(other + "\n")
    with pytest.raises(BackupProblem, match="recipient_exchanged"):
        chosen(depot, data_dir, "")
    (depot.folder / "recipients.txt").unlink()
    assert chosen(depot, data_dir, "") == mine
    # Another folder follows by itself, unless something in plain lies there.
    second = Depot(tmp_path / "second")
    assert chosen(second, data_dir, "") == mine
    assert chosen(second, data_dir, other) == other
    assert [identities.settled_recipient(one, data_dir) for one in (depot, second)] == [mine, ""]
    (second.folder / "wal" / "b").mkdir(parents=True)
    (second.folder / "wal" / "b" / ("0" * 24)).touch()
    with pytest.raises(BackupProblem, match="plain_already"):
        chosen(second, data_dir, "")
    assert chosen(second, tmp_path / "new", "") == ""


def test_an_identity_is_made_once_and_away_from_what_it_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "database_url", "")
    data_dir, depot = tmp_path / "d", tmp_path / "kept"
    data_dir.mkdir()
    words = ["create", "--data-dir", str(data_dir), "--to", str(depot), "--encrypt"]
    refused = {
        "identity_where": [],
        "identity_beside": ["--identity-file", str(depot / "key")],
        "recipient_bad": ["--recipient", "age1nobody"],
    }
    for wording, more in refused.items():
        done = CliRunner().invoke(app, [*words, *more])
        assert isinstance(done.exception, BackupProblem), done.output
        assert done.exception.wording == f"kernel.backups.{wording}"
    assert not (depot / "recipients.txt").exists()
    words += ["--identity-file", str(tmp_path / "key")]
    for _ in range(2):  # there is no database, so the backup itself comes later
        CliRunner().invoke(app, words)
        found = backups.read_identities(tmp_path / "key")
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
        lines = (depot / "recipients.txt").read_text().splitlines()
        assert lines[-1] == str(found[0].to_public())
        assert all(line.startswith("#") for line in lines[:-1])


def test_a_name_says_nothing_without_the_key(tmp_path: Path) -> None:
    recipient = str(Identity.generate().to_public())
    mine, other = (Shelf(files=tmp_path, recipient=recipient, key=os.urandom(32)) for _ in "ab")
    assert mine.name("0" * 64) == mine.name("0" * 64)
    assert mine.name("0" * 64) not in ("0" * 64, other.name("0" * 64))


async def test_more_is_written_meanwhile_than_the_server_keeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with folder_for_server() as folder:
        monkeypatch.setattr(settings, "data_dir", folder / "d")
        monkeypatch.setattr(settings, "_key", None)
        recipient, text = backups.new_identity()
        (folder / "identity.txt").write_text(text)
        depot = Depot(folder / "kept")
        small = {"max_slot_wal_keep_size": "32MB", "wal_keep_size": "0", "max_wal_size": "32MB"}
        postgres = EmbeddedPostgres(folder / "d", settings=small)
        dsn = await postgres.start()
        try:
            await schema.prepare(dsn, own=True)
            loop = asyncio.get_running_loop()
            real = programs.pour

            async def pour(
                command: list[str], take: Callable[[IO[bytes]], object], *rest: Any
            ) -> str:
                def taken(source: IO[bytes]) -> None:
                    begun = source.read(1)  # the base has begun, and waits for us
                    asyncio.run_coroutine_threadsafe(wrote_much(dsn), loop).result()
                    take(cast("IO[bytes]", Beginning(begun, source)))

                return await real(command, taken, *rest)

            monkeypatch.setattr(programs, "pour", pour)
            record = await backups.take(
                Wanted(
                    dsn=dsn, data_dir=folder / "d", depot=depot, key=settings.key,
                    recipient=recipient,
                ),
                unheard,
            )  # fmt: skip
        finally:
            await postgres.stop()
        opens = backups.read_identities(folder / "identity.txt")
        found = await backups.check(depot, record, unheard, opens)
        assert (found.faults, found.opened) == ([], True)
        assert found.segments >= 6
        assert not (folder / "d" / "taking").exists()
        await backups.restore(
            depot, record, folder / "again", settings.key, None, unheard, identities=opens
        )
        postgres = EmbeddedPostgres(folder / "again")
        dsn = await postgres.start()
        try:
            connection = await asyncpg.connect(dsn)
            assert await connection.fetchval("SELECT count(*) FROM meanwhile") == 6
            await connection.close()
        finally:
            await postgres.stop()


class Beginning:
    """A stream of which something was read before."""

    def __init__(self, begun: bytes, source: IO[bytes]) -> None:
        self._begun, self._source = begun, source

    def read(self, count: int = -1) -> bytes:
        """Read on."""
        begun, self._begun = self._begun, b""
        return begun or self._source.read(count)


async def wrote_much(dsn: str) -> None:
    """Let the server forget all of the log that nobody has asked it to keep."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE meanwhile (n int)")
        for n in range(6):
            await connection.execute("INSERT INTO meanwhile VALUES ($1)", n)
            place = await connection.fetchval("SELECT pg_switch_wal()::text")
            for _ in range(100):
                if await connection.fetchval(
                    "SELECT bool_and(restart_lsn >= $1::text::pg_lsn) FROM pg_replication_slots"
                    " WHERE slot_name LIKE 'peakend_taking_%'", place
                ):  # fmt: skip
                    break
                await asyncio.sleep(0.05)
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
