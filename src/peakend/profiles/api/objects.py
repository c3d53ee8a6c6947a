"""Routes of kinds of objects, and of the objects that customers and companies have."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from msgspec import UNSET, Meta, UnsetType

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.profiles import actions, queries
from peakend.profiles.actions import Filling, RevealAsked, Revealed, ValueChange
from peakend.profiles.queries import ObjectType, ObjectView
from peakend.profiles.rules.companies import Attached
from peakend.profiles.rules.fields import Label

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Title = Annotated[str, Meta(min_length=1, max_length=100)]


class TypeGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new kind of object."""

    name_zh: Label
    name_en: Label
    attached: Attached = "customer"


class TypeChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a kind of object."""

    version: Version
    name_zh: Label | UnsetType = UNSET
    name_en: Label | UnsetType = UNSET
    attached: Attached | UnsetType = UNSET
    archived: bool | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class ObjectGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something that a customer or a company has."""

    type_id: UUID
    customer_id: UUID | None = None
    company_id: UUID | None = None
    title: Title
    values: Annotated[list[ValueChange], Meta(max_length=60)] = []


class ObjectChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new name, or whether it is removed."""

    version: Version
    title: Title | None = None
    removed: bool | None = None


@get("/object-types", summary="Kinds of objects", opt=needs("customers.read"))
async def type_list(tx: Transaction) -> list[ObjectType]:
    return await queries.object_types(tx)


@post("/object-types", summary="Define a kind of object", opt=needs("settings.manage"))
async def add_type(data: TypeGiven, tx: Transaction) -> ObjectType:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    return await queries.need_type(tx, await actions.add_type(tx, **given))


@patch(
    "/object-types/{type_id:uuid}",
    summary="Change, archive or bring back a kind of object",
    opt=needs("settings.manage"),
)
async def change_type(type_id: UUID, data: TypeChange, tx: Transaction) -> ObjectType:
    await actions.change_type(tx, type_id=type_id, changes=data.changes(), version=data.version)
    return await queries.need_type(tx, type_id)


@post(
    "/objects",
    summary="Note something that a customer or a company has",
    opt=needs("customers.edit"),
)
async def add_object(data: ObjectGiven, tx: Transaction) -> ObjectView:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    return await queries.object_view(tx, await actions.add_object(tx, **given))


@patch(
    "/objects/{object_id:uuid}",
    summary="Rename an object, remove it or bring it back",
    opt=needs("customers.edit"),
)
async def change_object(object_id: UUID, data: ObjectChange, tx: Transaction) -> ObjectView:
    await actions.change_object(
        tx, object_id=object_id, version=data.version, title=data.title, removed=data.removed
    )
    return await queries.object_view(tx, object_id)


@patch(
    "/objects/{object_id:uuid}/fields",
    summary="Fill in fields of an object",
    opt=needs("customers.edit"),
)
async def fill_object(object_id: UUID, data: Filling, tx: Transaction) -> ObjectView:
    owner = await queries.object_owner(tx, object_id)
    await actions.fill(tx, owner=owner, changes=data.values)
    return await queries.object_view(tx, object_id)


@post(
    "/objects/{object_id:uuid}/field-reveals",
    summary="Show a masked field of an object for five minutes",
    opt=needs("customers.reveal"),
)
async def reveal_object(object_id: UUID, data: RevealAsked, tx: Transaction) -> Revealed:
    owner = await queries.object_owner(tx, object_id)
    return await actions.reveal(tx, owner=owner, field_id=data.field_id, reason=data.reason)


routes = [
    type_list,
    add_type,
    change_type,
    add_object,
    change_object,
    fill_object,
    reveal_object,
]
