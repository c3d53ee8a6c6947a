"""Webhooks, the log of their deliveries, and what a delivery says."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.automation.models import (
    DELIVERY_COLUMNS,
    WEBHOOK_COLUMNS,
    Attempt,
    Delivery,
    Webhook,
)
from peakend.automation.rules.webhooks import MOST_WEBHOOKS, DeliveryState, body
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.events import Envelope
from peakend.kernel.fact_rows import LIFTED
from peakend.kernel.live import read_fact
from peakend.kernel.naming import called
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.kernel.secrets import unseal

_COUNTED = 1000


class WebhookNotFound(NotFound):
    """There is no such webhook here."""

    wording = "automation.webhook_not_found"


class DeliveryNotFound(NotFound):
    """There is no such delivery here, or no longer."""

    wording = "automation.delivery_not_found"


class Sent(msgspec.Struct, frozen=True):
    """What is needed to send one delivery; without a body the fact is no longer there."""

    url: str
    secrets: list[str]
    body: bytes | None


async def all_webhooks(tx: Transaction) -> list[Webhook]:
    """Return the webhooks of the house, in the order in which they were made."""
    return await tx.all(
        Webhook,
        f"SELECT {WEBHOOK_COLUMNS} FROM webhook "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() ORDER BY id LIMIT $1",
        MOST_WEBHOOKS,
    )


async def need_webhook(tx: Transaction, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """Return a webhook. Errors: WebhookNotFound."""
    found = await tx.one(
        Webhook,
        f"SELECT {WEBHOOK_COLUMNS} FROM webhook "  # noqa: S608 (names of columns only)
        f"WHERE organisation_id = current_organisation() AND id = $1{' FOR UPDATE' * lock}",
        webhook_id,
    )
    if found is None:
        raise WebhookNotFound
    return found


async def waiting_counts(
    tx: Transaction, webhook_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Return how many deliveries of each webhook wait and were given up.

    Counts: both end at a thousand.
    """
    rows = await tx.all(
        _Counts,
        """
        SELECT w.id,
               (SELECT count(*) FROM (
                    SELECT FROM webhook_delivery d
                    WHERE d.organisation_id = w.organisation_id AND d.webhook_id = w.id
                      AND d.state = 'waiting' LIMIT $2) x) AS waiting,
               (SELECT count(*) FROM (
                    SELECT FROM webhook_delivery d
                    WHERE d.organisation_id = w.organisation_id AND d.webhook_id = w.id
                      AND d.state = 'dead' LIMIT $2) x) AS dead
        FROM webhook w
        WHERE w.organisation_id = current_organisation() AND w.id = ANY($1)
        """,
        list(webhook_ids),
        _COUNTED,
    )
    return {row.id: (row.waiting, row.dead) for row in rows}


async def deliveries(
    tx: Transaction,
    webhook_id: UUID,
    *,
    state: DeliveryState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Delivery]:
    """Return the deliveries of a webhook, newest first. Errors: WebhookNotFound, WrongCursor."""
    await need_webhook(tx, webhook_id)
    before = UUID(cursor_decode(cursor, 1)[0]) if cursor else UUID(int=(1 << 128) - 1)
    states = [state] if state else ["waiting", "delivered", "dead"]
    rows = await tx.all(
        Delivery,
        f"""
        SELECT {", ".join(f"d.{name}" for name in Delivery.__struct_fields__)}
        FROM unnest($2::text[]) AS wanted (state) CROSS JOIN LATERAL (
            SELECT {DELIVERY_COLUMNS} FROM webhook_delivery
            WHERE organisation_id = current_organisation() AND webhook_id = $1
              AND state = wanted.state AND id < $3
            ORDER BY id DESC LIMIT $4
        ) d
        ORDER BY d.id DESC LIMIT $4
        """,  # noqa: S608 (names of columns only)
        webhook_id,
        states,
        before,
        limit + 1,
    )
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(str(rows[limit - 1].id)) if more else None)


async def need_delivery(
    tx: Transaction, webhook_id: UUID, delivery_id: UUID, *, lock: bool = False
) -> Delivery:
    """Return a delivery of a webhook. Errors: DeliveryNotFound."""
    found = await tx.one(
        Delivery,
        f"SELECT {DELIVERY_COLUMNS} FROM webhook_delivery "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 AND webhook_id = $2"
        + " FOR UPDATE"
        * lock,
        delivery_id,
        webhook_id,
    )
    if found is None:
        raise DeliveryNotFound
    return found


async def attempts(tx: Transaction, delivery_id: UUID) -> list[Attempt]:
    """Return the tries of a delivery, newest first. Counts: at most 50."""
    return await tx.all(
        Attempt,
        "SELECT at, lasted_ms, status, code, answer FROM webhook_attempt "
        "WHERE organisation_id = current_organisation() AND delivery_id = $1 "
        "ORDER BY at DESC, id DESC LIMIT 50",
        delivery_id,
    )


async def body_of(tx: Transaction, fact_id: UUID) -> bytes | None:
    """Return what is said of a fact, always the same; None where the log no longer has it."""
    fact = await read_fact(tx, fact_id)
    return None if fact is None else body(fact.type, fact.occurred_at, fact.id, _said(fact))


async def secrets_of(tx: Transaction, webhook_id: UUID, now: datetime) -> tuple[str, list[str]]:
    """Return the address and the secrets that sign now, the newest first.

    Errors: WebhookNotFound.
    """
    found = await tx.one(
        _Sealed,
        "SELECT url, secret_sealed, old_secret_sealed, old_until FROM webhook "
        "WHERE organisation_id = current_organisation() AND id = $1",
        webhook_id,
    )
    if found is None:
        raise WebhookNotFound
    place = f"webhook/secret/{tx.organisation_id}/{webhook_id}"
    sealed = [found.secret_sealed]
    if found.old_secret_sealed and found.old_until and found.old_until > now:
        sealed.append(found.old_secret_sealed)
    return found.url, [unseal(one, place).decode() for one in sealed]


def _said(fact: Envelope) -> dict[str, object]:
    lifted = {name: getattr(fact, name) for name in LIFTED}
    return {"version": fact.version, "actor": fact.actor, **lifted, **fact.payload}


class _Counts(msgspec.Struct, frozen=True):
    id: UUID
    waiting: int
    dead: int


class _Sealed(msgspec.Struct, frozen=True):
    url: str
    secret_sealed: bytes
    old_secret_sealed: bytes | None
    old_until: datetime | None


async def deliveries_given_up(tx: Transaction) -> int:
    """Return how many deliveries were given up, over all webhooks. Counts: at most a thousand."""
    counts = await waiting_counts(tx, [one.id for one in await all_webhooks(tx)])
    return min(sum(dead for _, dead in counts.values()), _COUNTED)


called(
    "webhook",
    "SELECT id, name FROM webhook WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
