"""How the backups of a running centre stand: the newest, when it was checked, the archive's lag."""

import asyncio
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from peakend.kernel.backups.checking import last_check
from peakend.kernel.backups.places import Archiving, Depot, archiving

SLOT = """
SELECT s.active, s.wal_status,
       pg_wal_lsn_diff(pg_current_wal_flush_lsn(), coalesce(r.flush_lsn, s.restart_lsn))::bigint
           AS behind_bytes,
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS up_s
FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
WHERE s.slot_name = $1
"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the backups of a data directory.

    Units: `behind_bytes` is log that the archive does not have yet; null where there is no slot;
    `away` says that the archive's folder is not there, as of a disk that is not mounted.
    """

    depot: str
    same_disk: bool
    count: int
    last_at: datetime | None
    checked_at: datetime | None
    checked_good: bool | None
    active: bool
    lost: bool
    behind_bytes: int | None
    server_up_s: float
    encrypted: bool = False
    away: bool = False


async def standing(connection: asyncpg.Connection, data_dir: Path) -> Standing | None:
    """Return how backups stand; None before the first."""
    what = archiving(data_dir)
    if what is None:
        return None
    slot = await connection.fetchrow(SLOT, what.slot)
    return await asyncio.to_thread(_seen, what, data_dir, slot)


def _seen(what: Archiving, data_dir: Path, slot: asyncpg.Record | None) -> Standing:
    depot = Depot(Path(what.depot))
    records = depot.records()
    checks = [found for one in records if (found := last_check(depot, one.name))]
    newest = max(checks, key=lambda one: one.at, default=None)
    try:
        same_disk = depot.folder.stat().st_dev == data_dir.stat().st_dev
    except OSError:
        same_disk = False
    return Standing(
        depot=str(depot.folder),
        same_disk=same_disk,
        count=len(records),
        last_at=records[-1].ended_at if records else None,
        checked_at=newest.at if newest else None,
        checked_good=newest.good if newest else None,
        active=bool(slot and slot["active"]),
        lost=slot is None or slot["wal_status"] == "lost",
        behind_bytes=slot["behind_bytes"] if slot else None,
        server_up_s=slot["up_s"] if slot else 0.0,
        encrypted=bool(what.recipient),
        away=not depot.wal(what.run).is_dir(),
    )
