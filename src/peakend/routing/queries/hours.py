"""Business hours: the rows, and the pure form that answers questions about time."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.naming import called
from peakend.routing.models import SELECT_HOURS, HoursRow, QueueRow
from peakend.routing.queries.queues import need_queue
from peakend.routing.rules.hours import Hours, closes_at, is_open, next_open, parse_hours, reply_by


class HoursNotFound(NotFound):
    """There are no such business hours here."""

    wording = "routing.hours_not_found"


class OpenNow(msgspec.Struct, frozen=True):
    """Whether people are there now, until when, or from when on; None where that has no end."""

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None


async def business_hours(tx: Transaction) -> list[HoursRow]:
    """Return all business hours by name."""
    return await tx.all(
        HoursRow,
        SELECT_HOURS + " ORDER BY name, id LIMIT 500",
    )


async def need_hours(tx: Transaction, hours_id: UUID) -> HoursRow:
    """Return business hours. Errors: HoursNotFound."""
    found = await tx.one(
        HoursRow,
        SELECT_HOURS + " AND id = $1",
        hours_id,
    )
    if found is None:
        raise HoursNotFound
    return found


async def hours_exist(tx: Transaction, hours_id: UUID) -> bool:
    """Return whether the organisation has these business hours."""
    return bool(
        await tx.value(
            "SELECT true FROM business_hours"
            " WHERE organisation_id = current_organisation() AND id = $1",
            hours_id,
        )
    )


async def opening(tx: Transaction, hours_id: UUID | None) -> Hours | None:
    """Return business hours to calculate with; None stands for "always open"."""
    if hours_id is None:
        return None
    return as_hours(await need_hours(tx, hours_id))


async def remedy_due(tx: Transaction, queue_id: UUID | None, at: datetime) -> datetime:
    """Return by when a customer hears from us whose transfer failed at a moment."""
    queue = await need_queue(tx, queue_id) if queue_id else None
    return reply_by(await opening(tx, queue.hours_id) if queue else None, at)


async def live_queues(tx: Transaction, some: list[QueueRow]) -> set[UUID]:
    """Return those queues in which people are due to be there now."""
    known = {row.id: as_hours(row) for row in await business_hours(tx)}
    return {
        queue.id
        for queue in some
        if queue.open and (queue.hours_id not in known or is_open(known[queue.hours_id], tx.now))
    }


async def open_now(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, OpenNow]:
    """Return for business hours whether they are open now; unknown ids are left out."""
    found = {}
    for row in await business_hours(tx) if ids else ():
        if row.id in ids:
            hours = as_hours(row)
            there = is_open(hours, tx.now)
            found[row.id] = OpenNow(
                there,
                closes_at(hours, tx.now) if there else None,
                None if there else next_open(hours, tx.now),
            )
    return found


def as_hours(row: HoursRow) -> Hours:
    """Return the pure form of stored business hours."""
    holidays = [(date.fromisoformat(day["on"]), day.get("intervals", [])) for day in row.holidays]
    return parse_hours(row.time_zone, row.week, holidays)


called(
    "business_hours",
    "SELECT id, name FROM business_hours"
    " WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
