"""How contexts declare their tables: tenant first in every key, walls attached."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SystemAccess = Literal["select", "all"] | None


def tenant_table(
    name: str,
    *parts: Any,
    primary_key: Sequence[str] = ("id",),
    system: SystemAccess = None,
    append_only: bool = False,
    may_empty: Sequence[str] = (),
    unlogged: bool = False,
    may_go: str = "",
) -> Table:
    """Declare a table of one organisation's data; row-level security is forced on it.

    `system` opens it to the cross-tenant role (jobs, sign-in look-ups); `append_only` takes
    UPDATE and DELETE away from the app, except of the columns it `may_empty` when a person's data
    is erased, and of rows of which `may_go` holds, a condition in SQL.
    """
    columns = [
        Column(
            "organisation_id",
            UUID(as_uuid=True),
            nullable=False,
            server_default=text("current_organisation()"),
        )
    ]
    if primary_key == ("id",):
        columns.append(Column("id", UUID(as_uuid=True), nullable=False))
    return Table(
        name,
        metadata,
        *columns,
        *parts,
        PrimaryKeyConstraint("organisation_id", *primary_key),
        prefixes=["UNLOGGED"] if unlogged else [],
        info={
            "tenant": True,
            "system": system,
            "append_only": append_only,
            "may_empty": tuple(may_empty),
            "may_go": may_go,
        },
    )


def system_table(name: str, *parts: Any, unlogged: bool = False) -> Table:
    """Declare a table that belongs to no organisation; only the cross-tenant role sees it."""
    return Table(
        name,
        metadata,
        *parts,
        prefixes=["UNLOGGED"] if unlogged else [],
        info={"tenant": False, "system": "all", "append_only": False},
    )


def reference(
    column: str, table: str, *, nullable: bool = True, on_delete: str | None = None
) -> tuple[Any, ForeignKeyConstraint]:
    """Return a column that points to a row of the same organisation, and its composite key."""
    return (
        Column(column, UUID(as_uuid=True), nullable=nullable),
        ForeignKeyConstraint(
            ["organisation_id", column],
            [f"{table}.organisation_id", f"{table}.id"],
            ondelete=on_delete,
        ),
    )
