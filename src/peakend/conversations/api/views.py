"""Routes of views: what fits a filter, saved filters, and how much is in each."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from peakend.conversations import actions, queries
from peakend.conversations.queries.views import FoundPage, View, ViewCount
from peakend.conversations.rules.views import Column, Order, Scope, ViewFilter
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.permissions import needs

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Columns = Annotated[list[Column], Meta(max_length=12)]
FieldIds = Annotated[list[UUID], Meta(max_length=6)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ViewGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A filter to be kept under a name."""

    name: Name
    filter: ViewFilter
    order: Order = "recent"
    columns: Columns = []
    field_ids: FieldIds = []
    scope: Scope = "own"
    team_id: UUID | None = None


class ViewChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a view."""

    name: Name | UnsetType = UNSET
    filter: ViewFilter | UnsetType = UNSET
    order: Order | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET
    field_ids: FieldIds | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    version: Version | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class FieldsAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Rows of a list, and the custom fields that it shows as columns."""

    conversation_ids: Annotated[list[UUID], Meta(max_length=100)]
    field_ids: FieldIds


class ViewsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """My views from the first to the last."""

    view_ids: Annotated[list[UUID], Meta(max_length=200)]


def _filter(text: str) -> ViewFilter:
    try:
        return msgspec.json.decode(text, type=ViewFilter)
    except msgspec.DecodeError as error:
        raise Invalid(fields={"filter": "invalid"}) from error


@get("/conversations/found", summary="What fits a filter", opt=needs("conversations.read"))
async def found_conversations(
    actor: Actor,
    tx: Transaction,
    given: Annotated[str, Parameter(query="filter", max_length=8_000)] = "{}",
    order: Order = "recent",
    cursor: Annotated[str | None, Parameter(max_length=400)] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
) -> FoundPage:
    return await queries.found_conversations(
        tx, actor, _filter(given), order=order, cursor=cursor, limit=limit
    )


@post(
    "/conversations/field-values",
    summary="What custom fields hold, as columns of a list",
    opt=needs("conversations.read"),
    status_code=200,
)
async def conversation_fields(
    data: FieldsAsked, actor: Actor, tx: Transaction
) -> list[queries.ConversationFields]:
    return await queries.conversation_fields(tx, actor, data.conversation_ids, data.field_ids)


@get("/views", summary="My views, those of my teams and of everybody",
     opt=needs("conversations.read"))  # fmt: skip
async def view_list(actor: Actor, tx: Transaction) -> list[View]:
    return await queries.views(tx, actor)


@get("/views/counts", summary="How much is in each view", opt=needs("conversations.read"))
async def view_counts(actor: Actor, tx: Transaction) -> list[ViewCount]:
    return await queries.view_counts(tx, actor)


@get("/views/{view_id:uuid}", summary="One view", opt=needs("conversations.read"))
async def view_card(view_id: UUID, actor: Actor, tx: Transaction) -> View:
    return await queries.need_view(tx, view_id, actor)


@post("/views", summary="Save a filter as a view", opt=needs("conversations.read"))
async def add_view(data: ViewGiven, actor: Actor, tx: Transaction) -> View:
    view_id = await actions.add_view(
        tx,
        name=data.name,
        given=data.filter,
        order=data.order,
        columns=list(data.columns),
        field_ids=list(data.field_ids),
        scope=data.scope,
        team_id=data.team_id,
        by=actor,
    )
    return await queries.need_view(tx, view_id, actor)


@patch("/views/{view_id:uuid}", summary="Change a view", opt=needs("conversations.read"))
async def change_view(view_id: UUID, data: ViewChange, actor: Actor, tx: Transaction) -> View:
    version = None if data.version is UNSET else data.version
    await actions.change_view(
        tx, view_id=view_id, changes=data.changes(), by=actor, version=version
    )
    return await queries.need_view(tx, view_id, actor)


@delete("/views/{view_id:uuid}", summary="Delete a view", opt=needs("conversations.read"))
async def delete_view(view_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.delete_view(tx, view_id=view_id, by=actor)


@put(
    "/views/order",
    summary="Put my views into an order",
    opt=needs("conversations.read"),
    status_code=204,
)
async def order_views(data: ViewsOrder, actor: Actor, tx: Transaction) -> None:
    await actions.order_views(tx, view_ids=data.view_ids, by=actor)


routes = [
    found_conversations,
    conversation_fields,
    view_list,
    view_counts,
    view_card,
    add_view,
    change_view,
    delete_view,
    order_views,
]
