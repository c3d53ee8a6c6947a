"""Routes of customers, for members."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, patch, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.customers import actions, queries
from peakend.customers.actions import Revealed
from peakend.customers.actions.customers import AttributeChange
from peakend.customers.queries import CustomerCard, CustomerRow, Duplicate
from peakend.customers.rules import Privacy
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Key = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z0-9_]*$")]


class AttributeInput(Struct, forbid_unknown_fields=True):
    """A new or changed attribute; null for a value takes it away."""

    key: Key
    value: Annotated[str, Meta(max_length=500)] | None
    label: Annotated[str, Meta(max_length=60)] | None = None
    privacy: Privacy | None = None
    masked: bool | None = None


class CustomerChange(Struct, forbid_unknown_fields=True):
    """What changes of a customer; what is left out stays."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    name: Annotated[str, Meta(max_length=60)] | None = None
    attributes: Annotated[list[AttributeInput], Meta(max_length=40)] | None = None
    preferences: Annotated[dict[str, Any], Meta(max_length=20)] | None = None


class NewNote(Struct, forbid_unknown_fields=True):
    """A note to write."""

    text: Annotated[str, Meta(min_length=1, max_length=5000)]


class Distinction(Struct, forbid_unknown_fields=True):
    """Who is somebody else."""

    other_id: UUID


class RevealRequest(Struct, forbid_unknown_fields=True):
    """Which masked field is asked for, and why."""

    field: Annotated[str, Meta(min_length=1, max_length=60)]
    reason: Annotated[str, Meta(max_length=200)]


@get("/customers", opt=needs("customers.read"))
async def list_customers(
    tx: Transaction,
    q: Annotated[str | None, Parameter(max_length=100)] = None,
    cursor: Annotated[str | None, Parameter(max_length=200)] = None,
) -> Page[CustomerRow]:
    """Return customers, newest first, or those found."""
    return await queries.customer_page(tx, q=q, cursor=cursor)


@get("/customers/{customer_id:uuid}", opt=needs("customers.read"))
async def read_customer(tx: Transaction, customer_id: UUID) -> CustomerCard:
    """Return a customer's card."""
    return await queries.customer_card(tx, customer_id)


@patch("/customers/{customer_id:uuid}", opt=needs("customers.edit"))
async def change_customer(tx: Transaction, customer_id: UUID, data: CustomerChange) -> CustomerCard:
    """Change a customer's name, attributes or preferences."""
    changes = [
        AttributeChange(key=a.key, value=a.value, label=a.label, privacy=a.privacy)
        for a in data.attributes or ()
    ]
    await actions.change_customer(
        tx,
        customer_id=customer_id,
        version=data.version,
        name=data.name,
        attributes=changes,
        preferences=data.preferences,
    )
    return await queries.customer_card(tx, customer_id)


@post("/customers/{customer_id:uuid}/notes", opt=needs("customers.edit"))
async def add_note(tx: Transaction, customer_id: UUID, data: NewNote) -> CustomerCard:
    """Write a note about a customer."""
    await actions.add_note(tx, customer_id=customer_id, text=data.text)
    return await queries.customer_card(tx, customer_id)


@post("/customers/{customer_id:uuid}/reveals", opt=needs("customers.reveal"))
async def reveal(tx: Transaction, customer_id: UUID, data: RevealRequest) -> Revealed:
    """Show a masked field for five minutes; who asked and why is kept."""
    return await actions.reveal(tx, customer_id=customer_id, field=data.field, reason=data.reason)


@get("/customers/{customer_id:uuid}/duplicates", opt=needs("customers.merge"))
async def duplicates(tx: Transaction, customer_id: UUID) -> list[Duplicate]:
    """Return customers who may be this one, and why."""
    return await queries.duplicates(tx, customer_id)


@post("/customers/{customer_id:uuid}/distinctions", opt=needs("customers.merge"), status_code=204)
async def tell_apart(tx: Transaction, customer_id: UUID, data: Distinction) -> None:
    """Remember that another customer is somebody else."""
    await actions.tell_apart(tx, customer_id=customer_id, other_id=data.other_id)


routes: list[Any] = [
    list_customers, read_customer, change_customer, add_note, reveal, duplicates, tell_apart,
]  # fmt: skip
