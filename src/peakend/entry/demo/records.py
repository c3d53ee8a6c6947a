"""What the demo's house keeps beside its customers: fields, companies, products owned."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from peakend.customers.queries import customer_by_identity
from peakend.entry.demo.material import content
from peakend.entry.demo.material import customers as known_customers
from peakend.kernel.db import Transaction
from peakend.profiles import actions as profiles
from peakend.profiles import queries
from peakend.profiles.actions import ValueChange
from peakend.profiles.rules.fields import Option


async def keep_records(tx: Transaction, members: dict[str, UUID]) -> None:
    """Define the fields of the content, and keep what customers and companies have."""
    given = content("fields")
    types = {
        one["key"]: await profiles.add_type(
            tx, name_zh=one["zh"], name_en=one["en"], attached=one["attached"]
        )
        for one in given["type"]
    }
    fields: dict[tuple[str, str], UUID] = {}
    for one in given["field"]:
        fields[one["of"], one["key"]] = await _field(tx, one, types.get(one["of"]))
    known: list[UUID] = []
    for number, (key, person) in enumerate(known_customers().items()):
        customer_id = await customer_by_identity(tx, "login", key)
        if customer_id is None:
            continue
        known.append(customer_id)
        owner = await queries.customer_owner(tx, customer_id)
        await profiles.fill(tx, owner=owner, changes=_filled(given["field"], fields, number))
        await _products(tx, person, customer_id, types["product"], fields, number)
    await profiles.add_link(
        tx,
        kind="link",
        of="customer",
        name_zh="订单系统（示例）",
        name_en="Order system (example)",
        url="https://www.example.com/",
        variables=["customer_id", "customer_field.member_card", "company_id"],
        height=320,
    )
    for company in given["company"]:
        await _company(tx, company, members, known, types["contract"], fields)


async def _field(tx: Transaction, one: dict[str, Any], type_id: UUID | None) -> UUID:
    return await profiles.add_field(
        tx,
        of="object" if type_id else one["of"],
        type_id=type_id,
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
        seen_by=one.get("seen_by"),
        changed_by=None,
    )


def _filled(
    given: list[dict[str, Any]], fields: dict[tuple[str, str], UUID], number: int
) -> list[ValueChange]:
    """Return what the customer of a number has in the fields of customers."""
    return [
        ValueChange(
            field_id=fields["customer", one["key"]],
            value=one["values"][number // one["every"] % len(one["values"])],
            version=0,
        )
        for one in given
        if one["of"] == "customer" and number % one["every"] == 0
    ]


async def _products(
    tx: Transaction,
    person: dict[str, Any],
    customer_id: UUID,
    type_id: UUID,
    fields: dict[tuple[str, str], UUID],
    number: int,
) -> None:
    names = {p["slug"]: p["zh"] for p in content("people")["product"]}
    for place, slug in enumerate(person["products"]):
        bought = date(2026, 9, 1) - timedelta(days=(number * 131 + place * 397) % 2100)
        values: dict[str, str | bool] = {
            "serial": f"AJ{bought:%y%m}{number:03}{place}",
            "bought_on": bought.isoformat(),
            "warranty": bought > date(2023, 9, 1),
        }
        await profiles.add_object(
            tx,
            type_id=type_id,
            customer_id=customer_id,
            company_id=None,
            title=names[slug],
            values=[
                ValueChange(field_id=fields["product", key], value=value, version=0)
                for key, value in values.items()
            ],
        )


async def _company(
    tx: Transaction,
    one: dict[str, Any],
    members: dict[str, UUID],
    known: list[UUID],
    contract_id: UUID,
    fields: dict[tuple[str, str], UUID],
) -> None:
    company_id = await profiles.add_company(
        tx,
        name=one["name"],
        tier=one["tier"],
        owner_id=members.get(one["owner"]),
        domains=one["domains"],
        note=one["note"],
    )
    trade = ValueChange(field_id=fields["company", "trade"], value=one["trade"], version=0)
    owner = await queries.company_owner(tx, company_id)
    await profiles.fill(tx, owner=owner, changes=[trade])
    if "contract" in one:
        title, ends = one["contract"]
        end = ValueChange(field_id=fields["contract", "ends_on"], value=ends, version=0)
        await profiles.add_object(
            tx, type_id=contract_id, customer_id=None, company_id=company_id, title=title,
            values=[end],
        )  # fmt: skip
    for place, title in one["people"]:
        await profiles.join_company(
            tx, company_id=company_id, customer_id=known[place], main=None, title=title
        )
