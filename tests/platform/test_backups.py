"""The restore drill: backup, more messages, kill -9, restore from backup and archive."""

import asyncio
import contextlib
import io
import os
import shutil
import signal
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from PIL import Image
from typer.testing import CliRunner

from peakend.entry.backing import app
from peakend.kernel import backups, schema
from peakend.kernel.actors import Actor
from peakend.kernel.backups import BackupProblem, Depot, Wanted, segments
from peakend.kernel.backups.places import place_in, unpack
from peakend.kernel.backups.receiving import drop_half
from peakend.kernel.backups.taking import free_name, prune
from peakend.kernel.db import Database
from peakend.kernel.files import save_file
from peakend.kernel.postgres import HALF_RESTORED, EmbeddedPostgres, PostgresProblem
from peakend.kernel.settings import settings
from tests.conversations.conftest import make_centre
from tests.databases import folder_for_server

KEY = bytes.fromhex("5e" * 32)
PATIENCE_S = 60


def unheard(step: str, share: float | None = None) -> None:
    """Nobody looks at the progress of a test."""


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What is left of a centre that was killed: its backups, and when the mark was."""

    folder: Path
    depot: Depot
    marked_at: datetime
    sha256: str


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    with folder_for_server() as folder:
        kept = settings.data_dir
        settings.data_dir = folder / "d"
        try:
            yield asyncio.run(a_killed_centre(folder))
        finally:
            settings.data_dir = kept


async def a_killed_centre(folder: Path) -> Drill:
    """A centre with messages, a backup, more messages, and an end without a warning."""
    data_dir, depot = folder / "d", Depot(folder / "kept")
    postgres = EmbeddedPostgres(data_dir)
    dsn = await postgres.start()
    await schema.prepare(dsn, own=True)
    archiver, stop = backups.Archiver(data_dir), asyncio.Event()
    archive = asyncio.create_task(archiver.run(stop))
    database = await Database(dsn).open(2)
    try:
        centre = await make_centre(database)
        await centre.says("备份之前")
        await backups.take(Wanted(dsn=dsn, data_dir=data_dir, depot=depot, key=KEY), unheard)
        await centre.says("标记之前")
        async with database.transaction(Actor.system(centre.organisation_id)) as tx:
            await save_file(tx, picture(), "证据.png", purpose="message")
            sha256 = await tx.value("SELECT sha256 FROM file")
        marked_at = datetime.now(UTC)
        await centre.says("标记之后")
        archiver._files_in_s = 0.0
        await everything_archived(dsn, depot, sha256)
    finally:
        await database.close()
    assert archiver._process is not None
    archiver._process.kill()  # first: nothing more may arrive
    kill_hard(postgres)
    stop.set()
    await archive
    await archiver.close()
    await postgres.stop()
    shutil.rmtree(data_dir)
    return Drill(folder=folder, depot=depot, marked_at=marked_at, sha256=sha256)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


async def everything_archived(dsn: str, depot: Depot, sha256: str = "") -> None:
    """Wait until the archive has synced all that was acknowledged, and the file's bytes."""
    connection = await asyncpg.connect(dsn)
    try:
        place = await connection.fetchval("SELECT pg_current_wal_flush_lsn()")
        async with asyncio.timeout(PATIENCE_S):
            while not (
                await connection.fetchval(
                    "SELECT bool_or(flush_lsn >= $1) FROM pg_stat_replication", place
                )
                and (not sha256 or (depot.files / sha256[:2] / sha256[2:4] / sha256).exists())
            ):
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


def kill_hard(postgres: EmbeddedPostgres) -> None:
    """End the server as a power cut would: no checkpoint, no farewell to the archive."""
    assert postgres._server is not None
    pid = postgres._server.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        # One that ended by itself meanwhile is as dead.
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


async def said(data_dir: Path) -> list[str]:
    """What customers have written in the centre of a data directory."""
    postgres = EmbeddedPostgres(data_dir)
    try:
        connection = await asyncpg.connect(await postgres.start())
        try:
            rows = await connection.fetch("SELECT text FROM message WHERE text <> '' ORDER BY id")
            return [row["text"] for row in rows]
        finally:
            await connection.close()
    finally:
        await postgres.stop()


