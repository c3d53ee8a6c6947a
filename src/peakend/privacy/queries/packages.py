"""What was put together for persons, and what goes into such a package."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.personal import HELD, About, found, how_many
from peakend.language.queries import masked
from peakend.privacy.models import PACKAGE_COLUMNS, PackageRow, PackageState
from peakend.privacy.rules import Identity, is_own_word, own_columns

MOST_PACKAGES = 50


class PackageNotFound(NotFound):
    """There is no such package here, or its time is over."""

    wording = "privacy.package_not_found"


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What we hold about a person, put together; `until` says how long it can be fetched.

    Units: `done` and `total` are portions, `size` bytes.
    """

    id: UUID
    customer_id: UUID
    identity: Identity
    asked_by: UUID | None
    at: datetime
    state: PackageState
    done: int
    total: int
    rows: int
    files: int
    size: int
    until: datetime | None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one table holds; without `rows` it is an index or a mark, and only counted."""

    table: str
    about: About
    count: int
    rows: list[dict[str, Any]] | None


async def packages(tx: Transaction) -> list[Package]:
    """Return the newest packages whose time is not over. Counts: 50."""
    rows = await tx.all(
        PackageRow,
        f"SELECT {PACKAGE_COLUMNS} FROM access_package"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND (until IS NULL OR until > $1)"
        " ORDER BY at DESC, id DESC LIMIT $2",
        tx.now,
        MOST_PACKAGES,
    )
    return [view(row) for row in rows]


async def need_package(tx: Transaction, package_id: UUID, *, lock: bool = False) -> PackageRow:
    """Return a package; `lock` keeps it for this transaction. Errors: PackageNotFound."""
    row = await tx.one(
        PackageRow,
        f"SELECT {PACKAGE_COLUMNS} FROM access_package"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = $1"
        + (" FOR UPDATE" if lock else ""),
        package_id,
    )
    if row is None or (row.until is not None and row.until <= tx.now):
        raise PackageNotFound
    return row


def view(row: PackageRow) -> Package:
    """Return a package as it is shown."""
    return Package(**{name: getattr(row, name) for name in Package.__struct_fields__})


async def parts(tx: Transaction, about: About, ids: list[UUID]) -> list[Part]:
    """Return what every declared table holds, with what others said masked."""
    made = []
    for held in HELD:
        if held.about != about:
            continue
        if not held.copied:
            count = await how_many(tx, held, ids)
            made.append(Part(table=held.table, about=about, count=count, rows=None))
            continue
        rows = [
            row if is_own_word(held.table, row) else _without(row) | own_columns(held.table, row)
            for row in await found(tx, held, ids)
        ]
        made.append(Part(table=held.table, about=about, count=len(rows), rows=rows))
    return made


def _without(value: Any) -> Any:
    """Return a value in whose texts nobody is told how to reach somebody else."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _without(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one) for one in value]
    return value
