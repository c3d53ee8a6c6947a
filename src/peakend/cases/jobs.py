"""Work of cases that waits for its time."""

from uuid import UUID

from peakend.cases import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every


@deferred
async def approval_due(tx: Transaction, *, request_id: UUID) -> None:
    """Pass on what nobody decided in time, or let it run out."""
    await actions.approval_due(tx, request_id=request_id)


@deferred
async def look_at_case(tx: Transaction, *, case_id: UUID) -> None:
    """Warn of a case, or say that it is late."""
    await actions.look_at_case(tx, case_id=case_id)


@deferred
async def look_at_promises(tx: Transaction) -> None:
    """Say which promises are broken by now, and warn of those that soon will be."""
    await actions.look_at_promises(tx)


@every(seconds=300)
async def look_for_promises(tx: Transaction) -> None:
    """Find what no timer asked for: after a restore, or a clock that was put right."""
    await actions.look_at_promises(tx)


@deferred
async def look_at_step(tx: Transaction, *, step_id: UUID) -> None:
    """Warn of a step, or say that it is late."""
    await actions.look_at_step(tx, step_id=step_id)