async def put_back(drill: Drill, name: str, at: datetime | None = None) -> backups.Restored:
    record = backups.chosen(drill.depot, None, at)
    return await backups.restore(drill.depot, record, drill.folder / name, KEY, at, unheard)


async def test_nothing_that_was_archived_is_lost(drill: Drill) -> None:
    found = await put_back(drill, "end")
    assert await said(drill.folder / "end") == ["备份之前", "标记之前", "标记之后"]
    assert found.reached_at is not None
    assert found.reached_at > drill.marked_at
    assert (found.files, found.files_missing) == (1, 0)
    digest = drill.sha256
    assert (drill.folder / "end" / "files" / digest[:2] / digest[2:4] / digest).exists()
    assert not (drill.folder / "end" / HALF_RESTORED).exists()
    with pytest.raises(BackupProblem) as refused:
        await put_back(drill, "end")
    assert refused.value.wording == "kernel.backups.not_empty"


async def test_a_moment_lies_between_what_came_before_and_after(drill: Drill) -> None:
    found = await put_back(drill, "moment", drill.marked_at)
    assert await said(drill.folder / "moment") == ["备份之前", "标记之前"]
    assert not found.whole_archive


async def test_a_moment_behind_the_archive_is_its_end(drill: Drill) -> None:
    found = await put_back(drill, "later", drill.marked_at + timedelta(days=1))
    assert found.whole_archive
    assert found.reached_at is not None
    assert len(await said(drill.folder / "later")) == 3


async def test_what_cannot_be_is_refused_before_anything_is_written(drill: Drill) -> None:
    record = drill.depot.need(None)
    too_early = record.ended_at - timedelta(seconds=1)
    with pytest.raises(BackupProblem) as refused:
        await put_back(drill, "never", too_early)
    assert refused.value.wording == "kernel.backups.too_early"
    with pytest.raises(BackupProblem) as refused:
        await backups.restore(
            drill.depot, record, drill.folder / "never", b"\1" * 32, None, unheard
        )
    assert refused.value.wording == "kernel.backups.other_key"
    assert not (drill.folder / "never").exists()


async def test_a_half_restored_folder_is_not_started_and_can_be_restored(drill: Drill) -> None:
    data_dir = drill.folder / "half"
    data_dir.mkdir(mode=0o711)
    (data_dir / HALF_RESTORED).write_text("of an attempt before")
    with pytest.raises(PostgresProblem) as refused:
        await EmbeddedPostgres(data_dir).start()
    assert refused.value.wording == "kernel.postgres.half_restored"
    await put_back(drill, "half")
    assert len(await said(data_dir)) == 3


def copied(drill: Drill, name: str) -> Depot:
    shutil.copytree(drill.depot.folder, drill.folder / name)
    return Depot(drill.folder / name)


async def test_a_good_backup_is_read_whole(drill: Drill) -> None:
    found = await backups.check(drill.depot, drill.depot.need(None), unheard)
    assert found.good, found.faults
    assert found.reaches_at is not None
    assert found.reaches_at > drill.marked_at
    kept = backups.last_check(drill.depot, found.name)
    assert kept is not None
    assert kept.good


@pytest.mark.parametrize(
    ("hurt", "fault"),
    [
        ("backup/base.tar.gz", "fault_changed"),
        ("backup/files.txt", "fault_gone"),
        ("log", "fault_log_gone"),
    ],
)
async def test_what_was_changed_or_lost_is_found(drill: Drill, hurt: str, fault: str) -> None:
    depot = copied(drill, f"hurt-{fault}")
    record = depot.need(None)
    where, _, name = hurt.partition("/")
    if fault == "fault_gone":
        (depot.backup(record.name) / name).unlink()
    elif where == "log":
        run = depot.wal(record.run)
        newest = max(path.name.removesuffix(".partial") for path in run.iterdir())
        beyond = segments.following(segments.following(newest, 1 << 24), 1 << 24)
        (run / beyond).write_bytes(bytes(1 << 24))
    else:
        victim = depot.backup(record.name) / name
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
    found = await backups.check(depot, record, unheard)
    assert f"kernel.backups.{fault}" in [wording for wording, _ in found.faults]


