"""An upgrade looks first, backs up, migrates what is planted, and says how to go back."""

import asyncio
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from peakend.entry import backing, upgrading
from peakend.kernel import backups, doctor, schema
from peakend.kernel.postgres import EmbeddedPostgres
from peakend.kernel.settings import settings
from tests.databases import folder_for_server
from tests.platform.test_locked_backups import streamed

PLANTED = '''"""Plants a tree."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE TABLE tree (id int)")
'''


def plant(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the program be one migration ahead; the machine itself has nothing wrong."""
    ahead = folder / "migrations"
    shutil.copytree(schema.MIGRATIONS, ahead)
    (ahead / "versions" / "0002_tree.py").write_text(PLANTED)
    monkeypatch.setattr(schema, "MIGRATIONS", ahead)
    monkeypatch.setattr(doctor, "_disk", lambda _: doctor.Finding("good", "kernel.doctor.disk"))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dsn: str, database: Any) -> str:
    """A program one migration ahead of its database."""
    plant(monkeypatch, tmp_path)
    monkeypatch.setattr(settings, "database_url", dsn)
    monkeypatch.setenv("PEAKEND_LANGUAGE", "en")
    return dsn


async def _tree(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval("SELECT to_regclass('tree') IS NOT NULL"))
    finally:
        await connection.close()


async def test_an_external_database_is_backed_up_by_its_owner(
    planted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await upgrading.upgraded(check=True, backed_up=True)
    assert "0002  Plants a tree." in capsys.readouterr().out
    assert not await _tree(planted)
    assert not await upgrading.upgraded(check=False, backed_up=False)
    assert "pg_dump" in capsys.readouterr().err
    assert not await _tree(planted)
    assert await upgrading.upgraded(check=False, backed_up=True)
    said = capsys.readouterr().out
    assert "Tables are at version 0002 now" in said
    assert "To go back" in said
    assert await _tree(planted)
    assert await upgrading.upgraded(check=False, backed_up=False)
    assert "nothing to do" in capsys.readouterr().out


async def test_a_full_disk_stops_it_before_anything_changes(
    planted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = doctor.Finding("bad", "kernel.doctor.disk_short", {"free_gb": "0.1", "folder": "/"})
    monkeypatch.setattr(doctor, "_disk", lambda _: full)
    assert not await upgrading.upgraded(check=False, backed_up=True)
    assert "Nothing was changed" in capsys.readouterr().err
    assert not await _tree(planted)


async def test_the_embedded_database_is_backed_up_before_the_first_step(
    planted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    class Reached:
        async def __aenter__(self) -> str:
            return planted

        async def __aexit__(self, *_: object) -> None:
            return None

    async def taken(dsn: str, *_: object) -> Any:
        order.append("migrated" if await _tree(dsn) else "backed up first")
        told = {"name": "2026-01-01", "recipient": "", "ended_at": datetime.now(UTC)}
        return type("Record", (), told)

    monkeypatch.setattr(settings, "database_url", None)
    monkeypatch.setattr(upgrading.running, "reached", lambda _: Reached())
    monkeypatch.setattr(backing, "created", taken)
    assert await upgrading.upgraded(check=False, backed_up=False)
    assert order == ["backed up first"]
    assert "peakend backup restore 2026-01-01" in capsys.readouterr().out
    assert await _tree(planted)


async def test_a_backup_that_fails_leaves_the_tables(
    planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> Any:
        raise backing.BackupProblem("kernel.backups.failed")

    monkeypatch.setattr(backing, "created", fails)
    monkeypatch.setattr(settings, "database_url", None)

    class Reached:
        async def __aenter__(self) -> str:
            return planted

        async def __aexit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(upgrading.running, "reached", lambda _: Reached())
    with pytest.raises(backing.BackupProblem):
        await upgrading.upgraded(check=False, backed_up=False)
    assert not await _tree(planted)


def test_the_way_back_leads_back_from_an_encrypted_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PEAKEND_LANGUAGE", "en")
    monkeypatch.delenv("PEAKEND_SECRET_KEY", raising=False)
    with folder_for_server() as folder:
        data_dir, depot = folder / "d", backups.Depot(folder / "kept")
        monkeypatch.setattr(settings, "database_url", "")
        monkeypatch.setattr(settings, "data_dir", data_dir)
        monkeypatch.setattr(settings, "_key", None)
        recipient, identity = backups.new_identity()
        (folder / "identity.txt").write_text(identity)
        asyncio.run(backed_up_once(data_dir, depot, recipient))
        with monkeypatch.context() as patch:
            plant(patch, folder)
            assert asyncio.run(upgrading.upgraded(check=False, backed_up=False))
            said = " ".join(capsys.readouterr().out.split())
            asyncio.run(streamed_on(data_dir))
        command = said.partition("run peakend backup ")[2].partition(". What came in")[0]
        command = command.replace("AN-EMPTY-FOLDER", str(folder / "back"))
        command = command.replace("IDENTITY-FILE", str(folder / "identity.txt"))
        done = CliRunner().invoke(backing.app, shlex.split(command))
        assert done.exit_code == 0, (command, done.output, done.exception)
        assert asyncio.run(version_of(folder / "back")) == "0001"


async def backed_up_once(data_dir: Path, depot: backups.Depot, recipient: str) -> None:
    postgres = EmbeddedPostgres(data_dir)
    dsn = await postgres.start()
    try:
        await schema.prepare(dsn, own=True)
        await backing.created(dsn, depot, 7, recipient=recipient)
    finally:
        await postgres.stop()


async def streamed_on(data_dir: Path) -> None:
    """Let the archive go on after the upgrade, as it does once the centre runs again."""
    postgres, archiver = EmbeddedPostgres(data_dir), backups.Archiver(data_dir)
    dsn = await postgres.start()
    try:
        await archiver._look()
        await streamed(dsn)
        await archiver._look()
    finally:
        await postgres.stop()
        await archiver.close()


async def version_of(data_dir: Path) -> str:
    postgres = EmbeddedPostgres(data_dir)
    dsn = await postgres.start()
    try:
        connection = await asyncpg.connect(dsn)
        version: str = await connection.fetchval("SELECT version_num FROM alembic_version")
        await connection.close()
    finally:
        await postgres.stop()
    return version
