"""One customer: brief, card, identities, page trail. Private values leave here masked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import Level, member_names
from peakend.customers.models import Customer, IdentityRow
from peakend.customers.queries.sealing import blind_identity, opened_attributes, opened_identity
from peakend.customers.queries.seeing import (
    IdentityView,
    first_of_each_kind,
    identity_view,
    level_of,
    shown_name,
)
from peakend.customers.rules import (
    PAGES_KEPT,
    Privacy,
    normal,
    shown,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

# Who asks for a customer that was merged gets the one it is now.
_CUSTOMER = """
    SELECT id, name, tier, language, since, attributes, preferences, known, verified,
           merged_into_id, version
    FROM customer
    WHERE organisation_id = current_organisation()
      AND id = coalesce((SELECT merged_into_id FROM customer
                         WHERE organisation_id = current_organisation() AND id = $1), $1)
"""
NOTES_SHOWN = 50


class CustomerNotFound(NotFound):
    """There is no such customer here."""

    wording = "customers.not_found"


class CustomerBrief(msgspec.Struct, frozen=True):
    """What a list shows of a customer."""

    id: UUID
    name: str
    tier: str
    verified: bool


class CustomerRow(msgspec.Struct, frozen=True):
    """A customer in a list of customers."""

    id: UUID
    name: str
    tier: str
    verified: bool
    since: datetime
    masked: dict[str, str]


class AttributeView(msgspec.Struct, frozen=True):
    """Something known about a customer, masked where it is private."""

    key: str
    label: str
    value: str
    privacy: Privacy
    masked: bool


class NoteView(msgspec.Struct, frozen=True):
    """A note about a customer."""

    id: UUID
    text: str
    author_id: UUID | None
    author_name: str
    at: datetime


class PageTrace(msgspec.Struct, frozen=True):
    """A page of the host's site that a customer looked at."""

    url: str
    title: str
    at: datetime


class MergeView(msgspec.Struct, frozen=True):
    """A customer who was merged into this one, and until when that can be taken back."""

    id: UUID
    absorbed_id: UUID
    absorbed_name: str
    by_id: UUID | None
    by_name: str
    at: datetime
    until: datetime


class CustomerCard(msgspec.Struct, frozen=True):
    """The customer beside the conversation."""

    id: UUID
    name: str
    tier: str
    language: str
    verified: bool
    since: datetime
    masked: dict[str, str]
    name_level: Level
    identities: list[IdentityView]
    attributes: list[AttributeView]
    preferences: dict[str, Any]
    notes: list[NoteView]
    merges: list[MergeView]
    version: int


class _Note(msgspec.Struct, frozen=True):
    id: UUID
    text: str
    author_id: UUID | None
    at: datetime


class _Merge(msgspec.Struct, frozen=True):
    id: UUID
    absorbed_id: UUID
    name: str
    by_id: UUID | None
    at: datetime
    until: datetime


async def need_customer(tx: Transaction, customer_id: UUID) -> Customer:
    """Return a customer. Errors: CustomerNotFound."""
    found = await tx.one(Customer, _CUSTOMER, customer_id)
    if found is None:
        raise CustomerNotFound
    return found


_CURRENT = """
    SELECT coalesce(merged_into_id, id) FROM customer
    WHERE organisation_id = current_organisation() AND id = $1
"""


async def current_customer(tx: Transaction, customer_id: UUID, *, hold: bool = False) -> UUID:
    """Return whom a customer is today; `hold` waits for a merge under way and lets none begin."""
    found: UUID | None = await tx.value(
        f"{_CURRENT} FOR KEY SHARE" if hold else _CURRENT, customer_id
    )
    return found or customer_id


async def parts_of(tx: Transaction, customer_id: UUID) -> list[UUID]:
    """Return whom a customer is today, then everybody who was merged into it.

    What contexts above keep by customer is found under all of them. Errors: CustomerNotFound.
    """
    found: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(id ORDER BY merged_into_id IS NOT NULL, id), '{}')
        FROM (
            SELECT c.id, c.merged_into_id
            FROM customer c
            WHERE c.organisation_id = current_organisation()
              AND c.id = coalesce((SELECT merged_into_id FROM customer
                                   WHERE organisation_id = current_organisation() AND id = $1), $1)
            UNION ALL
            SELECT c.id, c.merged_into_id
            FROM customer c
            WHERE c.organisation_id = current_organisation()
              AND c.merged_into_id = coalesce((SELECT merged_into_id FROM customer
                                   WHERE organisation_id = current_organisation() AND id = $1), $1)
        ) part
        """,
        customer_id,
    )
    if not found:
        raise CustomerNotFound
    return found


class _Today(msgspec.Struct, frozen=True):
    id: UUID
    today: UUID


async def current_customers(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return for each of these customers whom it is today; unknown ids are left out."""
    rows = await tx.all(
        _Today,
        """
        SELECT id, coalesce(merged_into_id, id) AS today FROM customer
        WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {row.id: row.today for row in rows}


async def mail_domains(tx: Transaction, customer_ids: list[UUID]) -> set[str]:
    """Return where customers have mail addresses, without the part that names a person."""
    rows = [row for row in await identities(tx, customer_ids) if row.kind == "email"]
    return {opened_identity(tx.organisation_id, row).rpartition("@")[2] for row in rows}


async def customer_briefs(
    tx: Transaction, ids: Iterable[UUID], language: str | None = None
) -> dict[UUID, CustomerBrief]:
    """Return name, tier and trust of customers; unknown ids are left out.

    Who has no name is called a visitor, in the language given or the actor's.
    """
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = await tx.all(
        CustomerBrief,
        """
        SELECT id, name, tier, verified
        FROM customer
        WHERE organisation_id = current_organisation()
          AND id = ANY($1::uuid[])
        """,
        wanted,
    )
    language = language or tx.actor.language
    return {
        row.id: msgspec.structs.replace(row, name=shown_name(tx.actor, row.name, row.id, language))
        for row in rows
    }


async def customer_by_identity(tx: Transaction, kind: str, value: str) -> UUID | None:
    """Return the customer that a verified identity belongs to."""
    plain = normal(kind, value)
    if plain is None:
        return None
    found: UUID | None = await tx.value(
        """
        SELECT customer_id
        FROM identity
        WHERE organisation_id = current_organisation()
          AND kind = $1
          AND blind = $2
          AND verified
        """,
        *(kind, blind_identity(tx.organisation_id, kind, plain)),
    )
    return found


async def customers_with(tx: Transaction, kind: str, value: str) -> list[UUID]:
    """Return whom an identity names, proved or not, as they are today, the newest first."""
    if (plain := normal(kind, value)) is None:
        return []
    found: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(DISTINCT coalesce(c.merged_into_id, c.id)), '{}')
        FROM identity i
        JOIN customer c ON c.organisation_id = i.organisation_id AND c.id = i.customer_id
        WHERE i.organisation_id = current_organisation() AND i.kind = $1 AND i.blind = $2
        """,
        *(kind, blind_identity(tx.organisation_id, kind, plain)),
    )
    return sorted(found, reverse=True)


