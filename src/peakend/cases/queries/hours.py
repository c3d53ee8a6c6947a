"""The time that counts for a case: the hours of the queue it came from, else of its brand's."""

from datetime import datetime, timedelta
from uuid import UUID

from peakend.cases.rules.clock import AnyTime, OpenTime
from peakend.kernel.db import Transaction
from peakend.routing.queries import (
    Hours,
    QueueNotFound,
    add_open_time,
    need_queue,
    open_time_between,
    opening,
    queue_for,
)


class HoursTime:
    """Business hours; where they have no open time left in 400 days, any hour counts.

    A case without an end would never be late.
    """

    def __init__(self, hours: Hours) -> None:
        self.hours = hours

    def after(self, at: datetime, open_s: float) -> datetime:
        """Return when so many seconds of open time have passed."""
        return add_open_time(self.hours, at, open_s) or at + timedelta(seconds=open_s)

    def between(self, start: datetime, end: datetime) -> float:
        """Return the seconds of open time between two moments."""
        return open_time_between(self.hours, start, end) if end > start else 0.0


async def open_time(tx: Transaction, queue_id: UUID | None, brand_id: UUID | None) -> OpenTime:
    """Return the time that counts for what came in by a queue, or concerns a brand."""
    wanted = queue_id or await queue_for(tx, brand_id)
    if wanted is None:
        return AnyTime()
    try:
        queue = await need_queue(tx, wanted)
    except QueueNotFound:
        return AnyTime()
    hours = await opening(tx, queue.hours_id)
    return HoursTime(hours) if hours is not None else AnyTime()
