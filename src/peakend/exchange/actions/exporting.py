"""A table carried out: gathered portion by portion into a file of our own, fetched for a day.

The file is cut to the length that was committed before each portion, so that a worker that died
leaves nothing twice. Its columns are settled when it is asked for: what changes meanwhile empties
cells, it never moves them. The form is made when it is fetched.
"""

import asyncio
import csv
import io
import os
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.exchange.events import ExportMade
from peakend.exchange.models import ExportRow
from peakend.exchange.queries.exports import ExportNotFound, need_export
from peakend.exchange.queries.kinds import KindNotFound, columns_of, need_kind
from peakend.exchange.rules import Form, fetch_until
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import EXTRAS, CarryColumn, CarryKind
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.files import path_of
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import draft, parts_of_file
from peakend.kernel.settings import settings
from peakend.kernel.sheets import safe_cell, sheet_writer
from peakend.kernel.words import best_language, word

_JOB = "exchange.export_step"
_PORTION = 1_000
# A workbook is made while somebody waits for it.
MOST_BOOK = 100_000
_START = """
INSERT INTO export_run
    (id, member_id, kind, form, search, private, reason, rights, columns, state, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'making', $10) ON CONFLICT DO NOTHING
"""
_MOVE = """
UPDATE export_run SET cursor = $2, place = $3, rows = rows + $4, state = $5, until = $6
WHERE organisation_id = current_organisation() AND id = $1
"""


class ReasonMissing(Invalid):
    """Private values leave the house with a reason only."""

    wording = "exchange.reason_missing"


class NoFolder(Invalid):
    """Only articles are carried as Markdown files."""

    wording = "exchange.no_folder"


class BookTooLong(Conflict):
    """A workbook does not take so many lines; CSV does."""

    wording = "exchange.book_too_long"


async def start_export(
    tx: Transaction,
    *,
    run_id: UUID,
    kind: str,
    form: Form,
    search: str,
    private: bool,
    reason: str,
    by: Actor,
) -> None:
    """Ask for a table; once for each run id. Private values come masked unless asked for.

    Errors: KindNotFound, NoFolder, Refused, ReasonMissing, ExportNotFound.
    """
    wanted = need_kind(kind, by)
    if form == "md" and wanted.pack is None:
        raise NoFolder(fields={"format": "invalid"})
    columns = await columns_of(tx, wanted)
    why = " ".join(reason.split())[:200]
    if private and len(why) < 2:
        raise ReasonMissing(fields={"reason": "missing"})
    if private and not any(one.private and by.may(one.private) for one in columns):
        raise Refused
    rights = accounts.rights_to_keep(by)
    language = best_language(by.language)
    settled = [[one.key, one.labels[language]] for one in columns]
    if not await tx.run(
        _START, run_id, by.id, kind, form, search, private, why, rights, settled, tx.now
    ):  # fmt: skip
        await need_export(tx, run_id, by)
        return
    detail = {"kind": kind, "private": private}
    await audit(tx, "export.asked", "export", run_id, detail)
    await enqueue(tx, _JOB, priority=7, unique_key=str(run_id), run_id=run_id)


async def export_step(tx: Transaction, *, run_id: UUID) -> None:
    """Carry the next portion out, and ask for the one after it."""
    run = await need_export(tx, run_id, Actor.system(tx.organisation_id), lock=True)
    if run.state != "making":
        return
    tx.actor = by = await accounts.actor_later(tx, run.member_id, run.rights)
    try:
        kind = need_kind(run.kind, by)
    except KindNotFound:
        await tx.run(_MOVE, run_id, None, run.place, 0, "failed", None)
        return
    lines, count, cursor = await _gathered(tx, run, kind, by)
    place = await asyncio.to_thread(_append, _path(run), run.place, lines)
    over = cursor is None
    until = fetch_until(tx.now) if over else None
    state = "made" if over else "making"
    await tx.run(_MOVE, run_id, cursor, place, count, state, until)
    if not over:
        await enqueue(tx, _JOB, priority=7, unique_key=str(run_id), run_id=run_id)
        return
    await record(
        tx,
        ExportMade(
            run_id=run_id, agent_id=run.member_id, kind=run.kind, rows=run.rows + count,
            private=run.private,
        ),
    )  # fmt: skip


