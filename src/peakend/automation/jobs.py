"""Work of automation that nobody waits for."""

from uuid import UUID

from peakend.automation import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every


@deferred(alone=True)
async def bulk_step(tx: Transaction, *, run_id: UUID) -> None:
    """Do the next portion of an act on many conversations."""
    await actions.bulk_step(tx, run_id=run_id)


@every(seconds=3)
async def gather_webhooks(tx: Transaction) -> None:
    """Write down what webhooks are to be told."""
    await actions.gather_webhooks(tx)


@every(cron="23 3 * * *")
async def sweep_deliveries(tx: Transaction) -> None:
    """Forget old deliveries of webhooks."""
    await actions.sweep_deliveries(tx)
