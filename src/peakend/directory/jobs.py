"""The round of the directory."""

from peakend.directory import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every


@every(seconds=600, alone=True)
async def tell_due(tx: Transaction) -> None:
    """Tell owners what they have to look at again."""
    await actions.tell_due(tx)
