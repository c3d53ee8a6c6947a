"""The house says how long a case may take; what is open already keeps its time."""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.accounts.queries import need_brand
from peakend.cases.events import DueTimesChanged
from peakend.cases.queries.due_times import DueTimesStale, all_due_times
from peakend.cases.rules.clock import DueTimes, in_order
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_SET = """
INSERT INTO case_due_times AS d
    (id, brand_id, normal_minutes, high_minutes, urgent_minutes, warn_percent)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organisation_id, brand_id) DO UPDATE SET normal_minutes = $3, high_minutes = $4,
    urgent_minutes = $5, warn_percent = $6, version = d.version + 1
WHERE d.version = $7
"""
_UNSET = """
DELETE FROM case_due_times WHERE organisation_id = current_organisation() AND brand_id = $1
"""


class WrongDueTimes(Invalid):
    """What is more urgent is done sooner, never later."""

    wording = "cases.wrong_due_times"


async def set_due_times(
    tx: Transaction, *, brand_id: UUID | None, times: DueTimes, version: int
) -> None:
    """Say how long new cases may take. Errors: WrongDueTimes, BrandNotFound, DueTimesStale."""
    if not in_order(times):
        raise WrongDueTimes(fields={"urgent_minutes": "cases.wrong_due_times"})
    if brand_id is not None:
        await need_brand(tx, brand_id)
    known = await all_due_times(tx)
    now = next((one for one in (known.house, *known.brands) if one.brand_id == brand_id), None)
    if version != (now.version if now else 0) or not await tx.run(
        _SET, new_id(), brand_id, times.normal_minutes, times.high_minutes, times.urgent_minutes,
        times.warn_percent, version,
    ):  # fmt: skip
        raise DueTimesStale(version=now.version if now else 0)
    await _tell(tx, "updated", brand_id, times)


async def unset_due_times(tx: Transaction, *, brand_id: UUID) -> None:
    """Let a brand go by the house's times again; nothing happens where it does already.

    Errors: BrandNotFound.
    """
    await need_brand(tx, brand_id)
    if await tx.run(_UNSET, brand_id):
        await _tell(tx, "removed", brand_id, (await all_due_times(tx)).house)


async def _tell(tx: Transaction, what: str, brand_id: UUID | None, times: DueTimes) -> None:
    await record(
        tx,
        DueTimesChanged(
            by_id=tx.actor.id, brand_id=brand_id, what=what, normal_minutes=times.normal_minutes,
            high_minutes=times.high_minutes, urgent_minutes=times.urgent_minutes,
            warn_percent=times.warn_percent,
        ),
    )  # fmt: skip
    await audit(tx, f"case_due_times.{what}", "case_due_times", brand_id)
