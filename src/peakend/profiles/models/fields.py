"""Tables and rows of fields, their values, and who looked at masked ones."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.profiles.rules.fields import Kind, Mask, Option, Privacy, Subject


def _text(name: str, default: str | None = None) -> Column[Any]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


field_table = tenant_table(
    "profile_field",
    # customer, company, conversation or object; `type_id` says which kind of object.
    _text("of"),
    Column("type_id", Uuid(as_uuid=True), nullable=True),
    _text("key"),
    _text("kind"),
    _text("label_zh"),
    _text("label_en"),
    _text("help_zh", ""),
    _text("help_en", ""),
    _text("privacy"),
    _text("mask", "auto"),
    Column("required", Boolean, nullable=False, server_default=text("false")),
    Column("options", JSONB, nullable=False, server_default=text("'[]'")),
    _text("pattern", ""),
    Column("least", Float, nullable=True),
    Column("most", Float, nullable=True),
    Column("position", Integer, nullable=False, server_default=text("0")),
    # Keys or ids of roles; none named: everybody who may see or fill in at all.
    Column("seen_by", ARRAY(Text), nullable=True),
    Column("changed_by", ARRAY(Text), nullable=True),
    Column("archived_at", DateTime(timezone=True), nullable=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index(
        "uq_profile_field_key",
        "organisation_id",
        "of",
        text("coalesce(type_id, organisation_id)"),
        "key",
        unique=True,
    ),
)
# One row a value, in the column of its type; what is private lies sealed. Emptied, it stays to
# count its versions on. Whose it is belongs to several contexts: the key is checked where it is
# written.
field_value_table = tenant_table(
    "profile_value",
    Column("owner_id", Uuid(as_uuid=True), nullable=False),
    *reference("field_id", "profile_field", nullable=False, on_delete="CASCADE"),
    Column("text", Text, nullable=True),
    Column("number", Float, nullable=True),
    Column("day", Date, nullable=True),
    Column("flag", Boolean, nullable=True),
    Column("sealed", LargeBinary, nullable=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("num_nonnulls(text, number, day, flag, sealed) <= 1", name="one"),
    Index("ix_profile_value_field", "organisation_id", "field_id", "owner_id"),
    primary_key=("owner_id", "field_id"),
)
# What contexts above may sift by without naming this table. Sealed values fit nothing: what is
# masked cannot be guessed at by asking who has it.
field_value_table.info["after"] = [
    """
CREATE FUNCTION profile_fits(
    owner uuid, field uuid, texts text[], low float8, high float8, since date, till date,
    yes boolean
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT v.owner_id FROM profile_value v
    WHERE v.organisation_id = current_organisation() AND v.owner_id = owner AND v.field_id = field
      AND v.sealed IS NULL
      AND (texts IS NULL OR lower(v.text) = ANY (texts))
      AND (low IS NULL OR v.number >= low) AND (high IS NULL OR v.number <= high)
      AND (since IS NULL OR v.day >= since) AND (till IS NULL OR v.day <= till)
      AND (yes IS NULL OR v.flag = yes)
$body$
""",
    """
CREATE FUNCTION customer_profile_fits(
    owner uuid, field uuid, texts text[], low float8, high float8, since date, till date,
    yes boolean
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT v.owner_id FROM (
        SELECT held.* FROM customer_parts(owner) part
        JOIN profile_value held ON held.organisation_id = current_organisation()
            AND held.owner_id = part.id AND held.field_id = field
        ORDER BY part.absorbed, part.id LIMIT 1
    ) v
    WHERE v.sealed IS NULL
      AND (texts IS NULL OR lower(v.text) = ANY (texts))
      AND (low IS NULL OR v.number >= low) AND (high IS NULL OR v.number <= high)
      AND (since IS NULL OR v.day >= since) AND (till IS NULL OR v.day <= till)
      AND (yes IS NULL OR v.flag = yes)
$body$
""",
]
field_reveal_table = tenant_table(
    "profile_reveal",
    Column("owner_id", Uuid(as_uuid=True), nullable=False),
    Column("field_id", Uuid(as_uuid=True), nullable=False),
    *reference("member_id", "member", nullable=False),
    _text("reason"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("ix_profile_reveal_owner", "organisation_id", "owner_id", "at"),
    append_only=True,
    may_empty=("reason",),
)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field as an organisation defined it."""

    id: UUID
    of: Subject
    type_id: UUID | None
    key: str
    kind: Kind
    label_zh: str
    label_en: str
    help_zh: str
    help_en: str
    privacy: Privacy
    mask: Mask
    required: bool
    options: list[Option]
    pattern: str
    least: float | None
    most: float | None
    position: int
    seen_by: list[str] | None = None
    changed_by: list[str] | None = None
    archived_at: datetime | None = None
    version: int = 1


class ValueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A value as stored."""

    owner_id: UUID
    field_id: UUID
    text: str | None
    number: float | None
    day: date | None
    flag: bool | None
    sealed: bytes | None
    version: int

    @property
    def held(self) -> bool:
        """Say whether there is a value: where it was taken away only its version is left."""
        found = (self.text, self.number, self.day, self.flag, self.sealed)
        return any(one is not None for one in found)


FIELD_COLUMNS = ", ".join(Field.__struct_fields__)
