"""What the house has stored for a purpose of its own, beside what its people put in."""

import asyncio
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.files import save_cleaned, write_bytes
from peakend.kernel.pictures import Cleaned


class Kept(msgspec.Struct, frozen=True):
    """Where the bytes of a file stand, and what they are."""

    sha256: str
    mime: str


async def kept_bytes(tx: Transaction, file_id: UUID) -> Kept | None:
    """Return where the bytes of a file for everybody stand; None where it is no such file."""
    return await tx.one(
        Kept,
        "SELECT sha256, mime FROM file WHERE organisation_id = current_organisation()"
        " AND id = $1 AND public AND NOT withdrawn",
        file_id,
    )


async def hash_of(tx: Transaction, file_id: UUID) -> str | None:
    """Return under which hash the bytes of a file stand; None where it is gone.

    The caller has checked that the actor may have them.
    """
    found: str | None = await tx.value(
        "SELECT sha256 FROM file WHERE organisation_id = current_organisation()"
        " AND id = $1 AND NOT withdrawn",
        file_id,
    )
    return found


async def kept_pictures(tx: Transaction, ids: list[UUID], purpose: str) -> set[UUID]:
    """Return which of these are pictures that were stored for a purpose, by whomever."""
    found: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(id), '{}') FROM file"
        " WHERE organisation_id = current_organisation() AND id = ANY($1) AND purpose = $2"
        " AND kind = 'image' AND NOT withdrawn",
        ids,
        purpose,
    )
    return set(found)


async def keep_bytes(data: bytes) -> str:
    """Write bytes to the disk, synced, before any row tells of them; return their hash.

    Bytes of which no row ever tells are nobody's. `save_kept` makes the row.
    """
    return await asyncio.to_thread(write_bytes, data)


async def save_kept(tx: Transaction, data: bytes, name: str, mime: str, purpose: str) -> UUID:
    """Store bytes exactly as they came, only ever to be downloaded, and return the file's id."""
    cleaned = Cleaned(data=data, mime=mime, kind="file")
    return (await save_cleaned(tx, cleaned, name, purpose, public=False)).id


class Sendable(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes out with a message, and where its bytes stand."""

    id: UUID
    sha256: str
    name: str
    mime: str
    size: int


async def sendable_files(tx: Transaction, ids: list[UUID]) -> dict[UUID, Sendable]:
    """Return files by id; the caller has checked whose they are. None that was withdrawn."""
    if not ids:
        return {}
    rows = await tx.all(
        Sendable,
        "SELECT id, sha256, name, mime, size FROM file"
        " WHERE organisation_id = current_organisation() AND id = ANY($1) AND NOT withdrawn",
        ids,
    )
    return {row.id: row for row in rows}
