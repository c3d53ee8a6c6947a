"""The migrations lead to the tables that the code declares."""

from peakend.entry.tables import metadata
from tools.freeze import NEXT, TARGET, statements


def test_the_first_migration_makes_what_is_declared() -> None:
    """Before the first release: `python -m tools.freeze`; afterwards: write a new migration."""
    frozen = TARGET.read_text("utf-8").rstrip("\n").split(NEXT)
    assert frozen == statements()


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
