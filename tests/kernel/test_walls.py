"""The second wall: row-level security keeps organisations apart by itself."""

import asyncpg
import pytest

from peakend.entry.tables import metadata
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id

TENANT = [t for t in metadata.sorted_tables if t.info.get("tenant")]


@pytest.mark.parametrize("table", [t.name for t in TENANT])
async def test_every_table_is_behind_forced_security(database, table):
    async with database.system() as tx:
        enabled, forced = (
            await tx.value("SELECT relrowsecurity FROM pg_class WHERE relname = $1", table),
            await tx.value("SELECT relforcerowsecurity FROM pg_class WHERE relname = $1", table),
        )
    assert enabled
    assert forced


@pytest.mark.parametrize("table", [t.name for t in TENANT])
async def test_the_key_begins_with_the_organisation(table):
    columns = [c.name for c in metadata.tables[table].primary_key.columns]
    assert columns[0] == "organisation_id"


@pytest.mark.parametrize("table", [t.name for t in TENANT])
async def test_another_organisation_sees_no_row(database, organisation, table):
    async with database.transaction(Actor.system(new_id())) as tx:
        assert await tx.value(f"SELECT count(*) FROM {table}") == 0


async def test_without_an_organisation_there_is_nothing(database, organisation):
    async with database._app.acquire() as connection:
        for table in TENANT:
            assert await connection.fetchval(f"SELECT count(*) FROM {table.name}") == 0


async def test_a_row_cannot_be_written_for_another(database, organisation):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(Actor.system(new_id())) as tx:
            await tx.run(
                "INSERT INTO job (organisation_id, id, name, run_at) VALUES ($1, $2, 'x', now())",
                organisation,
                new_id(),
            )


async def test_the_log_cannot_be_changed(database, organisation):
    for statement in ("UPDATE event SET type = 'x'", "DELETE FROM event"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(Actor.system(organisation)) as tx:
                await tx.run(statement)


async def test_the_cross_tenant_role_sees_only_what_is_declared(database):
    for table in TENANT:
        if table.info.get("system") is None:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with database.system() as tx:
                    await tx.value(f"SELECT count(*) FROM {table.name}")


def test_links_between_tables_carry_the_organisation():
    for table in TENANT:
        for key in table.foreign_key_constraints:
            target = key.referred_table
            if target.info.get("tenant"):
                assert "organisation_id" in key.column_keys, f"{table.name} -> {target.name}"
