"""Table of how long a case may take by how urgent it is: the house's, and a brand's own."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, SmallInteger

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

case_due_times_table = tenant_table(
    "case_due_times",
    # None: the house's, for every brand that has none of its own.
    *reference("brand_id", "brand", on_delete="CASCADE"),
    Column("normal_minutes", Integer, nullable=False),
    Column("high_minutes", Integer, nullable=False),
    Column("urgent_minutes", Integer, nullable=False),
    Column("warn_percent", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint(
        "urgent_minutes <= high_minutes AND high_minutes <= normal_minutes", name="order"
    ),
    Index(
        "uq_case_due_times_brand",
        "organisation_id",
        "brand_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)

plain("settings", "case_due_times")
