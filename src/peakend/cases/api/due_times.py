"""Routes of how long cases may take."""

from uuid import UUID

from litestar import delete, get, put

from peakend.cases import actions, queries
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


class DueTimesGiven(queries.BrandDueTimes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The times as they shall be, of a brand or the house, and the version that was looked at."""


@get("/case-due-times", summary="How long cases may take", opt=needs("cases.read"))
async def read_due_times(tx: Transaction) -> queries.AllDueTimes:
    return await queries.all_due_times(tx)


@put("/case-due-times", summary="Say how long new cases may take", opt=needs("cases.set_up"))
async def set_due_times(tx: Transaction, data: DueTimesGiven) -> queries.AllDueTimes:
    await actions.set_due_times(tx, brand_id=data.brand_id, times=data, version=data.version)
    return await queries.all_due_times(tx)


@delete(
    "/case-due-times/{brand_id:uuid}",
    summary="Let a brand go by the house's times",
    opt=needs("cases.set_up"),
)
async def unset_due_times(tx: Transaction, brand_id: UUID) -> None:
    await actions.unset_due_times(tx, brand_id=brand_id)


routes = [read_due_times, set_due_times, unset_due_times]
