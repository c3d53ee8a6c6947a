"""Routes for customers who are one: they lie here because their conversations go along."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, post
from msgspec import Meta

from peakend.conversations import actions
from peakend.customers.queries import CustomerCard, customer_card
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Field = Annotated[str, Meta(max_length=60, pattern="^[a-z]+(:[a-z][a-z0-9_]*)?$")]


class CustomerMerge(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who is merged into the customer, as both were seen, and what is taken from who ends."""

    absorbed_id: UUID
    version: Version
    absorbed_version: Version
    take: Annotated[list[Field], Meta(max_length=80)] = []


@post(
    "/customers/{customer_id:uuid}/merges",
    summary="Merge another customer into this one",
    opt=needs("customers.merge"),
    status_code=200,
)
async def merge(tx: Transaction, customer_id: UUID, data: CustomerMerge) -> CustomerCard:
    await actions.merge_customers(
        tx,
        survivor_id=customer_id,
        absorbed_id=data.absorbed_id,
        version=data.version,
        absorbed_version=data.absorbed_version,
        take=data.take,
    )
    return await customer_card(tx, customer_id)


@delete(
    "/customer-merges/{merge_id:uuid}",
    summary="Take a merge back",
    opt=needs("customers.merge"),
    status_code=200,
)
async def part(tx: Transaction, merge_id: UUID) -> CustomerCard:
    return await customer_card(tx, await actions.part_customers(tx, merge_id=merge_id))


routes = [merge, part]
