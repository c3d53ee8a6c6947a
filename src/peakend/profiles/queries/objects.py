"""Kinds of objects, and the objects that customers and companies have."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.customers.queries import parts_of
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.profiles.models.companies import (
    OBJECT_COLUMNS,
    TYPE_COLUMNS,
    KeptObject,
    ObjectType,
)
from peakend.profiles.queries.fields import Owner, ValueView, values
from peakend.profiles.rules.companies import MOST_OBJECTS

_TYPES = f"""
SELECT {TYPE_COLUMNS} FROM object_type WHERE organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)
_OBJECTS = f"""
SELECT {OBJECT_COLUMNS} FROM kept_object WHERE organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)


class TypeNotFound(NotFound):
    """There is no such kind of object here."""

    wording = "profiles.type_not_found"


class ObjectNotFound(NotFound):
    """There is no such object here."""

    wording = "profiles.object_not_found"


class ObjectView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a customer or a company has, with its fields."""

    id: UUID
    type_id: UUID
    title: str
    created_at: datetime
    removed: bool
    version: int
    values: list[ValueView]


async def object_types(tx: Transaction) -> list[ObjectType]:
    """Return every kind of object in its order, those put aside too. Counts: at most 200."""
    return await tx.all(ObjectType, f"{_TYPES} ORDER BY position, id LIMIT 200")


async def need_type(tx: Transaction, type_id: UUID) -> ObjectType:
    """Return a kind of object. Errors: TypeNotFound."""
    found = await tx.one(ObjectType, f"{_TYPES} AND id = $1", type_id)
    if found is None:
        raise TypeNotFound
    return found


async def need_object(tx: Transaction, object_id: UUID) -> KeptObject:
    """Return an object, also one that was removed. Errors: ObjectNotFound."""
    found = await tx.one(KeptObject, f"{_OBJECTS} AND id = $1", object_id)
    if found is None:
        raise ObjectNotFound
    return found


async def object_owner(tx: Transaction, object_id: UUID) -> Owner:
    """Return whose values are an object's. Errors: ObjectNotFound."""
    found = await need_object(tx, object_id)
    return owner_of(found)


def owner_of(one: KeptObject) -> Owner:
    """Return whose values are those of an object that was read already."""
    return Owner(of="object", ids=[one.id], type_id=one.type_id, customer_id=one.customer_id)


async def object_view(tx: Transaction, object_id: UUID) -> ObjectView:
    """Return an object with its fields. Errors: ObjectNotFound."""
    return await _view(tx, await need_object(tx, object_id))


async def objects(
    tx: Transaction, *, customer_id: UUID | None = None, company_id: UUID | None = None
) -> list[ObjectView]:
    """Return what a customer, with all who were merged into it, or a company has.

    Counts: the newest 200 of kinds in use.
    """
    owners = await parts_of(tx, customer_id) if customer_id else [company_id]
    column = "customer_id" if customer_id else "company_id"
    found = await tx.all(
        KeptObject,
        f"{_OBJECTS} AND {column} = ANY($1::uuid[]) AND removed_at IS NULL"
        " ORDER BY id DESC LIMIT $2",
        owners,
        MOST_OBJECTS,
    )
    if not found:
        return []
    used = {one.id for one in await object_types(tx) if one.archived_at is None}
    return [await _view(tx, one) for one in found if one.type_id in used]


async def _view(tx: Transaction, one: KeptObject) -> ObjectView:
    return ObjectView(
        id=one.id,
        type_id=one.type_id,
        title=one.title,
        created_at=one.created_at,
        removed=one.removed_at is not None,
        version=one.version,
        values=await values(tx, owner_of(one)),
    )
