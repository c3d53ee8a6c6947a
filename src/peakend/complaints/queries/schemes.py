"""The policy tables: their versions, what holds for a brand, and how a draft differs from it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import MemberBrief, member_briefs
from peakend.complaints.models.schemes import LINE_COLUMNS, TABLE_COLUMNS, SchemeTable
from peakend.complaints.queries.instruments import of_his_brands
from peakend.complaints.rules.schemes import (
    MOST_LINES,
    MOST_TABLES,
    Change,
    Known,
    Line,
    TableState,
    choose,
    differences,
    gone,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

_TABLES = f"""
SELECT {TABLE_COLUMNS} FROM scheme_table
WHERE organisation_id = current_organisation()
ORDER BY brand_id NULLS FIRST, version DESC LIMIT {MOST_TABLES}
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {TABLE_COLUMNS} FROM scheme_table
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608
# A brand's own table goes before the house's.
_HOLDS = f"""
SELECT {TABLE_COLUMNS} FROM scheme_table
WHERE organisation_id = current_organisation() AND state = 'published'
  AND (brand_id IS NULL OR brand_id = $1)
ORDER BY brand_id NULLS LAST LIMIT 1
"""  # noqa: S608
_OF_SCOPE = f"""
SELECT {TABLE_COLUMNS} FROM scheme_table
WHERE organisation_id = current_organisation() AND state = 'published'
  AND brand_id IS NOT DISTINCT FROM $1
"""  # noqa: S608
_LINES = f"""
SELECT {LINE_COLUMNS} FROM scheme
WHERE organisation_id = current_organisation() AND table_id = $1
ORDER BY position, id LIMIT {MOST_LINES}
"""  # noqa: S608


class SchemeTableNotFound(NotFound):
    """There is no such version of a policy table here."""

    wording = "complaints.scheme_not_found"


class TableView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a policy table in the list of versions."""

    id: UUID
    brand_id: UUID | None
    version: int
    state: TableState
    hold_out_share: float
    made_by: MemberBrief | None
    made_at: datetime
    published_by: MemberBrief | None
    proposed_by: MemberBrief | None
    published_at: datetime | None
    ended_at: datetime | None
    edit: int


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line, and how it stands to what holds now; `was` is the line of the same place."""

    line: Line
    change: Change
    was: Line | None


class TableShown(msgspec.Struct, frozen=True, kw_only=True):
    """A version whole: its lines, and the lines that hold now and that it would take away."""

    table: TableView
    lines: list[LineView]
    gone: list[Line]
    compared_to: int | None


async def scheme_tables(tx: Transaction, actor: Actor) -> list[TableView]:
    """Return the versions of every policy table, the newest first for each brand."""
    found = [
        one for one in await tx.all(SchemeTable, _TABLES) if of_his_brands(one.brand_id, actor)
    ]
    return await _views(tx, found)


async def need_table(
    tx: Transaction, table_id: UUID, actor: Actor, *, lock: bool = False
) -> SchemeTable:
    """Return a version of a policy table; `lock` keeps it. Errors: SchemeTableNotFound."""
    found = await tx.one(SchemeTable, _ONE + (" FOR UPDATE" if lock else ""), table_id)
    if found is None or not of_his_brands(found.brand_id, actor):
        raise SchemeTableNotFound
    return found


async def table_shown(tx: Transaction, table_id: UUID, actor: Actor) -> TableShown:
    """Return a version whole, a draft beside what holds now. Errors: SchemeTableNotFound."""
    table = await need_table(tx, table_id, actor)
    lines = await lines_of(tx, table_id)
    holding = await published_of(tx, table.brand_id) if table.state == "draft" else None
    held = await lines_of(tx, holding.id) if holding else (lines if table.state != "draft" else [])
    [view] = await _views(tx, [table])
    return TableShown(
        table=view,
        lines=[
            LineView(line=line, change=one.change, was=one.was)
            for line, one in zip(lines, differences(lines, held), strict=True)
        ],
        gone=gone(lines, held),
        compared_to=holding.version if holding else None,
    )


async def table_for(tx: Transaction, brand_id: UUID | None) -> SchemeTable | None:
    """Return the table that holds for a brand: its own, else the house's."""
    return await tx.one(SchemeTable, _HOLDS, brand_id)


async def line_for(
    tx: Transaction, *, brand_id: UUID | None, liability: Known, severity: int, path: Sequence[UUID]
) -> tuple[SchemeTable | None, Line | None]:
    """Return the table that holds for a matter, and its line; neither where nothing is said."""
    table = await table_for(tx, brand_id)
    if table is None or liability == "unknown":
        return table, None
    return table, choose(await lines_of(tx, table.id), liability, severity, path)


async def published_of(tx: Transaction, brand_id: UUID | None) -> SchemeTable | None:
    """Return what is published for exactly this brand, or for the house where none is given."""
    return await tx.one(SchemeTable, _OF_SCOPE, brand_id)


async def lines_of(tx: Transaction, table_id: UUID) -> list[Line]:
    """Return the lines of a version in their order. Counts: at most 300."""
    return await tx.all(Line, _LINES, table_id)


async def _views(tx: Transaction, tables: list[SchemeTable]) -> list[TableView]:
    who = {
        one
        for table in tables
        for one in (table.made_by, table.published_by, table.proposed_by)
        if one is not None
    }
    people = await member_briefs(tx, who)
    return [_view(one, people) for one in tables]


def _view(table: SchemeTable, people: dict[UUID, MemberBrief]) -> TableView:
    known = msgspec.structs.asdict(table)
    for name in ("made_by", "published_by", "proposed_by"):
        known[name] = people.get(known[name])
    return TableView(**known)
