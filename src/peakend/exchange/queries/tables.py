"""Which tables of an organisation go into an archive, in which order they come out of it.

Taken from what the contexts declare, and compared with what the database holds: nothing can be
forgotten, neither a new table nor a new column.
"""

import msgspec
from sqlalchemy import Table

from peakend.kernel.archiving import LEFT_OUT, TREATED, Treated
from peakend.kernel.db import Transaction, metadata

_FOUND = """
SELECT coalesce(array_agg(c.relname::text), '{}') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity
"""


class UnknownTable(RuntimeError):
    """The database holds a table of organisations that the program does not know."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A table that goes: its columns, what its rows are sorted by, which of them point to it."""

    name: str
    columns: list[str]
    sorted_by: list[str]
    own: list[str]
    treated: Treated


def planned() -> list[Planned]:
    """Return the tables that go, those that others point to first."""
    return [
        _plan(table)
        for table in metadata.sorted_tables
        if table.info.get("tenant") and table.name not in LEFT_OUT
    ]


def _plan(table: Table) -> Planned:
    treated = TREATED.get(table.name) or Treated(table=table.name)
    away = {"organisation_id", *treated.left}
    own = {
        key.parent.name
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is table
        for key in constraint.elements
    }
    # Names are of a kind of text of their own there; a slice is plain text.
    return Planned(
        name=table.name[:],
        columns=[one.name[:] for one in table.columns if not one.computed and one.name not in away],
        sorted_by=[
            one.name[:] for one in table.primary_key.columns if one.name != "organisation_id"
        ],
        own=sorted(one[:] for one in own - {"organisation_id"}),
        treated=treated,
    )


async def need_known_tables(tx: Transaction) -> None:
    """Make sure that no table would be forgotten. Errors: UnknownTable."""
    known = {name for name, table in metadata.tables.items() if table.info.get("tenant")}
    strange = set(await tx.value(_FOUND)) - known
    if strange:
        raise UnknownTable(", ".join(sorted(strange)))


def reading(table: Planned) -> str:
    """Return the statement that reads the rows of a table as lines of JSON."""
    given = ", ".join(
        f"{table.treated.taken.get(one, f't.{_quoted(one)}')} AS {_quoted(one)}"
        for one in table.columns
    )
    only = f" AND ({table.treated.only})" if table.treated.only else ""
    order = ", ".join(f"t.{_quoted(one)}" for one in table.sorted_by) or "1"
    return (
        f"SELECT row_to_json(x)::text AS line FROM (SELECT {given} FROM {_quoted(table.name)} t"  # noqa: S608 (names of our own tables)
        f" WHERE organisation_id = current_organisation(){only} ORDER BY {order}) x"
    )


def counting(table: Planned) -> str:
    """Return the statement that counts the rows that go."""
    only = f" AND ({table.treated.only})" if table.treated.only else ""
    return (
        f"SELECT count(*) FROM {_quoted(table.name)}"  # noqa: S608 (names of our own tables)
        f" WHERE organisation_id = current_organisation(){only}"
    )


def writing(table: Planned) -> str:
    """Return the statement that puts lines of JSON back; what points to its own table comes later.

    The organisation is never read of a line: it is that of the transaction.
    """
    names = [one for one in table.columns if one not in table.own]
    given = ", ".join(table.treated.put.get(one, f"x.{_quoted(one)}") for one in names)
    into = ", ".join(map(_quoted, names))
    return (
        f"INSERT INTO {_quoted(table.name)} ({into}) SELECT {given}"  # noqa: S608 (as above)
        f" FROM json_populate_recordset(NULL::{_quoted(table.name)}, $1::text::json) x"
    )


def pointing(table: Planned) -> str:
    """Return the statement that lets rows point to others of their own table."""
    changes = ", ".join(f"{_quoted(one)} = x.{_quoted(one)}" for one in table.own)
    keys = " AND ".join(f"t.{_quoted(one)} = x.{_quoted(one)}" for one in table.sorted_by)
    some = " OR ".join(f"x.{_quoted(one)} IS NOT NULL" for one in table.own)
    return (
        f"UPDATE {_quoted(table.name)} t SET {changes}"  # noqa: S608 (as above)
        f" FROM json_populate_recordset(NULL::{_quoted(table.name)}, $1::text::json) x"
        f" WHERE t.organisation_id = current_organisation() AND {keys} AND ({some})"
    )


def _quoted(name: str) -> str:
    return f'"{name}"'
