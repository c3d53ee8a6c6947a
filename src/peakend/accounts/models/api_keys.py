"""The table of API keys and their rows."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.accounts.models.people import moment, text_column
from peakend.kernel.db import reference, tenant_table

# A key is its owner's: it may what he may, of that what its scopes name, for as long as he may.
api_key_table = tenant_table(
    "api_key",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    text_column("name"),
    Column("token_hash", LargeBinary, nullable=False),
    # The end of it, by which people tell their keys apart.
    text_column("ending"),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("networks", ARRAY(Text), nullable=False),
    Column("per_minute", Integer, nullable=False),
    moment("created_at"),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("last_used_at", nullable=True),
    text_column("last_address", ""),
    Index("uq_api_key_token_hash", "token_hash", unique=True),
    Index("ix_api_key_created", "organisation_id", "created_at"),
    system="all",
)


class ApiKeyRow(msgspec.Struct, frozen=True):
    """A key as a list shows it, without its secret, which is kept nowhere."""

    id: UUID
    member_id: UUID
    name: str
    ending: str
    scopes: list[str]
    networks: list[str]
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_address: str


class OpenKey(msgspec.Struct, frozen=True):
    """A key that was found by its secret and can be used."""

    organisation_id: UUID
    id: UUID
    member_id: UUID
    scopes: list[str]
    networks: list[str]
    per_minute: int
    expires_at: datetime | None
    last_used_at: datetime | None
