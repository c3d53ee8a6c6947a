"""Tables and rows of links and panels to systems of the house."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import tenant_table
from peakend.profiles.rules.links import LinkKind, LinkOf

context_link_table = tenant_table(
    "context_link",
    Column("kind", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("variables", JSONB, nullable=False, server_default=text("'[]'")),
    Column("height", Integer, nullable=False, server_default=text("320")),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary, nullable=True),
    Column("old_until", DateTime(timezone=True), nullable=True),
    Column("archived_at", DateTime(timezone=True), nullable=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
)


class ContextLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link or panel as defined; its secret is never in it."""

    id: UUID
    kind: LinkKind
    of: LinkOf
    name_zh: str
    name_en: str
    url: str
    variables: list[str]
    height: int
    position: int
    old_until: datetime | None
    archived_at: datetime | None
    version: int


class LinkSecrets(msgspec.Struct, frozen=True):
    """The sealed secrets of a link."""

    secret: bytes
    old_secret: bytes | None
    old_until: datetime | None


LINK_COLUMNS = ", ".join(ContextLink.__struct_fields__)
