"""Routes of the web channel for visitors: no cookie, a token of their own, origins checked.

The panel is a frame of our own site, so its requests are of our own origin; pages of other sites
get an answer only where the channel's list names them.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from msgspec import Meta

from peakend.accounts.queries import BrandLook, FooterLink
from peakend.conversations import actions, queries
from peakend.conversations.api.desk import MAX_UPLOAD, save_upload
from peakend.conversations.ports import provided
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import SignInNeeded
from peakend.kernel.files import File
from peakend.kernel.limits import spend
from peakend.kernel.live import signal
from peakend.kernel.permissions import public, visitor
from peakend.kernel.settings import settings
from peakend.kernel.words import LANGUAGES, best_language

Http = Request[Any, Any, Any]
Text = Annotated[str, Meta(max_length=20_000)]
Url = Annotated[str, Meta(max_length=2_000)]
Title = Annotated[str, Meta(max_length=500)]
Short = Annotated[str, Meta(max_length=400)]
Seq = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class PageGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A page of the host's site."""

    url: Url
    title: Title = ""
    referrer: Url = ""


class SessionGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How a visit begins: anew, with the old token, or with a signed link."""

    token: Short | None = None
    identity: dict[str, Any] | None = None
    page: PageGiven | None = None
    language: Annotated[str, Meta(max_length=20)] = ""
    resume: Annotated[str, Meta(max_length=600)] | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A visit."""

    token: str
    visitor_id: UUID
    identified: bool
    conversation: queries.VisitorConversation | None


class IdentityGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Who the host page says its user is."""

    identity: dict[str, Any]


class Identity(msgspec.Struct, frozen=True):
    """Whether it was believed, and what the visitor sees now."""

    identified: bool
    conversation: queries.VisitorConversation | None


class MessageGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the visitor writes."""

    client_id: UUID
    text: Text = ""
    file_ids: Annotated[list[UUID], Meta(max_length=10)] = []
    reply_to: UUID | None = None


class Written(msgspec.Struct, frozen=True):
    """The message as it stands, and the conversation around it."""

    message: queries.VisitorMessage
    conversation: queries.VisitorConversation


class SeenGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How far the visitor has read, and how far the device has received."""

    seq: Seq = 0
    delivered_seq: Seq = 0


class TypingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether the visitor is typing."""

    on: bool
    text_length: Annotated[int, Meta(ge=0, le=100_000)] = 0


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An empty body."""


class Link(msgspec.Struct, frozen=True):
    """A link with which the visit goes on elsewhere."""

    url: str


class ChannelShown(msgspec.Struct, frozen=True):
    """What the widget needs to look right."""

    name: str
    look: dict[str, Any]
    texts: dict[str, str]
    identity_required: bool


class BrandShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whose window it is: the mark at its head, and what stands below its menu."""

    id: UUID
    name: str
    mark: str | None
    footer_zh: str
    footer_en: str
    links: list[FooterLink]


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the widget knows before anybody has written."""

    channel: ChannelShown
    languages: tuple[str, ...]
    hours: dict[str, Any]
    brand: BrandShown | None


async def channel_of(request: Http, database: Database, key: str) -> queries.KeyedChannel:
    """Return the channel of the key if this page may use it. Errors: UnknownKey, ForeignOrigin."""
    channel = await queries.channel_by_key(database, key)
    channel.check_origin(request.headers.get("origin"), request.headers.get("host", ""))
    return channel


async def own_channel(
    request: Http, database: Database, key: str, actor: Actor
) -> queries.KeyedChannel:
    """Return the visitor's channel: a token of another channel opens nothing here."""
    channel = await channel_of(request, database, key)
    if channel.id != actor.channel_id:
        raise SignInNeeded
    return channel


def _address(request: Http) -> str:
    return request.client.host if request.client else ""


def _texts(channel: queries.KeyedChannel, language: str) -> dict[str, str]:
    end = "en" if language == "en" else "zh"
    return {name: str(channel.look.get(f"{name}_{end}") or "") for name in ("title", "greeting")}


@get("/web/{key:str}/config", summary="What the widget looks like", opt=public("the widget's look"))
async def config(
    key: str,
    request: Http,
    database: Database,
    lang: Annotated[str | None, Parameter(max_length=40)] = None,
) -> Config:
    channel = await channel_of(request, database, key)
    language = best_language(lang or request.headers.get("accept-language"))
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        hours: dict[str, Any] = {"open_now": True, "next_open_at": None, "text": ""}
        if provided.opening is not None:
            hours |= await provided.opening(tx, hours_id=channel.hours_id, language=language)
        brand = await queries.brand_of(tx, channel)
    painted, texts = queries.painted(channel, brand), _texts(channel, language)
    look = {name: value for name, value in painted.items() if not name.startswith("invite")}
    return Config(
        channel=ChannelShown(channel.name, look, texts, channel.identity_required),
        languages=LANGUAGES,
        hours=hours,
        brand=_brand_shown(brand) if brand else None,
    )


def _brand_shown(brand: BrandLook) -> BrandShown:
    return BrandShown(
        id=brand.brand_id,
        name=brand.name,
        mark=brand.icon_url,
        footer_zh=brand.footer_zh,
        footer_en=brand.footer_en,
        links=brand.links,
    )


