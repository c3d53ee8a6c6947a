"""An upgrade looks first, backs up, migrates what is planted, and says how to go back."""

import shutil
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from peakend.entry import backing, upgrading
from peakend.kernel import doctor, schema
from peakend.kernel.settings import settings

PLANTED = '''"""Plants a tree."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE TABLE tree (id int)")
'''


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dsn: str, database: Any) -> str:
    """A program one migration ahead of its database; the machine itself has nothing wrong."""
    ahead = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, ahead)
    (ahead / "versions" / "0002_tree.py").write_text(PLANTED)
    monkeypatch.setattr(schema, "MIGRATIONS", ahead)
    monkeypatch.setattr(settings, "database_url", dsn)
    monkeypatch.setattr(doctor, "_disk", lambda _: doctor.Finding("good", "kernel.doctor.disk"))
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
        return type("Record", (), {"name": "2026-01-01"})

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
