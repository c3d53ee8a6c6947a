"""The audit log by its age: its oldest lines go, and what is left still proves itself.

Lines go only from the beginning of the chain, sealed ones, after a look whether they are as they
were written. The last seal that went is kept under the key of the installation: from it the chain
goes on, and who has only the database cannot cut a chain and say that it was old.
"""

import hmac
from datetime import datetime
from uuid import UUID

import structlog

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.models import AuditRow, Seal
from peakend.accounts.queries.audit_log import (
    AUDIT_COLUMNS,
    audit_content,
    checkpoint_mac,
    last_checkpoint,
    seal_mac,
)
from peakend.accounts.rules import audit_link
from peakend.kernel.db import Transaction
from peakend.kernel.personal import Age, goes_with_age

log = structlog.get_logger()

LEAST_DAYS = 180


async def trim_audit(tx: Transaction, before: datetime, limit: int) -> int:
    """Remove sealed lines from the beginning of the log, and return how many; a line says so.

    Counts: at most `limit`, and none from the first on that is younger.
    """
    begins = await last_checkpoint(tx)
    place, digest = (begins.place, begins.digest) if begins else (0, b"")
    if begins is not None and not hmac.compare_digest(
        begins.mac, checkpoint_mac(tx.organisation_id, place, digest)
    ):
        return _evidence(place)
    seals = await tx.all(
        Seal,
        "SELECT place, entry_xid, entry_id, digest, mac FROM audit_seal"
        " WHERE organisation_id = current_organisation() AND place > $1 ORDER BY place LIMIT $2",
        place,
        limit,
    )
    entries = await _entries(tx, [seal.entry_id for seal in seals])
    gone: list[Seal] = []
    for seal in seals:
        entry = entries.get(seal.entry_id)
        if entry is not None and entry.at >= before:
            break
        digest = audit_link(digest, audit_content(entry)) if entry is not None else b""
        mac = seal_mac(tx.organisation_id, seal.place, digest)
        fits = seal.place == place + 1 and digest == seal.digest
        if not fits or not hmac.compare_digest(mac, seal.mac):
            return _evidence(seal.place)
        place += 1
        gone.append(seal)
    if not gone:
        return 0
    await _remove(tx, gone)
    told = {"lines": len(gone), "place": place, "seal": digest.hex()}
    await audit(tx, "audit.trimmed", "organisation", tx.organisation_id, told)
    return len(gone)


def _evidence(place: int) -> int:
    """Let what was changed stay until somebody has looked."""
    log.error("the audit log does not fit its seals, nothing of it goes", place=place)
    return 0


async def _entries(tx: Transaction, ids: list[UUID]) -> dict[UUID, AuditRow]:
    rows = await tx.all(
        AuditRow,
        f"SELECT {AUDIT_COLUMNS} FROM audit_entry"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        ids,
    )
    return {row.id: row for row in rows}


async def _remove(tx: Transaction, gone: list[Seal]) -> None:
    last = gone[-1]
    await tx.run(
        "INSERT INTO audit_checkpoint (place, entry_xid, entry_id, digest, mac, at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        last.place,
        last.entry_xid,
        last.entry_id,
        last.digest,
        checkpoint_mac(tx.organisation_id, last.place, last.digest),
        tx.now,
    )
    lines = await tx.run(
        "DELETE FROM audit_entry WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        [seal.entry_id for seal in gone],
    )
    seals = await tx.run(
        "DELETE FROM audit_seal WHERE organisation_id = current_organisation() AND place <= $1",
        last.place,
    )
    # The database's own wall lets nothing go that is younger than the law allows.
    assert lines == seals == len(gone), (lines, seals, len(gone))


goes_with_age(
    Age(
        of="audit",
        least_d=LEAST_DAYS,
        days=None,
        sweep=trim_audit,
        count="SELECT count(*) AS n, min(at) AS oldest FROM audit_entry"
        " WHERE organisation_id = current_organisation() AND at < $1",
    )
)
