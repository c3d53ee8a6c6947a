"""Every table and every column of words is declared: whose it is, how it goes, or why it stays."""

from sqlalchemy import JSON, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from peakend.entry import wiring
from peakend.entry.tables import metadata
from peakend.kernel.personal import AGES, HELD, PLAIN
from peakend.kernel.words import LANGUAGES, has_word, word

HELP = (
    "declare it beside its context's other tables: `holds(Held(table=…))` in actions/forgetting.py "
    "where it says something about a customer, else `plain(why, …)` in its models "
    "(src/peakend/kernel/personal.py)"
)
wiring.load()


def test_every_table_is_declared_once() -> None:
    held = {one.table for one in HELD}
    known = set(metadata.tables)
    assert known - held - set(PLAIN) == set(), HELP
    assert (held | set(PLAIN)) - known == set()
    assert held & set(PLAIN) == set()


async def test_the_database_has_no_other_table(database, dsn: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm')"
        " AND relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    assert {row["relname"] for row in rows} - set(metadata.tables) == {"alembic_version"}


# Tables whose rows stay when a person goes; of all others the rows are deleted.
STAYS = {one.table for one in HELD if one.empties}
WORDS = (Text, JSON, JSONB, LargeBinary, ARRAY, TSVECTOR)


def test_in_rows_that_stay_every_column_of_words_is_accounted_for() -> None:
    for name in sorted(STAYS):
        emptied = {c for one in HELD if one.table == name for c in one.empties}
        house = {c for one in HELD if one.table == name for c in one.stays}
        columns = {c.name for c in metadata.tables[name].columns if isinstance(c.type, WORDS)}
        assert emptied <= columns, name
        assert columns - emptied - house == set(), f"{name}: what becomes of these columns?"


def test_what_goes_has_a_name_in_both_languages() -> None:
    for language in LANGUAGES:
        for one in HELD:
            key = f"privacy.table.{one.table}"
            assert has_word(key), key
            assert word(key, language) != key


def test_times_have_bounds_that_fit() -> None:
    for age in AGES.values():
        assert age.least_d >= 1
        assert age.days is None or age.least_d <= age.days <= (age.most_d or 3650)
        assert age.days is not None or age.most_d is None
