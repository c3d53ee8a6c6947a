"""Files that are too large for memory: written beside the others, taken in by their hash.

They are never given out under a link of their own: who may have one asks through a route.
"""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from peakend.kernel.db import SystemTransaction, Transaction, current
from peakend.kernel.files import FileNotFound, clean_name, path_of
from peakend.kernel.ids import new_id
from peakend.kernel.lasting import make_folder, sync_folder
from peakend.kernel.scans import forget_scans
from peakend.kernel.settings import settings

_CHUNK = 1 << 20
_DRAFT_S = 86_400
_REFERRED = "SELECT EXISTS (SELECT FROM file WHERE sha256 = $1 OR thumb_sha256 = $1)"


@contextlib.contextmanager
def draft() -> Iterator[Path]:
    """Give a path to write to, on the disk of the files; what is not kept goes with the block."""
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=settings.files_dir, prefix=".draft-")
    os.close(descriptor)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def drop_old_drafts(now: datetime) -> None:
    """Remove what somebody who was killed had begun to write a day ago."""
    for path in settings.files_dir.glob(".draft-*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < now.timestamp() - _DRAFT_S:
                path.unlink()


def settle(path: Path) -> tuple[str, int]:
    """Put a written file under its hash, and return hash and size."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
            size += len(part)
        os.fsync(file.fileno())
    target = path_of(digest.hexdigest())
    make_folder(target.parent)
    os.replace(path, target)
    sync_folder(target.parent)
    return digest.hexdigest(), size


async def note_file(
    tx: Transaction, *, sha256: str, size: int, name: str, mime: str, purpose: str
) -> UUID:
    """Write down a settled file and return its id."""
    file_id = new_id()
    await tx.run(
        "INSERT INTO file (id, sha256, name, kind, mime, size, purpose, withdrawn, owner, "
        "owner_id, created_at) VALUES ($1, $2, $3, 'file', $4, $5, $6, true, $7, $8, $9)",
        file_id, sha256, clean_name(name), mime, size, purpose, tx.actor.kind, tx.actor.id, tx.now,
    )  # fmt: skip
    return file_id


async def bytes_of(tx: Transaction, file_id: UUID) -> tuple[str, Path]:
    """Return the name of a file and where its bytes stand. Errors: FileNotFound."""
    sha256 = await tx.value(
        "SELECT sha256 FROM file WHERE organisation_id = current_organisation() AND id = $1",
        file_id,
    )
    if sha256 is None or not (path := path_of(sha256)).is_file():
        raise FileNotFound
    name = await tx.value(
        "SELECT name FROM file WHERE organisation_id = current_organisation() AND id = $1", file_id
    )
    return name, path


async def forget_bytes(tx: SystemTransaction, sha256: str, but: UUID) -> None:
    """Remove bytes that no file of any organisation has, but for one that is about to go."""
    held = await tx.value(
        "SELECT EXISTS (SELECT FROM file WHERE sha256 = $1 AND id <> $2)", sha256, but
    )
    if not held:
        path_of(sha256).unlink(missing_ok=True)


async def note_loose_bytes(tx: Transaction, hashes: Sequence[str]) -> None:
    """Let bytes go soon to which nobody refers then, as after a trial that was undone."""
    await tx.run(
        "INSERT INTO file_gone (sha256, at) SELECT DISTINCT unnest($1::text[]), $2::timestamptz"
        " ON CONFLICT DO NOTHING",
        list(hashes), tx.now,
    )  # fmt: skip


async def sweep_bytes(organisation_id: UUID, limit: int = 200) -> int:
    """Remove bytes from the disk that lost their last reference; return how many there were.

    Each in a transaction of its own, under a lock that whoever stores the same bytes takes, too:
    nobody gets a file without bytes. Whoever dies in between leaves the note for the next round.
    """
    async with current().look() as look:
        waiting: list[str] = await look.value(
            "SELECT coalesce(array_agg(sha256), '{}') FROM (SELECT sha256 FROM file_gone"
            " WHERE organisation_id = $1 ORDER BY at LIMIT $2) g",
            organisation_id,
            limit,
        )
    gone = 0
    for sha256 in waiting:
        async with current().system() as tx:
            await tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", sha256)
            if not await tx.value(_REFERRED, sha256):
                await asyncio.to_thread(path_of(sha256).unlink, missing_ok=True)
                gone += 1
            await forget_scans(tx, organisation_id, sha256)
            await tx.run(
                "DELETE FROM file_gone WHERE organisation_id = $1 AND sha256 = $2",
                organisation_id,
                sha256,
            )
    return gone


def parts_of_file(path: Path) -> Iterator[bytes]:
    """Give a file piece by piece."""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            yield part


class Incoming(Protocol):
    """Something that is read piece by piece, such as an upload."""

    async def read(self, size: int = -1) -> bytes:
        """Return up to so many bytes, none at the end."""


async def copied(source: Incoming, path: Path) -> None:
    """Write what comes in to a path, never more than a piece of it in memory."""
    with path.open("wb") as file:
        while part := await source.read(_CHUNK):
            await asyncio.to_thread(file.write, part)
