"""The embedded PostgreSQL: found, created, started, watched and stopped by us.

The surprise: liveness is asked by connecting, never by process id, because after a crash the id in
PostgreSQL's own lock file may belong to a stranger.
"""

from peakend.kernel.postgres.places import PostgresProblem, Progress, kept_dsn
from peakend.kernel.postgres.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "PostgresProblem", "Progress", "kept_dsn"]
