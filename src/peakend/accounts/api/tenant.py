"""The organisation and its brands."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, patch, post
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.sessions import Language, Name
from peakend.accounts.queries import Brand, Organisation
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs, signed_in

Slug = Annotated[str, Meta(min_length=1, max_length=40)]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]


class OrganisationChange(Struct, forbid_unknown_fields=True):
    """What changes of the organisation; what is left out stays."""

    name: Name | None = None
    language: Language | None = None
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class NewBrand(Struct, forbid_unknown_fields=True):
    """A brand to add."""

    name: Name
    slug: Slug
    colour: Colour = "#0b6b75"


class BrandChange(Struct, forbid_unknown_fields=True):
    """What changes of a brand; what is left out stays."""

    name: Name | None = None
    slug: Slug | None = None
    colour: Colour | None = None


@patch("/organisation", opt=needs("settings.manage"))
async def change_organisation(tx: Transaction, data: OrganisationChange) -> Organisation:
    """Change name, language or time zone."""
    await actions.change_organisation(
        tx, name=data.name, language=data.language, time_zone=data.time_zone
    )
    return await queries.organisation(tx)


@get("/brands", opt=signed_in())
async def list_brands(tx: Transaction) -> list[Brand]:
    """Return the brands."""
    return await queries.brands(tx)


@post("/brands", opt=needs("accounts.manage"))
async def add_brand(tx: Transaction, data: NewBrand) -> Brand:
    """Add a brand."""
    brand_id = await actions.add_brand(tx, name=data.name, slug=data.slug, colour=data.colour)
    return await queries.need_brand(tx, brand_id)


@patch("/brands/{brand_id:uuid}", opt=needs("accounts.manage"))
async def change_brand(tx: Transaction, brand_id: UUID, data: BrandChange) -> Brand:
    """Change a brand."""
    await actions.change_brand(
        tx, brand_id=brand_id, name=data.name, slug=data.slug, colour=data.colour
    )
    return await queries.need_brand(tx, brand_id)


routes: list[Any] = [change_organisation, list_brands, add_brand, change_brand]
