"""From a visitor's token to whom it belongs. A token found is believed for at most one second."""

import time
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.customers.models import Visitor
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid, NotFound
from peakend.kernel.secrets import token_hash

CACHE_S = 1.0
CACHE_ENTRIES = 10_000
TOUCH_S = 60


class _Found(msgspec.Struct, frozen=True):
    organisation_id: UUID
    id: UUID
    customer_id: UUID
    channel_id: UUID
    language: str
    last_seen_at: datetime


_known: dict[bytes, tuple[float, Actor]] = {}


async def actor_for_visitor(
    database: Database, token: str | None, now: datetime | None = None
) -> Actor | None:
    """Return who holds a visitor token, or None."""
    digest = digest_of(token)
    if digest is None:
        return None
    cached = _known.get(digest)
    if cached is not None and cached[0] > time.monotonic():
        return cached[1]
    now = now or clock.now()
    async with database.system() as tx:
        found = await tx.one(
            _Found,
            """
            SELECT organisation_id, id, customer_id, channel_id, language, last_seen_at
            FROM visitor
            WHERE token_hash = $1
            """,
            digest,
        )
        if found is None:
            return None
        if (now - found.last_seen_at).total_seconds() >= TOUCH_S:
            await tx.run(
                "UPDATE visitor SET last_seen_at = $3 WHERE organisation_id = $1 AND id = $2",
                found.organisation_id,
                found.id,
                now,
            )
    actor = Actor(
        organisation_id=found.organisation_id,
        kind="visitor",
        id=found.id,
        language=found.language,
        customer_id=found.customer_id,
        channel_id=found.channel_id,
    )
    if len(_known) >= CACHE_ENTRIES:
        _known.clear()
    _known[digest] = (time.monotonic() + CACHE_S, actor)
    return actor


async def visitors_of(tx: Transaction, customer_ids: list[UUID]) -> list[UUID]:
    """Return the browsers of customers."""
    found: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(id), '{}') FROM visitor"
        " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
        customer_ids,
    )
    return found


async def is_proven(tx: Transaction, visitor_id: UUID | None) -> bool:
    """Say whether a browser showed whose it is, by its host page's signature or a mailed code."""
    return bool(
        await tx.value(
            "SELECT proven FROM visitor WHERE organisation_id = current_organisation() AND id = $1",
            visitor_id,
        )
    )


async def last_seen(tx: Transaction, customer_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when customers last showed themselves on any device; those never seen are left out."""
    rows = await tx.all(
        _Seen,
        """
        SELECT customer_id, max(last_seen_at) AS last_seen_at
        FROM visitor
        WHERE organisation_id = current_organisation()
          AND customer_id = ANY($1)
        GROUP BY customer_id
        """,
        list(customer_ids),
    )
    return {row.customer_id: row.last_seen_at for row in rows}


async def visitor_customers(tx: Transaction, visitor_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return whose visitors are now."""
    rows = await tx.all(
        _Whose,
        """
        SELECT id, customer_id
        FROM visitor
        WHERE organisation_id = current_organisation()
          AND id = ANY($1)
        """,
        list(visitor_ids),
    )
    return {row.id: row.customer_id for row in rows}


class _Whose(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID


class _Seen(msgspec.Struct, frozen=True):
    customer_id: UUID
    last_seen_at: datetime


def forget_visitor(visitor_id: UUID) -> None:
    """Let this process ask the database again about a visitor."""
    for digest in [d for d, (_, actor) in _known.items() if actor.id == visitor_id]:
        del _known[digest]


async def need_visitor(tx: Transaction, visitor_id: UUID, *, lock: bool = False) -> Visitor:
    """Return a visitor. Errors: NotFound."""
    if lock:
        await tx.run("SELECT FROM visitor WHERE organisation_id = current_organisation()"
                     " AND id = $1 FOR UPDATE", visitor_id)  # fmt: skip
    found = await tx.one(
        Visitor,
        """
        SELECT id, customer_id, channel_id, language, last_seen_at
        FROM visitor
        WHERE organisation_id = current_organisation()
          AND id = $1
        """,
        visitor_id,
    )
    if found is None:
        raise NotFound
    return found


async def visitor_by_token(tx: Transaction, token: str, channel_id: UUID) -> Visitor | None:
    """Return the visitor of a token in this channel; another channel's token is nobody's here."""
    digest = digest_of(token)
    if digest is None:
        return None
    return await tx.one(
        Visitor,
        """
        SELECT id, customer_id, channel_id, language, last_seen_at
        FROM visitor
        WHERE organisation_id = current_organisation()
          AND token_hash = $1
          AND channel_id = $2
        """,
        digest,
        channel_id,
    )


def digest_of(token: str | None) -> bytes | None:
    """Return what is stored of a token; None for what cannot be one."""
    try:
        return token_hash(token or "")
    except Invalid:
        return None
