"""What profiles hold about persons: values of fields, companies they belong to, their objects."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.personal import Held, holds
from peakend.profiles.models import FIELD_COLUMNS, Field, ValueRow
from peakend.profiles.queries.fields import opened

_OBJECTS = """
SELECT coalesce(array_agg(id), '{}') FROM kept_object
WHERE organisation_id = current_organisation() AND customer_id = ANY($1)
"""
_VALUES = """
SELECT owner_id, field_id, text, number, day, flag, sealed, version FROM profile_value
WHERE organisation_id = current_organisation() AND owner_id = ANY($1)
"""
_GONE = """
DELETE FROM profile_value WHERE organisation_id = current_organisation() AND owner_id = ANY($1)
"""
_LOOKS = """
SELECT reason, at FROM profile_reveal
WHERE organisation_id = current_organisation() AND owner_id = ANY($1) AND reason <> ''
ORDER BY at
"""
_REASONS = """
UPDATE profile_reveal SET reason = ''
WHERE organisation_id = current_organisation() AND owner_id = ANY($1) AND reason <> ''
"""


class _Reason(msgspec.Struct, frozen=True):
    reason: str
    at: datetime


async def _with_objects(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    objects: list[UUID] = await tx.value(_OBJECTS, ids)
    return [*ids, *objects]


async def _drop_values(tx: Transaction, ids: list[UUID]) -> int:
    return await tx.run(_GONE, await _with_objects(tx, ids))


async def _drop_reasons(tx: Transaction, ids: list[UUID]) -> int:
    return await tx.run(_REASONS, await _with_objects(tx, ids))


async def _find_reasons(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    rows = await tx.all(_Reason, _LOOKS, await _with_objects(tx, ids))
    return [{"reason": row.reason, "at": row.at} for row in rows]


async def _find_values(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    rows = await tx.all(ValueRow, _VALUES, await _with_objects(tx, ids))
    fields = await tx.all(
        Field,
        f"SELECT {FIELD_COLUMNS} FROM profile_field"
        " WHERE organisation_id = current_organisation() AND id = ANY($1)",
        list({row.field_id for row in rows}),
    )
    by_id = {field.id: field for field in fields}
    return [
        {"zh-CN": by_id[row.field_id].label_zh, "en": by_id[row.field_id].label_en,
         "value": msgspec.to_builtins(opened(tx.organisation_id, by_id[row.field_id], row))}
        for row in rows
        if row.held
    ]  # fmt: skip


holds(
    # Before the objects, whose values go with them.
    Held(table="profile_value", of="customers", about="customer", erase=_drop_values,
         find=_find_values),
    Held(table="profile_value", of="customers", about="conversation", erase=_GONE,
         find=_find_values),
    Held(table="profile_reveal", of="reasons", about="customer", erase=_drop_reasons,
         empties=("reason",), find=_find_reasons),
    Held(table="profile_reveal", of="reasons", about="conversation", erase=_REASONS,
         empties=("reason",), find=_find_reasons),
    Held(table="company_customer", of="customers", about="customer",
         erase="DELETE FROM company_customer"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
         find="SELECT m.organisation_id, c.name AS company, m.title, m.at FROM company_customer m"
         " JOIN company c ON c.organisation_id = m.organisation_id AND c.id = m.company_id"
         " WHERE m.organisation_id = current_organisation() AND m.customer_id = ANY($1)"),
    Held(table="kept_object", of="customers", about="customer",
         erase="DELETE FROM kept_object"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
         find="SELECT organisation_id, title, created_at FROM kept_object"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"),
)  # fmt: skip
