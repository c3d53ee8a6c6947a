"""The whole organisation as one archive: asked for, packed beside the job, fetched for a day."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit, need_second, two_people
from peakend.exchange.actions.exporting import ReasonMissing
from peakend.exchange.actions.packing import pack
from peakend.exchange.events import ArchiveAsked, ArchiveMade
from peakend.exchange.models import Manifest
from peakend.exchange.queries.archives import ArchiveNotFound, need_archive
from peakend.exchange.rules import SILENT, fetch_until
from peakend.kernel.actors import Actor
from peakend.kernel.archiving import Treated, archived, left_out
from peakend.kernel.db import Database, Transaction, current
from peakend.kernel.errors import Conflict, Refused
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import parts_of_file
from peakend.kernel.lockbox import Lock, need_lock
from peakend.kernel.settings import settings

log = structlog.get_logger()

PERMISSION = "organisation.export"
_JOB = "exchange.archive_step"
_START = """
INSERT INTO archive_run (id, member_id, reason, state, at, beat_at, lock_recipient, lock_key)
VALUES ($1, $2, $3, 'making', $4, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_BUSY = """
SELECT EXISTS (SELECT FROM archive_run WHERE organisation_id = current_organisation()
               AND state = 'making' AND beat_at > $1)
"""
_MOVE = """
UPDATE archive_run SET total = $2, done = $3, beat_at = $4
WHERE organisation_id = current_organisation() AND id = $1 AND state = 'making'
"""
_END = """
UPDATE archive_run SET state = $2, total = $3, done = $3, size = $4, missing = $5, until = $6,
    beat_at = $7
WHERE organisation_id = current_organisation() AND id = $1 AND state = 'making'
"""
_OLD = """
DELETE FROM archive_run WHERE organisation_id = current_organisation() AND (until < $1 OR at < $2)
RETURNING id
"""
# Two at once would only slow one another down.
_ONE_AT_ONCE = asyncio.Semaphore(1)
_packing: set[asyncio.Task[None]] = set()

left_out("passing", "archive_run", "export_run", "import_run", "import_fault", "import_key")
# Tables that were uploaded are not kept either.
archived(Treated(table="file", only="purpose <> 'import'"))


class ArchiveBusy(Conflict):
    """An archive is being packed already."""

    wording = "exchange.archive_busy"


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which archive is wanted, under the client's own id, and why; without a lock in plain."""

    client_id: UUID
    reason: str
    lock: Lock | None = None


async def ask_archive(tx: Transaction, wanted: Wanted) -> None:
    """Ask for the whole organisation as one archive; once for each id.

    Errors: Refused for who does not see every brand and every row, ReasonMissing, BadLock,
    ArchiveBusy, SecondPersonNeeded.
    """
    by = tx.actor
    if not by.may(PERMISSION) or not by.every_brand or by.scope != "all" or by.id is None:
        raise Refused
    why = " ".join(wanted.reason.split())[:200]
    if len(why) < 2:
        raise ReasonMissing(fields={"reason": "missing"})
    if wanted.lock is not None:
        need_lock(wanted.lock)
    await need_second(tx, PERMISSION)
    await tx.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 11))", str(by.organisation_id)
    )
    if await tx.value(_BUSY, tx.now - SILENT):
        with contextlib.suppress(ArchiveNotFound):
            await need_archive(tx, wanted.client_id)
            return
        raise ArchiveBusy
    lock = wanted.lock or Lock("", "")
    begun = [wanted.client_id, by.id, why, tx.now, lock.recipient, lock.key]
    if not await tx.run(_START, *begun):
        await need_archive(tx, wanted.client_id)
        return
    detail = {"locked": wanted.lock is not None}
    await audit(tx, "archive.asked", "archive", wanted.client_id, detail)
    await record(tx, ArchiveAsked(run_id=wanted.client_id, agent_id=by.id))
    await enqueue(tx, _JOB, priority=7, unique_key=str(wanted.client_id), run_id=wanted.client_id)