async def identities(tx: Transaction, customer_ids: list[UUID]) -> list[IdentityRow]:
    """Return the sealed identities of customers, verified ones first."""
    return await tx.all(
        IdentityRow,
        """
        SELECT id, customer_id, kind, value, verified
        FROM identity
        WHERE organisation_id = current_organisation()
          AND customer_id = ANY($1::uuid[])
        ORDER BY verified DESC, id
        LIMIT 2000
        """,
        customer_ids,
    )


async def customer_card(tx: Transaction, customer_id: UUID) -> CustomerCard:
    """Return all that an agent sees of a customer. Errors: CustomerNotFound."""
    customer = await need_customer(tx, customer_id)
    customer_id = customer.id
    views = [identity_view(tx.actor, row) for row in await identities(tx, [customer_id])]
    attributes = []
    for attribute in opened_attributes(tx.organisation_id, customer):
        value, hidden = shown(attribute)
        attributes.append(
            AttributeView(attribute.key, attribute.label, value, attribute.privacy, hidden)
        )
    return CustomerCard(
        id=customer.id,
        name=shown_name(tx.actor, customer.name, customer.id),
        tier=customer.tier,
        language=customer.language,
        verified=customer.verified,
        since=customer.since,
        masked=first_of_each_kind(views),
        name_level=level_of(tx.actor, "name"),
        identities=views,
        attributes=attributes,
        preferences=customer.preferences,
        notes=await notes(tx, customer_id),
        merges=await merges(tx, customer_id),
        version=customer.version,
    )


async def notes(tx: Transaction, customer_id: UUID) -> list[NoteView]:
    """Return the newest notes about a customer, newest first."""
    rows = await tx.all(
        _Note,
        """
        SELECT id, text, author_id, at
        FROM customer_note
        WHERE organisation_id = current_organisation()
          AND customer_id = $1
        ORDER BY at DESC, id DESC
        LIMIT $2
        """,
        customer_id,
        NOTES_SHOWN,
    )
    names = await member_names(tx, [row.author_id for row in rows if row.author_id])
    return [
        NoteView(
            row.id,
            row.text,
            row.author_id,
            names.get(row.author_id, "") if row.author_id else "",
            row.at,
        )
        for row in rows
    ]


async def merges(tx: Transaction, customer_id: UUID) -> list[MergeView]:
    """Return who was merged into a customer and still is, newest first. Counts: the last 20."""
    rows = await tx.all(
        _Merge,
        """
        SELECT m.id, m.absorbed_id, c.name, m.by_id, m.at, m.until
        FROM customer_merge m
        JOIN customer c
          ON c.organisation_id = m.organisation_id
         AND c.id = m.absorbed_id
        WHERE m.organisation_id = current_organisation()
          AND m.survivor_id = $1
          AND m.undone_at IS NULL
        ORDER BY m.at DESC, m.id DESC
        LIMIT 20
        """,
        customer_id,
    )
    names = await member_names(tx, [row.by_id for row in rows if row.by_id]) if rows else {}
    return [
        MergeView(
            row.id,
            row.absorbed_id,
            shown_name(tx.actor, row.name, row.absorbed_id),
            row.by_id,
            names.get(row.by_id, "") if row.by_id else "",
            row.at,
            row.until,
        )
        for row in rows
    ]


async def page_trail(tx: Transaction, customer_id: UUID) -> list[PageTrace]:
    """Return the pages a customer looked at, oldest first. Counts: the last 50."""
    rows = await tx.all(
        PageTrace,
        """
        SELECT url, title, at
        FROM page_view
        WHERE organisation_id = current_organisation()
          AND customer_id = $1
        ORDER BY at DESC, id DESC
        LIMIT $2
        """,
        customer_id,
        PAGES_KEPT,
    )
    return rows[::-1]
