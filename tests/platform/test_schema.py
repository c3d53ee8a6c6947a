"""The migrations lead to the tables that the code declares."""

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from peakend.entry.tables import metadata
from peakend.kernel import schema
from tools.freeze import NEXT, TARGET, statements


def test_the_first_migration_makes_what_is_declared() -> None:
    """Before the first release: `python -m tools.freeze`; afterwards: write a new migration."""
    frozen = TARGET.read_text("utf-8").rstrip("\n").split(NEXT)
    assert frozen == statements()


def test_files_of_migrations_are_named_by_their_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert schema.migrations() == [step.revision for step in steps][::-1]


async def test_every_declared_column_is_there(database) -> None:
    async with database.system() as tx:
        for table in metadata.sorted_tables:
            there = await tx.value(
                "SELECT array_agg(attname::text) FROM pg_attribute "
                "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                table.name,
            )
            assert there is not None, table.name
            assert set(there) == {column.name for column in table.columns}, table.name


@pytest.mark.parametrize(
    ("found", "expected"),
    [(None, "none"), ("0001", "older"), ("0002", "current"), ("0003", "newer")],
)
def test_how_a_database_stands_to_the_program(found: str | None, expected: str) -> None:
    assert schema.standing(found, ["0001", "0002"]) == expected


async def test_tables_of_another_version_are_refused(dsn: str, database) -> None:
    assert await schema.need_current(dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    with pytest.raises(schema.TablesNewer):
        await schema.need_current(dsn)


async def test_a_start_leaves_newer_tables_alone(dsn: str, database) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(schema.TablesNewer):
            await schema.prepare(dsn)
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999"
    finally:
        await connection.close()
