"""Routes of fields: defining them, filling them in for a customer, seeing what is masked."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post, put
from msgspec import UNSET, Meta, UnsetType

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.profiles import actions, queries
from peakend.profiles.actions import Filling, RevealAsked, Revealed
from peakend.profiles.queries import FieldView, Profile, ValueView
from peakend.profiles.rules.fields import Key, Kind, Label, Mask, Option, Privacy, Subject

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Help = Annotated[str, Meta(max_length=200)]
Pattern = Annotated[str, Meta(max_length=200)]
Bound = Annotated[float, Meta(ge=-1e15, le=1e15)]
Roles = Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=120)]
Options = Annotated[list[Option], Meta(max_length=500)]


class FieldGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new field."""

    of: Subject
    type_id: UUID | None = None
    key: Key
    kind: Kind
    label_zh: Label
    label_en: Label
    help_zh: Help = ""
    help_en: Help = ""
    privacy: Privacy = "internal"
    mask: Mask = "auto"
    required: bool = False
    options: Options = []
    pattern: Pattern = ""
    least: Bound | None = None
    most: Bound | None = None
    seen_by: Roles | None = None
    changed_by: Roles | None = None


class FieldChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a field; its key, its kind and what it is of stay."""

    version: Version
    label_zh: Label | UnsetType = UNSET
    label_en: Label | UnsetType = UNSET
    help_zh: Help | UnsetType = UNSET
    help_en: Help | UnsetType = UNSET
    privacy: Privacy | UnsetType = UNSET
    mask: Mask | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    options: Options | UnsetType = UNSET
    pattern: Pattern | UnsetType = UNSET
    least: Bound | UnsetType | None = UNSET
    most: Bound | UnsetType | None = UNSET
    seen_by: Roles | UnsetType | None = UNSET
    changed_by: Roles | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class FieldOrder(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The fields of one kind of thing in their order."""

    of: Subject
    type_id: UUID | None = None
    field_ids: Annotated[list[UUID], Meta(max_length=200)]


@get("/profile-fields", summary="Fields that are defined", opt=needs("customers.read"))
async def field_list(tx: Transaction) -> list[FieldView]:
    return await queries.fields(tx)


@post("/profile-fields", summary="Define a field", opt=needs("settings.manage"))
async def add_field(data: FieldGiven, tx: Transaction) -> FieldView:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    field_id = await actions.add_field(tx, **given)
    return queries.field_view(tx, await queries.need_field(tx, field_id))


@patch(
    "/profile-fields/{field_id:uuid}",
    summary="Change, archive or bring back a field",
    opt=needs("settings.manage"),
)
async def change_field(field_id: UUID, data: FieldChange, tx: Transaction) -> FieldView:
    await actions.change_field(tx, field_id=field_id, changes=data.changes(), version=data.version)
    return queries.field_view(tx, await queries.need_field(tx, field_id))


@put("/profile-fields/order", summary="Put fields into an order", opt=needs("settings.manage"))
async def order_fields(data: FieldOrder, tx: Transaction) -> list[FieldView]:
    await actions.order_fields(tx, of=data.of, type_id=data.type_id, field_ids=data.field_ids)
    return await queries.fields(tx)


@get(
    "/customers/{customer_id:uuid}/profile",
    summary="What is kept beside a customer: fields, companies, things",
    opt=needs("customers.read"),
)
async def customer_profile(customer_id: UUID, tx: Transaction) -> Profile:
    return await queries.profile(tx, customer_id)


@patch(
    "/customers/{customer_id:uuid}/fields",
    summary="Fill in fields of a customer",
    opt=needs("customers.edit"),
)
async def fill_customer(customer_id: UUID, data: Filling, tx: Transaction) -> list[ValueView]:
    owner = await queries.customer_owner(tx, customer_id)
    await actions.fill(tx, owner=owner, changes=data.values)
    return await queries.values(tx, owner)


@post(
    "/customers/{customer_id:uuid}/field-reveals",
    summary="Show a masked field for five minutes; who asked and why is kept",
    opt=needs("customers.reveal"),
)
async def reveal_customer(customer_id: UUID, data: RevealAsked, tx: Transaction) -> Revealed:
    owner = await queries.customer_owner(tx, customer_id)
    return await actions.reveal(tx, owner=owner, field_id=data.field_id, reason=data.reason)


routes = [
    field_list,
    add_field,
    change_field,
    order_fields,
    customer_profile,
    fill_customer,
    reveal_customer,
]
