"""Routes of what is kept aside: blocked senders, marks of spam, mails let in after all."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post, put
from msgspec import Meta, Struct

from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.mail import actions, queries
from peakend.mail.models import MailBlock

Cursor = Annotated[str, Meta(max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=100)]
_NEEDS = needs("channels.manage")


class Made(Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class Screening(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a brand believes its mail server's marks of spam."""

    believes: bool


@get("/mail-blocks", summary="Senders whose mails are kept aside", opt=_NEEDS)
async def list_blocks(
    tx: Transaction, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[MailBlock]:
    return await queries.mail_blocks(tx, cursor=cursor, limit=limit)


@post("/mail-blocks", summary="Keep mails of an address or domain aside", opt=_NEEDS)
async def add_block(tx: Transaction, data: actions.BlockText) -> Made:
    return Made(await actions.block(tx, block=data))


@delete("/mail-blocks/{block_id:uuid}", summary="Take mails of a sender again", opt=_NEEDS)
async def lift_block(tx: Transaction, block_id: UUID) -> None:
    await actions.lift_block(tx, block_id=block_id)


@get("/mail-screening/{brand_id:uuid}", summary="Whether marks of spam count", opt=_NEEDS)
async def get_screening(tx: Transaction, brand_id: UUID) -> Screening:
    await queries.need_brand_of_own(tx, brand_id)
    return Screening(await queries.believes_marks(tx, brand_id))


@put("/mail-screening/{brand_id:uuid}", summary="Believe marks of spam, or not", opt=_NEEDS)
async def set_screening(tx: Transaction, brand_id: UUID, data: Screening) -> Screening:
    await actions.believe_marks(tx, brand_id=brand_id, believes=data.believes)
    return data


@post(
    "/received-mails/{received_id:uuid}/entries",
    summary="Let a mail in that was kept aside",
    opt=_NEEDS,
    status_code=204,
)
async def let_in(tx: Transaction, received_id: UUID) -> None:
    await actions.let_in(tx, received_id=received_id)


routes: list[Any] = [
    list_blocks,
    add_block,
    lift_block,
    get_screening,
    set_screening,
    let_in,
]
