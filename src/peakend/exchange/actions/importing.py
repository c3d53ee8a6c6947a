"""A table carried in: taken, tried, let in portion by portion, stopped.

A trial is the same work as the real thing, undone at the end of each portion: what it says is what
will happen. Each portion is a job of its own; one that dies is done again as if never begun.
"""

import asyncio
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.exchange.actions.carrying import carry
from peakend.exchange.actions.unpacking import is_folder, spooled_folder
from peakend.exchange.events import ImportChecked, ImportFinished, ImportStarted
from peakend.exchange.models import ImportRow
from peakend.exchange.queries.imports import need_import
from peakend.exchange.queries.kinds import KindNotFound, columns_in, need_kind
from peakend.exchange.rules import (
    BEGINNABLE,
    MOST_FAULTS,
    fitting_mapping,
    guessed,
    heads_digest,
)
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import Carried, CarryColumn, Rule
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.files import clean_name
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import bytes_of, draft, note_file, settle
from peakend.kernel.packs import Pack, opened_pack
from peakend.kernel.sheets import Spool, read_portion, spooled
from peakend.kernel.words import LANGUAGES, word

_JOB = "exchange.import_step"
_TWO_AT_ONCE = asyncio.Semaphore(2)
_ADD = """
INSERT INTO import_run (id, member_id, kind, name, file_id, encoding, delimiter, heads, shown,
                        rows, mapping, rule, match, rights, state, at, pack_file_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'fill', $12, '{}', 'ready', $13, $14)
"""
_BEGIN = """
UPDATE import_run SET state = $2, mapping = $3, rule = $4, match = $5, rights = $6, place = 0,
    done = 0, new = 0, changed = 0, same = 0, wrong = 0, finished_at = NULL
WHERE organisation_id = current_organisation() AND id = $1
"""
_MOVE = """
UPDATE import_run SET place = $2, done = done + $3, new = new + $4, changed = changed + $5,
    same = same + $6, wrong = wrong + $7
WHERE organisation_id = current_organisation() AND id = $1
"""
_END = """
UPDATE import_run SET state = $2, finished_at = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_REMEMBER = """
INSERT INTO import_mapping (kind, heads, mapping) VALUES ($1, $2, $3)
ON CONFLICT (organisation_id, kind, heads) DO UPDATE SET mapping = excluded.mapping
"""
_FAULT = """
INSERT INTO import_fault (run_id, number, line, column_key, why, params, cells)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class WrongMapping(Invalid):
    """Columns are not mapped, or what is needed is missing."""

    wording = "exchange.wrong_mapping"


class FolderElsewhere(Invalid):
    """A zip without a workbook came for a kind that is carried as tables only."""

    wording = "exchange.folder_elsewhere"


class NotReady(Conflict):
    """The import is under way, over, or was not tried yet."""

    wording = "exchange.not_ready"


async def take_in(database: Database, *, kind: str, path: Path, name: str, by: Actor) -> UUID:
    """Take a table from a path, find out what it is like and how its columns lie; return its run.

    Nothing is held open meanwhile: reading a large table takes seconds.
    A zip that is no workbook is a folder, where the kind is carried so.
    Errors: KindNotFound, FolderElsewhere, and what `spooled` or `spooled_folder` raises.
    """
    wanted = need_kind(kind, by)
    pack: tuple[str, int] | None = None
    with draft() as spool, draft() as kept:
        async with _TWO_AT_ONCE:
            if wanted.pack is not None and await asyncio.to_thread(is_folder, path):
                found = await asyncio.to_thread(spooled_folder, path, spool, kept, wanted.pack)
                pack = await asyncio.to_thread(settle, kept)
            elif await asyncio.to_thread(is_folder, path, damaged=False):
                raise FolderElsewhere
            else:
                found = await asyncio.to_thread(_spool, path, spool)
            sha256, size = await asyncio.to_thread(settle, spool)
    async with database.transaction(by) as tx:
        columns = await columns_in(tx, wanted)
        file_id = await note_file(
            tx, sha256=sha256, size=size, name=name, mime="application/jsonl", purpose="import"
        )
        pack_file_id = None
        if pack is not None:
            pack_file_id = await note_file(
                tx, sha256=pack[0], size=pack[1], name=name, mime="application/zip",
                purpose="import",
            )  # fmt: skip
        run_id = new_id()
        mapping = (
            {key: at for at, key in enumerate(found.heads)}
            if pack
            else await _mapping(tx, kind, found.heads, columns)
        )
        match = next((one.key for one in columns if one.matches and one.key in mapping), None)
        match = match or next((one.key for one in columns if one.matches), "")
        await tx.run(
            _ADD, run_id, by.id, kind, clean_name(name), file_id, found.encoding, found.delimiter,
            found.heads, found.shown, found.rows, mapping, match, tx.now, pack_file_id,
        )  # fmt: skip
    return run_id


