"""Links for outsiders: one step each, for a time, taken back at any moment."""

from datetime import timedelta
from uuid import UUID

from peakend.cases.actions.entries import add_entry
from peakend.cases.actions.steps import finish, lock_step, send_back, tick
from peakend.cases.events import GuestLinkMade, GuestLinkRevoked
from peakend.cases.models import GuestRow
from peakend.cases.queries.guests import GuestNotFound, good_guest, guests_of, need_guest
from peakend.cases.queries.steps import leads, need_step
from peakend.cases.rules.steps import OVER
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_GUESTS = 20
MOST_LINES_LENGTH = 2000
ONE_MINUTE = timedelta(minutes=1)

_MAKE = """
INSERT INTO case_guest (id, case_id, step_id, name, shows_customer, made_at, made_by, expires_at,
    company)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_REVOKE = """
UPDATE case_guest SET revoked_at = $2
WHERE organisation_id = current_organisation() AND id = $1 AND revoked_at IS NULL
"""
_OPENED = """
UPDATE case_guest SET opened_at = coalesce(opened_at, $2), used_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class TooManyGuests(Conflict):
    """So many links to one step are enough."""

    wording = "cases.too_many_guests"


class StepOver(Conflict):
    """There is nothing left to do in the step."""

    wording = "cases.step_not_allowed"


async def make_guest(
    tx: Transaction,
    *,
    step_id: UUID,
    name: str,
    days: int,
    shows_customer: bool,
    by: Actor,
    company: str = "",
) -> UUID:
    """Make a link to one step for somebody outside.

    Errors: StepNotFound, StepOver, TooManyGuests.
    """
    step = await need_step(tx, step_id, by, lead=True)
    if step.state in OVER:
        raise StepOver
    if len(await guests_of(tx, step_id)) >= MOST_GUESTS:
        raise TooManyGuests(most=MOST_GUESTS)
    guest_id, until = new_id(), tx.now + timedelta(days=days)
    await tx.run(
        _MAKE, guest_id, step.case_id, step_id, name.strip()[:80], shows_customer, tx.now, by.id,
        until, company.strip()[:80],
    )  # fmt: skip
    await record(
        tx,
        GuestLinkMade(guest_id=guest_id, step_id=step_id, case_id=step.case_id, expires_at=until),
    )
    return guest_id


async def revoke_guest(tx: Transaction, *, guest_id: UUID, by: Actor) -> None:
    """Let a link open nothing any more. Errors: GuestNotFound."""
    guest = await need_guest(tx, guest_id)
    if not await leads(tx, guest.case_id, by):
        raise GuestNotFound
    if await tx.run(_REVOKE, guest_id, tx.now):
        await record(
            tx, GuestLinkRevoked(guest_id=guest_id, step_id=guest.step_id, case_id=guest.case_id)
        )


async def open_as_guest(tx: Transaction, guest: GuestRow) -> None:
    """Remember when a link was opened first and last, to the minute."""
    if guest.used_at is None or tx.now - guest.used_at >= ONE_MINUTE:
        await tx.run(_OPENED, guest.id, tx.now)


async def tick_as_guest(tx: Transaction, *, guest_id: UUID, ticked: set[int]) -> None:
    """Set which lines are ticked off. Errors: GuestNotFound, StepNotAllowed, CaseIsClosed."""
    guest = await good_guest(tx, guest_id)
    _, row = await lock_step(tx, guest.step_id, "tick")
    for line, known in enumerate(row.checklist):
        if bool(known.get("at")) != (line in ticked):
            case, fresh = await lock_step(tx, guest.step_id, "tick")
            await tick(tx, case, fresh, line=line, ticked=line in ticked, by_id=guest.id)


async def write_as_guest(tx: Transaction, *, guest_id: UUID, words: str, files: list[UUID]) -> None:
    """Add a line and pictures to the case. Errors: GuestNotFound, NothingWritten, FileNotFound."""
    guest = await good_guest(tx, guest_id)
    await lock_step(tx, guest.step_id, "tick")
    await add_entry(
        tx, case_id=guest.case_id, kind="progress", words=words[:MOST_LINES_LENGTH],
        visible="departments", by=None, files=files,
    )  # fmt: skip


async def finish_as_guest(tx: Transaction, *, guest_id: UUID, words: str) -> None:
    """Say that the step is done. Errors: GuestNotFound, StepNotAllowed, ChecksOpen."""
    guest = await good_guest(tx, guest_id)
    case, row = await lock_step(tx, guest.step_id, "finish")
    await finish(tx, case, row, words=words, by_id=guest.id, by_guest=True)


async def return_as_guest(tx: Transaction, *, guest_id: UUID, words: str) -> None:
    """Send the step back. Errors: GuestNotFound, StepNotAllowed, WordsNeeded."""
    guest = await good_guest(tx, guest_id)
    case, row = await lock_step(tx, guest.step_id, "return")
    await send_back(tx, case, row, words=words, by_id=guest.id, by_guest=True)
