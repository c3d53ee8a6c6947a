"""Tables of what was joined: whose conversations moved when customers were merged."""

from sqlalchemy import Boolean, Column, Index
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table

moved_table = tenant_table(
    "conversation_moved",
    # The merge lies in the context below; its rows are never deleted by themselves.
    Column("merge_id", PgUUID(as_uuid=True), nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    # As it was before.
    Column("beside", Boolean, nullable=False),
    Index("ix_conversation_moved_conversation", "organisation_id", "conversation_id"),
    primary_key=("merge_id", "conversation_id"),
)
