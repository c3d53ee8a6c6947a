"""Looking into files that came from outside: each content once, outside of every transaction.

The rows of `file_scan` are the queue. A scanner that does not answer rests as a whole and loses
nothing; one that fails at the same file again and again could not look into it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.events import FileScanned
from peakend.accounts.ports import ScanVerdict, provided
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, SystemTransaction, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.files import path_of
from peakend.kernel.outgoing.carrier import Carrier
from peakend.kernel.settings import settings

MOST_AT_ONCE = 4
MOST_TRIES = 5
LEASE = timedelta(minutes=5)
RETRY = timedelta(seconds=20)
REST_S = (5.0, 60.0)
BACK_AT_ONCE = 500
# What the house carries in itself is read, never given out.
_OURS = "import"
_CLAIM = """
WITH due AS (
    SELECT organisation_id, id FROM file_scan
    WHERE state = 'waiting' AND next_at <= $1
    ORDER BY since_at DESC
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)
UPDATE file_scan s SET attempt = least(s.attempt + 1, 1000), next_at = $2
FROM due WHERE s.organisation_id = due.organisation_id AND s.id = due.id
RETURNING s.organisation_id, s.id, s.sha256, s.attempt
"""
# The newest files first, page by page: those from before there was a scanner.
_LOOK_BACK = """
WITH page AS (
    SELECT organisation_id, id, sha256, kind, mime, purpose, created_at FROM file
    WHERE (created_at, id) < ($1, $2)
    ORDER BY created_at DESC, id DESC
    LIMIT $3
), asked AS (
    INSERT INTO file_scan (organisation_id, id, sha256, next_at, since_at)
    SELECT DISTINCT ON (organisation_id, sha256) organisation_id, id, sha256, $4, created_at
    FROM page
    WHERE (kind <> 'image' OR mime = 'image/gif') AND purpose <> $5
    ORDER BY organisation_id, sha256, created_at DESC
    ON CONFLICT (organisation_id, sha256) DO NOTHING
)
SELECT created_at, id FROM page ORDER BY created_at, id LIMIT 1
"""
_DONE = """
UPDATE file_scan SET state = $3, finding = $4, code = $5, done_at = $6, failing_since = NULL
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'waiting'
RETURNING released
"""
_LATER = """
UPDATE file_scan SET next_at = $3, code = $4, attempt = attempt - $5::int,
    failing_since = CASE WHEN $5::int = 1 THEN coalesce(failing_since, $6) END
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'waiting'
RETURNING code
"""
_CODE = "SELECT code FROM file_scan WHERE organisation_id = current_organisation() AND id = $1"
_RELEASE = """
UPDATE file_scan s SET released = true
FROM file f
WHERE f.organisation_id = current_organisation() AND f.id = $1
  AND s.organisation_id = f.organisation_id AND s.sha256 = f.sha256
  AND s.state IN ('waiting', 'unscannable')
