"""An organisation packed as one archive: a table a part, each file once, the manifest at the end.

The surprise: it is not the job that packs. A job's transaction holds back what everybody sees of
the log, and packing takes minutes; so the job lets it go on beside, reading one snapshot that
writes nothing, and says every second how far it is. One that dies leaves a run that is silent.
"""

import asyncio
import hashlib
import time
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO

import msgspec

from peakend.accounts import queries as accounts
from peakend.exchange.models import FORMAT, FilePart, Manifest, TablePart
from peakend.exchange.queries.tables import (
    Planned,
    counting,
    need_known_tables,
    planned,
    reading,
)
from peakend.kernel.actors import Actor
from peakend.kernel.backups import fingerprint
from peakend.kernel.db import Database, Transaction
from peakend.kernel.files import path_of
from peakend.kernel.lockbox import Lock, locking
from peakend.kernel.schema import migrations
from peakend.kernel.settings import VERSION, settings

_BATCH = 500
_CHUNK = 1 << 20
_EVERY_S = 1.0
_HASHES = """
SELECT DISTINCT h AS sha256 FROM file, LATERAL unnest(ARRAY[sha256, thumb_sha256]) h
WHERE organisation_id = current_organisation() AND h IS NOT NULL AND purpose <> 'import'
ORDER BY h
"""

# What is told while it goes on: how much is to go, how much went.
Told = Callable[[int, int], Awaitable[None]]


class _Line(msgspec.Struct, frozen=True):
    line: str


class _Hash(msgspec.Struct, frozen=True):
    sha256: str


class _Progress(msgspec.Struct):
    total: int
    done: int
    at: float
    tell: Told

    async def more(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self.at >= _EVERY_S:
            self.at = time.monotonic()
            await self.tell(self.total, self.done)


async def pack(
    database: Database, actor: Actor, path: Path, tell: Told, lock: Lock | None = None
) -> Manifest:
    """Write the organisation of an actor to a path, as it is at one moment; return the manifest.

    Memory is that of a few hundred rows; with a lock nothing stands on the disk in plain.
    Errors: UnknownTable.
    """
    part = path.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with (
            locking(part, lock) if lock else part.open("wb") as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive,
        ):
            manifest = await _written(database, actor, archive, tell)
            archive.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(manifest)))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


async def _written(
    database: Database, actor: Actor, archive: zipfile.ZipFile, tell: Told
) -> Manifest:
    async with database.transaction(actor) as tx:
        # Before anything is read: every table is seen as of the same moment.
        await tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await need_known_tables(tx)
        tables = planned()
        hashes = [one.sha256 for one in await tx.all(_Hash, _HASHES)]
        total = len(hashes)
        for table in tables:
            total += await tx.value(counting(table))
        progress = _Progress(total, 0, 0.0, tell)
        parts = [await _table(tx, archive, table, progress) for table in tables]
        house = await accounts.organisation(tx)
        last = await accounts.last_seal(tx)
        seal = f"{tx.organisation_id}:{last.place}:{last.digest.hex()}" if last else ""
        now = tx.now
    files, missing = [], []
    for sha256 in hashes:
        found = await asyncio.to_thread(_file, archive, sha256)
        if found is None:
            missing.append(sha256)
        else:
            files.append(found)
        await progress.more(1)
    await tell(total, total)
    return Manifest(
        format=FORMAT, program=VERSION, tables_version=migrations()[-1],
        key=fingerprint(settings.key), organisation_id=actor.organisation_id,
        organisation=house.name, made_at=now, tables=parts, files=files, missing=missing,
        audit_seal=seal,
    )  # fmt: skip


async def _table(
    tx: Transaction, archive: zipfile.ZipFile, table: Planned, progress: _Progress
) -> TablePart:
    digest = hashlib.sha256()
    rows = size = 0
    await tx.run(f"DECLARE packing NO SCROLL CURSOR FOR {reading(table)}")
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        while found := await tx.all(_Line, f"FETCH {_BATCH} FROM packing"):
            size += await asyncio.to_thread(_lines, out, digest, found)
            rows += len(found)
            await progress.more(len(found))
    await tx.run("CLOSE packing")
    return TablePart(
        name=table.name, columns=table.columns, rows=rows, size=size, sha256=digest.hexdigest()
    )


def _lines(out: IO[bytes], digest: "hashlib._Hash", found: list[_Line]) -> int:
    text = "".join(f"{one.line}\n" for one in found).encode()
    digest.update(text)
    return out.write(text)


def _file(archive: zipfile.ZipFile, sha256: str) -> FilePart | None:
    path = path_of(sha256)
    if not path.is_file():
        return None
    # Pictures and the like are small already.
    part = zipfile.ZipInfo(f"files/{sha256}")
    part.compress_type = zipfile.ZIP_STORED
    size = 0
    with path.open("rb") as source, archive.open(part, "w", force_zip64=True) as out:
        while piece := source.read(_CHUNK):
            size += out.write(piece)
    return FilePart(sha256=sha256, size=size)
