"""The courier: carries deliveries to their receivers, outside of every transaction.

Who dies between sending and writing down sends again under the same id, once the lease is over.
A receiver that is slow or fails holds up nobody but itself.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from standardwebhooks import Webhook as Signer

from peakend.accounts.actions import audit
from peakend.automation.events import WebhookDisabled
from peakend.automation.models import Due
from peakend.automation.queries import Sent, WebhookNotFound, body_of, secrets_of
from peakend.automation.rules.webhooks import (
    ANSWER_BYTES,
    AT_ONCE,
    LEASE,
    TIMEOUT_S,
    TROUBLED_AFTER,
    Outcome,
    is_given_up,
    message_id,
    next_try_s,
    rest_s,
    retry_after_s,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, SystemTransaction, Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.outgoing import Outgoing, safe_fetch
from peakend.kernel.outgoing.carrier import Carrier

log = structlog.get_logger()

MOST_AT_ONCE = 32
CLAIM = """
WITH busy AS (
    SELECT * FROM unnest($4::uuid[], $5::int[]) AS one (webhook_id, n)
), due AS (
    SELECT d.organisation_id, d.id
    FROM webhook w
    LEFT JOIN busy ON busy.webhook_id = w.id
    CROSS JOIN LATERAL (
        SELECT d.organisation_id, d.id FROM webhook_delivery d
        WHERE d.organisation_id = w.organisation_id AND d.webhook_id = w.id
          AND d.state = 'waiting' AND d.next_at <= $1
        ORDER BY d.next_at
        LIMIT greatest(0, CASE WHEN w.failures >= $6 THEN 1 ELSE $7 END - coalesce(busy.n, 0))
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE w.state = 'active' AND (w.rests_until IS NULL OR w.rests_until <= $1)
    LIMIT $3
)
UPDATE webhook_delivery d SET attempt = d.attempt + 1, next_at = $2
FROM due WHERE d.organisation_id = due.organisation_id AND d.id = due.id
RETURNING d.organisation_id, d.id, d.webhook_id, d.fact_id, d.attempt
"""
DONE = """
UPDATE webhook_delivery SET state = $3, next_at = $4, done_at = $5, status = $6, code = $7
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2 AND state = 'waiting'
"""
ATTEMPT = """
INSERT INTO webhook_attempt (id, delivery_id, at, lasted_ms, status, code, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
GOOD = """
UPDATE webhook SET failures = 0, failing_since = NULL, rests_until = NULL, last_good_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
BAD = """
UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, $2)
WHERE organisation_id = current_organisation() AND id = $1 AND state = 'active'
RETURNING failures, failing_since
"""


class Courier(Carrier[Due]):
    """Carries what is due until told to stop."""

    most_at_once = MOST_AT_ONCE

    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[Due]:
        """Take what is due, of a receiver in trouble one at a time."""
        until = tx.now + LEASE
        return await tx.all(Due, CLAIM, tx.now, until, free, busy, many, TROUBLED_AFTER, AT_ONCE)

    def receiver(self, one: Due) -> UUID:
        """Return which webhook it goes to."""
        return one.webhook_id

    async def carry_one(self, one: Due) -> None:
        """Carry one and write down how it went."""
        await carry_one(self._database, one, self._now)


async def carry_one(database: Database, one: Due, now: Callable[[], datetime]) -> None:
    """Send one delivery and write down how it went."""
    actor = Actor.system(one.organisation_id)
    async with database.transaction(actor, now()) as tx:
        try:
            url, secrets = await secrets_of(tx, one.webhook_id, tx.now)
        except WebhookNotFound:
            return
        sent = Sent(url, secrets, await body_of(tx, one.fact_id))
    began_at, began = now(), time.monotonic()
    if sent.body is None:
        outcome, answer = Outcome(None, "automation.fact_gone"), ""
    else:
        outcome, answer = await send(sent, one.id, began_at)
    lasted_ms = round((time.monotonic() - began) * 1000)
    async with database.transaction(actor, now()) as tx:
        await settle(tx, one, outcome, sent.body is None)
        await tx.run(
            ATTEMPT, new_id(), one.id, began_at, lasted_ms, outcome.status, outcome.code, answer
        )


async def send(sent: Sent, delivery_id: UUID, at: datetime) -> tuple[Outcome, str]:
    """Send one signed message; return how it went and the beginning of what came back."""
    assert sent.body is not None
    signed_as, text = message_id(delivery_id), sent.body.decode()
    headers = {
        "content-type": "application/json",
        "webhook-id": signed_as,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Signer(secret).sign(signed_as, at, text) for secret in sent.secrets
        ),
    }
    try:
        answer = await safe_fetch(
            sent.url,
            method="POST",
            headers=headers,
            body=sent.body,
            timeout_s=TIMEOUT_S,
            most_bytes=ANSWER_BYTES,
            cut=True,
        )
    except Outgoing as error:
        return Outcome(None, error.wording), ""
    wait = retry_after_s(answer.headers.get("retry-after", ""))
    said = answer.body.decode("utf-8", "replace").replace("\x00", "")
    return Outcome(answer.status, "", wait), said


async def settle(tx: Transaction, one: Due, outcome: Outcome, lost: bool = False) -> None:
    """Write down how a try ended, and what follows for the receiver."""
    spread = random.random()  # noqa: S311 (spreads retries)
    wait = None if lost else next_try_s(one.attempt, spread, outcome.retry_after_s)
    state = "delivered" if outcome.good else "waiting" if wait and not outcome.gone else "dead"
    changed = await tx.run(
        DONE,
        one.id,
        one.attempt,
        state,
        tx.now + timedelta(seconds=wait or 0),
        None if state == "waiting" else tx.now,
        outcome.status,
        outcome.code,
    )
    if not changed or lost:
        return
    if outcome.good:
        await tx.run(GOOD, one.webhook_id, tx.now)
        return
    bad = await tx.one(_Failing, BAD, one.webhook_id, tx.now)
    if bad is None:
        return
    if outcome.gone or is_given_up(bad.failing_since, tx.now):
        await _disable(tx, one.webhook_id, "gone" if outcome.gone else "failing")
    elif rest := rest_s(bad.failures):
        await tx.run(
            "UPDATE webhook SET rests_until = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            one.webhook_id,
            tx.now + timedelta(seconds=rest),
        )


async def _disable(tx: Transaction, webhook_id: UUID, why: str) -> None:
    """Tell a webhook nothing more, and give up what waits for it: it can be replayed."""
    await tx.run(
        "UPDATE webhook SET state = 'disabled', why = $2, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        webhook_id,
        why,
    )
    await tx.run(
        "UPDATE webhook_delivery SET state = 'dead', done_at = $2, code = 'automation.disabled'"
        " WHERE organisation_id = current_organisation() AND webhook_id = $1 AND state = 'waiting'",
        webhook_id,
        tx.now,
    )
    await record(tx, WebhookDisabled(webhook_id=webhook_id, why=why))
    await audit(tx, "webhook.disabled", "webhook", webhook_id, {"why": why})


class _Failing(msgspec.Struct, frozen=True):
    failures: int
    failing_since: datetime
