"""Files: bytes under their own hash, never under a name that somebody gave them.

The kind is read from the bytes. Pictures are decoded, bounded, shrunk and written again, which
removes EXIF and whatever was hidden behind them; everything else is only ever a download.
"""

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.kernel.db import SystemTransaction, Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.filetypes import Kind
from peakend.kernel.ids import new_id
from peakend.kernel.lasting import make_folder, write_whole
from peakend.kernel.pictures import (
    MAX_BYTES,
    Cleaned,
    FileBroken,
    FileTooLarge,
    clean,
    mark,
    portrait,
)
from peakend.kernel.scans import Scan, Scanned, ask_for_scan, is_looked_at, scans_of_files
from peakend.kernel.secrets import sign, verify
from peakend.kernel.settings import settings
from peakend.kernel.tables import tenant_table

MAX_PORTRAIT_BYTES = 5 * 1024 * 1024
URL_LIFE = timedelta(hours=2)

# What a link is signed for.
_FILE, _WITHDRAWN = "file", "withdrawn file"

_SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
_REMOVE = """
WITH gone AS (
    DELETE FROM file WHERE organisation_id = current_organisation() AND id = ANY($1)
    RETURNING sha256, thumb_sha256
), noted AS (
    INSERT INTO file_gone (sha256, at)
    SELECT DISTINCT h, $2::timestamptz FROM gone, LATERAL unnest(ARRAY[sha256, thumb_sha256]) h
    WHERE h IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
"""

