"""Custom fields as lists of conversations are narrowed by them, and show them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.profiles.models import FIELD_COLUMNS, Field, ValueRow
from peakend.profiles.queries.fields import opened, whole
from peakend.profiles.queries.seeing import may_see
from peakend.profiles.rules.fields import Given, given_of, is_secret
from peakend.profiles.rules.sifting import Condition, condition_fits, sought_texts

_NAMED = f"""
SELECT {FIELD_COLUMNS} FROM profile_field
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[]) AND archived_at IS NULL
"""  # noqa: S608 (names of columns only)
_OF_CUSTOMERS = """
SELECT DISTINCT ON (asked.id, v.field_id) asked.id AS asked_id, v.owner_id, v.field_id, v.text,
       v.number, v.day, v.flag, v.sealed, v.version
FROM unnest($1::uuid[]) AS asked (id)
CROSS JOIN LATERAL customer_parts(asked.id) part
JOIN profile_value v ON v.organisation_id = current_organisation()
    AND v.owner_id = part.id AND v.field_id = ANY($2::uuid[])
ORDER BY asked.id, v.field_id, part.absorbed, part.id
"""
_OF_CONVERSATIONS = """
SELECT v.owner_id AS asked_id, v.owner_id, v.field_id, v.text, v.number, v.day, v.flag, v.sealed,
       v.version
FROM profile_value v
WHERE v.organisation_id = current_organisation() AND v.owner_id = ANY($1::uuid[])
  AND v.field_id = ANY($2::uuid[])
"""


class FieldTest(msgspec.Struct, frozen=True, kw_only=True):
    """A condition as the database asks it."""

    of: Literal["customer", "conversation"]
    field_id: UUID
    texts: list[str] | None
    low: float | None
    high: float | None
    since: date | None
    till: date | None
    yes: bool | None


class _Held(ValueRow, frozen=True, kw_only=True):
    asked_id: UUID


async def sifting_fields(tx: Transaction, ids: Collection[UUID], actor: Actor) -> dict[UUID, Field]:
    """Return those fields by which somebody may narrow lists of conversations.

    Masked ones are not among them, for nobody: who has a value could be guessed by asking. Nor are
    those that his roles do not see: they could be guessed by counting.
    """
    if not ids:
        return {}
    found = [whole(one) for one in await tx.all(Field, _NAMED, list(ids))]
    return {
        one.id: one
        for one in found
        if not is_secret(one.privacy)
        and may_see(actor, one)
        and (one.of == "conversation" or (one.of == "customer" and _reads_customers(actor)))
    }


async def unseen_fields(tx: Transaction, ids: Collection[UUID], actor: Actor) -> set[UUID]:
    """Return those of some fields that the roles of somebody do not see."""
    found = await tx.all(Field, _NAMED, list(ids)) if ids else []
    return {one.id for one in found if not may_see(actor, one)}


def _reads_customers(actor: Actor) -> bool:
    return actor.kind != "member" or actor.may("customers.read")


def field_tests(known: Mapping[UUID, Field], given: Iterable[Condition]) -> list[FieldTest] | None:
    """Return conditions on known fields as they are asked; None where one does not fit its type."""
    tests = []
    for one in given:
        field = known[one.field_id]
        if not condition_fits(field.kind, one):
            return None
        tests.append(
            FieldTest(
                of="customer" if field.of == "customer" else "conversation",
                field_id=field.id,
                texts=sought_texts(field.kind, field.options, one.any_of) or None,
                low=one.least,
                high=one.most,
                since=one.since,
                till=one.till,
                yes=one.yes,
            )
        )
    return tests


async def values_beside(
    tx: Transaction, owners: Mapping[UUID, UUID], known: Sequence[Field]
) -> dict[UUID, dict[UUID, Given]]:
    """Return what fields hold for conversations, given with their customers; not what is masked."""
    open_ones = {one.id: one for one in known if not is_secret(one.privacy)}
    found: dict[UUID, dict[UUID, Given]] = {one: {} for one in owners}
    of_customers = [one.id for one in open_ones.values() if one.of == "customer"]
    of_conversations = [one.id for one in open_ones.values() if one.of == "conversation"]
    held: dict[tuple[UUID, UUID], Given] = {}
    for sql, ids, fields in (
        (_OF_CUSTOMERS, list(set(owners.values())), of_customers),
        (_OF_CONVERSATIONS, list(owners), of_conversations),
    ):
        if ids and fields:
            for row in await tx.all(_Held, sql, ids, fields):
                if row.held:
                    value = opened(tx.organisation_id, open_ones[row.field_id], row)
                    held[row.asked_id, row.field_id] = given_of(value)
    for conversation_id, customer_id in owners.items():
        for field in open_ones.values():
            owner_id = customer_id if field.of == "customer" else conversation_id
            if (owner_id, field.id) in held:
                found[conversation_id][field.id] = held[owner_id, field.id]
    return found
