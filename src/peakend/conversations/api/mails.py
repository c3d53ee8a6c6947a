"""Routes of a mail in the timeline: as its author meant it, its pictures, its source."""

import asyncio
from html import escape
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import Parameter

from peakend.accounts.actions import audit
from peakend.conversations import actions, queries
from peakend.conversations.rules.paper import head_of, shown_host
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.files import path_of
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, public
from peakend.kernel.scans import need_free
from peakend.kernel.words import best_language, word

LONGEST_HEAD = 64 * 1024
_SHUT = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{title}</title><style>
body{{max-width:36rem;margin:12vh auto;padding:0 1.5rem;font:16px/1.6 system-ui,sans-serif}}
h1{{font-size:1.25rem}}.host{{font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}}
.whole{{font-size:.875rem;overflow-wrap:anywhere}}a:focus-visible{{outline:2px solid}}
</style></head><body><main><h1>{title}</h1><p>{leads}</p><p class="host">{host}</p>
<p class="whole">{address}</p><p>{care}</p>
<p><a href="{address}" rel="noopener noreferrer nofollow">{go}</a></p></main></body></html>"""


@get(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail",
    summary="The mail of a message, as its author meant it",
    opt=needs("conversations.read"),
)
async def mail_of_message(
    conversation_id: UUID, message_id: UUID, actor: Actor, tx: Transaction
) -> queries.MailShown:
    return await queries.mail_of(tx, conversation_id, message_id, actor)


@get(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail/pictures/{number:int}",
    summary="A picture of a mail, fetched and written anew by us",
    opt=needs("conversations.read"),
)
async def mail_picture(
    conversation_id: UUID, message_id: UUID, number: int, actor: Actor, database: Database
) -> Response[bytes]:
    await spend(f"mail_picture:{actor.organisation_id}:{actor.id}", rate=10, burst=300)
    picture = await actions.show_picture(
        database,
        conversation_id=conversation_id,
        message_id=message_id,
        number=number,
        by=actor,
    )
    headers = {**_SHUT, "Cache-Control": "private, max-age=3600"}
    return Response(picture.data, media_type=picture.mime, headers=headers)


@get(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail/original",
    summary="A mail as it came, where its addresses are seen whole",
    opt=needs("conversations.read"),
)
async def mail_original(
    conversation_id: UUID, message_id: UUID, actor: Actor, tx: Transaction
) -> Response[bytes]:
    source = await queries.source_of(tx, conversation_id, message_id, actor)
    await queries.need_addresses(tx, source.conversation)
    await need_free(tx, source.file_ids)
    await audit(tx, "message.mail_taken", "message", message_id, {})
    name = f"mail-{source.conversation.number}.eml"
    headers = {**_SHUT, "Content-Disposition": f'attachment; filename="{name}"'}
    data = await asyncio.to_thread(_read, source.sha256, None)
    return Response(data, media_type="message/rfc822", headers=headers)


@get(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail/headers",
    summary="The head of a mail as it came; addresses as far as they are seen",
    opt=needs("conversations.read"),
)
async def mail_headers(
    conversation_id: UUID, message_id: UUID, actor: Actor, tx: Transaction
) -> Response[str]:
    source = await queries.source_of(tx, conversation_id, message_id, actor)
    head = head_of(await asyncio.to_thread(_read, source.sha256, LONGEST_HEAD))
    shown = await queries.without_addresses(tx, source.conversation, head)
    return Response(shown, media_type="text/plain", headers=_SHUT)


@get(
    "/leaving",
    opt=public("a signature over the address stands in the link; nothing of ours is shown"),
    include_in_schema=False,
)
async def leaving(
    request: Request[Any, Any, Any],
    to: Annotated[str, Parameter(max_length=8000)] = "",
    signature: Annotated[str, Parameter(query="s", max_length=64)] = "",
) -> Response[str]:
    """Say where a link of a mail leads to, before it does."""
    if not queries.may_leave_to(to, signature):
        raise queries.MailGone
    language = best_language(request.headers.get("accept-language"))
    words = {
        name: escape(word(f"conversations.leaving.{name}", language))
        for name in ("title", "leads", "care", "go")
    }
    page = _PAGE.format(language=language, host=escape(shown_host(to)), address=escape(to), **words)
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page, media_type="text/html", headers=headers)


def _read(sha256: str, most: int | None) -> bytes:
    path = path_of(sha256)
    if not path.is_file():
        raise queries.MailGone
    with path.open("rb") as kept:
        return kept.read() if most is None else kept.read(most)


routes: list[Any] = [mail_of_message, mail_picture, mail_original, mail_headers, leaving]
