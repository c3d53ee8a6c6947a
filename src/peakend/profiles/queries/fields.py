"""Fields and their values. Masked values leave here masked: the screen never gets what it hides."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.ports import FieldRights
from peakend.customers.queries import parts_of
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import unseal
from peakend.kernel.words import best_language, word
from peakend.profiles.models import FIELD_COLUMNS, Field, ValueRow
from peakend.profiles.queries.seeing import may_fill, may_see
from peakend.profiles.rules.fields import (
    Given,
    Option,
    Shape,
    Subject,
    Value,
    given_of,
    is_secret,
    masked,
    unspelled,
)
from peakend.profiles.rules.seeing import shown_to

_FIELDS = f"""
SELECT {FIELD_COLUMNS} FROM profile_field
WHERE organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)
# What a merged customer had is the survivor's where the survivor has none of its own.
_VALUES = """
SELECT DISTINCT ON (v.field_id)
       v.owner_id, v.field_id, v.text, v.number, v.day, v.flag, v.sealed, v.version
FROM profile_value v
WHERE v.organisation_id = current_organisation()
  AND v.owner_id = ANY($1::uuid[])
  AND v.field_id = ANY($2::uuid[])
ORDER BY v.field_id, array_position($1::uuid[], v.owner_id)
"""


class FieldNotFound(NotFound):
    """There is no such field here."""

    wording = "profiles.field_not_found"


