"""Routes of who is on the site: a tab tells of itself, the desk looks.

The one route of the web channel that pages of other sites call themselves, so the one with a
header for them; it takes plain text, which needs no question before it.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.conversations.api.web import channel_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, public

Http = Request[Any, Any, Any]
EVERY_S = 20
MOST_BYTES = 4_000


class LookingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a tab tells of itself."""

    id: UUID
    url: Annotated[str, Meta(max_length=2_000)]
    title: Annotated[str, Meta(max_length=500)] = ""
    referrer: Annotated[str, Meta(max_length=2_000)] = ""
    came_before: bool = False
    signed_in: bool = False


class Again(msgspec.Struct, frozen=True):
    """When to tell again; 0 where the house does not want to know."""

    next_s: int


@post(
    "/web/{key:str}/visits",
    summary="Tell that a tab is on the site",
    opt=public("who is on the site, without a name"),
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def see_visitor(key: str, request: Http, database: Database) -> Response[Again]:
    channel = await channel_of(request, database, key)
    origin = request.headers.get("origin")
    headers = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}
    if not channel.look.get("visitors"):
        return Response(Again(0), headers=headers)
    try:
        given = msgspec.json.decode(await request.body(), type=LookingGiven)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid from error
    seen = actions.Looking(**msgspec.structs.asdict(given))
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        known = await actions.see_visitor(tx, channel_id=channel.id, seen=seen)
    if not known:
        address = request.client.host if request.client else ""
        await spend(f"look:{channel.id}:{address}", rate=0.5, burst=60)
    return Response(Again(EVERY_S), headers=headers)


@get("/visitors", summary="Who is on the site now", opt=needs("conversations.read"))
async def visitor_list(
    actor: Actor,
    tx: Transaction,
    after: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> queries.VisitorsHere:
    return await queries.visitors_here(tx, actor, after=after, limit=limit)


routes = [see_visitor, visitor_list]
