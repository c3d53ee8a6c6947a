"""The first schema: every table of the first release, behind its walls."""

from alembic import op

from peakend.entry.tables import metadata
from peakend.kernel.schema import walls

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    for table in metadata.sorted_tables:
        for statement in walls(table):
            op.execute(statement)
    for table in metadata.sorted_tables:
        for statement in table.info.get("after", ()):
            op.execute(statement)
