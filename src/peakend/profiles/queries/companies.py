"""Companies: lists, one company, to which a customer belongs or may belong."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.customers.queries import (
    CustomerBrief,
    current_customers,
    customer_briefs,
    mail_domains,
    parts_of,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode
from peakend.profiles.models.companies import COMPANY_COLUMNS, Company
from peakend.profiles.queries.fields import Owner, ValueView, values
from peakend.profiles.queries.objects import ObjectView, objects
from peakend.profiles.rules.companies import MOST_CUSTOMERS, domain_of, folded, sought

_ONE = f"""
SELECT {COMPANY_COLUMNS} FROM company c
WHERE c.organisation_id = current_organisation() AND c.id = $1
"""  # noqa: S608 (names of columns only)
_LATEST = f"""
SELECT {COMPANY_COLUMNS} FROM company c
WHERE c.organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR c.id < $1)
  AND ($3 OR c.archived_at IS NULL)
ORDER BY c.id DESC
LIMIT $2
"""  # noqa: S608 (names of columns only)
# Equality on grams is an index condition also under row-level security, as for customers.
_BY_NAME = f"""
SELECT {COMPANY_COLUMNS}
FROM company_gram g
JOIN company c ON c.organisation_id = g.organisation_id AND c.id = g.company_id
WHERE g.organisation_id = current_organisation()
  AND g.gram = $1
  AND NOT EXISTS (
      SELECT FROM unnest($2::text[]) AS wanted (gram)
      WHERE NOT EXISTS (
          SELECT FROM company_gram o
          WHERE o.organisation_id = g.organisation_id
            AND o.gram = wanted.gram AND o.company_id = g.company_id))
  AND strpos(c.folded, $3) > 0
  AND ($4::uuid IS NULL OR g.company_id < $4)
  AND ($6 OR c.archived_at IS NULL)
ORDER BY g.company_id DESC
LIMIT $5
"""  # noqa: S608 (names of columns only)
_OF_CUSTOMER = """
SELECT DISTINCT ON (m.company_id) m.company_id, m.main, m.title, m.customer_id, c.name, c.tier
FROM company_customer m
JOIN company c ON c.organisation_id = m.organisation_id AND c.id = m.company_id
WHERE m.organisation_id = current_organisation()
  AND m.customer_id = ANY($1::uuid[]) AND c.archived_at IS NULL
ORDER BY m.company_id, array_position($1::uuid[], m.customer_id)
"""


class CompanyNotFound(NotFound):
    """There is no such company here."""

    wording = "profiles.company_not_found"


class CompanyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A company in a list."""

    id: UUID
    name: str
    tier: str
    owner_id: UUID | None
    owner_name: str
    domains: list[str]
    customers: int
    archived: bool


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """A company that a customer belongs to."""

    company_id: UUID
    name: str
    tier: str
    main: bool
    title: str