async def _gathered(
    tx: Transaction, run: ExportRow, kind: CarryKind, by: Actor
) -> tuple[list[list[str]], int, str | None]:
    """Return the lines of the next portion, of how many things they tell, and where it ended."""
    if run.form == "md" and kind.pack is not None:
        folder = await kind.pack.give(tx, run.cursor, _PORTION, run.search)
        files = [[one.path, one.text, one.sha256] for one in folder.files]
        return files, folder.count, folder.cursor
    seen = {one.key: one for one in await columns_of(tx, kind)}
    out = await kind.give(tx, run.cursor, _PORTION, run.search)
    values = dict(out.rows)
    for extra in EXTRAS.get(kind.code, ()):
        for one, more in (await extra.give(tx, list(values))).items():
            values[one] |= more
    columns = [seen.get(key) for key, _ in run.columns]
    lines = [_line(columns, values[one], by, private=run.private) for one in values]
    if not run.place:
        lines.insert(0, [heading for _, heading in run.columns])
    return lines, len(values), out.cursor


def _line(
    columns: list[CarryColumn | None], values: dict[str, str], by: Actor, *, private: bool
) -> list[str]:
    cells = []
    for one in columns:
        # A field that is gone, or not shown to who asked any more, stays empty in its place.
        value = values.get(one.key, "") if one else ""
        if value and one and one.private and not (private and by.may(one.private)):
            value = one.mask(value) if one.mask else "****"
        cells.append(value)
    return cells


def _path(run: ExportRow) -> Path:
    return export_path(run.id)


def export_path(run_id: UUID) -> Path:
    """Return where the lines of a table that is carried out stand."""
    return settings.files_dir / "exports" / f"{run_id}.jsonl"


def _append(path: Path, place: int, lines: list[list[str]]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(place)
        file.seek(place)
        for line in lines:
            file.write(msgspec.json.encode(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


async def fetched(
    database: Database, run_id: UUID, by: Actor
) -> tuple[str, AsyncIterator[bytes] | Iterator[bytes]]:
    """Return the name of a table and its bytes, piece by piece; each fetching is noted.

    Errors: ExportNotFound, BookTooLong.
    """
    async with database.transaction(by) as tx:
        run = await need_export(tx, run_id, by)
        if run.state != "made" or run.until is None or run.until < tx.now:
            raise ExportNotFound
        if run.form == "xlsx" and run.rows > MOST_BOOK:
            raise BookTooLong(most=MOST_BOOK)
        path = _path(run)
        if not path.is_file():
            raise ExportNotFound
        detail: dict[str, Any] = {"kind": run.kind, "rows": run.rows, "private": run.private}
        await audit(tx, "export.fetched", "export", run_id, detail)
        day = tx.now.date().isoformat()
    ending = "zip" if run.form == "md" else run.form
    name = f"{word(f'exchange.kind_{run.kind}', best_language(by.language))}-{day}.{ending}"
    return name, _csv(path) if run.form == "csv" else _drafted(path, _WRITERS[run.form])


def _csv(path: Path) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for lines in _portions(path):
        text = io.StringIO()
        rows = ([safe_cell(cell) for cell in line] for line in lines)
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        yield text.getvalue().encode()


async def _drafted(path: Path, write: Callable[[Path, Path], None]) -> AsyncIterator[bytes]:
    with draft() as made:
        await asyncio.to_thread(write, path, made)
        for part in parts_of_file(made):
            yield part


def _write_book(path: Path, made: Path) -> None:
    with sheet_writer(made, "xlsx") as writer:
        for lines in _portions(path):
            writer.write(lines)


def _write_folder(path: Path, made: Path) -> None:
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for lines in _portions(path):
            for name, text, sha256 in lines:
                # The same every time: what did not change is the same file.
                part = zipfile.ZipInfo(name)
                part.external_attr = 0o644 << 16
                part.compress_type = zipfile.ZIP_STORED if sha256 else zipfile.ZIP_DEFLATED
                if not sha256:
                    archive.writestr(part, text)
                elif (stored := path_of(sha256)).is_file():
                    with stored.open("rb") as source, archive.open(part, "w") as out:
                        shutil.copyfileobj(source, out)


def _portions(path: Path) -> Iterator[list[list[str]]]:
    with path.open("rb") as file:
        lines = []
        for line in file:
            lines.append(msgspec.json.decode(line, type=list[str]))
            if len(lines) == _PORTION:
                yield lines
                lines = []
        yield lines


_WRITERS: dict[str, Callable[[Path, Path], None]] = {"xlsx": _write_book, "md": _write_folder}
