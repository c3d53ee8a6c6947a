"""Work on customers that nobody waits for."""

from peakend.customers import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every


@every(cron="41 18 * * *")
async def sweep_visitors(tx: Transaction) -> None:
    """Forget browsers that did not come back."""
    await actions.sweep_visitors(tx)
