"""What was carried is not kept for ever: it is full of what people told us."""

from uuid import UUID

import msgspec

from peakend.exchange.actions.archiving import sweep_archives
from peakend.exchange.actions.exporting import export_path
from peakend.exchange.rules import KEPT
from peakend.kernel.db import Transaction, current
from peakend.kernel.files import drop_file
from peakend.kernel.large_files import drop_old_drafts, forget_bytes

_OLD_IMPORTS = """
SELECT r.id, f.id AS file_id, f.sha256 FROM import_run r
JOIN file f ON f.organisation_id = r.organisation_id AND f.id IN (r.file_id, r.pack_file_id)
WHERE r.organisation_id = current_organisation() AND r.at < $1
  AND r.state <> ALL(ARRAY['checking', 'running'])
ORDER BY r.at LIMIT 100
"""
_OLD_EXPORTS = """
DELETE FROM export_run
WHERE organisation_id = current_organisation() AND (until < $1 OR at < $2) RETURNING id
"""


class _Old(msgspec.Struct, frozen=True):
    id: UUID
    file_id: UUID
    sha256: str


class _Gone(msgspec.Struct, frozen=True):
    id: UUID


async def sweep(tx: Transaction) -> None:
    """Forget tables that came in a week ago, and those carried out whose time is over."""
    old = await tx.all(_Old, _OLD_IMPORTS, tx.now - KEPT)
    for one in old:
        await tx.run("DELETE FROM import_run WHERE organisation_id = current_organisation()"
                     " AND id = $1", one.id)  # fmt: skip
        await drop_file(tx, one.file_id)
    for gone in await tx.all(_Gone, _OLD_EXPORTS, tx.now, tx.now - KEPT):
        export_path(gone.id).unlink(missing_ok=True)
    await sweep_archives(tx, tx.now - KEPT)
    drop_old_drafts(tx.now)
    for one in old:
        async with current().system(tx.now) as system:
            await forget_bytes(system, one.sha256, one.file_id)
