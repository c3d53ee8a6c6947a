"""One portion of a table: through the kind and what is added to it, and undone if it is a trial."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import asyncpg
import msgspec

from peakend.exchange.actions.unpacking import fault_in
from peakend.exchange.models import ImportRow
from peakend.exchange.queries.kinds import columns_of
from peakend.kernel.carrying import EXTRAS, Carried, CarryFault, CarryKind, CarryRow
from peakend.kernel.db import Transaction
from peakend.kernel.large_files import note_loose_bytes
from peakend.kernel.packs import Pack

_KEYS = """
WITH new AS (
    INSERT INTO import_key (run_id, digest, line)
    SELECT $1, g.digest, g.line FROM unnest($2::bytea[], $3::int[]) g (digest, line)
    ON CONFLICT DO NOTHING RETURNING digest, line
)
SELECT digest, line FROM new
UNION ALL
SELECT digest, line FROM import_key
WHERE organisation_id = current_organisation() AND run_id = $1 AND digest = ANY($2::bytea[])
"""


class _Seen(msgspec.Struct, frozen=True):
    digest: bytes
    line: int


async def carry(
    tx: Transaction,
    run: ImportRow,
    kind: CarryKind,
    rows: Sequence[tuple[int, list[str]]],
    *,
    trial: bool,
    pack: Pack | None = None,
) -> list[Carried]:
    """Carry a portion in, and return what became of each row; a trial leaves nothing behind."""
    given = [CarryRow(line, _values(run, cells), pack) for line, cells in rows]
    done = await _wrong(tx, run, kind, given)
    left = [row for row in given if row.line not in done]
    facts, jobs = len(tx.records), len(tx.jobs)
    await tx.run("SAVEPOINT carry")
    for one in await _some(tx, run, kind, left):
        done[one.line] = one
    if trial:
        await tx.run("ROLLBACK TO SAVEPOINT carry")
        del tx.records[facts:], tx.jobs[jobs:]
    await tx.run("RELEASE SAVEPOINT carry")
    if pack is not None and pack.stored:
        await note_loose_bytes(tx, pack.stored)
    return [done[row.line] for row in given]


def _values(run: ImportRow, cells: list[str]) -> dict[str, str]:
    return {key: cells[at] for key, at in run.mapping.items() if at < len(cells) and cells[at]}


async def _wrong(
    tx: Transaction, run: ImportRow, kind: CarryKind, rows: Sequence[CarryRow]
) -> dict[int, Carried]:
    """Return the rows that need not be tried: something needed is missing, or they come twice."""
    needed = [one.key for one in await columns_of(tx, kind) if one.needed]
    found: dict[int, Carried] = {}
    digests: dict[int, bytes] = {}
    for row in rows:
        if row.pack is not None and (seen := fault_in(row.values)) is not None:
            found[row.line] = _fault(row.line, seen)
            continue
        missing = next((key for key in needed if key not in row.values), None)
        if missing is not None:
            found[row.line] = _fault(row.line, CarryFault(missing, "exchange.needed"))
            continue
        key = kind.key_of(row.values, run.match)
        if key is not None:
            digests[row.line] = sha256(key.encode()).digest()[:16]
    if not digests:
        return found
    held = await tx.all(_Seen, _KEYS, run.id, list(digests.values()), list(digests))
    first = {one.digest: one.line for one in held}
    twice = "exchange.twice" if run.pack_file_id is None else "exchange.twice_file"
    for line, digest in digests.items():
        if first[digest] != line:
            fault = CarryFault(run.match, twice, {"line": first[digest]})
            found[line] = _fault(line, fault)
    return found


def _fault(line: int, fault: CarryFault) -> Carried:
    return Carried(line=line, what="wrong", fault=fault)


async def _some(
    tx: Transaction, run: ImportRow, kind: CarryKind, rows: Sequence[CarryRow]
) -> list[Carried]:
    """Carry rows together; where the database refuses one, each by itself."""
    if not rows:
        return []
    facts, jobs = len(tx.records), len(tx.jobs)
    await tx.run("SAVEPOINT carry_some")
    try:
        done = await _put(tx, run, kind, rows)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        await tx.run("ROLLBACK TO SAVEPOINT carry_some")
        del tx.records[facts:], tx.jobs[jobs:]
        if len(rows) == 1:
            return [_fault(rows[0].line, CarryFault(run.match, "exchange.not_kept"))]
        return [one for row in rows for one in await _some(tx, run, kind, [row])]
    await tx.run("RELEASE SAVEPOINT carry_some")
    return done


async def _put(
    tx: Transaction, run: ImportRow, kind: CarryKind, rows: Sequence[CarryRow]
) -> list[Carried]:
    faults: dict[int, CarryFault] = {}
    for extra in EXTRAS.get(kind.code, ()):
        faults |= await extra.check(tx, rows)
    good = [row for row in rows if row.line not in faults]
    done = {one.line: one for one in await kind.put(tx, good, run.rule, run.match)}
    for extra in EXTRAS.get(kind.code, ()):
        wanted: list[tuple[UUID, CarryRow, bool]] = [
            (one.id, row, one.what == "new")
            for row in good
            if (one := done[row.line]).id is not None
            and one.what != "wrong"
            and (one.what == "new" or run.rule != "skip")
        ]
        for line in await extra.put(tx, wanted, run.rule):
            if done[line].what == "same":
                done[line] = msgspec.structs.replace(done[line], what="changed")
    return [
        done[row.line] if row.line in done else _fault(row.line, faults[row.line]) for row in rows
    ]
