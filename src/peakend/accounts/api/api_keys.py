"""Routes of API keys: for programs that act for somebody, within what he may."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.api_keys import KeyText
from peakend.accounts.api.sessions import Name
from peakend.accounts.rules import API_KEY_DAYS, API_PER_MINUTE, NETWORKS
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Scope = Annotated[str, Meta(min_length=1, max_length=60)]
Network = Annotated[str, Meta(min_length=1, max_length=60)]


class NewApiKey(Struct, forbid_unknown_fields=True):
    """What a key is for, what it may, how long it lives, from where and how often it may ask."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=200)]
    expires_days: Annotated[int, Meta(ge=1, le=API_KEY_DAYS)] | None = 90
    networks: Annotated[list[Network], Meta(max_length=NETWORKS)] = []
    per_minute: Annotated[int, Meta(ge=1, le=API_PER_MINUTE)] = 600


class ApiKeyView(Struct, frozen=True):
    """A key without its secret; it acts for its owner, within what he may at the moment."""

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


class MadeApiKey(Struct, frozen=True):
    """The key itself; it is shown this once."""

    id: UUID
    key: str


@get("/api-keys", opt=needs("integrations.manage"))
async def list_api_keys(tx: Transaction) -> list[ApiKeyView]:
    """Return the keys of the house, newest first."""
    return [
        ApiKeyView(*(getattr(one, name) for name in ApiKeyView.__struct_fields__))
        for one in await queries.api_keys(tx)
    ]


@post("/api-keys", opt=needs("integrations.manage"))
async def add_api_key(tx: Transaction, data: NewApiKey) -> MadeApiKey:
    """Make a key; nobody gives it more than he has himself."""
    key = KeyText(
        name=data.name,
        scopes=data.scopes,
        expires_days=data.expires_days,
        networks=data.networks,
        per_minute=data.per_minute,
    )
    return MadeApiKey(*await actions.add_api_key(tx, key=key))


@delete("/api-keys/{key_id:uuid}", opt=needs("integrations.manage"))
async def revoke_api_key(tx: Transaction, key_id: UUID) -> None:
    """End a key at once."""
    await actions.revoke_api_key(tx, key_id=key_id)


routes: list[Any] = [list_api_keys, add_api_key, revoke_api_key]
