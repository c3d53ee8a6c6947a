"""Routes of settings: tags, contact reasons, canned replies, channels."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post, put
from msgspec import UNSET, Meta, UnsetType

from peakend.conversations import actions, queries
from peakend.conversations.queries import CannedReply, ReadyReply, Rich
from peakend.conversations.queries.settings import ReasonTree, Tag
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.ids import new_id
from peakend.kernel.permissions import needs, signed_in
from peakend.kernel.settings import settings

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Language = Literal["zh-CN", "en"]
Scope = Literal["all", "team", "own"]
Template = Annotated[str, Meta(min_length=1, max_length=4_000)]


class TagGiven(msgspec.Struct, forbid_unknown_fields=True):
    """A new tag."""

    name: Name
    colour: Colour


class TagChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes of a tag."""

    name: Name | None = None
    colour: Colour | None = None


class ReasonGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A node of the tree; without an id it is new."""

    id: UUID | None = None
    parent_id: UUID | None = None
    name_zh: Name
    name_en: Annotated[str, Meta(max_length=100)] = ""
    position: Annotated[int, Meta(ge=0, le=100_000)] = 0
    active: bool = True
    label: str | None = None  # comes back from what was read; the names decide


class ReasonsGiven(msgspec.Struct, forbid_unknown_fields=True):
    """The whole tree."""

    nodes: Annotated[list[ReasonGiven], Meta(max_length=1_000)]


class CannedGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new canned reply."""

    shortcut: Name
    title: Name
    body: Template
    card: Rich | None = None
    scope: Scope = "own"
    team_id: UUID | None = None
    language: Language = "zh-CN"


class CannedChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a canned reply."""

    shortcut: Name | UnsetType = UNSET
    title: Name | UnsetType = UNSET
    body: Template | UnsetType = UNSET
    card: Rich | UnsetType | None = UNSET
    scope: Scope | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    version: Version | UnsetType = UNSET


class Rendering(msgspec.Struct, forbid_unknown_fields=True):
    """For which conversation a canned reply is filled in."""

    conversation_id: UUID


class Rendered(msgspec.Struct, frozen=True):
    """A canned reply, filled in."""

    text: str


class Look(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the widget looks and greets."""

    # Nothing is the brand's colour.
    colour: Annotated[str, Meta(pattern="^(#[0-9a-fA-F]{6})?$")] | UnsetType = UNSET
    title_zh: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    title_en: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    greeting_zh: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    greeting_en: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    questions_zh: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    questions_en: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    phone: Annotated[str, Meta(max_length=30)] | UnsetType = UNSET
    position: Literal["right", "left"] | UnsetType = UNSET
    visitors: bool | UnsetType = UNSET
    # Whether mails of the brand offer a way to this chat.
    mail_link: bool | UnsetType = UNSET
    invite: bool | UnsetType = UNSET
    invite_again_h: Annotated[int, Meta(ge=1, le=720)] | UnsetType = UNSET
    invite_refused_d: Annotated[int, Meta(ge=1, le=365)] | UnsetType = UNSET
    invite_per_min: Annotated[int, Meta(ge=1, le=60)] | UnsetType = UNSET


Domains = Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(max_length=50)]


class ChannelChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a channel."""

    name: Name | UnsetType = UNSET
    brand_id: UUID | UnsetType | None = UNSET
    queue_id: UUID | UnsetType | None = UNSET
    look: Look | UnsetType = UNSET
    domains: Domains | UnsetType = UNSET
    hours_id: UUID | UnsetType | None = UNSET
    identity_required: bool | UnsetType = UNSET
    digital: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    version: Version | UnsetType = UNSET


class ChannelGiven(ChannelChange, forbid_unknown_fields=True, kw_only=True):
    """A new channel."""

    name: Name


class Secret(msgspec.Struct, frozen=True):
    """A secret that is shown once."""

    secret: str


class Script(msgspec.Struct, frozen=True):
    """The line for the host page."""

    html: str


def _given(data: msgspec.Struct, *without: str) -> dict[str, Any]:
    """Return the fields that were sent."""
    return {
        name: value
        for name in data.__struct_fields__
        if name not in without and (value := getattr(data, name)) is not UNSET
    }


def _changes(data: ChannelChange) -> dict[str, Any]:
    fields = _given(data, "version")
    if isinstance(fields.get("look"), Look):
        fields["look"] = _given(fields["look"])
    return fields


def _version(data: ChannelChange | CannedChange) -> int | None:
    return data.version if isinstance(data.version, int) else None


@get("/tags", summary="Tags", opt=signed_in())
async def tag_list(tx: Transaction) -> list[Tag]:
    return await queries.tags(tx)


@post("/tags", summary="Add a tag", opt=needs("settings.manage"))
async def add_tag(data: TagGiven, tx: Transaction) -> Tag:
    tag_id = await actions.add_tag(tx, name=data.name, colour=data.colour)
    return await queries.need_tag(tx, tag_id)


@patch("/tags/{tag_id:uuid}", summary="Change a tag", opt=needs("settings.manage"))
async def change_tag(tag_id: UUID, data: TagChange, tx: Transaction) -> Tag:
    await actions.change_tag(tx, tag_id=tag_id, name=data.name, colour=data.colour)
    return await queries.need_tag(tx, tag_id)


@delete("/tags/{tag_id:uuid}", summary="Delete a tag", opt=needs("settings.manage"))
async def delete_tag(tag_id: UUID, tx: Transaction) -> None:
    await actions.delete_tag(tx, tag_id=tag_id)


@get("/contact-reasons", summary="The tree of contact reasons", opt=signed_in())
async def reason_tree(tx: Transaction) -> ReasonTree:
    return await queries.reason_tree(tx)


@put("/contact-reasons", summary="Publish a new tree", opt=needs("settings.manage"))
async def publish_reasons(data: ReasonsGiven, actor: Actor, tx: Transaction) -> ReasonTree:
    nodes = [
        actions.ReasonNode(
            node.id or new_id(), node.parent_id, node.name_zh, node.name_en, node.position,
            node.active,
        )
        for node in data.nodes
    ]  # fmt: skip
    await actions.publish_reasons(tx, nodes=nodes, by=actor)
    return await queries.reason_tree(tx)


@get("/canned-replies", summary="Canned replies that I may see", opt=needs("canned.own"))
async def canned_list(actor: Actor, tx: Transaction) -> list[CannedReply]:
    return await queries.canned_replies(tx, actor, to_edit=True)


@get(
    "/conversations/{conversation_id:uuid}/canned-replies",
    summary="Canned replies that I may use here, filled in",
    opt=needs("canned.own"),
)
async def ready_list(conversation_id: UUID, actor: Actor, tx: Transaction) -> list[ReadyReply]:
    return await queries.ready_replies(tx, conversation_id, actor)


@post("/canned-replies", summary="Add a canned reply", opt=needs("canned.own"))
async def add_canned(data: CannedGiven, actor: Actor, tx: Transaction) -> CannedReply:
    found = await actions.add_canned_reply(tx, **_given(data), by=actor)
    return await queries.need_canned_reply(tx, found, actor)


@patch(
    "/canned-replies/{canned_reply_id:uuid}",
    summary="Change a canned reply",
    opt=needs("canned.own"),
)
async def change_canned(
    canned_reply_id: UUID, data: CannedChange, actor: Actor, tx: Transaction
) -> CannedReply:
    await actions.change_canned_reply(
        tx,
        canned_reply_id=canned_reply_id,
        changes=_given(data, "version"),
        by=actor,
        version=_version(data),
    )
    return await queries.need_canned_reply(tx, canned_reply_id, actor)


@delete(
    "/canned-replies/{canned_reply_id:uuid}",
    summary="Delete a canned reply",
    opt=needs("canned.own"),
)
async def delete_canned(canned_reply_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.delete_canned_reply(tx, canned_reply_id=canned_reply_id, by=actor)


@post(
    "/canned-replies/{canned_reply_id:uuid}/renderings",
    summary="Fill a canned reply in",
    opt=needs("canned.own"),
    status_code=200,
)
async def render_canned(
    canned_reply_id: UUID, data: Rendering, actor: Actor, tx: Transaction
) -> Rendered:
    return Rendered(await queries.rendered_reply(tx, canned_reply_id, data.conversation_id, actor))


@get("/channels", summary="Channels", opt=signed_in())
async def channel_list(tx: Transaction) -> list[queries.ChannelRecord]:
    return await queries.channels(tx)


@get("/channels/{channel_id:uuid}", summary="One channel", opt=signed_in())
async def channel_card(channel_id: UUID, tx: Transaction) -> queries.ChannelRecord:
    return await queries.need_channel(tx, channel_id)


@post("/channels", summary="Add a web channel", opt=needs("channels.manage"))
async def add_channel(data: ChannelGiven, tx: Transaction) -> queries.ChannelRecord:
    changes = _changes(data)
    channel_id = await actions.add_channel(tx, name=changes.pop("name"), changes=changes)
    return await queries.need_channel(tx, channel_id)


@patch("/channels/{channel_id:uuid}", summary="Change a channel", opt=needs("channels.manage"))
async def change_channel(
    channel_id: UUID, data: ChannelChange, tx: Transaction
) -> queries.ChannelRecord:
    await actions.change_channel(
        tx, channel_id=channel_id, changes=_changes(data), version=_version(data)
    )
    return await queries.need_channel(tx, channel_id)


@post(
    "/channels/{channel_id:uuid}/identity-secrets",
    summary="Make a new secret for signing visitors",
    opt=needs("channels.manage"),
)
async def new_secret(channel_id: UUID, tx: Transaction) -> Secret:
    return Secret(await actions.new_identity_secret(tx, channel_id=channel_id))


@get(
    "/channels/{channel_id:uuid}/script",
    summary="The line for the host page",
    opt=signed_in(),
)
async def channel_script(
    channel_id: UUID, tx: Transaction, request: Request[Any, Any, Any]
) -> Script:
    channel = await queries.need_channel(tx, channel_id)
    own = settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    colour = queries.painted(channel, await queries.brand_of(tx, channel))["colour"]
    return Script(queries.script_line(own, channel, colour))


routes = [
    tag_list,
    add_tag,
    change_tag,
    delete_tag,
    reason_tree,
    publish_reasons,
    canned_list,
    ready_list,
    add_canned,
    change_canned,
    delete_canned,
    render_canned,
    channel_list,
    channel_card,
    add_channel,
    change_channel,
    new_secret,
    channel_script,
]