@two_people(PERMISSION, PERMISSION, Wanted)
async def _ask(tx: Transaction, body: Wanted, address: str) -> None:
    await ask_archive(tx, body)


async def archive_step(tx: Transaction, *, run_id: UUID) -> None:
    """Let an archive be packed beside this job, and do not wait for it."""
    run = await need_archive(tx, run_id)
    if run.state != "making":
        return
    task = asyncio.create_task(_made(current(), tx.organisation_id, run_id))
    _packing.add(task)
    task.add_done_callback(_packing.discard)


async def archives_at_rest() -> None:
    """Wait until no archive is being packed in this process."""
    while _packing:
        await asyncio.gather(*_packing)


async def _made(database: Database, organisation_id: UUID, run_id: UUID) -> None:
    system = Actor.system(organisation_id)

    async def tell(total: int, done: int) -> None:
        async with database.transaction(system) as tx:
            await tx.run(_MOVE, run_id, total, done, tx.now)

    path = archive_path(run_id)
    try:
        async with _ONE_AT_ONCE:
            async with database.transaction(system) as tx:
                run = await need_archive(tx, run_id)
                if not await _still_may(tx, run.member_id):
                    await tx.run(_END, run_id, "failed", 0, 0, 0, None, tx.now)
                    return
            lock = Lock(run.lock_recipient, run.lock_key) if run.lock_key else None
            manifest = await pack(database, system, path, tell, lock)
        rows, files = sum(one.rows for one in manifest.tables), len(manifest.files)
        size = path.stat().st_size
        async with database.transaction(system) as tx:
            total = rows + files + len(manifest.missing)
            until = fetch_until(tx.now)
            await tx.run(_END, run_id, "made", total, size, len(manifest.missing), until, tx.now)
            made = await need_archive(tx, run_id)
            await record(
                tx,
                ArchiveMade(
                    run_id=run_id, agent_id=made.member_id, rows=rows, files=files, size=size
                ),
            )
    except Exception:
        log.exception("an archive could not be packed")
        path.unlink(missing_ok=True)
        async with database.transaction(system) as tx:
            await tx.run(_END, run_id, "failed", 0, 0, 0, None, tx.now)


async def _still_may(tx: Transaction, member_id: UUID) -> bool:
    found = (await accounts.members_by_id(tx, [member_id])).get(member_id)
    return found is not None and found[0].may(PERMISSION)


async def fetched_archive(tx: Transaction, *, run_id: UUID) -> tuple[str, int, Iterator[bytes]]:
    """Return name, size and bytes of an archive; each fetching is noted.

    Errors: ArchiveNotFound.
    """
    run = await need_archive(tx, run_id)
    path = archive_path(run_id)
    if run.state != "made" or run.until is None or run.until < tx.now or not path.is_file():
        raise ArchiveNotFound
    await audit(tx, "archive.fetched", "archive", run_id, {"size": run.size})
    mark = "-locked" if run.lock_key else ""
    return f"peakend-{run.at.date().isoformat()}{mark}.zip", run.size, parts_of_file(path)


async def note_export(database: Database, actor: Actor, manifest: Manifest) -> None:
    """Write down that whoever runs the machine took the whole organisation out."""
    async with database.transaction(actor) as tx:
        rows = sum(one.rows for one in manifest.tables)
        await audit(tx, "archive.taken", "organisation", actor.organisation_id, {"rows": rows})


async def sweep_archives(tx: Transaction, before: datetime) -> None:
    """Remove archives whose time is over."""
    for gone in await tx.all(_Gone, _OLD, tx.now, before):
        archive_path(gone.id).unlink(missing_ok=True)


def archive_path(run_id: UUID) -> Path:
    """Return where a packed organisation stands."""
    return settings.files_dir / "exports" / f"{run_id}.zip"


class _Gone(msgspec.Struct, frozen=True):
    id: UUID
