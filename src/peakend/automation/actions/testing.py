"""The test of a webhook: a signed message now, and exactly what came of it."""

import time
from uuid import UUID

import msgspec

from peakend.automation.actions.delivering import send
from peakend.automation.queries import Sent, need_webhook, secrets_of
from peakend.automation.rules.webhooks import TEST, body, message_id
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """How a test ended; `wording` says why there was no answer, with what it is about."""

    good: bool
    status: int | None
    wording: str
    lasted_ms: int
    answer: str
    message_id: str


async def try_webhook(database: Database, *, webhook_id: UUID, by: Actor) -> Tried:
    """Send a test message to a webhook, outside of any transaction.

    Counts: ten at once, then one in six seconds. Errors: WebhookNotFound, TooMany.
    """
    async with database.transaction(by) as tx:
        await need_webhook(tx, webhook_id)
        url, secrets = await secrets_of(tx, webhook_id, tx.now)
    await spend(f"webhook_test:{by.organisation_id}", rate=1 / 6, burst=10)
    test_id, now = new_id(), clock.now()
    told = body(TEST, now, test_id, {"webhook_id": webhook_id})
    began = time.monotonic()
    outcome, answer = await send(Sent(url, secrets, told), test_id, now)
    return Tried(
        good=outcome.good,
        status=outcome.status,
        wording=outcome.code,
        lasted_ms=round((time.monotonic() - began) * 1000),
        answer=answer,
        message_id=message_id(test_id),
    )
