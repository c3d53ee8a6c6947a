"""Work of mail that nobody waits for."""

from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every
from peakend.mail import actions


@every(cron="41 3 * * *")
async def sweep_mails(tx: Transaction) -> None:
    """Forget mails that were sent or given up long ago."""
    await actions.sweep_mails(tx)
    await actions.sweep_counts(tx)
