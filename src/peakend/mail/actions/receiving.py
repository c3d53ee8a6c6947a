"""Who fetches: raw bytes are kept first, then one transaction, then the server is told.

Each mailbox has a line of its own. The newest and the oldest of what waits are taken in turns; one
mail that cannot be had never stops the others.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, SystemTransaction, Transaction
from peakend.kernel.outgoing.carrier import Carrier
from peakend.mail.actions.keeping import Prepared, keep_mail, prepare
from peakend.mail.actions.mailboxes import as_opened
from peakend.mail.actions.unlocking import opened_box, opener_of_box
from peakend.mail.models import DueMailbox, Mailbox, MailboxPlace
from peakend.mail.ports import BoxTrouble, OpenBox, ReadMail, provided
from peakend.mail.queries import MailboxNotFound, need_mailbox, place_in
from peakend.mail.rules import (
    BOX_LEASE,
    LARGEST_MAIL,
    STAY_S,
    STUCK,
    WAIT_S,
    End,
    look_again_s,
    next_end,
    with_later,
    without,
)

log = structlog.get_logger()

MOST_AT_ONCE = 64
# The server is told of so many mails at once, and asked for new ones after so many.
MARKED = 20
ASKED = 100
# While one mail is written down so many are read, unless they are large.
AHEAD = 4
AHEAD_BYTES = 16_000_000
# A server that breaks off while we wait has no trouble of its own.
SOON_S = 5.0
CLAIM = """
WITH due AS (
    SELECT organisation_id, id FROM mailbox b
    WHERE active AND way = 'imap' AND next_at <= $1 AND NOT id = ANY($4)
      AND (password_sealed IS NOT NULL OR EXISTS (
          SELECT FROM mail_access a
          WHERE a.organisation_id = b.organisation_id AND a.mailbox_id = b.id))
    ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE mailbox m SET attempt = m.attempt + 1, next_at = $2
FROM due WHERE m.organisation_id = due.organisation_id AND m.id = due.id
RETURNING m.organisation_id, m.id, m.attempt
"""
HELD = """
UPDATE mailbox SET next_at = $3
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND active
"""
GOOD = """
UPDATE mailbox SET next_at = $3, failures = 0, failing_since = NULL, code = '', said = '',
    last_good_at = $4
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2
"""
BAD = """
UPDATE mailbox SET next_at = $3, failures = failures + 1, code = $5, said = $6,
    failing_since = coalesce(failing_since, $4)
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2
"""
PLACE = """
INSERT INTO mailbox_place AS p (mailbox_id, folder, validity, seen_uid, todo, stuck_uid, stuck,
                                unmarked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organisation_id, mailbox_id, folder) DO UPDATE SET
    validity = $3, seen_uid = $4, todo = $5, stuck_uid = $6, stuck = $7,
    unmarked = $8
"""


class Collector(Carrier[DueMailbox]):
    """Fetches from the mailboxes that are due until told to stop."""

    most_at_once = MOST_AT_ONCE

    def __init__(
        self, database: Database, now: Callable[[], datetime] = clock.now, *, stay_s: float = STAY_S
    ) -> None:
        super().__init__(database, now)
        self._stay_s = stay_s

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until `stop` is set."""
        try:
            await super().run(stop)
        finally:
            await provided.reader.close()
            await provided.checker.close()

    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[DueMailbox]:
        """Take mailboxes that are due."""
        return await tx.all(DueMailbox, CLAIM, tx.now, tx.now + BOX_LEASE, free, busy)

    def receiver(self, one: DueMailbox) -> UUID:
        """Return the mailbox."""
        return one.id

    async def carry_one(self, one: DueMailbox) -> None:
        """Look at a mailbox, and wait there for more."""
        try:
            await _Visit(self._database, one, self._now).stay(self._stay_s)
        except _Lost:
            log.info("a mailbox was changed while it was open", id=str(one.id))


class _Lost(Exception):
    """The mailbox was changed, paused, removed or taken over by somebody else."""


class _Coming(msgspec.Struct, frozen=True):
    """A mail whose bytes are here and are being read; None where the server has it no more."""

    uid: int
    end: End
    size: int
    prepared: "asyncio.Task[Prepared | None]"


def _room(ahead: "deque[_Coming]") -> bool:
    """Say whether one more may be fetched before the first is written down."""
    return len(ahead) < AHEAD and sum(one.size for one in ahead) < AHEAD_BYTES


class _Visit:
    """One line to a mailbox, from opening it until it is let go."""

    def __init__(self, database: Database, one: DueMailbox, now: Callable[[], datetime]) -> None:
        self._database, self._one, self._now = database, one, now
        self._actor = Actor.system(one.organisation_id)
        self._mailbox: Mailbox
        self._place: MailboxPlace
        self._at = 0

    async def stay(self, stay_s: float) -> None:
        """Take what is there, and what comes for so long."""
        until = time.monotonic() + stay_s
        try:
            async with self._database.transaction(self._actor, self._now()) as tx:
                self._mailbox = await need_mailbox(tx, self._one.id)
                opener = await opener_of_box(tx, self._mailbox)
        except MailboxNotFound as error:
            raise _Lost from error
        box: OpenBox | None = None
        try:
            box = await opened_box(
                self._database, self._actor, as_opened(self._mailbox), opener, self._now
            )
            await self._enter(box)
            while True:
                await self._take_all(box)
                await self._settle(GOOD, BOX_LEASE.total_seconds(), None)
                if time.monotonic() >= until:
                    break
                try:
                    await box.wait(min(WAIT_S, until - time.monotonic()))
                except BoxTrouble:
                    await self._settle(GOOD, SOON_S, None)
                    return
            await self._settle(GOOD, look_again_s(0), None)
        except BoxTrouble as trouble:
            await self._settle(BAD, look_again_s(self._mailbox.failures + 1), trouble)
        finally:
            if box is not None:
                box.close()

    async def _enter(self, box: OpenBox) -> None:
        """Find where we are; a folder that was numbered anew is gone through from the beginning."""
        async with self._database.transaction(self._actor, self._now()) as tx:
            place = await place_in(tx, self._one.id, self._mailbox.folder)
        if place is None or place.validity != box.validity:
            seen = 0
            if place is None and not self._mailbox.backlog:
                seen = max(await box.uids([], 0), default=0)
            place = MailboxPlace(self._mailbox.folder, box.validity, seen, [], 0, 0, [])
            await self._note(place)
        self._place = place
        if place.unmarked:
            # Who was here before ended before the server was told.
            await self._mark(box)

    async def _mark(self, box: OpenBox) -> None:
        await box.mark(self._place.unmarked)
        self._place = msgspec.structs.replace(self._place, unmarked=[])
        await self._note(self._place)

    async def _take_all(self, box: OpenBox) -> None:
        """Take what waits, from both ends in turns; what comes meanwhile comes first."""
        ahead: deque[_Coming] = deque()
        try:
            while waiting := await self._waiting(box):
                await self._take_some(box, waiting, ahead)
            if self._place.unmarked:
                await self._mark(box)
        except BoxTrouble:
            # What was given before the line broke is not asked for again.
            while ahead:
                await self._take(ahead.popleft())
            raise
        finally:
            for one in ahead:
                one.prepared.cancel()

    async def _take_some(self, box: OpenBox, waiting: list[int], ahead: "deque[_Coming]") -> None:
        """Take some of what waits, and read the next while one is written down."""
        begun = 0
        while ahead or (waiting and begun < ASKED):
            while waiting and begun < ASKED and _room(ahead):
                end = next_end(begun)
                uid = waiting.pop(-1 if end == "newest" else 0)
                begun += 1
                ahead.append(await self._fetch(box, uid, end))
            await self._take(ahead.popleft())
            if len(self._place.unmarked) >= MARKED:
                await self._mark(box)

    async def _waiting(self, box: OpenBox) -> list[int]:
        """Return the mails that wait, ascending, and note those that are new."""
        place = self._place
        found = await box.uids(place.todo, place.seen_uid)
        newest = max(found, default=0)
        if newest > place.seen_uid:
            todo = with_later(place.todo, place.seen_uid, newest)
            self._place = msgspec.structs.replace(place, seen_uid=newest, todo=todo)
        elif place.todo and not found:
            # What was still to do is no longer there.
            self._place = msgspec.structs.replace(place, todo=[])
        if self._place != place:
            await self._note(self._place)
        return found

    async def _fetch(self, box: OpenBox, uid: int, end: End) -> "_Coming":
        """Fetch the bytes of a mail, and begin to read them."""
        place = self._place
        passed = place.stuck_uid == uid and place.stuck >= STUCK
        self._at = uid
        # One byte more than is ever taken tells that it is too large.
        raw = b"" if passed else await box.fetch(uid, LARGEST_MAIL + 1)
        self._at = 0
        not_given = ReadMail(code="not_given", message_id=f"{box.validity}/{uid}")
        prepared = asyncio.create_task(self._prepared(raw, not_given if passed else None))
        return _Coming(uid, end, len(raw or b""), prepared)

    async def _prepared(self, raw: bytes | None, read: ReadMail | None) -> Prepared | None:
        return None if raw is None else await prepare(raw, read, mailbox=self._mailbox)

    async def _take(self, coming: "_Coming") -> None:
        """Write a mail down, in one transaction with where we are."""
        place, mail = self._place, await coming.prepared
        todo = without(place.todo, coming.uid, coming.end)
        unmarked = [*place.unmarked, coming.uid]
        after = msgspec.structs.replace(place, todo=todo, unmarked=unmarked)
        if coming.uid == place.stuck_uid:
            after = msgspec.structs.replace(after, stuck_uid=0, stuck=0)
        if mail is None:
            await self._note(after)
        else:
            await self._keep(mail, after)
        self._place = after

    async def _keep(self, mail: Prepared, after: MailboxPlace) -> None:
        async with self._database.transaction(self._actor, self._now()) as tx:
            await self._hold(tx)
            await keep_mail(tx, self._mailbox, mail)
            await self._put(tx, after)

    async def _note(self, place: MailboxPlace) -> None:
        async with self._database.transaction(self._actor, self._now()) as tx:
            await self._hold(tx)
            await self._put(tx, place)

    async def _put(self, tx: Transaction, place: MailboxPlace) -> None:
        await tx.run(
            PLACE, self._one.id, place.folder, place.validity, place.seen_uid, place.todo,
            place.stuck_uid, place.stuck, place.unmarked,
        )  # fmt: skip

    async def _hold(self, tx: Transaction) -> None:
        """Make sure that the mailbox is still ours, and keep it so. Errors: _Lost."""
        if not await tx.run(HELD, self._one.id, self._one.attempt, tx.now + BOX_LEASE):
            raise _Lost

    async def _settle(self, how: str, wait_s: float, trouble: BoxTrouble | None) -> None:
        """Write down how a look ended, and at which mail the line broke."""
        async with self._database.transaction(self._actor, self._now()) as tx:
            next_at = tx.now + timedelta(seconds=wait_s)
            more = (trouble.code, trouble.said) if trouble else ()
            if not await tx.run(how, self._one.id, self._one.attempt, next_at, tx.now, *more):
                raise _Lost
            if trouble and self._at:
                place = self._place
                times = place.stuck + 1 if place.stuck_uid == self._at else 1
                await self._put(tx, msgspec.structs.replace(place, stuck_uid=self._at, stuck=times))
