"""Opening links and panels: the address is made for who may see the conversation, on each opening.

A panel stands in a page of ours whose policy allows frames of that one host only, so that the desk
itself never has to trust another host.
"""

from html import escape
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from peakend.conversations.queries import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.profiles import queries as kept
from peakend.profiles.queries import About

_PAGE = """<!doctype html><meta charset="utf-8"><title>{name}</title>
<style>html,body,iframe{{margin:0;width:100%;height:100%;border:0;background:#fff}}</style>
<iframe title="{name}" src="{url}" referrerpolicy="no-referrer"
 sandbox="allow-scripts allow-forms allow-same-origin allow-popups"></iframe>"""


class Opened(msgspec.Struct, frozen=True):
    """A signed address that holds for five minutes."""

    url: str


async def _about(
    tx: Transaction, actor: Actor, customer_id: UUID, conversation_id: UUID | None
) -> About:
    if conversation_id is None:
        return About(customer_id=customer_id)
    row = await need_conversation(tx, conversation_id, actor)
    return About(
        customer_id=row.customer_id,
        conversation_id=row.id,
        number=row.number,
        channel=row.channel_kind,
    )


@get(
    "/customers/{customer_id:uuid}/context-links/{link_id:uuid}",
    summary="The signed address of a link, for five minutes",
    opt=needs("customers.read"),
)
async def open_link(
    customer_id: UUID,
    link_id: UUID,
    actor: Actor,
    tx: Transaction,
    conversation: Annotated[UUID | None, Parameter()] = None,
) -> Opened:
    link = await kept.need_link(tx, link_id)
    about = await _about(tx, actor, customer_id, conversation)
    return Opened(await kept.address(tx, link, about))


@get(
    "/customers/{customer_id:uuid}/context-panels/{link_id:uuid}",
    summary="The page around a panel; only its host may be framed there",
    opt=needs("customers.read"),
)
async def open_panel(
    customer_id: UUID,
    link_id: UUID,
    actor: Actor,
    tx: Transaction,
    conversation: Annotated[UUID | None, Parameter()] = None,
) -> Response[str]:
    link = await kept.need_link(tx, link_id)
    url = await kept.address(tx, link, await _about(tx, actor, customer_id, conversation))
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"frame-src {kept.framed(link)}; frame-ancestors 'self'; base-uri 'none'"
    )
    page = _PAGE.format(name=escape(link.name_zh), url=escape(url))
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


routes: list[Any] = [open_link, open_panel]