file_table = tenant_table(
    "file",
    Column("sha256", Text, nullable=False),
    Column("thumb_sha256", Text),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("purpose", Text, nullable=False),
    Column("public", Boolean, nullable=False, server_default="false"),
    # Taken back by who sent it: links that are out lead nowhere any more.
    Column("withdrawn", Boolean, nullable=False, server_default="false"),
    Column("owner", Text, nullable=False),
    Column("owner_id", Uuid(as_uuid=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_file_sha256", "sha256"),
    Index(
        "ix_file_thumb_sha256", "thumb_sha256", postgresql_where=text("thumb_sha256 IS NOT NULL")
    ),
    Index("ix_file_owner", "organisation_id", "owner", "owner_id"),
    Index("ix_file_created_at", "created_at"),  # the archive of changes asks again and again
    system="select",
)

# Bytes that lost a reference: they go from the disk as soon as nobody refers to them any more.
gone_table = tenant_table(
    "file_gone",
    Column("sha256", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("sha256",),
    system="all",
)


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file as callers see it; one that a scanner holds has no link."""

    id: UUID
    name: str
    kind: Kind
    mime: str
    size: int
    width: int | None = None
    height: int | None = None
    url: str = ""
    thumb_url: str | None = None
    scan: Scanned = ""
    finding: str = ""


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `file`."""

    organisation_id: UUID
    id: UUID
    sha256: str
    thumb_sha256: str | None
    name: str
    kind: Kind
    mime: str
    size: int
    width: int | None
    height: int | None
    purpose: str
    public: bool
    withdrawn: bool = False
    owner: str
    owner_id: UUID | None
    created_at: datetime


class FileNotFound(NotFound):
    """The file is not there, or its link is not good."""

    wording = "kernel.file_not_found"


async def save_file(
    tx: Transaction, data: bytes, name: str, *, purpose: str, public: bool = False
) -> File:
    """Store bytes and return the file. Errors: FileTooLarge, FileBroken."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024)
    if not data:
        raise FileBroken
    cleaned = await asyncio.to_thread(clean, data)
    return await save_cleaned(tx, cleaned, name, purpose, public)


async def save_portrait(tx: Transaction, data: bytes, *, purpose: str) -> File:
    """Store the middle square of a picture for everybody to see. Errors: FileTooLarge, FileBroken.

    Counts: at most 5 MB in, 256 pixels a side kept.
    """
    if len(data) > MAX_PORTRAIT_BYTES:
        raise FileTooLarge(limit_mb=MAX_PORTRAIT_BYTES // 1024 // 1024)
    cleaned = await asyncio.to_thread(portrait, data)
    return await save_cleaned(tx, cleaned, f"{purpose}.jpg", purpose, public=True)


async def save_mark(tx: Transaction, data: bytes, *, square: bool, purpose: str) -> File:
    """Store a logo for everybody to see, as PNG. Errors: FileTooLarge, FileBroken."""
    cleaned = await asyncio.to_thread(mark, data, square=square)
    return await save_cleaned(tx, cleaned, f"{purpose}.png", purpose, public=True)


async def drop_file(tx: Transaction, file_id: UUID) -> None:
    """Let nobody see a file again; its bytes go soon, if nobody else refers to them."""
    await remove_files(tx, [file_id])


async def remove_files(tx: Transaction, ids: Collection[UUID]) -> int:
    """Remove files, and note which bytes may go; return how many files there were."""
    if not ids:
        return 0
    removed: int = await tx.value(_REMOVE, list(ids), tx.now)
    return removed


async def files_of(tx: Transaction, owner: str, owner_ids: Collection[UUID]) -> list[UUID]:
    """Return the files that somebody put in, sent or not."""
    found: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(id), '{}') FROM file"
        " WHERE organisation_id = current_organisation() AND owner = $1 AND owner_id = ANY($2)",
        owner,
        list(owner_ids),
    )
    return found


async def withdraw_files(tx: Transaction, ids: list[UUID]) -> None:
    """Let the links to files that are out lead nowhere; who must see them gets new ones."""
    await tx.run(
        "UPDATE file SET withdrawn = true WHERE organisation_id = current_organisation() "
        "AND id = ANY($1)",
        ids,
    )


def public_url(file_id: UUID, name: str) -> str:
    """Return the lasting link to a file that was stored for everybody."""
    return f"/files/{file_id}/{quote(name)}"


async def save_cleaned(
    tx: Transaction, cleaned: Cleaned, name: str, purpose: str, public: bool
) -> File:
    """Store bytes that were cleaned and return the file."""
    await _hold_bytes(tx, cleaned)
    sha256 = await asyncio.to_thread(write_bytes, cleaned.data)
    thumb = await asyncio.to_thread(write_bytes, cleaned.thumb) if cleaned.thumb else None
    row = FileRow(
        organisation_id=tx.organisation_id, id=new_id(), sha256=sha256, thumb_sha256=thumb,
        name=clean_name(name), kind=cleaned.kind, mime=cleaned.mime, size=len(cleaned.data),
        width=cleaned.width, height=cleaned.height, purpose=purpose, public=public,
        owner=tx.actor.kind, owner_id=tx.actor.id, created_at=tx.now,
    )  # fmt: skip
    await tx.run(
        "INSERT INTO file (id, sha256, thumb_sha256, name, kind, mime, size, width, height, "
        "purpose, public, owner, owner_id, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        row.id, row.sha256, row.thumb_sha256, row.name, row.kind, row.mime, row.size, row.width,
        row.height, row.purpose, row.public, row.owner, row.owner_id, row.created_at,
    )  # fmt: skip
    return view(row, tx.now, await ask_for_scan(tx, sha256, row.kind, row.mime))


async def _hold_bytes(tx: Transaction, cleaned: Cleaned) -> None:
    """Keep bytes from being swept until this transaction ends, by whoever stored them before."""
    for data in (cleaned.data, cleaned.thumb):
        if data is not None:
            await tx.run(_SHARE, hashlib.sha256(data).hexdigest())


async def files(
    tx: Transaction, ids: list[UUID], *, owner_id: UUID | None = None
) -> dict[UUID, File]:
    """Return files by id, with links that hold for two hours; with `owner_id` only theirs."""
    if not ids:
        return {}
    rows = await tx.all(
        FileRow,
        "SELECT * FROM file WHERE organisation_id = current_organisation() AND id = ANY($1)",
        ids,
    )
    scans = await scans_of_files(tx, [row.id for row in rows if is_looked_at(row.kind, row.mime)])
    return {
        row.id: view(row, tx.now, scans.get(row.id, Scan()))
        for row in rows
        if owner_id is None or row.owner_id == owner_id
    }


async def own_files(tx: Transaction, ids: list[UUID]) -> list[FileRow]:
    """Return files that this actor has put in. Errors: FileNotFound where one is not theirs."""
    if not ids:
        return []
    rows = await tx.all(
        FileRow,
        "SELECT * FROM file WHERE organisation_id = current_organisation() AND id = ANY($1) "
        "AND owner = $2 AND owner_id IS NOT DISTINCT FROM $3 AND NOT withdrawn",
        ids,
        tx.actor.kind,
        tx.actor.id,
    )
    if len(rows) != len(set(ids)):
        raise FileNotFound
    by_id = {row.id: row for row in rows}
    return [by_id[file_id] for file_id in ids]


async def copy_files(tx: Transaction, ids: list[UUID], *, purpose: str) -> dict[UUID, UUID]:
    """Let this actor have files of the same bytes, so that one may go without the other.

    The caller has checked that the actor may see them. Errors: FileNotFound.
    """
    copies = {file_id: new_id() for file_id in ids}
    if not copies:
        return {}
    hashes = await tx.value(
        "SELECT coalesce(array_agg(DISTINCT h), '{}') FROM file f,"
        " LATERAL unnest(ARRAY[f.sha256, f.thumb_sha256]) h WHERE h IS NOT NULL"
        " AND f.organisation_id = current_organisation() AND f.id = ANY($1)",
        list(copies),
    )
    for sha256 in hashes:
        await tx.run(_SHARE, sha256)
    made = await tx.run(
        "INSERT INTO file (id, sha256, thumb_sha256, name, kind, mime, size, width, height, "
        "purpose, public, owner, owner_id, created_at) "
        "SELECT c.id, f.sha256, f.thumb_sha256, f.name, f.kind, f.mime, f.size, f.width, f.height, "
        "$3, false, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) AS c(of, id) JOIN file f "
        "ON f.organisation_id = current_organisation() AND f.id = c.of AND NOT f.withdrawn",
        list(copies), list(copies.values()), purpose, tx.actor.kind, tx.actor.id, tx.now,
    )  # fmt: skip
    if made != len(copies):
        raise FileNotFound
    return copies


async def need_file(
    tx: SystemTransaction, file_id: UUID, expires: str, signature: str, now: datetime
) -> FileRow:
    """Return the file that a link stands for. Errors: FileNotFound for any link not good now."""
    row = await tx.one(FileRow, "SELECT * FROM file WHERE id = $1", file_id)
    if row is None:
        raise FileNotFound
    if row.public and not expires:
        return row
    if not (expires.isascii() and expires.isdigit()) or len(expires) > 12:
        raise FileNotFound
    if int(expires) < now.timestamp():
        raise FileNotFound
    tag = _WITHDRAWN if row.withdrawn else _FILE
    if not verify(signature, tag, row.organisation_id, file_id, expires):
        raise FileNotFound
    return row


def file_url(
    organisation_id: UUID, file_id: UUID, name: str, now: datetime, *, withdrawn: bool = False
) -> str:
    """Return a link to a file that is good for two hours, steady within the hour for caches.

    Only a link made for it opens a file that was withdrawn.
    """
    expires = (int((now + URL_LIFE).timestamp()) // 3600 + 1) * 3600
    tag = _WITHDRAWN if withdrawn else _FILE
    signature = sign(tag, organisation_id, file_id, expires)
    return f"/files/{file_id}/{quote(name)}?e={expires}&s={signature}"


def view(row: FileRow, now: datetime, scan: Scan) -> File:
    """Return what callers see of a row."""
    url, thumb = "", None
    if scan.held:
        pass
    elif row.public:
        url = public_url(row.id, row.name)
        thumb = f"{url}?t=1" if row.thumb_sha256 else None
    else:
        url = file_url(row.organisation_id, row.id, row.name, now)
        thumb = f"{url}&t=1" if row.thumb_sha256 else None
    return File(
        id=row.id, name=row.name, kind=row.kind, mime=row.mime, size=row.size, width=row.width,
        height=row.height, url=url, thumb_url=thumb, scan=scan.scanned, finding=scan.finding,
    )  # fmt: skip


def path_of(sha256: str) -> Path:
    """Return where bytes of a hash stand."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise FileNotFound
    return settings.files_dir / sha256[:2] / sha256[2:4] / sha256


_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


def clean_name(name: str) -> str:
    """Return a file name that is safe to show and to download: no paths, controls, bidi marks."""
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    plain = _UNSAFE.sub("_", plain.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8:
        plain = f"{stem[:80]}.{ending}" if stem else f"file.{ending}"
    return plain[:100] or "file"


def write_bytes(data: bytes) -> str:
    """Write bytes under their hash, whole or not at all, and return the hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        make_folder(path.parent)
        write_whole(path, data)
    return sha256
