"""Defining fields. What holds values keeps its kind, and nobody makes private values public."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.accounts.queries import ROLES, need_roles
from peakend.kernel.actors import BY_KEY
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.profiles.events import FieldChanged, FieldRolesChanged, FieldsOrdered
from peakend.profiles.queries.fields import Field, every_field_of, need_field, shape_of
from peakend.profiles.queries.objects import need_type
from peakend.profiles.rules.fields import (
    MOST_FIELDS,
    Subject,
    is_secret,
    options_after,
    plain_line,
    shape_fault,
)

_SAME_KEY = """
SELECT EXISTS (
    SELECT FROM profile_field
    WHERE organisation_id = current_organisation()
      AND of = $1 AND type_id IS NOT DISTINCT FROM $2::uuid AND key = $3)
"""
_USED = """
SELECT EXISTS (
    SELECT FROM profile_value
    WHERE organisation_id = current_organisation() AND field_id = $1)
"""


class FieldTwice(Conflict):
    """Another field has this key."""

    wording = "profiles.field_twice"


class WrongField(Invalid):
    """A part of a field does not fit its kind."""

    wording = "profiles.wrong_field"


class WrongPattern(Invalid):
    """A pattern cannot be used."""

    wording = "profiles.wrong_pattern"


class ClassFixed(Conflict):
    """Values are there already: private ones stay private, open ones are not sealed later."""

    wording = "profiles.class_fixed"


class DefinitionStale(Conflict):
    """The field was changed since it was looked at."""

    wording = "profiles.definition_stale"


class TooManyFields(Invalid):
    """There are as many fields as there may be."""

    wording = "profiles.too_many_fields"


async def add_field(
    tx: Transaction, *, of: Subject, type_id: UUID | None, key: str, kind: str, **given: Any
) -> UUID:
    """Define a field. `given`: the other columns of a field but id, position and version.

    Errors: FieldTwice, TypeNotFound, RoleNotFound, WrongField, WrongPattern, TooManyFields.
    """
    await _lock(tx, of)
    if (of == "object") != (type_id is not None):
        raise WrongField(fields={"type_id": "wrong"})
    if type_id is not None:
        await need_type(tx, type_id)
    here = await every_field_of(tx, of, type_id)
    if len(here) >= MOST_FIELDS:
        raise TooManyFields(most=MOST_FIELDS)
    if await tx.value(_SAME_KEY, of, type_id, key):
        raise FieldTwice(fields={"key": "taken"})
    field = _checked(
        msgspec.convert(
            {
                "id": new_id(),
                "of": of,
                "type_id": type_id,
                "key": key,
                "kind": kind,
                "position": max((one.position for one in here), default=0) + 1,
                "archived_at": None,
                "version": 1,
                **msgspec.to_builtins(given),
            },
            Field,
        )
    )
    await _need_known(tx, field)
    row = _stored(field)
    names = ", ".join(row)
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await tx.run(
        f"INSERT INTO profile_field ({names}) VALUES ({places})",  # noqa: S608 (our columns)
        *row.values(),
    )
    await _tell(tx, field, "created")
    if field.seen_by is not None or field.changed_by is not None:
        await _tell_roles(tx, field)
    return field.id


async def change_field(
    tx: Transaction, *, field_id: UUID, changes: dict[str, Any], version: int
) -> None:
    """Change a field; `archived` puts it aside with its values, or brings it back.

    Errors: FieldNotFound, RoleNotFound, DefinitionStale, WrongField, WrongPattern, ClassFixed,
    TooManyFields.
    """
    old = await need_field(tx, field_id)
    await _lock(tx, old.of)
    changes = dict(changes)
    what = "updated"
    archived = changes.pop("archived", None)
    if archived is not None and archived != (old.archived_at is not None):
        what = "archived" if archived else "restored"
        if not archived and len(await every_field_of(tx, old.of, old.type_id)) >= MOST_FIELDS:
            raise TooManyFields(most=MOST_FIELDS)
        changes["archived_at"] = tx.now if archived else None
    if "options" in changes:
        changes["options"] = options_after(old.options, changes["options"])
    new = _checked(msgspec.structs.replace(old, **changes))
    await _need_known(tx, new, old)
    if is_secret(new.privacy) != is_secret(old.privacy) and await tx.value(_USED, field_id):
        raise ClassFixed(fields={"privacy": "fixed"})
    row = {k: v for k, v in _stored(new).items() if k not in ("id", "version", "position")}
    names = ", ".join(f"{name} = ${at}" for at, name in enumerate(row, 3))
    changed = await tx.run(
        f"UPDATE profile_field SET {names}, version = version + 1"  # noqa: S608 (our columns)
        " WHERE organisation_id = current_organisation() AND id = $1 AND version = $2",
        field_id,
        version,
        *row.values(),
    )
    if not changed:
        raise DefinitionStale(version=old.version)
    await _tell(tx, new, what)
    if (new.seen_by, new.changed_by) != (old.seen_by, old.changed_by):
        await _tell_roles(tx, new)


async def order_fields(
    tx: Transaction, *, of: Subject, type_id: UUID | None, field_ids: list[UUID]
) -> None:
    """Put the fields of one kind of thing into an order; those not named follow."""
    await _lock(tx, of)
    here = [one.id for one in await every_field_of(tx, of, type_id)]
    named = [one for one in dict.fromkeys(field_ids) if one in here]
    await tx.run(
        """
        UPDATE profile_field f SET position = w.place
        FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place)
        WHERE f.organisation_id = current_organisation() AND f.id = w.id
        """,
        [*named, *(one for one in here if one not in named)],
    )
    await record(tx, FieldsOrdered(of=of, fields=len(here)))


async def _lock(tx: Transaction, of: Subject) -> None:
    # Two administrators at once: counts and keys are looked at one after the other.
    await tx.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"profile_field/{tx.organisation_id}/{of}",
    )


async def _need_known(tx: Transaction, field: Field, old: Field | None = None) -> None:
    """Make sure that the roles named exist; one that is gone may stay named.

    Whom a role that is gone was shown to, nobody else is. Errors: RoleNotFound, WrongField.
    """
    named = {*(field.seen_by or ()), *(field.changed_by or ())} - {*ROLES, BY_KEY}
    before = {*(old.seen_by or ()), *(old.changed_by or ())} if old else set()
    await need_roles(tx, {_role_id(one) for one in named - before})


def _role_id(role: str) -> UUID:
    try:
        return UUID(role)
    except ValueError as error:
        raise WrongField(fields={"seen_by": "wrong"}) from error


def _checked(field: Field) -> Field:
    """Return a field with tidy texts. Errors: WrongField, WrongPattern."""
    tidy = msgspec.structs.replace(
        field,
        label_zh=plain_line(field.label_zh),
        label_en=plain_line(field.label_en),
        help_zh=plain_line(field.help_zh),
        help_en=plain_line(field.help_en),
        seen_by=None if field.seen_by is None else sorted(set(field.seen_by)),
        changed_by=None if field.changed_by is None else sorted(set(field.changed_by)),
        options=[
            msgspec.structs.replace(one, zh=plain_line(one.zh), en=plain_line(one.en))
            for one in field.options
        ],
    )
    for name in ("label_zh", "label_en"):
        if not getattr(tidy, name):
            raise WrongField(fields={name: "empty"})
    fault = shape_fault(shape_of(tidy))
    if fault == "pattern":
        raise WrongPattern(fields={"pattern": "wrong"})
    if fault is not None:
        raise WrongField(fields={fault: "wrong"})
    if tidy.required and tidy.of not in ("customer", "conversation"):
        raise WrongField(fields={"required": "wrong"})
    return tidy


def _stored(field: Field) -> dict[str, Any]:
    row = {name: getattr(field, name) for name in field.__struct_fields__}
    return row | {"options": msgspec.to_builtins(field.options)}


async def _tell(tx: Transaction, field: Field, what: str) -> None:
    await record(tx, FieldChanged(field_id=field.id, of=field.of, what=what))
    await audit(tx, f"field.{what}", "profile_field", field.id, {"of": field.of, "key": field.key})


async def _tell_roles(tx: Transaction, field: Field) -> None:
    await record(
        tx,
        FieldRolesChanged(
            field_id=field.id,
            of=field.of,
            seen_by=None if field.seen_by is None else len(field.seen_by),
            changed_by=None if field.changed_by is None else len(field.changed_by),
        ),
    )
    detail = {"key": field.key, "seen_by": field.seen_by, "changed_by": field.changed_by}
    await audit(tx, "field.roles_changed", "profile_field", field.id, detail)
