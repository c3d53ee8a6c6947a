"""Taking whole customers away: only for what nobody needs to know of any more, a sample."""

from uuid import UUID

from peakend.customers.events import CustomerRemoved
from peakend.customers.queries import need_customer
from peakend.kernel.db import Transaction
from peakend.kernel.events import record


async def remove_customers(tx: Transaction, *, ids: list[UUID]) -> int:
    """Remove customers without conversations, with everything kept beside them; return how many.

    Errors: CustomerNotFound.
    """
    for one in ids:
        found = await need_customer(tx, one)
        await tx.run(
            "DELETE FROM customer WHERE organisation_id = current_organisation() AND id = $1",
            found.id,
        )
        await record(tx, CustomerRemoved(customer_id=found.id))
    return len(ids)