async def test_only_the_newest_backups_and_their_log_are_kept(drill: Drill) -> None:
    depot = copied(drill, "pruned")
    record = depot.need(None)
    (depot.folder / "wal" / "of-an-older-run").mkdir()
    old = depot.backup("20200101-000000")
    shutil.copytree(depot.backup(record.name), old)
    text = (old / "backup.json").read_text()
    old_at = '"ended_at": "2020-01-01T00:00:00Z"'
    lines = [
        f"  {old_at}," if '"ended_at"' in one else one.replace(record.name, old.name)
        for one in text.splitlines()
    ]
    (old / "backup.json").write_text("\n".join(lines))
    assert [one.name for one in depot.records()] == [old.name, record.name]
    assert await prune(depot, 1, record.run) == [old.name]
    assert not old.exists()
    assert [path.name for path in depot.folder.glob("wal/*")] == [record.run]
    assert (await backups.check(depot, record, unheard)).good


async def test_bytes_go_with_the_oldest_backup_that_could_need_them(drill: Drill) -> None:
    depot = copied(drill, "bytes")
    record = depot.need(None)
    day = 86_400
    aged = {"1" * 64: 2 * day, "2" * 64: 0, drill.sha256: 2 * day}
    listed = depot.backup(record.name) / "files.txt"
    listed.write_text(f"{drill.sha256}\n")
    for name, age_s in aged.items():
        path = place_in(depot.files, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        at = record.began_at.timestamp() - age_s
        os.utime(path, (at, at))
    await prune(depot, 1, record.run)
    # Only what no kept backup names and what was there before the oldest of them goes.
    assert [place_in(depot.files, name).exists() for name in aged] == [False, True, True]
    listed.unlink()
    os.utime(place_in(depot.files, "2" * 64), (1, 1))
    await prune(depot, 1, record.run)
    assert place_in(depot.files, "2" * 64).exists()


def test_a_segment_that_was_cut_short_is_dropped(tmp_path: Path) -> None:
    whole, half = tmp_path / ("0" * 24), tmp_path / f"{'1' * 24}.partial"
    whole.write_bytes(bytes(1 << 20))
    half.write_bytes(bytes(1000))
    drop_half(tmp_path)
    assert whole.exists()
    assert not half.exists()
    half.write_bytes(bytes(1 << 20))
    drop_half(tmp_path)
    assert half.exists()


def test_what_leads_out_of_the_target_is_not_unpacked(tmp_path: Path) -> None:
    for kind, name in ((tarfile.REGTYPE, "../out"), (tarfile.SYMTYPE, "link")):
        with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as packed:
            member = tarfile.TarInfo(name)
            member.type = kind
            packed.addfile(member)
        with pytest.raises(tarfile.TarError):
            unpack(tmp_path / "bad.tar.gz", tmp_path / "in")
    assert not (tmp_path / "out").exists()


def test_segments_follow_each_other() -> None:
    size = 1 << 24
    assert segments.name_at(1, segments.lsn("0/2000028"), size) == "000000010000000000000002"
    assert segments.following("0000000100000000000000FF", size) == "000000010000000100000000"
    assert segments.missing(["0" * 23 + "1", "0" * 23 + "3"], size) == "0" * 23 + "2"


@pytest.mark.parametrize(
    ("words", "wording"),
    [
        (("create",), "kernel.backups.external"),
        (("restore",), "kernel.backups.external"),
        (("verify",), "kernel.backups.none"),
    ],
)
def test_the_command_says_what_cannot_be(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], wording: str
) -> None:
    monkeypatch.setattr(settings, "database_url", "postgresql://x@127.0.0.1:1/x")
    done = CliRunner().invoke(app, [*words, "--data-dir", str(data_dir)])
    assert isinstance(done.exception, BackupProblem)
    assert done.exception.wording == wording


def test_a_moment_that_is_none_is_a_wrong_use(
    drill: Drill, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["restore", "--at", "tomorrow", "--from", str(drill.depot.folder)]
    done = CliRunner().invoke(app, [*words, "--data-dir", str(data_dir)])
    assert done.exit_code == 2
    assert not data_dir.exists()


def test_two_backups_of_one_second_have_two_names(tmp_path: Path) -> None:
    depot, moment = Depot(tmp_path), datetime(2026, 11, 23, 12, 59, 59, tzinfo=UTC)
    first = free_name(depot, moment)
    depot.backup(first).mkdir()
    assert [first, free_name(depot, moment)] == ["20261123-125959", "20261123-130000"]
