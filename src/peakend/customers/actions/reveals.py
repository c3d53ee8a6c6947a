"""Looking at what is masked: with a reason, written down, for five minutes."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.customers.events import CustomerFieldRevealed
from peakend.customers.queries import need_customer
from peakend.customers.queries.cards import identities
from peakend.customers.queries.sealing import opened_attributes, opened_identity
from peakend.customers.queries.seeing import level_of
from peakend.customers.rules import clean_text, reveal_until
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend


class ReasonMissing(Invalid):
    """A reveal needs a reason."""

    wording = "customers.reason_missing"


class FieldNotFound(NotFound):
    """The customer has no such field."""

    wording = "customers.field_not_found"


class Revealed(msgspec.Struct, frozen=True):
    """A private value, and until when it may stay on a screen."""

    value: str
    until: datetime


async def reveal(tx: Transaction, *, customer_id: UUID, field: str, reason: str) -> Revealed:
    """Return a masked value and write down who asked and why.

    `field` is a kind of identity ("phone": the most trusted one), "identity:<id>" or
    "attribute:<key>". Counts: 20 at once and 6 a minute for each member.
    Errors: CustomerNotFound, FieldNotFound, ReasonMissing, Refused, TooMany.
    """
    why = clean_text(reason)
    if len(why) < 2:
        raise ReasonMissing
    customer_id = (await need_customer(tx, customer_id)).id
    value = await _value(tx, customer_id, field)
    if value is None:
        raise FieldNotFound
    await spend(f"reveal:{tx.actor.id}", rate=0.1, burst=20, now=tx.now)
    reveal_id, until = new_id(), reveal_until(tx.now)
    await tx.run(
        """
        INSERT INTO reveal (id, customer_id, member_id, field, reason, at, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        reveal_id,
        customer_id,
        tx.actor.id,
        field,
        why,
        tx.now,
        until,
    )
    await record(
        tx,
        CustomerFieldRevealed(
            customer_id=customer_id, reveal_id=reveal_id, field=field.partition(":")[0]
        ),
    )
    await audit(
        tx, "customer.revealed", "customer", customer_id, {"reveal_id": reveal_id, "field": field}
    )
    return Revealed(value, until)


async def _value(tx: Transaction, customer_id: UUID, field: str) -> str | None:
    kind, _, name = field.partition(":")
    if field == "name":
        _need_level(tx, "name")
        return (await need_customer(tx, customer_id)).name or None
    if kind == "attribute":
        customer = await need_customer(tx, customer_id)
        for attribute in opened_attributes(tx.organisation_id, customer):
            if attribute.key == name:
                return attribute.value
        return None
    for row in await identities(tx, [customer_id]):
        if field == row.kind or (kind == "identity" and str(row.id) == name):
            _need_level(tx, row.kind)
            return opened_identity(tx.organisation_id, row)
    return None


def _need_level(tx: Transaction, field: str) -> None:
    """Refuse whose role sees a detail masked and no more. Errors: Refused."""
    if level_of(tx.actor, field) in ("never", "masked"):
        raise Refused
