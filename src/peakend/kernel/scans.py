"""What a scanner found in files: a row for each content, which is the scanner's queue as well.

What was found holds for every file of the same bytes. A picture that we wrote anew holds nothing
of what came, so nobody has to look at it. Without a scanner nothing waits, and nothing is held.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, SmallInteger, Text, text

from peakend.kernel.archiving import Treated, archived
from peakend.kernel.db import SystemTransaction, Transaction
from peakend.kernel.errors import Conflict, Refused
from peakend.kernel.ids import new_id
from peakend.kernel.personal import plain
from peakend.kernel.settings import settings
from peakend.kernel.tables import tenant_table

State = Literal["waiting", "clean", "infected", "unscannable"]
# What is to be said of a file; nothing of one that needs no look. Who may not have it, and why:
# `waiting unreachable infected encrypted too_large failed`.
Scanned = Literal[
    "", "not_scanned", "waiting", "unreachable", "clean", "released", "infected", "encrypted",
    "too_large", "failed",
]  # fmt: skip
HELD: frozenset[Scanned] = frozenset(
    {"waiting", "unreachable", "infected", "encrypted", "too_large", "failed"}
)

scan_table = tenant_table(
    "file_scan",
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    # What was found, as the scanner calls it; why it could not be looked at.
    Column("finding", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    # Somebody let it through unseen. What is found later stands above that.
    Column("released", Boolean, nullable=False, server_default="false"),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("since_at", DateTime(timezone=True), nullable=False),
    Column("failing_since", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Index("uq_file_scan_sha256", "organisation_id", "sha256", unique=True),
    Index("ix_file_scan_due", "since_at", postgresql_where=text("state = 'waiting'")),
    system="all",
)
# A hash, and what a scanner calls what it found: they go with the last file of these bytes.
plain("passing", "file_scan")
archived(Treated(table="file_scan", put={"next_at": "now()", "attempt": "0"}))

_ASK = """
INSERT INTO file_scan (id, sha256, next_at, since_at)
VALUES ($1, $2, $3, $3) ON CONFLICT (organisation_id, sha256) DO NOTHING
"""
_OF_HASHES = """
SELECT sha256, state, finding, code, released FROM file_scan
WHERE organisation_id = current_organisation() AND sha256 = ANY($1)
"""
_OF_FILES = """
SELECT f.id, f.kind, f.mime, s.state, s.finding, s.code, s.released
FROM file f
LEFT JOIN file_scan s ON s.organisation_id = f.organisation_id AND s.sha256 = f.sha256
WHERE f.organisation_id = current_organisation() AND f.id = ANY($1)
"""
# The lock lets what is found wait for who writes down that he waits for it.
_WAITING = """
SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT s.id FROM file_scan s
    WHERE s.organisation_id = current_organisation() AND s.state = 'waiting'
      AND s.sha256 IN (SELECT sha256 FROM file f
                       WHERE f.organisation_id = current_organisation() AND f.id = ANY($1))
    ORDER BY s.id
    FOR SHARE
) w
"""


class Scan(msgspec.Struct, frozen=True):
    """What is to be said of a file, and what was found in it."""

    scanned: Scanned = ""
    finding: str = ""

    @property
    def held(self) -> bool:
        """Say whether nobody may have the file now."""
        return self.scanned in HELD


Scans = Mapping[UUID, Scan]


class FileInfected(Refused):
    """A scanner found something in the file: nobody gets it."""

    wording = "kernel.file_infected"


class FileWaits(Conflict):
    """The file was not looked at yet."""

    wording = "kernel.file_waits"


class FileNotSeen(Conflict):
    """The scanner could not look into the file."""

    wording = "kernel.file_not_seen"


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    sha256: str = ""
    state: State | None
    finding: str | None
    code: str | None
    released: bool | None


class _OfFile(_Row, frozen=True, kw_only=True):
    id: UUID
    kind: str
    mime: str


def is_looked_at(kind: str, mime: str) -> bool:
    """Say whether a scanner has to look at a file: of pictures what moves is kept as it came."""
    return kind != "image" or mime == "image/gif"


async def ask_for_scan(tx: Transaction, sha256: str, kind: str, mime: str) -> Scan:
    """Let a file be looked at where there is a scanner; return what is known of its bytes."""
    if not is_looked_at(kind, mime):
        return Scan()
    if settings.scanner:
        await tx.run(_ASK, new_id(), sha256, tx.now)
    return (await scans_of_hashes(tx, [sha256]))[sha256]


async def scans_of_hashes(tx: Transaction, hashes: Collection[str]) -> dict[str, Scan]:
    """Return what is known of bytes that have to be looked at."""
    rows = await tx.all(_Row, _OF_HASHES, list(hashes)) if hashes else []
    known = {row.sha256: _seen(row) for row in rows}
    return {sha256: known.get(sha256) or _seen(None) for sha256 in hashes}


async def scans_of_files(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Scan]:
    """Return what is known of files by id; the caller has checked whose they are."""
    wanted = list(ids)
    rows = await tx.all(_OfFile, _OF_FILES, wanted) if wanted else []
    return {row.id: _seen(row) if is_looked_at(row.kind, row.mime) else Scan() for row in rows}


def looked_at(kept: Iterable[dict[str, Any]]) -> list[UUID]:
    """Return those of the files that a message keeps which a scanner has to look at."""
    return [UUID(str(one["id"])) for one in kept if is_looked_at(one["kind"], one["mime"])]


async def scans_of_kept(tx: Transaction, kept: Iterable[dict[str, Any]]) -> dict[UUID, Scan]:
    """Return what is known of the files that messages keep; mostly without a question."""
    return await scans_of_files(tx, looked_at(kept))


def scan_of_kept(file: dict[str, Any], scans: Scans) -> Scan:
    """Return what is known of a file that a message keeps; of one nobody asked for, nothing."""
    if not is_looked_at(file["kind"], file["mime"]):
        return Scan()
    return scans.get(UUID(str(file["id"]))) or _seen(None)


async def waiting_scans(tx: Transaction, kept: Iterable[dict[str, Any]]) -> list[UUID]:
    """Return which looks the files of a message wait for; none ends before this transaction."""
    ids = looked_at(kept) if settings.scanner else []
    found: list[UUID] = await tx.value(_WAITING, ids) if ids else []
    return found


async def need_free(tx: Transaction, ids: Collection[UUID]) -> None:
    """Go on only where all these files may go out. Errors: FileInfected, FileWaits, FileNotSeen."""
    for scan in (await scans_of_files(tx, ids)).values():
        need_unheld(scan)


def need_unheld(scan: Scan) -> None:
    """Go on only where somebody may have a file. Errors: FileInfected, FileWaits, FileNotSeen."""
    if not scan.held:
        return
    if scan.scanned == "infected":
        raise FileInfected(finding=scan.finding)
    raise FileWaits if scan.scanned in ("waiting", "unreachable") else FileNotSeen


async def scan_at(tx: SystemTransaction, organisation_id: UUID, sha256: str) -> Scan:
    """Return what an organisation knows of bytes that have to be looked at."""
    row = await tx.one(
        _Row,
        "SELECT sha256, state, finding, code, released FROM file_scan"
        " WHERE organisation_id = $1 AND sha256 = $2",
        organisation_id,
        sha256,
    )
    return _seen(row)


async def forget_scans(tx: SystemTransaction, organisation_id: UUID, sha256: str) -> None:
    """Forget what was found in bytes that an organisation has no file of any more."""
    await tx.run(
        "DELETE FROM file_scan WHERE organisation_id = $1 AND sha256 = $2 AND NOT EXISTS"
        " (SELECT FROM file WHERE organisation_id = $1 AND sha256 = $2)",
        organisation_id,
        sha256,
    )


def _seen(row: _Row | None) -> Scan:
    state = row.state if row else None
    if row and state == "infected":
        return Scan("infected", row.finding or "")
    if state == "clean":
        return Scan("clean")
    if not settings.scanner:
        return Scan("not_scanned")
    if row and row.released:
        return Scan("released")
    if row is None or state in (None, "waiting"):
        return Scan("unreachable" if row and row.code == "unreachable" else "waiting")
    return Scan(msgspec.convert(row.code or "failed", Scanned))


class Waiting(msgspec.Struct, frozen=True):
    """How many contents wait for the scanner, at most ten thousand, and since when it is silent."""

    count: int
    failing_since: datetime | None


async def waiting_for_scanner(tx: Transaction) -> Waiting:
    """Return what an organisation waits for."""
    found = await tx.one(
        Waiting,
        "SELECT count(*) AS count, min(failing_since) AS failing_since FROM (SELECT failing_since"
        " FROM file_scan WHERE organisation_id = current_organisation() AND state = 'waiting'"
        " LIMIT 10000) w",
    )
    assert found is not None
    return found
