"""Bringing a database up to date: roles, extensions, tables, walls. Forward only."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Table

MIGRATIONS = Path(__file__).parent.parent / "migrations"

_LOCK = 7_305_114  # any fixed number: of several processes that start at once, one migrates

ROLES = """
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['peakend_app', 'peakend_system', 'peakend_search'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
        IF NOT pg_has_role(current_user, name, 'SET' ) THEN
            EXECUTE format('GRANT %I TO %I', name, current_user);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', name);
    END LOOP;
END $$
"""
CURRENT_ORGANISATION = """
CREATE OR REPLACE FUNCTION current_organisation() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('peakend.organisation', true), '')::uuid
"""
EXTENSIONS = ("pg_trgm",)
OPTIONAL_EXTENSIONS = ("vector",)


class WrongLocale(RuntimeError):
    """The database drops Chinese characters from its word index."""


async def prepare(dsn: str, *, own: bool = False) -> None:
    """Make roles, extensions and tables current; safe to call at each start and at once.

    `own` is our embedded server: there the app's roles may sign in themselves, so that the app
    never holds a connection that could become the owner again.
    """
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        try:
            await _foundation(connection)
            if own:
                await connection.execute(
                    "ALTER ROLE peakend_app LOGIN; ALTER ROLE peakend_system LOGIN"
                )
            await asyncio.to_thread(_migrate, dsn)
            await _grant_bookkeeping(connection)
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
    finally:
        await connection.close()


async def _foundation(connection: Any) -> None:
    version = connection.get_server_version().major
    if version < 16:
        await connection.execute(ROLES.replace("'SET'", "'MEMBER'"))
    else:
        await connection.execute(ROLES)
    await connection.execute(CURRENT_ORGANISATION)
    for extension in EXTENSIONS:
        await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for extension in OPTIONAL_EXTENSIONS:
        if await connection.fetchval(
            "SELECT 1 FROM pg_available_extensions WHERE name = $1", extension
        ):
            try:
                await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
            except asyncpg.InsufficientPrivilegeError:
                continue
    if not await connection.fetchval("SELECT show_trgm('中文') <> '{}'"):
        raise WrongLocale(
            "PostgreSQL drops Chinese characters with this locale; create the database with "
            "LOCALE 'C.UTF-8' (PostgreSQL 17: LOCALE_PROVIDER builtin)."
        )


def _migrate(dsn: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")


async def _grant_bookkeeping(connection: Any) -> None:
    await connection.execute("GRANT SELECT ON alembic_version TO peakend_app, peakend_system")


def walls(table: Table) -> list[str]:
    """Return the statements that put a table behind its walls.

    Source: docs/security.md 6.2: row-level security is forced, the app is not the owner.
    """
    name = table.name
    statements: list[str] = []
    if table.info.get("tenant"):
        change = "" if table.info.get("append_only") else ", UPDATE, DELETE"
        statements += [
            f"GRANT SELECT, INSERT{change} ON {name} TO peakend_app",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {name} TO peakend_app "
            "USING (organisation_id = current_organisation()) "
            "WITH CHECK (organisation_id = current_organisation())",
        ]
    access = table.info.get("system")
    if access:
        rights = "SELECT" if access == "select" else "SELECT, INSERT, UPDATE, DELETE"
        statements.append(f"GRANT {rights} ON {name} TO peakend_system")
        if table.info.get("tenant"):
            statements.append(
                f"CREATE POLICY system ON {name} TO peakend_system USING (true) WITH CHECK (true)"
            )
    return statements
