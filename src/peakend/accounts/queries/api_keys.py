"""From an API key to whom it acts for; a key found is believed for at most one second."""

import time
from datetime import datetime

import msgspec

from peakend.accounts.models import ApiKeyRow, OpenKey
from peakend.accounts.queries.sign_in import members_by_id
from peakend.accounts.rules import API_KEY_PREFIX, address_allowed
from peakend.kernel import clock
from peakend.kernel.actors import BY_KEY, Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid, NotFound, SignInNeeded
from peakend.kernel.secrets import token_hash

CACHE_S = 1.0
CACHE_ENTRIES = 10_000
TOUCH_S = 60

_known: dict[bytes, tuple[float, "KeyHolder"]] = {}


class ApiKeyNotFound(NotFound):
    """There is no such key here."""

    wording = "accounts.api_key_not_found"


class ApiKeyExpired(SignInNeeded):
    """The key is right, but its time is over; only who holds it hears so."""

    wording = "accounts.api_key_expired"


class KeyHolder(msgspec.Struct, frozen=True):
    """For whom a key acts, from where it may come, and how often."""

    actor: Actor
    networks: tuple[str, ...]
    per_minute: int


async def actor_for_key(database: Database, secret: str, address: str) -> KeyHolder | None:
    """Return for whom a key acts now, or None; a key that is used says so once a minute.

    Errors: ApiKeyExpired for one that is right and not revoked, but over.
    """
    digest = _digest(secret)
    if digest is None:
        return None
    known = _known.get(digest)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    found = await _look(database, digest, clock.now(), address)
    if found is None:
        _known.pop(digest, None)
        return None
    if len(_known) >= CACHE_ENTRIES:
        _known.clear()
    _known[digest] = (time.monotonic() + CACHE_S, found)
    return found


def key_may_come_from(holder: KeyHolder, address: str) -> bool:
    """Say whether a key is taken from an address."""
    return not holder.networks or address_allowed(address, holder.networks)


def forget_keys() -> None:
    """Let this process ask the database again about every key."""
    _known.clear()


async def api_keys(tx: Transaction) -> list[ApiKeyRow]:
    """Return the keys of the house, newest first. Counts: at most 500."""
    return await tx.all(
        ApiKeyRow,
        """
        SELECT id, member_id, name, ending, scopes, networks, per_minute, created_at, expires_at,
               revoked_at, last_used_at, last_address
        FROM api_key
        WHERE organisation_id = current_organisation()
        ORDER BY created_at DESC, id DESC
        LIMIT 500
        """,
    )


async def _look(database: Database, digest: bytes, now: datetime, address: str) -> KeyHolder | None:
    async with database.system(now) as tx:
        key = await tx.one(
            OpenKey,
            """
            SELECT organisation_id, id, member_id, scopes, networks, per_minute, expires_at,
                   last_used_at
            FROM api_key
            WHERE token_hash = $1
              AND revoked_at IS NULL
            """,
            digest,
        )
        if key is None:
            return None
        if key.expires_at is not None and key.expires_at <= now:
            raise ApiKeyExpired
        if key.last_used_at is None or (now - key.last_used_at).total_seconds() >= TOUCH_S:
            await tx.run(
                "UPDATE api_key SET last_used_at = $3, last_address = $4"
                " WHERE organisation_id = $1 AND id = $2",
                key.organisation_id,
                key.id,
                now,
                address[:64],
            )
    async with database.transaction(Actor.system(key.organisation_id)) as own:
        people = await members_by_id(own, [key.member_id])
    if key.member_id not in people:
        return None
    person, networks = people[key.member_id]
    return KeyHolder(_narrowed(person, key), tuple(key.networks) or networks, key.per_minute)


def _narrowed(person: Actor, key: OpenKey) -> Actor:
    permissions = person.permissions.intersection(key.scopes)
    return msgspec.structs.replace(
        person, key_id=key.id, permissions=permissions, roles=(*person.roles, BY_KEY)
    )


def _digest(secret: str) -> bytes | None:
    if not secret.startswith(API_KEY_PREFIX):
        return None
    try:
        return token_hash(secret.removeprefix(API_KEY_PREFIX))
    except Invalid:
        return None
