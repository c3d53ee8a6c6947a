"""Work of carrying that nobody waits for."""

from uuid import UUID

from peakend.exchange import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every


@deferred(alone=True)
async def import_step(tx: Transaction, *, run_id: UUID) -> None:
    """Do the next portion of a table that is carried in."""
    await actions.import_step(tx, run_id=run_id)


@deferred(alone=True)
async def export_step(tx: Transaction, *, run_id: UUID) -> None:
    """Do the next portion of a table that is carried out."""
    await actions.export_step(tx, run_id=run_id)


@deferred
async def archive_step(tx: Transaction, *, run_id: UUID) -> None:
    """Let the whole organisation be packed."""
    await actions.archive_step(tx, run_id=run_id)


@every(cron="41 3 * * *")
async def sweep(tx: Transaction) -> None:
    """Forget what was carried long ago."""
    await actions.sweep(tx)
