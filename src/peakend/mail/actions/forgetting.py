"""What mail holds about persons: mails to customers in the outbox, and how long they stay there."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.personal import Age, Held, goes_with_age, holds
from peakend.kernel.secrets import unseal
from peakend.mail.models import Content
from peakend.mail.queries import place_of
from peakend.mail.rules import KEPT_FAILED

_OF = "WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"
# What waits is never too old: it is sent, or given up after two days.
_OLD = (
    "FROM mail WHERE organisation_id = current_organisation() AND customer_id IS NOT NULL"
    " AND done_at < $1 AND state IN ('sent', 'failed') AND NOT on_hold(customer_id)"
)


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    to_email: str
    to_name: str
    language: str
    created_at: datetime
    state: str
    content_sealed: bytes | None


async def _found(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the mails to customers, with their words while those are kept."""
    rows = await tx.all(
        _Row,
        "SELECT id, kind, to_email, to_name, language, created_at, state, content_sealed"
        f" FROM mail {_OF} ORDER BY id",
        ids,
    )
    found = []
    for row in rows:
        told: dict[str, Any] = msgspec.to_builtins(row)
        del told["content_sealed"]
        if row.content_sealed is not None:
            opened = unseal(row.content_sealed, place_of(tx, row.id))
            content = msgspec.json.decode(opened, type=Content)
            told |= {"subject": content.subject, "text": content.text}
        found.append(told)
    return found


async def _sweep(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM mail WHERE organisation_id = current_organisation() AND id IN ("
        f"SELECT id {_OLD} LIMIT $2)",
        before,
        limit,
    )


holds(
    Held(table="mail", of="mails", about="customer", find=_found, erase=f"DELETE FROM mail {_OF}"),
)
goes_with_age(
    Age(of="mails", least_d=1, most_d=KEPT_FAILED.days, days=KEPT_FAILED.days, sweep=_sweep,
        count=f"SELECT count(*) AS n, min(done_at) AS oldest {_OLD}"),
)  # fmt: skip
