"""Asking for a voucher: the order is written with the grant, and carried outside of it."""

from uuid import UUID

from peakend.complaints.events import VoucherAskedAgain
from peakend.complaints.models.grants import Grant
from peakend.complaints.queries.grants import need_grant
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_ORDER = """
INSERT INTO voucher_order (id, grant_id, state, created_at, next_at)
VALUES ($1, $2, 'waiting', $3, $3)
ON CONFLICT (organisation_id, grant_id) DO NOTHING
"""
# What is on its way may arrive yet: only a person can find out.
_CANCEL = """
UPDATE voucher_order
SET state = CASE WHEN attempt = 0 THEN 'dead' ELSE 'uncertain' END,
    code = 'complaints.voucher_revoked', done_at = $2
WHERE organisation_id = current_organisation() AND grant_id = $1 AND state = 'waiting'
"""
_AGAIN = """
UPDATE voucher_order SET state = 'waiting', attempt = 0, next_at = $2, done_at = NULL, code = ''
WHERE organisation_id = current_organisation() AND grant_id = $1
  AND state IN ('refused', 'uncertain', 'dead')
"""


class NothingToResend(Conflict):
    """The voucher was issued, is on its way, or is not to be given any more."""

    wording = "complaints.nothing_to_resend"


async def ask_for_voucher(tx: Transaction, grant: Grant) -> None:
    """Have a voucher asked for, once for each grant."""
    await tx.run(_ORDER, new_id(), grant.id, tx.now)
    tx.wrote = True


async def cancel_voucher(tx: Transaction, grant_id: UUID) -> None:
    """Ask for it no more."""
    await tx.run(_CANCEL, grant_id, tx.now)


async def resend_voucher(tx: Transaction, *, grant_id: UUID, by: Actor) -> None:
    """Have a voucher asked for once more, under the same key. Errors: GrantNotFound,
    NothingToResend.
    """
    grant = await need_grant(tx, grant_id, by, lock=True)
    if grant.state != "granted" or not await tx.run(_AGAIN, grant_id, tx.now):
        raise NothingToResend
    await record(tx, VoucherAskedAgain(grant_id=grant_id))
