"""Work of automation that nobody waits for."""

from peakend.automation import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every


@every(seconds=3)
async def gather_webhooks(tx: Transaction) -> None:
    """Write down what webhooks are to be told."""
    await actions.gather_webhooks(tx)


@every(cron="23 3 * * *")
async def sweep_deliveries(tx: Transaction) -> None:
    """Forget old deliveries of webhooks."""
    await actions.sweep_deliveries(tx)