@post("/web/{key:str}/sessions", summary="Begin or resume a visit", opt=public("visitors come"))
async def begin_session(key: str, data: SessionGiven, request: Http, database: Database) -> Session:
    channel = await channel_of(request, database, key)
    await spend(f"visit:{channel.id}:{_address(request)}", rate=2, burst=200)
    language = best_language(data.language or request.headers.get("accept-language"))
    nobody = Actor(
        organisation_id=channel.organisation_id,
        kind="visitor",
        language=language,
        channel_id=channel.id,
    )
    async with database.transaction(nobody) as tx:
        token = data.token
        if data.resume:
            token = actions.resumed_token(channel, data.resume, tx.now)
        begun = await actions.begin_visit(
            tx, channel=channel, language=language, token=token, identity=data.identity
        )
        if data.page is not None:
            await actions.visit_page(tx, by=begun.actor, url=data.page.url, title=data.page.title)
            own = request.headers.get("host", "")
            await actions.note_sight(tx, channel_id=channel.id, url=data.page.url, own_host=own)
        seen = await queries.visitor_state(tx, begun.actor)
    assert begun.actor.id is not None
    return Session(
        token=begun.token,
        visitor_id=begun.actor.id,
        identified=begun.identified,
        conversation=seen,
    )


@post(
    "/web/{key:str}/identities",
    summary="Say who the host page's user is",
    opt=visitor(),
    status_code=200,
)
async def identify(
    key: str,
    data: IdentityGiven,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> Identity:
    channel = await own_channel(request, database, key, actor)
    await spend(f"identify:{actor.id}", rate=0.2, burst=10)
    customer_id, verified = await actions.identify(
        tx, by=actor, channel_id=channel.id, identity=data.identity
    )
    known = msgspec.structs.replace(actor, customer_id=customer_id)
    return Identity(verified, await queries.visitor_state(tx, known))


@post("/web/{key:str}/pages", summary="Note a visited page", opt=visitor(), status_code=204)
async def visit_page(
    key: str, data: PageGiven, request: Http, database: Database, actor: Actor, tx: Transaction
) -> None:
    await own_channel(request, database, key, actor)
    await spend(f"page:{actor.id}", rate=0.5, burst=30)
    await actions.visit_page(tx, by=actor, url=data.url, title=data.title)


@post("/web/{key:str}/messages", summary="Write", opt=visitor(), status_code=200)
async def write(
    key: str,
    data: MessageGiven,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> Written:
    channel = await own_channel(request, database, key, actor)
    await spend(f"write:{actor.id}", rate=1, burst=20)
    assert actor.customer_id is not None
    if channel.identity_required:
        await actions.need_identified(tx, actor.customer_id)
    kept = await actions.receive(
        tx,
        channel_id=channel.id,
        customer_id=actor.customer_id,
        client_id=data.client_id,
        text=data.text,
        file_ids=data.file_ids,
        language=actor.language,
        reply_to=data.reply_to,
    )
    return Written(*await queries.visitor_answer(tx, actor, kept))


@get("/web/{key:str}/conversation", summary="The newest conversation", opt=visitor())
async def conversation(
    key: str,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
    after_seq: Annotated[int | None, Parameter(ge=0, le=2**31 - 1)] = None,
    before_seq: Annotated[int | None, Parameter(ge=0, le=2**31 - 1)] = None,
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    return await queries.visitor_state(
        tx, actor, after_seq=after_seq, before_seq=before_seq, changed=True
    )


@post(
    "/web/{key:str}/files",
    summary="Upload a file",
    opt=visitor(),
    request_max_body_size=MAX_UPLOAD,
)
async def upload(
    key: str,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> File:
    await own_channel(request, database, key, actor)
    await spend(f"upload:{actor.id}", rate=0.2, burst=15)
    await spend(f"upload:{actor.channel_id}:{_address(request)}", rate=1, burst=60)
    return await save_upload(tx, data, purpose="message")


@post("/web/{key:str}/reads", summary="Delivered and read", opt=visitor(), status_code=204)
async def mark_seen(
    key: str, data: SeenGiven, request: Http, database: Database, actor: Actor, tx: Transaction
) -> None:
    await own_channel(request, database, key, actor)
    await actions.mark_seen_by_customer(
        tx, by=actor, read_seq=data.seq, delivered_seq=data.delivered_seq
    )


@post("/web/{key:str}/typing", summary="Typing", opt=visitor(), status_code=204)
async def typing(
    key: str, data: TypingGiven, request: Http, database: Database, actor: Actor, tx: Transaction
) -> None:
    await own_channel(request, database, key, actor)
    await spend(f"typing:{actor.id}", rate=1, burst=20)
    row = await queries.newest_conversation(tx, actor)
    if row is None or row.state == "closed":
        return
    await signal(
        actor.organisation_id,
        {
            "kind": "typing",
            "conversation_id": row.id,
            "who": {"kind": "customer", "id": row.customer_id, "name": None},
            "on": data.on,
            "text_length": data.text_length,
        },
    )


@post("/web/{key:str}/closings", summary="End the conversation", opt=visitor(), status_code=200)
async def close(
    key: str, data: Nothing, request: Http, database: Database, actor: Actor, tx: Transaction
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    await actions.close_by_customer(tx, by=actor)
    return await queries.visitor_state(tx, actor)


@post("/web/{key:str}/links", summary="A link to go on elsewhere", opt=visitor())
async def make_link(
    key: str, data: Nothing, request: Http, database: Database, actor: Actor, tx: Transaction
) -> Link:
    channel = await own_channel(request, database, key, actor)
    await spend(f"link:{actor.id}", rate=0.1, burst=10)
    _, _, token = request.headers.get("authorization", "").partition(" ")
    own = settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    # Behind the #: what stands there is sent to no server and stands in no log.
    return Link(f"{own}/w/{channel.key}#resume={actions.resume_link(channel, token, tx.now)}")


routes = [
    config,
    begin_session,
    identify,
    visit_page,
    write,
    conversation,
    upload,
    mark_seen,
    typing,
    close,
    make_link,
]
