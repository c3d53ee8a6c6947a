"""All that is kept beside one customer, for the card and the customer's page."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.profiles.queries.companies import Belonging, CompanyHint, belongings, suggestions
from peakend.profiles.queries.fields import ValueView, customer_owner, values
from peakend.profiles.queries.links import LinkView, links_beside
from peakend.profiles.queries.objects import ObjectView, objects


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Fields, companies and things of a customer; `suggested` are companies to ask about."""

    customer_id: UUID
    values: list[ValueView]
    companies: list[Belonging]
    suggested: list[CompanyHint]
    objects: list[ObjectView]
    links: list[LinkView]


async def profile(tx: Transaction, customer_id: UUID) -> Profile:
    """Return what is kept beside a customer. Errors: CustomerNotFound."""
    owner = await customer_owner(tx, customer_id)
    companies = await belongings(tx, owner.id)
    return Profile(
        customer_id=owner.id,
        values=await values(tx, owner),
        companies=companies,
        suggested=await suggestions(tx, owner.id, [one.company_id for one in companies]),
        objects=await objects(tx, customer_id=owner.id),
        links=await links_beside(tx, "customer"),
    )
