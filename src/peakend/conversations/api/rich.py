"""Routes of rich messages: sending them, a visitor's choice, and the templates."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from peakend.conversations import actions, queries
from peakend.conversations.api.web import Written, own_channel
from peakend.conversations.rules.rich import Rich
from peakend.conversations.rules.views import Scope
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, visitor

Http = Request[Any, Any, Any]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class RichGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rich message on its way; where it comes from lets it use the pictures there."""

    client_id: UUID
    content: Rich
    template_id: UUID | None = None
    canned_reply_id: UUID | None = None
    article_id: UUID | None = None
    reply_to: UUID | None = None


class ChoiceGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What the visitor tapped."""

    choice: Annotated[str, Meta(pattern=r"^(q\d|b\d\.\d|done|stuck)$")]


class TemplateGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rich message to be kept under a name."""

    name: Name
    content: Rich
    scope: Scope = "own"
    team_id: UUID | None = None


class TemplateChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a template, and the version that was looked at."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    name: Name | UnsetType = UNSET
    content: Rich | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


@post(
    "/conversations/{conversation_id:uuid}/rich-messages",
    summary="Send cards, an order, a step or replies to choose from",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def send_rich(
    conversation_id: UUID, data: RichGiven, actor: Actor, tx: Transaction
) -> queries.Message:
    await spend(f"rich:{actor.organisation_id}:{actor.id}", rate=1, burst=30)
    written = await actions.send_rich(
        tx,
        conversation_id=conversation_id,
        client_id=data.client_id,
        content=data.content,
        template_id=data.template_id,
        canned_reply_id=data.canned_reply_id,
        article_id=data.article_id,
        reply_to=data.reply_to,
        by=actor,
    )
    return await queries.message_of(tx, written)


@post(
    "/web/{key:str}/messages/{message_id:uuid}/choices",
    summary="Choose what a message offers",
    opt=visitor(),
    status_code=200,
)
async def choose(
    key: str,
    message_id: UUID,
    data: ChoiceGiven,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> Written:
    channel = await own_channel(request, database, key, actor)
    await spend(f"write:{actor.id}", rate=1, burst=20)
    if channel.identity_required and actor.customer_id is not None:
        await actions.need_identified(tx, actor.customer_id)
    kept = await actions.choose(
        tx, message_id=message_id, choice=data.choice, channel_id=channel.id, by=actor
    )
    return Written(*await queries.visitor_answer(tx, actor, kept))


@get("/rich-templates", summary="Rich messages that I may use", opt=needs("canned.own"))
async def template_list(
    actor: Actor, tx: Transaction, conversation_id: UUID | None = None
) -> list[queries.RichTemplate]:
    if conversation_id is not None:
        return await queries.ready_templates(tx, conversation_id, actor)
    return await queries.rich_templates(tx, actor)


@post("/rich-templates", summary="Keep a rich message as a template", opt=needs("canned.own"))
async def add_template(data: TemplateGiven, actor: Actor, tx: Transaction) -> queries.RichTemplate:
    template_id = await actions.add_rich_template(
        tx, name=data.name, content=data.content, scope=data.scope, team_id=data.team_id, by=actor
    )
    return await queries.rich_template(tx, template_id, actor)


@patch(
    "/rich-templates/{rich_template_id:uuid}",
    summary="Change a template of a rich message",
    opt=needs("canned.own"),
)
async def change_template(
    rich_template_id: UUID, data: TemplateChange, actor: Actor, tx: Transaction
) -> queries.RichTemplate:
    await actions.change_rich_template(
        tx,
        rich_template_id=rich_template_id,
        changes=data.changes(),
        by=actor,
        version=data.version,
    )
    return await queries.rich_template(tx, rich_template_id, actor)


@delete(
    "/rich-templates/{rich_template_id:uuid}",
    summary="Delete a template of a rich message",
    opt=needs("canned.own"),
)
async def delete_template(rich_template_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.delete_rich_template(tx, rich_template_id=rich_template_id, by=actor)


routes = [send_rich, choose, template_list, add_template, change_template, delete_template]
