"""Passkeys of members, and the challenges that are out: each good for one answer."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.accounts.models.people import moment, text_column
from peakend.kernel.db import reference, system_table, tenant_table

passkey_table = tenant_table(
    "passkey",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("credential_id", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    text_column("name"),
    Column("transports", ARRAY(Text), nullable=False),
    # Whether it checked who held it (a PIN, a finger, a face) when it was made.
    Column("verifies", Boolean, nullable=False),
    # Whether it is kept elsewhere, too, so that a lost device does not lose it.
    Column("backed_up", Boolean, nullable=False),
    moment("created_at"),
    moment("last_used_at", nullable=True),
    # Its counter went back: there may be a copy. It opens nothing any more.
    moment("suspect_at", nullable=True),
    Index("uq_passkey_credential", "credential_id", unique=True),
    Index("ix_passkey_member", "organisation_id", "member_id"),
    system="select",
)
# Belongs to no house: whoever begins a sign-in has not said yet who he is.
passkey_challenge_table = system_table(
    "passkey_challenge",
    Column("challenge_hash", LargeBinary, primary_key=True),
    text_column("purpose"),
    Column("subject_id", Uuid(as_uuid=True)),
    moment("expires_at"),
    Index("ix_passkey_challenge_expires_at", "expires_at"),
)


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer of a passkey is checked against."""

    organisation_id: UUID
    id: UUID
    member_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    suspect_at: datetime | None


class KnownPasskey(msgspec.Struct, frozen=True):
    """How a browser is told of a passkey."""

    credential_id: bytes
    transports: list[str]
