"""Routes of mails that came and of which nothing could be had: somebody has to look at them."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from msgspec import Meta, Struct

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.words import word
from peakend.mail import actions, queries
from peakend.mail.api.reasons import language_of
from peakend.mail.models import ReceivedMail
from peakend.mail.rules import ReceivedList

Cursor = Annotated[str, Meta(max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=100)]
Http = Request[Any, Any, Any]
# Bytes of a stranger: saved, never shown in place.
_AS_MAIL = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_NEEDS = needs("channels.manage")


class SetAside(Struct, forbid_unknown_fields=True):
    """Whether a mail that could not be read is left so."""

    aside: bool


class ReceivedView(ReceivedMail, frozen=True, kw_only=True):
    """A mail that came; `message` says why it is not in a conversation."""

    message: str


class ReceivedPage(Struct, frozen=True, kw_only=True):
    """Mails that came, newest first, and how many wait for somebody. Counts: a thousand."""

    items: list[ReceivedView]
    next: str | None
    attention: int


@get("/received-mails", summary="Mails that came", opt=_NEEDS)
async def received_mails(
    request: Http,
    tx: Transaction,
    only: ReceivedList = "attention",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> ReceivedPage:
    page = await queries.received_mails(tx, state=only, cursor=cursor, limit=limit)
    return ReceivedPage(
        items=[_view(request, one) for one in page.items],
        next=page.next,
        attention=await queries.mails_to_look_at(tx),
    )


@get(
    "/received-mails/{received_id:uuid}/file",
    summary="A mail as it came",
    media_type="message/rfc822",
    opt=_NEEDS,
)
async def received_file(tx: Transaction, received_id: UUID) -> Response[bytes]:
    found = await actions.open_original(tx, received_id=received_id)
    named = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(
        found.content,
        media_type="message/rfc822",
        headers=_AS_MAIL | {"Content-Disposition": named},
    )


@put("/received-mails/{received_id:uuid}/aside", summary="Leave it unread", opt=_NEEDS)
async def set_aside(
    request: Http, tx: Transaction, received_id: UUID, data: SetAside
) -> ReceivedView:
    await actions.set_aside(tx, received_id=received_id, aside=data.aside)
    return _view(request, await queries.need_received(tx, received_id))


@post(
    "/received-mails/{received_id:uuid}/readings",
    summary="Read it anew",
    opt=_NEEDS,
    status_code=200,
)
async def read_anew(
    request: Http, database: Database, actor: Actor, received_id: UUID
) -> ReceivedView:
    await actions.read_anew(database, received_id=received_id, by=actor)
    async with database.transaction(actor) as tx:
        return _view(request, await queries.need_received(tx, received_id))


def _view(request: Http, one: ReceivedMail) -> ReceivedView:
    language, said = language_of(request), ""
    if one.code:
        said = word(f"mail.attention.{one.code}", language)
    elif one.automatic_by:
        said = word(f"mail.automatic_by.{one.automatic_by}", language)
    return ReceivedView(**msgspec.structs.asdict(one), message=said)


routes: list[Any] = [received_mails, received_file, set_aside, read_anew]
