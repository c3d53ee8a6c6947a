"""Routes of companies: lists, one company, and who belongs to it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.profiles import actions, queries
from peakend.profiles.actions import Filling, RevealAsked, Revealed
from peakend.profiles.queries import CompanyCard, CompanyRow, Profile, ValueView

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Tier = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Domains = Annotated[list[Annotated[str, Meta(max_length=253)]], Meta(max_length=20)]
Note = Annotated[str, Meta(max_length=2000)]


class CompanyGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new company."""

    name: Name
    tier: Tier = "standard"
    owner_id: UUID | None = None
    domains: Domains = []
    note: Note = ""


class CompanyChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a company."""

    version: Version
    name: Name | UnsetType = UNSET
    tier: Tier | UnsetType = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    domains: Domains | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    archived: bool | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class JoinGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """As what a customer belongs to a company; the first company is the main one by itself."""

    main: bool | None = None
    title: Annotated[str, Meta(max_length=60)] = ""


@get("/companies", summary="Companies, or those found", opt=needs("customers.read"))
async def company_list(
    tx: Transaction,
    q: Annotated[str | None, Parameter(max_length=100)] = None,
    cursor: Annotated[str | None, Parameter(max_length=200)] = None,
    archived: bool = False,
) -> Page[CompanyRow]:
    return await queries.company_page(tx, q=q, cursor=cursor, archived=archived)


@post("/companies", summary="Add a company", opt=needs("customers.edit"))
async def add_company(data: CompanyGiven, tx: Transaction) -> CompanyCard:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    return await queries.company_card(tx, await actions.add_company(tx, **given))


@get("/companies/{company_id:uuid}", summary="A company", opt=needs("customers.read"))
async def read_company(company_id: UUID, tx: Transaction) -> CompanyCard:
    return await queries.company_card(tx, company_id)


@patch("/companies/{company_id:uuid}", summary="Change a company", opt=needs("customers.edit"))
async def change_company(company_id: UUID, data: CompanyChange, tx: Transaction) -> CompanyCard:
    await actions.change_company(
        tx, company_id=company_id, changes=data.changes(), version=data.version
    )
    return await queries.company_card(tx, company_id)


@put(
    "/companies/{company_id:uuid}/customers/{customer_id:uuid}",
    summary="Let a customer belong to a company",
    opt=needs("customers.edit"),
)
async def join_company(
    company_id: UUID, customer_id: UUID, data: JoinGiven, tx: Transaction
) -> Profile:
    await actions.join_company(
        tx, company_id=company_id, customer_id=customer_id, main=data.main, title=data.title
    )
    return await queries.profile(tx, customer_id)


@delete(
    "/companies/{company_id:uuid}/customers/{customer_id:uuid}",
    summary="Let a customer belong to a company no longer",
    opt=needs("customers.edit"),
    status_code=200,
)
async def leave_company(company_id: UUID, customer_id: UUID, tx: Transaction) -> Profile:
    await actions.leave_company(tx, company_id=company_id, customer_id=customer_id)
    return await queries.profile(tx, customer_id)


@patch(
    "/companies/{company_id:uuid}/fields",
    summary="Fill in fields of a company",
    opt=needs("customers.edit"),
)
async def fill_company(company_id: UUID, data: Filling, tx: Transaction) -> list[ValueView]:
    owner = await queries.company_owner(tx, company_id)
    await actions.fill(tx, owner=owner, changes=data.values)
    return await queries.values(tx, owner)


@post(
    "/companies/{company_id:uuid}/field-reveals",
    summary="Show a masked field of a company for five minutes",
    opt=needs("customers.reveal"),
)
async def reveal_company(company_id: UUID, data: RevealAsked, tx: Transaction) -> Revealed:
    owner = await queries.company_owner(tx, company_id)
    return await actions.reveal(tx, owner=owner, field_id=data.field_id, reason=data.reason)


routes = [
    company_list,
    add_company,
    read_company,
    change_company,
    join_company,
    leave_company,
    fill_company,
    reveal_company,
]
