"""What the demo's house keeps beside its customers: fields of its own, and what is filled in."""

from typing import Any

from peakend.customers.queries import customer_by_identity
from peakend.entry.demo.material import content
from peakend.entry.demo.material import customers as known_customers
from peakend.kernel.db import Transaction
from peakend.profiles import actions as profiles
from peakend.profiles import queries
from peakend.profiles.rules.fields import Option


async def keep_records(tx: Transaction) -> None:
    """Define the fields of the content and fill them in for the customers who are known."""
    given = {one["key"]: one for one in content("fields")["field"]}
    for one in given.values():
        await profiles.add_field(
            tx,
            of=one["of"],
            type_id=None,
            key=one["key"],
            kind=one["kind"],
            label_zh=one["zh"],
            label_en=one["en"],
            help_zh=one.get("help_zh", ""),
            help_en=one.get("help_en", ""),
            privacy=one["privacy"],
            mask="auto",
            required=False,
            options=[Option(**option) for option in one.get("options", [])],
            pattern=one.get("pattern", ""),
            least=None,
            most=None,
        )
    defined = await queries.fields_of(tx, "customer")
    for number, key in enumerate(known_customers()):
        customer_id = await customer_by_identity(tx, "login", key)
        if customer_id is None:
            continue
        changes = [
            profiles.ValueChange(field_id=field.id, value=value, version=0)
            for field in defined
            if (value := _value(given[field.key], number)) is not None
        ]
        owner = await queries.customer_owner(tx, customer_id)
        await profiles.fill(tx, owner=owner, changes=changes)


def _value(field: dict[str, Any], number: int) -> Any:
    """Return what the customer of a number has in a field; None where that is nothing."""
    if number % field["every"]:
        return None
    return field["values"][number // field["every"] % len(field["values"])]
