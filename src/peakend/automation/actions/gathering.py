"""From the log to what is to be delivered: gathering, telling once more, forgetting."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.automation.events import WebhookReplayed
from peakend.automation.queries import need_delivery, need_webhook
from peakend.automation.rules.webhooks import (
    ALL_KINDS,
    KEPT_DEAD,
    KEPT_DELIVERED,
    LEASE,
    REPLAY_MOST,
    REPLAY_SPAN,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import Envelope, record
from peakend.kernel.ids import new_id
from peakend.kernel.live import Cursor, end_of_log, facts_between, read_log_of_kinds

BATCH = 1000
_ADD = """
INSERT INTO webhook_delivery (id, webhook_id, fact_id, kind, occurred_at, created_at, state,
                              next_at)
SELECT one.id, $1, one.fact_id, one.kind, one.occurred_at, $6, 'waiting', $6
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])
     AS one (id, fact_id, kind, occurred_at)
"""
_ONCE = "ON CONFLICT DO NOTHING"
_AGAIN = """
ON CONFLICT (organisation_id, webhook_id, fact_id) DO UPDATE
SET state = 'waiting', attempt = 0, next_at = excluded.next_at, done_at = NULL, code = ''
WHERE webhook_delivery.state <> 'waiting'
"""


class TooMuchToReplay(Invalid):
    """So many facts are not told once more in one go."""

    wording = "automation.too_much_to_replay"


async def gather_webhooks(tx: Transaction) -> int:
    """Write down what every active webhook is to be told since the last time; return how much.

    The log is read behind its watermark, so nothing that is still being written is passed over.
    """
    found = 0
    for one in await tx.all(
        _Place,
        "SELECT id, kinds, cursor_xid, cursor_id FROM webhook "
        "WHERE organisation_id = current_organisation() AND state = 'active' "
        "ORDER BY id FOR UPDATE SKIP LOCKED",
    ):
        end = await end_of_log(tx)
        place = Cursor(one.cursor_xid, one.cursor_id)
        facts = await read_log_of_kinds(tx, place, sorted(ALL_KINDS & set(one.kinds)), BATCH)
        last = facts[-1].cursor if facts else place
        reached = last if len(facts) == BATCH else max(end, last, place)
        found += await _add(tx, one.id, facts)
        if reached != place:
            await tx.run(
                "UPDATE webhook SET cursor_xid = $2, cursor_id = $3"
                " WHERE organisation_id = current_organisation() AND id = $1",
                one.id,
                reached.xid,
                reached.id,
            )
    return found


async def replay_delivery(tx: Transaction, *, webhook_id: UUID, delivery_id: UUID) -> None:
    """Send one delivery once more, under its own id. Errors: DeliveryNotFound."""
    found = await need_delivery(tx, webhook_id, delivery_id, lock=True)
    await _wake(tx, webhook_id)
    if found.state == "waiting":
        # Who asks does not want to wait for its turn. What is due within a lease may be on its way.
        await tx.run(
            "UPDATE webhook_delivery SET next_at = least(next_at, $2)"
            " WHERE organisation_id = current_organisation() AND id = $1"
            " AND (attempt = 0 OR next_at > $3)",
            delivery_id,
            tx.now,
            tx.now + LEASE,
        )
        return
    await tx.run(
        "UPDATE webhook_delivery SET state = 'waiting', attempt = 0, next_at = $2, done_at = NULL,"
        " code = '' WHERE organisation_id = current_organisation() AND id = $1",
        delivery_id,
        tx.now,
    )
    await _tell(tx, webhook_id, 1)


async def replay_range(
    tx: Transaction, *, webhook_id: UUID, since: datetime, until: datetime
) -> int:
    """Tell once more what happened in a while, also what was never told; return how much.

    Counts: 31 days and 10,000 facts at most. Errors: WebhookNotFound, TooMuchToReplay, Invalid.
    """
    found = await need_webhook(tx, webhook_id, lock=True)
    if not since < until or until - since > REPLAY_SPAN:
        raise Invalid(fields={"until": "kernel.invalid"})
    kinds = sorted(ALL_KINDS & set(found.kinds))
    facts = await facts_between(tx, kinds, since, until, REPLAY_MOST + 1)
    if len(facts) > REPLAY_MOST:
        raise TooMuchToReplay(most=REPLAY_MOST)
    count = await _add(tx, webhook_id, facts, _AGAIN)
    await _wake(tx, webhook_id)
    await _tell(tx, webhook_id, count)
    return count


async def sweep_deliveries(tx: Transaction) -> int:
    """Forget deliveries that are old; return how many. What waits is never forgotten."""
    return await tx.run(
        """
        DELETE FROM webhook_delivery
        WHERE organisation_id = current_organisation() AND created_at < $1
          AND state <> 'waiting' AND (state = 'delivered' OR created_at < $2)
        """,
        tx.now - KEPT_DELIVERED,
        tx.now - KEPT_DEAD,
    )


async def _add(
    tx: Transaction, webhook_id: UUID, facts: Sequence[Envelope], conflict: str = _ONCE
) -> int:
    if not facts:
        return 0
    count = await tx.run(
        _ADD + conflict,
        webhook_id,
        [new_id() for _ in facts],
        [one.id for one in facts],
        [one.type for one in facts],
        [one.occurred_at for one in facts],
        tx.now,
    )
    tx.wrote = True
    return count


async def _wake(tx: Transaction, webhook_id: UUID) -> None:
    """Let a receiver rest no longer: whoever tells it again has seen to it."""
    await tx.run(
        "UPDATE webhook SET rests_until = NULL"
        " WHERE organisation_id = current_organisation() AND id = $1 AND rests_until IS NOT NULL",
        webhook_id,
    )


async def _tell(tx: Transaction, webhook_id: UUID, count: int) -> None:
    await record(tx, WebhookReplayed(webhook_id=webhook_id, count=count))
    await audit(tx, "webhook.replayed", "webhook", webhook_id, {"count": count})


class _Place(msgspec.Struct, frozen=True):
    id: UUID
    kinds: list[str]
    cursor_xid: int
    cursor_id: UUID
