"""Kinds of objects, and the objects themselves: added, changed, removed and brought back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.customers.queries import parts_of
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.profiles.actions.filling import ValueChange, fill
from peakend.profiles.events import ObjectChanged, ObjectTypeChanged
from peakend.profiles.queries.companies import need_company
from peakend.profiles.queries.objects import (
    TypeNotFound,
    need_object,
    need_type,
    object_types,
    objects,
    owner_of,
)
from peakend.profiles.rules.companies import MOST_OBJECTS, MOST_TYPES, Attached
from peakend.profiles.rules.fields import plain_line


class TypeStale(Conflict):
    """The kind of object was changed since it was looked at."""

    wording = "profiles.type_stale"


class ObjectStale(Conflict):
    """The object was changed since it was looked at."""

    wording = "profiles.object_stale"


class WrongObject(Invalid):
    """An object has a name, one owner, and a kind that fits the owner."""

    wording = "profiles.wrong_object"


class TooManyObjects(Invalid):
    """There are as many as there may be."""

    wording = "profiles.too_many_objects"


async def add_type(tx: Transaction, *, name_zh: str, name_en: str, attached: Attached) -> UUID:
    """Define a kind of object. Errors: WrongObject, TooManyObjects."""
    known = await object_types(tx)
    if sum(one.archived_at is None for one in known) >= MOST_TYPES:
        raise TooManyObjects(most=MOST_TYPES)
    names = plain_line(name_zh), plain_line(name_en)
    if not all(names):
        raise WrongObject(fields={"name_zh": "empty"})
    type_id = new_id()
    await tx.run(
        "INSERT INTO object_type (id, name_zh, name_en, attached, position)"
        " VALUES ($1, $2, $3, $4, $5)",
        type_id,
        *names,
        attached,
        len(known) + 1,
    )
    await _tell_type(tx, type_id, "created")
    return type_id


async def change_type(
    tx: Transaction, *, type_id: UUID, changes: dict[str, Any], version: int
) -> None:
    """Change some of name_zh, name_en, attached, archived. Errors: TypeNotFound, TypeStale."""
    old = await need_type(tx, type_id)
    changes = dict(changes)
    archived = changes.pop("archived", None)
    what = "updated"
    if archived is not None and archived != (old.archived_at is not None):
        what = "archived" if archived else "restored"
        changes["archived_at"] = tx.now if archived else None
    new = msgspec.structs.replace(old, **changes)
    names = plain_line(new.name_zh), plain_line(new.name_en)
    if not all(names):
        raise WrongObject(fields={"name_zh": "empty"})
    changed = await tx.run(
        """
        UPDATE object_type SET name_zh = $3, name_en = $4, attached = $5, archived_at = $6,
            version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        type_id,
        version,
        *names,
        new.attached,
        new.archived_at,
    )
    if not changed:
        raise TypeStale(version=old.version)
    await _tell_type(tx, type_id, what)


async def add_object(
    tx: Transaction,
    *,
    type_id: UUID,
    customer_id: UUID | None,
    company_id: UUID | None,
    title: str,
    values: Sequence[ValueChange] = (),
) -> UUID:
    """Note something that a customer or a company has.

    Errors: TypeNotFound, CustomerNotFound, CompanyNotFound, WrongObject, TooManyObjects and those
    of filling in.
    """
    kind = await need_type(tx, type_id)
    if kind.archived_at is not None:
        raise TypeNotFound
    plain = plain_line(title)[:100]
    of = "customer" if customer_id else "company"
    if not plain or (customer_id is None) == (company_id is None):
        raise WrongObject(fields={"title": "wrong"})
    if kind.attached not in (of, "both"):
        raise WrongObject(fields={"type_id": "wrong"})
    if customer_id:
        customer_id = (await parts_of(tx, customer_id))[0]
        held = await objects(tx, customer_id=customer_id)
    elif company_id:
        await need_company(tx, company_id)
        held = await objects(tx, company_id=company_id)
    if len(held) >= MOST_OBJECTS:
        raise TooManyObjects(most=MOST_OBJECTS)
    object_id = new_id()
    await tx.run(
        "INSERT INTO kept_object (id, type_id, customer_id, company_id, title, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        object_id,
        type_id,
        customer_id,
        company_id,
        plain,
        tx.now,
    )
    await _tell(tx, object_id, "created")
    if values:
        await fill(tx, owner=owner_of(await need_object(tx, object_id)), changes=values)
    return object_id


async def change_object(
    tx: Transaction, *, object_id: UUID, version: int, title: str | None, removed: bool | None
) -> None:
    """Rename an object, remove it or bring it back. Errors: ObjectNotFound, ObjectStale."""
    old = await need_object(tx, object_id)
    plain = old.title if title is None else plain_line(title)[:100]
    if not plain:
        raise WrongObject(fields={"title": "empty"})
    gone = old.removed_at is not None if removed is None else removed
    changed = await tx.run(
        """
        UPDATE kept_object SET title = $3, version = version + 1,
            removed_at = CASE WHEN $4 THEN coalesce(removed_at, $5) END
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        object_id,
        version,
        plain,
        gone,
        tx.now,
    )
    if not changed:
        raise ObjectStale(version=old.version)
    flips = gone != (old.removed_at is not None)
    await _tell(tx, object_id, ("removed" if gone else "restored") if flips else "updated")


async def _tell(tx: Transaction, object_id: UUID, what: str) -> None:
    one = await need_object(tx, object_id)
    await record(
        tx,
        ObjectChanged(
            object_id=object_id,
            type_id=one.type_id,
            what=what,
            customer_id=one.customer_id,
            company_id=one.company_id,
        ),
    )


async def _tell_type(tx: Transaction, type_id: UUID, what: str) -> None:
    await record(tx, ObjectTypeChanged(type_id=type_id, what=what))
    await audit(tx, f"object_type.{what}", "object_type", type_id, {})