class ValueView(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a value; a masked one comes without it."""

    field_id: UUID
    value: Given
    shown: str
    masked: bool
    version: int


class FieldView(Field, frozen=True, kw_only=True):
    """A field as somebody gets it: whether his roles see what it holds, and may fill it in."""

    seen: bool
    fillable: bool


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose values are meant; `ids` begins with its own, then those of who was merged into it."""

    of: Subject
    ids: list[UUID]
    type_id: UUID | None = None
    customer_id: UUID | None = None
    conversation_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Return under which id new values are kept."""
        return self.ids[0]


async def fields(tx: Transaction) -> list[FieldView]:
    """Return the fields in their order, those put aside too, as far as the actor sees them.

    Whoever may define them gets all. Counts: at most 2,000.
    """
    found = await tx.all(Field, f"{_FIELDS} ORDER BY of, type_id, position, id LIMIT 2000")
    views = [field_view(tx, whole(one)) for one in found]
    return [one for one in views if one.seen or _defines(tx)]


def field_view(tx: Transaction, field: Field) -> FieldView:
    """Return a field as the actor sees it; for which roles it is, only who may say so is told."""
    given = {name: getattr(field, name) for name in Field.__struct_fields__}
    if not _defines(tx):
        given |= {"seen_by": None, "changed_by": None}
    seen, fillable = may_see(tx.actor, field), may_fill(tx.actor, field)
    return FieldView(**given, seen=seen, fillable=fillable)


def _defines(tx: Transaction) -> bool:
    return tx.actor.may("settings.manage")


async def role_fields(tx: Transaction) -> FieldRights:
    """Return what says of roles which fields they let see and fill in that are not for all.

    How such a field is called is told to whoever may define them, or sees it.
    """
    rows = await tx.all(Field, f"{_FIELDS} AND archived_at IS NULL ORDER BY id LIMIT 2000")
    some = [whole(one) for one in rows if one.seen_by is not None or one.changed_by is not None]
    language, other = (
        best_language(tx.actor.language),
        word("profiles.other_field", tx.actor.language),
    )

    def called(field: Field) -> str:
        told = _defines(tx) or may_see(tx.actor, field)
        return {"zh-CN": field.label_zh, "en": field.label_en}[language] if told else other

    names = {one.id: called(one) for one in some}

    def of_roles(roles: Collection[str]) -> dict[str, str]:
        rights = {}
        for one in some:
            if shown_to(one.seen_by, roles):
                rights[f"{one.id}:see"] = names[one.id]
                if shown_to(one.changed_by, roles):
                    rights[f"{one.id}:fill"] = names[one.id]
        return rights

    return of_roles


async def fields_of(tx: Transaction, of: Subject, type_id: UUID | None = None) -> list[Field]:
    """Return the fields in use of one kind of thing that the actor sees, in their order."""
    found = await every_field_of(tx, of, type_id)
    return [one for one in found if may_see(tx.actor, one)]


async def every_field_of(tx: Transaction, of: Subject, type_id: UUID | None = None) -> list[Field]:
    """Return all fields in use of one kind of thing, for whoever defines them."""
    found = await tx.all(
        Field,
        f"{_FIELDS} AND of = $1 AND type_id IS NOT DISTINCT FROM $2::uuid AND archived_at IS NULL"
        " ORDER BY position, id LIMIT 100",
        of,
        type_id,
    )
    return [whole(one) for one in found]


async def need_field(tx: Transaction, field_id: UUID) -> Field:
    """Return a field. Errors: FieldNotFound."""
    found = await tx.one(Field, f"{_FIELDS} AND id = $1", field_id)
    if found is None:
        raise FieldNotFound
    return whole(found)


def whole(field: Field) -> Field:
    """Return a field with its options, which a row brings as plain JSON."""
    options: Any = field.options
    return msgspec.structs.replace(field, options=msgspec.convert(options, list[Option]))


def shape_of(field: Field) -> Shape:
    """Return what decides which values fit a field."""
    return Shape(
        kind=field.kind,
        options=field.options,
        pattern=field.pattern,
        least=field.least,
        most=field.most,
    )


async def customer_owner(tx: Transaction, customer_id: UUID) -> Owner:
    """Return whose values are a customer's. Errors: CustomerNotFound."""
    ids = await parts_of(tx, customer_id)
    return Owner(of="customer", ids=ids, customer_id=ids[0])


def conversation_owner(conversation_id: UUID) -> Owner:
    """Return whose values are a conversation's, which the caller may see."""
    return Owner(of="conversation", ids=[conversation_id], conversation_id=conversation_id)


async def value_rows(
    tx: Transaction, owner_ids: Sequence[UUID], field_ids: Collection[UUID]
) -> dict[UUID, ValueRow]:
    """Return the values of an owner as stored, by field."""
    if not field_ids:
        return {}
    rows = await tx.all(ValueRow, _VALUES, list(owner_ids), list(field_ids))
    return {row.field_id: row for row in rows}


async def values(tx: Transaction, owner: Owner) -> list[ValueView]:
    """Return what is filled in, in the order of the fields."""
    defined = await fields_of(tx, owner.of, owner.type_id)
    rows = await value_rows(tx, owner.ids, [one.id for one in defined])
    return [_view(tx, one, rows[one.id]) for one in defined if one.id in rows and rows[one.id].held]


def _view(tx: Transaction, field: Field, row: ValueRow) -> ValueView:
    value = opened(tx.organisation_id, field, row)
    hidden = is_secret(field.privacy)
    text = str(given_of(value))
    return ValueView(
        field_id=field.id,
        value=None if hidden else given_of(value),
        shown=masked(field.kind, field.privacy, field.mask, text) if hidden else "",
        masked=hidden,
        version=row.version,
    )


def sealed_where(organisation_id: UUID, owner_id: UUID, field_id: UUID) -> str:
    """Return the place that a sealed value is bound to."""
    return f"{organisation_id}/profile_value/sealed/{owner_id}/{field_id}"


def opened(organisation_id: UUID, field: Field, row: ValueRow) -> Value:
    """Return the value that a row holds."""
    if row.sealed is None:
        return Value(text=row.text, number=row.number, day=row.day, flag=row.flag)
    place = sealed_where(organisation_id, row.owner_id, row.field_id)
    return unspelled(field.kind, unseal(row.sealed, place).decode())


async def missing(tx: Transaction, *, conversation_id: UUID, customer_id: UUID) -> list[str]:
    """Return the labels of what must be filled in before a conversation ends.

    Nobody is asked for what he may not fill in. Counts: one look where nothing is required, which
    is the rule.
    """
    needed = await tx.all(
        Field,
        f"{_FIELDS} AND required AND archived_at IS NULL AND of IN ('customer', 'conversation')"
        " ORDER BY of, position, id LIMIT 200",
    )
    needed = [one for one in needed if may_fill(tx.actor, one)]
    if not needed:
        return []
    owners = {"conversation": [conversation_id], "customer": await parts_of(tx, customer_id)}
    labels = []
    for of, ids in owners.items():
        asked = [one for one in needed if one.of == of]
        rows = await value_rows(tx, ids, [one.id for one in asked])
        empty = [one for one in asked if one.id not in rows or not rows[one.id].held]
        labels += [label_of(tx, one) for one in empty]
    return labels


def label_of(tx: Transaction, field: Field) -> str:
    """Return what a field is called in the actor's language."""
    return field.label_zh if tx.actor.language.startswith("zh") else field.label_en
