"""What automation holds about persons: what receivers of webhooks answered about their facts."""

from datetime import datetime

from peakend.kernel.db import Transaction
from peakend.kernel.personal import About, Age, Held, goes_with_age, holds


def _answers(about: About) -> str:
    # What is about a conversation is counted with it, once.
    alone = " AND e.conversation_id IS NULL" if about == "customer" else ""
    return f"""
    FROM webhook_attempt a
    JOIN webhook_delivery d ON d.organisation_id = a.organisation_id AND d.id = a.delivery_id
    JOIN event e ON e.organisation_id = d.organisation_id AND e.id = d.fact_id
    WHERE a.organisation_id = current_organisation() AND a.answer <> ''
      AND e.{about}_id = ANY($1){alone}
    """


def _held(about: About) -> Held:
    return Held(
        table="webhook_attempt", of="webhooks", about=about, empties=("answer",), stays=("code",),
        find="SELECT a.organisation_id, a.answer " + _answers(about),
        erase="UPDATE webhook_attempt SET answer = ''"
        " WHERE organisation_id = current_organisation() AND id IN"
        f" (SELECT a.id {_answers(about)})",
    )  # fmt: skip


async def _sweep_answers(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM webhook_delivery WHERE organisation_id = current_organisation() AND id IN ("
        "SELECT id FROM webhook_delivery WHERE organisation_id = current_organisation()"
        " AND created_at < $1 AND state <> 'waiting' LIMIT $2)",
        before,
        limit,
    )


holds(_held("customer"), _held("conversation"))
goes_with_age(
    Age(of="webhooks", least_d=1, most_d=30, days=30, sweep=_sweep_answers,
        count="SELECT count(*) AS n, min(created_at) AS oldest FROM webhook_delivery"
        " WHERE organisation_id = current_organisation() AND created_at < $1"
        " AND state <> 'waiting'"),
)  # fmt: skip
