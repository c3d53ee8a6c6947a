"""What conversations do when the contexts below change."""

from peakend.accounts.events import OrganisationCreated
from peakend.conversations import actions
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to


@reacts_to(OrganisationCreated)
async def open_first_channel(tx: Transaction, fact: OrganisationCreated) -> None:
    """Let a new centre be written to at once."""
    await actions.add_first_channel(tx)
