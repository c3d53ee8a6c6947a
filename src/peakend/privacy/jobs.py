"""Work of privacy that nobody waits for."""

from uuid import UUID

from peakend.kernel import limits
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every
from peakend.kernel.large_files import sweep_bytes
from peakend.privacy import actions


@deferred(alone=True)
async def erase_step(tx: Transaction, *, erasure_id: UUID) -> None:
    """Do the next portion of an erasure."""
    await actions.erase_step(tx, erasure_id=erasure_id)


@deferred(alone=True)
async def retain_step(tx: Transaction, *, run_id: UUID) -> None:
    """Remove the next portion of what is too old."""
    await actions.retain_step(tx, run_id=run_id)


@deferred(alone=True)
async def package_step(tx: Transaction, *, package_id: UUID) -> None:
    """Gather the next portion of what is held about a person."""
    await actions.package_step(tx, package_id=package_id)


@every(cron="23 * * * *")
async def drop_packages(tx: Transaction) -> None:
    """Remove packages whose week is over."""
    await actions.drop_packages(tx)


@every(cron="11 19 * * *")
async def retain(tx: Transaction) -> None:
    """Begin the nightly round."""
    await actions.start_retention(tx)
    await limits.forget(tx.now)


@every(seconds=300, alone=True)
async def drop_bytes(tx: Transaction) -> None:
    """Remove the bytes of files that nobody refers to any more."""
    await sweep_bytes(tx.organisation_id)


@every(seconds=600, alone=True)
async def tend_ledger(tx: Transaction) -> None:
    """Keep the ledger of erasures whole, and erase once more whom a backup brought back."""
    await actions.tend_ledger(tx)
