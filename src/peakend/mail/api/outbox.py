"""Routes of the outbox: what waits to be sent, and what was given up."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post
from msgspec import Meta

from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.mail import actions, queries
from peakend.mail.api.reasons import language_of, reason
from peakend.mail.models import Mail, MailServer

Cursor = Annotated[str, Meta(max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=100)]


class MailView(Mail, frozen=True, kw_only=True):
    """A mail in the outbox; `message` says why it was not sent, in the reader's language."""

    message: str


@get("/mails", summary="Mails that wait, were sent or given up", opt=needs("channels.manage"))
async def list_mails(
    request: Request[Any, Any, Any],
    tx: Transaction,
    only: Literal["queued", "sent", "failed"] | None = None,
    about: UUID | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[MailView]:
    servers = {one.brand_id: one for one in await queries.mail_servers(tx)}
    page = await queries.outbox(tx, state=only, about=about, cursor=cursor, limit=limit)
    return Page([_view(request, one, servers.get(one.brand_id)) for one in page.items], page.next)


@post(
    "/mails/{mail_id:uuid}/retries",
    summary="Try a mail anew that was given up",
    opt=needs("channels.manage"),
)
async def retry_mail(request: Request[Any, Any, Any], tx: Transaction, mail_id: UUID) -> MailView:
    mail = await actions.retry_mail(tx, mail_id=mail_id)
    return _view(request, mail, await queries.mail_server(tx, mail.brand_id))


def _view(request: Request[Any, Any, Any], one: Mail, server: MailServer | None) -> MailView:
    said = reason(language_of(request), one.code, one.status, one.said, server)
    return MailView(**msgspec.structs.asdict(one), message=said)


routes: list[Any] = [list_mails, retry_mail]
