"""Routes of who is on the site: a tab tells of itself, the desk looks and invites.

The routes of the web channel that pages of other sites call themselves, so the ones with a header
for them; they take plain text, which needs no question before it.
"""

from typing import Annotated, Any, TypeVar
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
G = TypeVar("G", bound=msgspec.Struct)
EVERY_S = 20
# Where somebody may be invited, the words should come while the visitor still looks.
EVERY_S_INVITING = 8
MOST_BYTES = 4_000
Ago = Annotated[int, Meta(ge=0, le=400 * 86_400)]


class LookingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a tab tells of itself, and how long ago its browser was invited or said no."""

    id: UUID
    url: Annotated[str, Meta(max_length=2_000)]
    title: Annotated[str, Meta(max_length=500)] = ""
    referrer: Annotated[str, Meta(max_length=2_000)] = ""
    came_before: bool = False
    signed_in: bool = False
    asked_s: Ago | None = None
    refused_s: Ago | None = None


class Again(msgspec.Struct, frozen=True):
    """When to tell again, 0 where the house does not want to know; and what to show meanwhile."""

    next_s: int
    invitation: queries.Bubble | None = None


class NoThanks(msgspec.Struct, forbid_unknown_fields=True):
    """In which tab an invitation was closed."""

    id: UUID


class InvitationGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What a visitor is asked."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]
    client_id: UUID


@post(
    "/web/{key:str}/visits",
    summary="Tell that a tab is on the site",
    opt=public("who is on the site, without a name"),
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def see_visitor(key: str, request: Http, database: Database) -> Response[Again]:
    channel, headers = await _channel(request, database, key)
    if not channel.look.get("visitors"):
        return Response(Again(0), headers=headers)
    given = await _given(request, LookingGiven)
    seen = actions.Looking(**msgspec.structs.asdict(given))
    inviting = bool(channel.look.get("invite"))
    invitation = None
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        known = await actions.see_visitor(tx, channel_id=channel.id, seen=seen)
        if known and inviting:
            invitation = await queries.bubble(tx, tab_id=seen.id, channel=channel)
    if not known:
        address = request.client.host if request.client else ""
        await spend(f"look:{channel.id}:{address}", rate=0.5, burst=60)
    return Response(Again(EVERY_S_INVITING if inviting else EVERY_S, invitation), headers=headers)


@post(
    "/web/{key:str}/refusals",
    summary="Close an invitation to chat",
    opt=public("the tab's own number is what it takes"),
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def decline(key: str, request: Http, database: Database) -> Response[Again]:
    channel, headers = await _channel(request, database, key)
    given = await _given(request, NoThanks)
    address = request.client.host if request.client else ""
    await spend(f"refuse:{channel.id}:{address}", rate=0.5, burst=20)
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        await actions.decline_invitation(tx, tab_id=given.id, channel_id=channel.id)
    return Response(Again(EVERY_S), headers=headers)


@get("/visitors", summary="Who is on the site now", opt=needs("conversations.read"))
async def visitor_list(
    actor: Actor,
    tx: Transaction,
    after: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> queries.VisitorsHere:
    return await queries.visitors_here(tx, actor, after=after, limit=limit)


@post(
    "/visitors/{tab_id:uuid}/invitations",
    summary="Invite somebody on the site to chat",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def invite(
    tab_id: UUID, data: InvitationGiven, actor: Actor, tx: Transaction
) -> queries.VisitorHere:
    await actions.invite_visitor(
        tx, tab_id=tab_id, text=data.text, client_id=data.client_id, by=actor
    )
    return await queries.need_visitor_here(tx, tab_id, actor)


async def _channel(
    request: Http, database: Database, key: str
) -> tuple[queries.KeyedChannel, dict[str, str]]:
    """Return the channel, and the headers with which a page of another site may read the answer."""
    channel = await channel_of(request, database, key)
    origin = request.headers.get("origin")
    return channel, ({"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {})


async def _given(request: Http, kind: type[G]) -> G:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid from error


routes = [see_visitor, decline, visitor_list, invite]