class Employee(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who belongs to a company."""

    customer: CustomerBrief
    main: bool
    title: str


class CompanyCard(msgspec.Struct, frozen=True, kw_only=True):
    """A company with what is kept of it; of its customers the first 200 by name."""

    id: UUID
    name: str
    tier: str
    owner_id: UUID | None
    owner_name: str
    domains: list[str]
    note: str
    archived: bool
    version: int
    customers: list[Employee]
    values: list[ValueView]
    objects: list[ObjectView]


class CompanyHint(msgspec.Struct, frozen=True, kw_only=True):
    """A company to which a customer may belong, as a mail address says; a person decides."""

    company_id: UUID
    name: str
    domain: str


class _Member(msgspec.Struct, frozen=True):
    customer_id: UUID
    main: bool
    title: str


class _Belonging(msgspec.Struct, frozen=True):
    company_id: UUID
    main: bool
    title: str
    customer_id: UUID
    name: str
    tier: str


class _Domains(msgspec.Struct, frozen=True):
    company_id: UUID
    domains: list[str]


class _Count(msgspec.Struct, frozen=True):
    company_id: UUID
    customers: int


async def need_company(tx: Transaction, company_id: UUID) -> Company:
    """Return a company. Errors: CompanyNotFound."""
    found = await tx.one(Company, _ONE, company_id)
    if found is None:
        raise CompanyNotFound
    return found


async def company_owner(tx: Transaction, company_id: UUID) -> Owner:
    """Return whose values are a company's. Errors: CompanyNotFound."""
    return Owner(of="company", ids=[(await need_company(tx, company_id)).id])


async def company_page(
    tx: Transaction,
    *,
    q: str | None = None,
    cursor: str | None = None,
    archived: bool = False,
    limit: int = 50,
) -> Page[CompanyRow]:
    """Return companies, newest first, or those whose name holds `q` or whose domain it is."""
    before = _before(cursor)
    plain = folded(q or "")[:100]
    wanted = sought(plain)
    if wanted:
        rows = await tx.all(
            Company, _BY_NAME, wanted[0], wanted[1:], plain, before, limit + 1, archived
        )
        domain = domain_of(plain) if not rows and not cursor else None
        if domain:
            found = await companies_of_domains(tx, [domain])
            rows = [await need_company(tx, one.company_id) for one in found]
    else:
        rows = await tx.all(Company, _LATEST, before, limit + 1, archived)
    items = await _rows(tx, rows[:limit])
    return Page(items, cursor_encode(rows[limit - 1].id) if len(rows) > limit else None)


def _before(cursor: str | None) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(str(cursor_decode(cursor, 1)[0]))
    except ValueError as error:
        raise WrongCursor from error


async def _rows(tx: Transaction, companies: list[Company]) -> list[CompanyRow]:
    if not companies:
        return []
    ids = [one.id for one in companies]
    names = await member_names(tx, [one.owner_id for one in companies if one.owner_id])
    domains = await _domains(tx, ids)
    counts = {
        one.company_id: one.customers
        for one in await tx.all(
            _Count,
            """
            SELECT company_id, count(*)::int AS customers
            FROM company_customer
            WHERE organisation_id = current_organisation() AND company_id = ANY($1::uuid[])
            GROUP BY company_id
            """,
            ids,
        )
    }
    return [
        CompanyRow(
            id=one.id,
            name=one.name,
            tier=one.tier,
            owner_id=one.owner_id,
            owner_name=names.get(one.owner_id, "") if one.owner_id else "",
            domains=domains.get(one.id, []),
            customers=counts.get(one.id, 0),
            archived=one.archived_at is not None,
        )
        for one in companies
    ]


async def _domains(tx: Transaction, ids: list[UUID]) -> dict[UUID, list[str]]:
    rows = await tx.all(
        _Domains,
        """
        SELECT company_id, array_agg(domain ORDER BY domain) AS domains
        FROM company_domain
        WHERE organisation_id = current_organisation() AND company_id = ANY($1::uuid[])
        GROUP BY company_id
        """,
        ids,
    )
    return {row.company_id: row.domains for row in rows}


async def company_customers(tx: Transaction, company_id: UUID) -> list[UUID]:
    """Return who belongs to a company, each as whoever he is today. Counts: at most 1,000."""
    found: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(customer_id), '{}') FROM (
            SELECT customer_id FROM company_customer
            WHERE organisation_id = current_organisation() AND company_id = $1
            ORDER BY at DESC LIMIT $2) m
        """,
        company_id,
        MOST_CUSTOMERS,
    )
    return sorted(set((await current_customers(tx, found)).values()))


async def company_card(tx: Transaction, company_id: UUID) -> CompanyCard:
    """Return a company with what is kept of it. Errors: CompanyNotFound."""
    company = await need_company(tx, company_id)
    members = await tx.all(
        _Member,
        """
        SELECT customer_id, main, title FROM company_customer
        WHERE organisation_id = current_organisation() AND company_id = $1
        ORDER BY at DESC LIMIT 200
        """,
        company_id,
    )
    today = await current_customers(tx, [one.customer_id for one in members])
    briefs = await customer_briefs(tx, today.values())
    shown: dict[UUID, Employee] = {}
    for one in members:
        current = today.get(one.customer_id)
        if current in briefs and (current not in shown or one.customer_id == current):
            shown[current] = Employee(customer=briefs[current], main=one.main, title=one.title)
    owner = Owner(of="company", ids=[company_id])
    row = (await _rows(tx, [company]))[0]
    return CompanyCard(
        id=company.id,
        name=company.name,
        tier=company.tier,
        owner_id=company.owner_id,
        owner_name=row.owner_name,
        domains=row.domains,
        note=company.note,
        archived=row.archived,
        version=company.version,
        customers=sorted(shown.values(), key=lambda one: one.customer.name),
        values=await values(tx, owner),
        objects=await objects(tx, company_id=company_id),
    )


async def belongings(tx: Transaction, customer_id: UUID) -> list[Belonging]:
    """Return the companies of a customer, the main one first. Errors: CustomerNotFound."""
    parts = await parts_of(tx, customer_id)
    rows = await tx.all(_Belonging, _OF_CUSTOMER, parts)
    # Where two who each had a main company are one, the survivor's is the main one.
    rows.sort(key=lambda row: (not row.main, parts.index(row.customer_id), row.name))
    return [
        Belonging(
            company_id=row.company_id,
            name=row.name,
            tier=row.tier,
            main=row.main and place == 0,
            title=row.title,
        )
        for place, row in enumerate(rows)
    ]


async def suggestions(
    tx: Transaction, customer_id: UUID, known: Iterable[UUID]
) -> list[CompanyHint]:
    """Return companies that a mail address points to, without those the customer belongs to."""
    any_domain = await tx.value(
        "SELECT EXISTS (SELECT FROM company_domain WHERE organisation_id = current_organisation())"
    )
    if not any_domain:
        return []
    parts = await parts_of(tx, customer_id)
    domains = {domain_of(one) for one in await mail_domains(tx, parts)} - {None}
    found = await companies_of_domains(tx, sorted(str(one) for one in domains))
    belongs = set(known)
    return [one for one in found if one.company_id not in belongs]


async def companies_of_domains(tx: Transaction, domains: list[str]) -> list[CompanyHint]:
    """Return the companies in use whose domains these are."""
    if not domains:
        return []
    return await tx.all(
        CompanyHint,
        """
        SELECT d.company_id, c.name, d.domain
        FROM company_domain d
        JOIN company c ON c.organisation_id = d.organisation_id AND c.id = d.company_id
        WHERE d.organisation_id = current_organisation()
          AND d.domain = ANY($1::text[]) AND c.archived_at IS NULL
        LIMIT 5
        """,
        domains,
    )
