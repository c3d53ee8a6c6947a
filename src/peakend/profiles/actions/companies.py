"""Companies: made, changed, archived; customers join and leave, and a person decides which."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import need_member
from peakend.customers.queries import parts_of
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.profiles.events import CompanyChanged, CompanyJoined, CompanyLeft
from peakend.profiles.queries.companies import belongings, need_company
from peakend.profiles.rules.companies import (
    MOST_COMPANIES,
    MOST_CUSTOMERS,
    MOST_DOMAINS,
    domain_of,
    folded,
    grams,
)
from peakend.profiles.rules.fields import plain_line


class CompanyStale(Conflict):
    """The company was changed since it was looked at."""

    wording = "profiles.company_stale"


class WrongDomain(Invalid):
    """A mail domain cannot be one, or is anybody's."""

    wording = "profiles.wrong_domain"


class DomainTaken(Conflict):
    """A mail domain belongs to another company."""

    wording = "profiles.domain_taken"


class CompanyNameless(Invalid):
    """A company has a name."""

    wording = "profiles.company_nameless"


class TooManyCompanies(Conflict):
    """So many companies has no customer, or so many customers no company."""

    wording = "profiles.too_many_companies"


async def add_company(
    tx: Transaction,
    *,
    name: str,
    tier: str = "standard",
    owner_id: UUID | None = None,
    domains: list[str] | None = None,
    note: str = "",
) -> UUID:
    """Add a company. Errors: CompanyNameless, WrongDomain, DomainTaken, MemberNotFound."""
    plain = _named(name)
    if owner_id is not None:
        await need_member(tx, owner_id)
    company_id = new_id()
    await tx.run(
        """
        INSERT INTO company (id, name, folded, tier, owner_id, note, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        company_id,
        plain,
        folded(plain),
        tier,
        owner_id,
        note.strip(),
        tx.now,
    )
    await _index(tx, company_id, plain)
    await _set_domains(tx, company_id, domains or [])
    await record(tx, CompanyChanged(company_id=company_id, what="created"))
    return company_id


async def change_company(
    tx: Transaction, *, company_id: UUID, changes: dict[str, Any], version: int
) -> None:
    """Change some of name, tier, owner_id, domains, note, archived.

    Errors: CompanyNotFound, CompanyStale, CompanyNameless, WrongDomain, DomainTaken,
    MemberNotFound.
    """
    old = await need_company(tx, company_id)
    changes = dict(changes)
    domains, archived = changes.pop("domains", None), changes.pop("archived", None)
    if changes.get("owner_id") is not None:
        await need_member(tx, changes["owner_id"])
    if "name" in changes:
        changes["name"] = _named(changes["name"])
    what = "updated"
    if archived is not None and archived != (old.archived_at is not None):
        what = "archived" if archived else "restored"
        changes["archived_at"] = tx.now if archived else None
    new = msgspec.structs.replace(old, **changes)
    changed = await tx.run(
        """
        UPDATE company SET name = $3, folded = $4, tier = $5, owner_id = $6, note = $7,
            archived_at = $8, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        company_id,
        version,
        new.name,
        folded(new.name),
        new.tier,
        new.owner_id,
        new.note.strip(),
        new.archived_at,
    )
    if not changed:
        raise CompanyStale(version=old.version)
    if new.name != old.name:
        await _index(tx, company_id, new.name)
    if domains is not None:
        await _set_domains(tx, company_id, domains)
    await record(tx, CompanyChanged(company_id=company_id, what=what))


async def join_company(
    tx: Transaction, *, company_id: UUID, customer_id: UUID, main: bool | None, title: str = ""
) -> None:
    """Let a customer belong to a company; the first company is the main one.

    Doing it again changes title and main. Errors: CompanyNotFound, CustomerNotFound,
    TooManyCompanies.
    """
    company = await need_company(tx, company_id)
    parts = await parts_of(tx, customer_id)
    await tx.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"company_customer/{parts[0]}"
    )
    held = await belongings(tx, parts[0])
    size = await tx.value(
        "SELECT count(*) FROM company_customer"
        " WHERE organisation_id = current_organisation() AND company_id = $1",
        company_id,
    )
    known = next((one for one in held if one.company_id == company_id), None)
    if known is None and (len(held) >= MOST_COMPANIES or size >= MOST_CUSTOMERS):
        raise TooManyCompanies(most=MOST_COMPANIES, most_customers=MOST_CUSTOMERS)
    others = any(one.main for one in held if one.company_id != company_id)
    leads = not others if main is None else main
    if leads:
        await tx.run(
            "UPDATE company_customer SET main = false WHERE main"
            " AND organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])",
            parts,
        )
    await tx.run(
        """
        INSERT INTO company_customer (company_id, customer_id, main, title, at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organisation_id, company_id, customer_id)
            DO UPDATE SET main = excluded.main, title = excluded.title
        """,
        company.id,
        parts[0],
        leads,
        plain_line(title)[:60],
        tx.now,
    )
    await record(tx, CompanyJoined(company_id=company_id, customer_id=parts[0], main=leads))


async def leave_company(tx: Transaction, *, company_id: UUID, customer_id: UUID) -> None:
    """Let a customer belong to a company no longer; where that is so, nothing happens.

    Errors: CompanyNotFound, CustomerNotFound.
    """
    await need_company(tx, company_id)
    parts = await parts_of(tx, customer_id)
    gone = await tx.run(
        "DELETE FROM company_customer WHERE organisation_id = current_organisation()"
        " AND company_id = $1 AND customer_id = ANY($2::uuid[])",
        company_id,
        parts,
    )
    if gone:
        await record(tx, CompanyLeft(company_id=company_id, customer_id=parts[0]))


def _named(name: str) -> str:
    plain = plain_line(name)[:100]
    if not plain:
        raise CompanyNameless(fields={"name": "empty"})
    return plain


async def _index(tx: Transaction, company_id: UUID, name: str) -> None:
    await tx.run(
        "DELETE FROM company_gram WHERE organisation_id = current_organisation()"
        " AND company_id = $1",
        company_id,
    )
    await tx.run(
        "INSERT INTO company_gram (gram, company_id) SELECT unnest($2::text[]), $1::uuid",
        company_id,
        sorted(grams(name)),
    )


async def _set_domains(tx: Transaction, company_id: UUID, given: list[str]) -> None:
    plain = [domain_of(one) for one in given]
    if None in plain or len(plain) > MOST_DOMAINS:
        raise WrongDomain(fields={"domains": "wrong"})
    await tx.run(
        "DELETE FROM company_domain WHERE organisation_id = current_organisation()"
        " AND company_id = $1",
        company_id,
    )
    wanted = sorted({str(one) for one in plain})
    written = await tx.run(
        "INSERT INTO company_domain (domain, company_id)"
        " SELECT unnest($2::text[]), $1::uuid ON CONFLICT DO NOTHING",
        company_id,
        wanted,
    )
    if written < len(wanted):
        raise DomainTaken(fields={"domains": "taken"})
