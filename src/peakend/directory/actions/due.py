"""The round over the directory: whoever answers for an entry hears that it is due."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.directory.events import DirectoryEntryDue
from peakend.directory.rules import SOON, standing
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

AT_A_TIME = 100

_UNTOLD = """
SELECT id, owner_id, due_at FROM directory_entry
WHERE organisation_id = current_organisation() AND removed_at IS NULL
  AND (due_at <= $1 AND told IS NULL OR due_at <= $2 AND told = 'soon')
ORDER BY due_at, id LIMIT $3
FOR UPDATE
"""
_TOLD = """
UPDATE directory_entry SET told = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class _Untold(msgspec.Struct, frozen=True):
    id: UUID
    owner_id: UUID | None
    due_at: datetime


async def tell_due(tx: Transaction) -> int:
    """Tell owners once that an entry is soon due and once that it is; return how many were told."""
    rows = await tx.all(_Untold, _UNTOLD, tx.now + SOON, tx.now, AT_A_TIME)
    there = await member_briefs(tx, [row.owner_id for row in rows if row.owner_id])
    for row in rows:
        how = standing(row.due_at, tx.now)
        await tx.run(_TOLD, row.id, how)
        owner = there.get(row.owner_id) if row.owner_id else None
        await record(
            tx,
            DirectoryEntryDue(
                entry_id=row.id,
                # Who left hears nothing: then it is for those who keep the directory.
                owner_id=row.owner_id if owner and owner.active else None,
                standing=how,
                due_at=row.due_at,
            ),
        )
    return len(rows)
