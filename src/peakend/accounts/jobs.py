"""Work of the accounts that nobody waits for."""

from peakend.accounts import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every


@every(seconds=10)
async def seal_audit(tx: Transaction) -> None:
    """Chain what was written to the audit log."""
    await actions.seal_audit(tx)


@every(cron="17 * * * *")
async def sweep_sessions(tx: Transaction) -> None:
    """Remove sessions that have run out."""
    await actions.sweep_sessions(tx)
