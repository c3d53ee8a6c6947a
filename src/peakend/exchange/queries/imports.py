"""Tables carried in: how far they are, and what is wrong with which line."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.exchange.models import FAULT_COLUMNS, IMPORT_COLUMNS, FaultRow, ImportRow
from peakend.exchange.queries.kinds import columns_of, need_kind
from peakend.exchange.rules import ImportState
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import Rule
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.sheets import safe_cell
from peakend.kernel.words import best_language, word

MOST_RUNS = 20
MOST_SHOWN = 100
_PART = 500

_ONE = f"""
SELECT {IMPORT_COLUMNS} FROM import_run
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_RECENT = f"""
SELECT {IMPORT_COLUMNS} FROM import_run
WHERE organisation_id = current_organisation() AND kind = ANY($1::text[])
ORDER BY at DESC, id DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_FAULTS = f"""
SELECT {FAULT_COLUMNS} FROM import_fault
WHERE organisation_id = current_organisation() AND run_id = $1 AND number > $2
ORDER BY number LIMIT $3
"""  # noqa: S608 (names of columns only)


class ImportNotFound(NotFound):
    """There is no such import, or its kind is not for this person."""

    wording = "exchange.import_not_found"


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is; `shown` are its first rows while it is prepared."""

    id: UUID
    kind: str
    name: str
    encoding: str
    delimiter: str
    heads: list[str]
    shown: list[list[str]]
    rows: int
    mapping: dict[str, int]
    rule: Rule
    match: str
    state: ImportState
    done: int
    new: int
    changed: int
    same: int
    wrong: int
    at: datetime
    finished_at: datetime | None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong on a line, in which column, and what to do; `file` where it is one of many."""

    number: int
    file: str
    line: int
    column: str
    why: str


async def need_import(
    tx: Transaction, run_id: UUID, actor: Actor, *, lock: bool = False
) -> ImportRow:
    """Return an import. Errors: ImportNotFound, KindNotFound."""
    row = await tx.one(ImportRow, f"{_ONE} FOR UPDATE" if lock else _ONE, run_id)
    if row is None:
        raise ImportNotFound
    need_kind(row.kind, actor)
    return row


async def import_run(tx: Transaction, run_id: UUID, actor: Actor) -> Import:
    """Return how far an import is. Errors: ImportNotFound."""
    return _view(await need_import(tx, run_id, actor))


async def imports(tx: Transaction, actor: Actor, codes: list[str]) -> list[Import]:
    """Return the newest imports of the kinds given. Counts: 20."""
    rows = await tx.all(ImportRow, _RECENT, codes, MOST_RUNS)
    return [msgspec.structs.replace(_view(row), shown=[], heads=[]) for row in rows]


def _view(row: ImportRow) -> Import:
    kept = {name: getattr(row, name) for name in Import.__struct_fields__}
    return Import(**kept)


async def faults(tx: Transaction, run_id: UUID, actor: Actor, *, after: int) -> list[Fault]:
    """Return what is wrong, behind a row. Counts: 100. Errors: ImportNotFound."""
    run = await need_import(tx, run_id, actor)
    language = best_language(actor.language)
    labels = await _labels(tx, run, actor, language)
    return [
        Fault(
            number=row.number,
            file=_file(run, row),
            line=_line(run, row),
            column=labels.get(row.column_key, ""),
            why=word(row.why, language, **row.params),
        )
        for row in await tx.all(FaultRow, _FAULTS, run_id, after, MOST_SHOWN)
    ]


def _file(run: ImportRow, row: FaultRow) -> str:
    return row.cells[0] if run.pack_file_id is not None and row.cells else ""


def _line(run: ImportRow, row: FaultRow) -> int:
    """Return the line of the table, or that in the file of the folder."""
    if run.pack_file_id is None or len(row.cells) < 2:
        return row.line
    return msgspec.json.decode(row.cells[1], type=dict[str, int]).get(row.column_key, 1)


async def _labels(tx: Transaction, run: ImportRow, actor: Actor, language: str) -> dict[str, str]:
    columns = await columns_of(tx, need_kind(run.kind, actor))
    labels = {one.key: one.labels[language] for one in columns}
    if run.pack_file_id is not None:
        return labels
    # As the person's own table says it, where it does.
    return labels | {key: run.heads[at] for key, at in run.mapping.items() if run.heads[at]}


async def wrong_lines(
    database: Database, run_id: UUID, actor: Actor
) -> tuple[str, AsyncIterator[bytes]]:
    """Return the wrong lines as they came, as CSV, with what to do behind each.

    Each part is read in a transaction of its own. Errors: ImportNotFound.
    """
    async with database.transaction(actor) as tx:
        run = await need_import(tx, run_id, actor)
        language = best_language(actor.language)
        labels = await _labels(tx, run, actor, language)
    return run.name.rpartition(".")[0] or run.name, _parts(database, run, actor, labels, language)


async def _parts(
    database: Database, run: ImportRow, actor: Actor, labels: dict[str, str], language: str
) -> AsyncIterator[bytes]:
    why = [word("exchange.wrong_line", language), word("exchange.wrong_why", language)]
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    folder = run.pack_file_id is not None
    heads = [word("exchange.wrong_file", language)] if folder else run.heads
    yield "\ufeff".encode() + _csv([[*heads, *why]])
    after = -1
    while True:
        async with database.transaction(actor) as tx:
            rows = await tx.all(FaultRow, _FAULTS, run.id, after, _PART)
        if not rows:
            return
        lines = []
        for row in rows:
            cells = [*row.cells, *[""] * (len(run.heads) - len(row.cells))]
            cells = [_file(run, row)] if folder else cells
            mark = word("exchange.said_of", language, column=labels.get(row.column_key, ""),
                        why=word(row.why, language, **row.params))  # fmt: skip
            lines.append([*cells, str(_line(run, row)), mark])
        yield await asyncio.to_thread(_csv, lines)
        after = rows[-1].number


def _csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(
        [safe_cell(one) for one in row] for row in rows
    )
    return file.getvalue().encode()
