"""The embedded PostgreSQL: found, created, started, watched and stopped by us.

The surprise: liveness is asked by connecting, never by process id, because after a crash the id in
PostgreSQL's own lock file may belong to a stranger.
"""

from peakend.kernel.postgres.binaries import Binaries, binaries_for
from peakend.kernel.postgres.places import (
    HALF_RESTORED,
    Place,
    PostgresProblem,
    Progress,
    hold,
    kept_cluster,
    kept_dsn,
    settle,
)
from peakend.kernel.postgres.server import EmbeddedPostgres

__all__ = [
    "HALF_RESTORED",
    "Binaries",
    "EmbeddedPostgres",
    "Place",
    "PostgresProblem",
    "Progress",
    "binaries_for",
    "hold",
    "kept_cluster",
    "kept_dsn",
    "settle",
]
