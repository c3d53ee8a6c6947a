"""What privacy does when facts arrive: erasures are kept in the ledger, and repeated by it."""

from peakend.exchange.events import OrganisationRestored
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.privacy import actions
from peakend.privacy.events import CustomerErased, ErasureStarted


@reacts_to(ErasureStarted)
async def note_started(tx: Transaction, fact: ErasureStarted) -> None:
    """Keep outside the database who must be gone."""
    await actions.note_in_ledger(tx, erasure_id=fact.erasure_id)


@reacts_to(CustomerErased)
async def note_erased(tx: Transaction, fact: CustomerErased) -> None:
    """Keep it once more: somebody may have been merged in meanwhile."""
    await actions.note_in_ledger(tx, erasure_id=fact.erasure_id)


@reacts_to(OrganisationRestored)
async def repeat_erasures(tx: Transaction, fact: OrganisationRestored) -> None:
    """Erase once more whom an archive brought back."""
    await actions.tend_ledger(tx)
