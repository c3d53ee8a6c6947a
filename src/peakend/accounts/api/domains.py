"""Domains of brands, and the question whether a proxy may get a certificate for a host."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.queries import BrandDomain
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, public

HostText = Annotated[str, Meta(min_length=1, max_length=300)]


class NewDomain(Struct, forbid_unknown_fields=True):
    """A host name, and what of the brand stands at its front door."""

    host: HostText
    serves: Literal["help", "chat"] = "help"


@get("/brands/{brand_id:uuid}/domains", opt=needs("accounts.manage"))
async def list_domains(tx: Transaction, brand_id: UUID) -> list[BrandDomain]:
    """Return a brand's domains, each with the record that proves it."""
    await queries.need_brand(tx, brand_id)
    return await queries.brand_domains(tx, brand_id)


@post("/brands/{brand_id:uuid}/domains", opt=needs("accounts.manage"))
async def add_domain(tx: Transaction, brand_id: UUID, data: NewDomain) -> BrandDomain:
    """Put a host on a brand's list; nothing is shown there before it is proven."""
    domain_id = await actions.add_domain(tx, brand_id=brand_id, host=data.host, serves=data.serves)
    return queries.domain_view(await queries.need_domain(tx, domain_id))


@post("/brand-domains/{domain_id:uuid}/checks", status_code=200, opt=needs("accounts.manage"))
async def check_domain(actor: Actor, database: Database, domain_id: UUID) -> BrandDomain:
    """Look for the proof now."""
    await spend(f"domain:{actor.organisation_id}", rate=0.1, burst=20)
    await actions.check_domain(database, actor, domain_id=domain_id)
    async with database.transaction(actor) as tx:
        return queries.domain_view(await queries.need_domain(tx, domain_id))


@delete("/brand-domains/{domain_id:uuid}", opt=needs("accounts.manage"))
async def remove_domain(tx: Transaction, domain_id: UUID) -> None:
    """Take a host off the list; its pages end at once."""
    await actions.remove_domain(tx, domain_id=domain_id)


@get("/domains/ask", opt=public("says of one host whether it is shown here, as its pages do"))
async def ask_domain(
    request: Request[Any, Any, Any],
    database: Database,
    domain: Annotated[str, Parameter(max_length=300)],
) -> Response[None]:
    """Answer 200 for a verified host and 404 for every other, for a proxy's on-demand TLS."""
    await spend(f"ask:{request.client.host if request.client else ''}", rate=50, burst=500)
    found = await queries.door_of(database, domain.strip().lower())
    return Response(None, status_code=200 if found else 404)


routes: list[Any] = [list_domains, add_domain, check_domain, remove_domain, ask_domain]
