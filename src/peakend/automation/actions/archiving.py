"""Webhooks in an archive: they rest, so that no receiver is told twice by two houses."""

from typing import Any
from uuid import UUID

from peakend.kernel.archiving import Treated, archived, from_hex, to_hex
from peakend.kernel.secrets import resealed


def _webhook(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"webhook/secret/{organisation_id}/{row['id']}"
    for name in ("secret_sealed", "old_secret_sealed"):
        if row[name] is not None:
            row[name] = to_hex(resealed(from_hex(row[name]), place, master))


archived(
    Treated(
        table="webhook",
        put={
            "state": "CASE WHEN state = 'active' THEN 'paused' ELSE state END",
            # What came along was told before.
            "cursor_xid": "pg_current_xact_id()::text::bigint",
            "cursor_id": "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid",
        },
        reseal=_webhook,
    )
)
