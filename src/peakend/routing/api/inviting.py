"""The route with which a visitor's window says in which tab it was opened."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from msgspec import Struct

from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import visitor
from peakend.routing import actions


class TabGiven(Struct, forbid_unknown_fields=True):
    """The number that the page's script gave the tab."""

    id: UUID


@post("/web/{key:str}/tabs", opt=visitor(), status_code=200)
async def open_tab(
    key: str,
    data: TabGiven,
    request: Request[Any, Any, Any],
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> conversations.VisitorConversation | None:
    """Say in which tab the window was opened; an invitation that waits there is accepted."""
    channel = await conversations.channel_by_key(database, key)
    if channel.id != actor.channel_id:
        raise conversations.UnknownKey
    channel.check_origin(request.headers.get("origin"), request.headers.get("host", ""))
    await spend(f"tab:{actor.id}", rate=0.5, burst=20)
    assert actor.customer_id is not None
    await actions.open_tab(
        tx,
        tab_id=data.id,
        channel_id=channel.id,
        customer_id=actor.customer_id,
        language=actor.language,
    )
    return await conversations.visitor_state(tx, actor)


routes = [open_tab]
