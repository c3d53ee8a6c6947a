"""The teller: asks for vouchers, outside of every transaction.

Who dies between asking and writing down asks again under the same key, once the lease is over;
whoever issues knows the key, and gives once.
"""

import random
from datetime import datetime, timedelta
from uuid import UUID

from peakend.complaints.actions.grants import use_issued
from peakend.complaints.events import VoucherSettled
from peakend.complaints.models.grants import Due, Grant
from peakend.complaints.ports import VoucherAsk, VoucherFailed, VoucherWay, provided
from peakend.complaints.queries.connections import way_of
from peakend.complaints.queries.grants import need_grant
from peakend.complaints.rules.vouchers import LEASE, LONGEST_NUMBER, Ending, given_up, next_try_s
from peakend.customers.queries import external_ids
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, SystemTransaction, Transaction
from peakend.kernel.events import record
from peakend.kernel.outgoing.carrier import Carrier
from peakend.kernel.secrets import seal

_CLAIM = """
WITH due AS (
    SELECT o.organisation_id, o.id FROM voucher_order o
    WHERE o.state = 'waiting' AND o.next_at <= $1
    ORDER BY o.next_at LIMIT $3
    FOR UPDATE SKIP LOCKED
)
UPDATE voucher_order o SET attempt = o.attempt + 1, next_at = $2
FROM due WHERE o.organisation_id = due.organisation_id AND o.id = due.id
RETURNING o.organisation_id, o.id, o.grant_id, o.attempt
"""
_SETTLE = """
UPDATE voucher_order SET state = $3, code = $4, next_at = $5, done_at = $6
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'waiting'
"""
_NUMBER = """
UPDATE compensation_grant SET voucher_sealed = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class Teller(Carrier[Due]):
    """Asks for what is due until told to stop."""

    most_at_once = 8

    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[Due]:
        """Take what is due under a lease."""
        return await tx.all(Due, _CLAIM, tx.now, tx.now + LEASE, free)

    def receiver(self, one: Due) -> UUID:
        """Return whose system it goes to: each house has its own."""
        return one.organisation_id

    async def carry_one(self, one: Due) -> None:
        """Ask for one voucher and write down how it went."""
        await _carry(self._database, one, self._now())


async def _carry(database: Database, one: Due, now: datetime) -> None:
    system = Actor.system(one.organisation_id)
    async with database.transaction(system, now) as tx:
        grant = await need_grant(tx, one.grant_id, system)
        way = await way_of(tx, grant.adapter)
        refs = await external_ids(tx, grant.customer_id)
    number, failed = "", None
    if grant.state != "granted":
        failed = VoucherFailed("refused", "complaints.voucher_revoked")
    else:
        try:
            number = await _asked(grant, way, refs)
        except VoucherFailed as error:
            failed = error
    async with database.transaction(system, now) as tx:
        await settle(tx, one, grant.adapter, number, failed)


async def _asked(grant: Grant, way: VoucherWay | None, refs: list[str]) -> str:
    vouchers = provided.vouchers.get(grant.adapter)
    if vouchers is None or way is None:
        raise VoucherFailed("later", "complaints.voucher_not_connected")
    ask = VoucherAsk(
        once_key=grant.id, customer_id=grant.customer_id, customer_refs=refs,
        brand_id=grant.brand_id, kind=grant.kind, instrument_id=grant.instrument_id,
        amount=grant.amount, unit=grant.unit, cost_fen=grant.cost_fen, currency=grant.currency,
    )  # fmt: skip
    return (await vouchers.grant(ask, way))[:LONGEST_NUMBER]


async def settle(
    tx: Transaction, one: Due, adapter: str, number: str, failed: VoucherFailed | None
) -> None:
    """Write down how a try ended; whoever held the order before us changes nothing."""
    ending: Ending = failed.ending if failed else "issued"
    wait = None
    if failed is not None and ending in ("later", "unknown"):
        wait = next_try_s(one.attempt, random.random())  # noqa: S311 (spreads retries)
    state = "waiting" if wait is not None else given_up(ending)
    code = failed.code if failed else ""
    done_at = None if wait is not None else tx.now
    next_at = tx.now + timedelta(seconds=wait or 0)
    if not await tx.run(_SETTLE, one.id, one.attempt, state, code, next_at, done_at):
        return
    if state == "waiting":
        return
    if state == "issued":
        if number:
            place = f"compensation_grant/voucher/{tx.organisation_id}/{one.grant_id}"
            await tx.run(_NUMBER, one.grant_id, seal(number.encode(), place))
        await use_issued(tx, grant_id=one.grant_id)
    fact = VoucherSettled(
        grant_id=one.grant_id, adapter=adapter, state=state, code=code, attempt=one.attempt
    )
    await record(tx, fact)