RETURNING s.id, s.state, s.code
"""


class NothingHeld(Conflict):
    """The file is not held, or is held because something was found in it."""

    wording = "accounts.nothing_held"


class DueScan(msgspec.Struct, frozen=True):
    """A content that is to be looked at."""

    organisation_id: UUID
    id: UUID
    sha256: str
    attempt: int


class _Place(msgspec.Struct, frozen=True):
    created_at: datetime
    id: UUID


class _Released(msgspec.Struct, frozen=True):
    id: UUID
    state: str
    code: str


class Inspector(Carrier[DueScan]):
    """Lets a scanner look at what waits, until told to stop; without one it does nothing."""

    most_at_once = MOST_AT_ONCE

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        super().__init__(database, now)
        self._rests_until: datetime | None = None
        self._rest_s = REST_S[0]
        self._place: _Place | None = _Place(now() + timedelta(days=1), UUID(int=2**128 - 1))

    async def start_due(self) -> int:
        """Begin to look at what waits, where somebody is there to look."""
        if not settings.scanner:
            return 0
        if self._rests_until is not None and self._now() < self._rests_until:
            return 0
        return await super().start_due()

    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[DueScan]:
        """Take what waits; where nothing does, go back through what came before the scanner."""
        due = await tx.all(DueScan, _CLAIM, tx.now, tx.now + LEASE, free)
        if not due and self._place is not None:
            place = self._place
            self._place = await tx.one(
                _Place, _LOOK_BACK, place.created_at, place.id, BACK_AT_ONCE, tx.now, _OURS
            )
            due = await tx.all(DueScan, _CLAIM, tx.now, tx.now + LEASE, free)
        return due

    def receiver(self, one: DueScan) -> UUID:
        """Return whose file it is."""
        return one.organisation_id

    async def carry_one(self, one: DueScan) -> None:
        """Look at one and write down what was found."""
        path = path_of(one.sha256)
        if path.is_file():
            verdict = await provided.scanner.look(settings.scanner, path)
        else:
            verdict = ScanVerdict("unscannable", code="failed")
        self._rest(verdict)
        async with self._database.transaction(Actor.system(one.organisation_id), self._now()) as tx:
            await settle_scan(tx, one, verdict)

    def _rest(self, verdict: ScanVerdict) -> None:
        """Leave a scanner alone that does not answer, each time for longer, a minute at most."""
        if not verdict.of_scanner:
            self._rests_until, self._rest_s = None, REST_S[0]
        elif self._rests_until is None or self._rests_until <= self._now():
            self._rests_until = self._now() + timedelta(seconds=self._rest_s)
            self._rest_s = min(self._rest_s * 2, REST_S[1])


async def settle_scan(tx: Transaction, one: DueScan, verdict: ScanVerdict) -> None:
    """Write down what a scanner said of a content; nothing where somebody else did since."""
    if verdict.result == "later" and (verdict.of_scanner or one.attempt < MOST_TRIES):
        await _again(tx, one, verdict)
        return
    state = "unscannable" if verdict.result == "later" else verdict.result
    released = await tx.value(
        _DONE, one.id, one.attempt, state, verdict.finding, verdict.code, tx.now
    )
    if released is None:
        return
    await record(
        tx,
        FileScanned(
            scan_id=one.id, verdict=state, code=verdict.code, finding=verdict.finding,
            released=released,
        ),
    )  # fmt: skip
    if state == "infected":
        await audit(tx, "file.infected", "file_scan", one.id, {"finding": verdict.finding})


async def _again(tx: Transaction, one: DueScan, verdict: ScanVerdict) -> None:
    """Let a content wait for another try; told once, when the scanner falls silent."""
    before = await tx.value(_CODE, one.id)
    # What the scanner as a whole did not do is no try at this file, and waits for it alone.
    wait = timedelta() if verdict.of_scanner else RETRY * 2**one.attempt
    code = "unreachable" if verdict.of_scanner else ""
    kept = await tx.value(
        _LATER, one.id, one.attempt, tx.now + wait, code, int(verdict.of_scanner), tx.now
    )
    if kept is not None and kept != before:
        await record(
            tx,
            FileScanned(scan_id=one.id, verdict="waiting", code=code, finding="", released=False),
        )


async def release_file(tx: Transaction, *, file_id: UUID, detail: dict[str, object]) -> None:
    """Let the bytes of a file through that nobody looked at, for everybody in the house.

    What a scanner finds in them later holds them again. The caller has checked whose file it is;
    `detail` stands in the audit log. Errors: NothingHeld.
    """
    found = await tx.one(_Released, _RELEASE, file_id) if settings.scanner else None
    if found is None:
        raise NothingHeld
    await record(
        tx,
        FileScanned(
            scan_id=found.id, verdict=found.state, code=found.code, finding="", released=True
        ),
    )
    await audit(tx, "file.released", "file", file_id, detail)


async def scanner_answers() -> bool:
    """Say whether the scanner that the operator named answers."""
    return await provided.scanner.knock(settings.scanner)