def _spool(path: Path, spool: Path) -> Spool:
    with spool.open("wb") as target:
        return spooled(path, target)


async def _mapping(
    tx: Transaction, kind: str, heads: list[str], columns: list[CarryColumn]
) -> dict[str, int]:
    kept: dict[str, int] | None = await tx.value(
        "SELECT mapping FROM import_mapping"
        " WHERE organisation_id = current_organisation() AND kind = $1 AND heads = $2",
        kind, _known_by(heads),
    )  # fmt: skip
    keys = [one.key for one in columns]
    if kept is not None and fitting_mapping(kept, keys, len(heads)):
        return kept
    names = {one.key: [*one.labels.values(), one.key, *one.others] for one in columns}
    return guessed(heads, names)


def _known_by(heads: list[str]) -> str:
    # Wrong lines that come back mended have two more columns than the table they are of.
    ours = {
        word(key, language)
        for key in ("exchange.wrong_line", "exchange.wrong_why")
        for language in LANGUAGES
    }
    return heads_digest([one for one in heads if one not in ours])


async def check_import(
    tx: Transaction,
    *,
    run_id: UUID,
    mapping: dict[str, int],
    rule: Rule,
    match: str,
    by: Actor,
) -> None:
    """Go through a table on trial, with the columns as given; they are remembered.

    Errors: ImportNotFound, NotReady, WrongMapping.
    """
    run = await need_import(tx, run_id, by, lock=True)
    if run.state not in BEGINNABLE:
        raise NotReady
    columns = await columns_in(tx, need_kind(run.kind, by))
    if run.pack_file_id is not None:
        # What a folder says lies where it says it.
        mapping = run.mapping
    elif not fitting_mapping(mapping, [one.key for one in columns], len(run.heads)):
        raise WrongMapping(fields={"mapping": "invalid"})
    elif any(one.needed and one.key not in mapping for one in columns):
        raise WrongMapping(fields={"mapping": "needed"})
    if match and match not in {one.key for one in columns if one.matches}:
        raise WrongMapping(fields={"match": "invalid"})
    if run.pack_file_id is None:
        await tx.run(_REMEMBER, run.kind, _known_by(run.heads), mapping)
    await tx.run("DELETE FROM import_key WHERE organisation_id = current_organisation()"
                 " AND run_id = $1", run_id)  # fmt: skip
    await _begin(tx, run_id, "checking", mapping, rule, match, by)


async def start_import(tx: Transaction, *, run_id: UUID, by: Actor) -> None:
    """Let a table in that was tried; twice is once. Errors: ImportNotFound, NotReady."""
    run = await need_import(tx, run_id, by, lock=True)
    if run.state in ("running", "done"):
        return
    if run.state != "checked":
        raise NotReady
    assert by.id is not None
    await _begin(tx, run_id, "running", run.mapping, run.rule, run.match, by)
    await record(tx, ImportStarted(run_id=run_id, agent_id=by.id, kind=run.kind, rows=run.rows))
    await audit(tx, "import.started", "import", run_id, {"kind": run.kind, "rows": run.rows})


