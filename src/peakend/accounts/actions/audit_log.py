"""Writing the audit log, and sealing it."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries.audit_log import audit_content, last_seal, unsealed
from peakend.accounts.rules import audit_link
from peakend.kernel.db import Transaction
from peakend.kernel.ids import new_id


async def audit(
    tx: Transaction,
    action: str,
    subject_type: str,
    subject_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> UUID:
    """Write down who did what to whom; `detail` holds ids, codes and numbers only.

    The row can be neither changed nor removed by the app.
    """
    entry_id = new_id()
    await tx.run(
        """
        INSERT INTO audit_entry
            (id, at, actor_kind, actor_id, action, subject_type, subject_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        entry_id,
        tx.now,
        tx.actor.kind,
        tx.actor.id,
        action,
        subject_type,
        subject_id,
        msgspec.to_builtins(detail or {}),
    )
    return entry_id


async def seal_audit(tx: Transaction) -> int:
    """Chain the entries that came to rest since the last time, and return how many.

    Only below the snapshot's watermark, so that no slow writer can slip in before a sealed entry.
    """
    last = await last_seal(tx)
    place, digest = (last.place, last.digest) if last else (0, b"")
    links = []
    for row in await unsealed(tx, last):
        place += 1
        digest = audit_link(digest, audit_content(row))
        links.append((place, row.xid, row.id, digest))
    if links:
        await tx.many(
            "INSERT INTO audit_seal (place, entry_xid, entry_id, digest) VALUES ($1, $2, $3, $4)",
            links,
        )
    return len(links)
