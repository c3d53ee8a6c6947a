"""The first schema: every table of the first release, behind its walls (`0001_first.sql`)."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

NEXT = "\n-- next\n"


def upgrade() -> None:
    connection = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(NEXT):
        connection.exec_driver_sql(statement)