async def _begin(
    tx: Transaction,
    run_id: UUID,
    state: str,
    mapping: dict[str, int],
    rule: Rule,
    match: str,
    by: Actor,
) -> None:
    await tx.run("DELETE FROM import_fault WHERE organisation_id = current_organisation()"
                 " AND run_id = $1", run_id)  # fmt: skip
    await tx.run(_BEGIN, run_id, state, mapping, rule, match, accounts.rights_to_keep(by))
    await enqueue(tx, _JOB, priority=7, unique_key=str(run_id), run_id=run_id)


async def stop_import(tx: Transaction, *, run_id: UUID, by: Actor) -> None:
    """Stop a trial, or an import where it is; what was let in stays. Errors: ImportNotFound."""
    run = await need_import(tx, run_id, by, lock=True)
    if run.state == "checking":
        await tx.run(_END, run_id, "ready", None)
    elif run.state == "running":
        await _finish(tx, run, "stopped")


async def import_step(tx: Transaction, *, run_id: UUID) -> None:
    """Do the next portion of a trial or an import, and ask for the one after it."""
    run = await need_import(tx, run_id, Actor.system(tx.organisation_id), lock=True)
    if run.state not in ("checking", "running"):
        return
    by = await accounts.actor_later(tx, run.member_id, run.rights)
    # What happens is this person's doing, in facts and in the audit log.
    tx.actor = by
    try:
        kind = need_kind(run.kind, by)
    except KindNotFound:
        # The right was taken away meanwhile.
        await _finish(tx, run, "stopped")
        return
    _, path = await bytes_of(tx, run.file_id)
    portion = await asyncio.to_thread(read_portion, path, run.place, kind.portion)
    if not portion.rows:
        await _finish(tx, run, "checked" if run.state == "checking" else "done")
        return
    with await _pack(tx, run) as pack:
        trial = run.state == "checking"
        carried = await carry(tx, run, kind, portion.rows, trial=trial, pack=pack)
    await _report(tx, run, portion.rows, carried)
    counts = [sum(one.what == what for one in carried) for what in _WHATS]
    await tx.run(_MOVE, run_id, portion.place, len(carried), *counts)
    await enqueue(tx, _JOB, priority=7, unique_key=str(run_id), run_id=run_id)


async def _pack(tx: Transaction, run: ImportRow) -> AbstractContextManager[Pack | None]:
    if run.pack_file_id is None:
        return nullcontext()
    _, path = await bytes_of(tx, run.pack_file_id)
    return opened_pack(path)


_WHATS = ("new", "changed", "same", "wrong")


async def _report(
    tx: Transaction,
    run: ImportRow,
    rows: list[tuple[int, list[str]]],
    carried: list[Carried],
) -> None:
    # Beyond so many the columns lie wrong, and nobody reads them: they are only counted.
    if run.wrong >= MOST_FAULTS:
        return
    lines: list[tuple[Any, ...]] = []
    for at, (one, (line, cells)) in enumerate(zip(carried, rows, strict=True)):
        if one.fault is not None:
            fault = one.fault
            lines.append(
                (run.id, run.done + at, line, fault.column, fault.why, fault.params, cells)
            )
    if lines:
        await tx.many(_FAULT, lines)


async def _finish(tx: Transaction, run: ImportRow, state: str) -> None:
    await tx.run(_END, run.id, state, tx.now)
    counts: dict[str, Any] = {
        "run_id": run.id, "agent_id": run.member_id, "kind": run.kind, "rows": run.rows,
        "new": run.new, "changed": run.changed, "same": run.same, "wrong": run.wrong,
    }  # fmt: skip
    if state == "checked":
        await record(tx, ImportChecked(**counts))
    else:
        await record(tx, ImportFinished(**counts, stopped=state == "stopped"))
