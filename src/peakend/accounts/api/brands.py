"""How brands look to customers."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import delete, get, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.tenant import Colour
from peakend.accounts.queries import BrandLook, FooterLink
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs
from peakend.kernel.pictures import MAX_MARK_BYTES

# With room for the form around it, so that the limit itself answers in words.
MAX_UPLOAD = MAX_MARK_BYTES + 1024 * 1024

Form = Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)]
Mark = Literal["logo", "icon"]
Footer = Annotated[str, Meta(max_length=300)]


class LookChange(Struct, forbid_unknown_fields=True):
    """A brand's colour and footer; `version` is that of the look that was read."""

    colour: Colour
    footer_zh: Footer
    footer_en: Footer
    links: Annotated[list[FooterLink], Meta(max_length=6)]
    version: int


@get("/brands/{brand_id:uuid}/look", opt=needs("accounts.manage"))
async def read_look(tx: Transaction, brand_id: UUID) -> BrandLook:
    """Return how a brand looks to customers."""
    return await queries.brand_look(tx, brand_id)


@put("/brands/{brand_id:uuid}/look", opt=needs("accounts.manage"))
async def change_look(tx: Transaction, brand_id: UUID, data: LookChange) -> BrandLook:
    """Change a brand's colour and footer."""
    await actions.change_look(
        tx,
        brand_id=brand_id,
        colour=data.colour,
        footer_zh=data.footer_zh,
        footer_en=data.footer_en,
        links=data.links,
        version=data.version,
    )
    return await queries.brand_look(tx, brand_id)


@post(
    "/brands/{brand_id:uuid}/logo",
    status_code=200,
    opt=needs("accounts.manage"),
    request_max_body_size=MAX_UPLOAD,
)
async def set_logo(actor: Actor, tx: Transaction, brand_id: UUID, data: Form) -> BrandLook:
    """Give a brand its logo: PNG, JPEG or WebP, kept within 480 by 120 pixels."""
    await queries.need_brand(tx, brand_id)
    return await _marked(tx, brand_id, "logo", await _sent(actor, data))


@delete("/brands/{brand_id:uuid}/logo", status_code=200, opt=needs("accounts.manage"))
async def remove_logo(tx: Transaction, brand_id: UUID) -> BrandLook:
    """Take a brand's logo away; its name stands there again."""
    return await _marked(tx, brand_id, "logo", None)


@post(
    "/brands/{brand_id:uuid}/icon",
    status_code=200,
    opt=needs("accounts.manage"),
    request_max_body_size=MAX_UPLOAD,
)
async def set_icon(actor: Actor, tx: Transaction, brand_id: UUID, data: Form) -> BrandLook:
    """Give a brand the mark in a browser's tab and at the head of the chat window."""
    await queries.need_brand(tx, brand_id)
    return await _marked(tx, brand_id, "icon", await _sent(actor, data))


@delete("/brands/{brand_id:uuid}/icon", status_code=200, opt=needs("accounts.manage"))
async def remove_icon(tx: Transaction, brand_id: UUID) -> BrandLook:
    """Take a brand's mark away."""
    return await _marked(tx, brand_id, "icon", None)


async def _marked(tx: Transaction, brand_id: UUID, which: Mark, data: bytes | None) -> BrandLook:
    await actions.set_mark(tx, brand_id=brand_id, which=which, data=data)
    return await queries.brand_look(tx, brand_id)


async def _sent(actor: Actor, form: dict[str, UploadFile]) -> bytes:
    await spend(f"mark:{actor.organisation_id}:{actor.id}", rate=0.2, burst=20)
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise actions.NoPicture
    return await part.read()


routes: list[Any] = [read_look, change_look, set_logo, remove_logo, set_icon, remove_icon]
