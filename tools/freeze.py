"""Write the SQL of the first migration from the declared tables: `python -m tools.freeze`.

A migration is written once. Until the first release this may be run again; afterwards a change of
tables gets a migration of its own, and tests/platform compares the two.
"""

from pathlib import Path

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, ForeignKeyConstraint

import peakend.migrations
from peakend.entry.tables import metadata
from peakend.kernel.schema import walls

NEXT = "\n-- next\n"
TARGET = Path(peakend.migrations.__file__).parent / "versions" / "0001_first.sql"


def statements() -> list[str]:
    """Return every statement that makes the tables, in an order that works."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    tables: list[str] = []
    links: list[str] = []
    indexes: list[str] = []
    guards: list[str] = []
    after: list[str] = []
    for table in metadata.sorted_tables:
        tables.append(
            str(CreateTable(table, include_foreign_key_constraints=[]).compile(dialect=dialect))
        )
        for key in sorted(
            (c for c in table.constraints if isinstance(c, ForeignKeyConstraint)),
            key=lambda c: str(c.name),
        ):
            columns, targets = ", ".join(key.column_keys), [e.column.name for e in key.elements]
            delete = f" ON DELETE {key.ondelete}" if key.ondelete else ""
            name = dialect.identifier_preparer.format_constraint(key)
            links.append(
                f"ALTER TABLE {table.name} ADD CONSTRAINT {name} "
                f"FOREIGN KEY ({columns}) REFERENCES {key.referred_table.name} "
                f"({', '.join(targets)}){delete}"
            )
        indexes += [
            str(CreateIndex(index).compile(dialect=dialect))
            for index in sorted(table.indexes, key=lambda i: str(i.name))
        ]
        guards += walls(table)
        after += list(table.info.get("after", ()))
    return [s.strip() for s in (*tables, *links, *indexes, *guards, *after)]


if __name__ == "__main__":
    TARGET.write_text(NEXT.join(statements()) + "\n", "utf-8")
    print(f"{TARGET.name}: {len(statements())} statements")
