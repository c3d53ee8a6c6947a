"""Bringing a database up to date: roles, extensions, tables, walls. Forward only."""

import ast
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import asyncpg
from sqlalchemy import Table

from peakend.kernel.errors import PeakendError

Heard = Callable[[str, float | None], None]
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


class NoTables(PeakendError):
    """The database is empty."""

    status = 503
    wording = "kernel.schema.none"


class TablesOlder(PeakendError):
    """The tables are those of an earlier version of the program."""

    status = 503
    wording = "kernel.schema.older"


class TablesNewer(PeakendError):
    """The tables are those of a later version of the program."""

    status = 503
    wording = "kernel.schema.newer"


async def need_current(dsn: str) -> str:
    """Make sure that the tables are those of this program, and return their version.

    For processes that change no table. Errors: NoTables, TablesOlder, TablesNewer.
    """
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        found = await _version(connection)
    finally:
        await connection.close()
    steps = migrations()
    problem = {"none": NoTables, "older": TablesOlder, "newer": TablesNewer}.get(
        standing(found, steps)
    )
    if problem is not None:
        raise problem(found=found, wanted=steps[-1])
    return steps[-1]


def standing(
    found: str | None, steps: Sequence[str]
) -> Literal["none", "older", "current", "newer"]:
    """Return how a database's version stands to the migrations known here, first to last."""
    if found is None:
        return "none"
    if found == steps[-1]:
        return "current"
    return "older" if found in steps else "newer"


class Pending(NamedTuple):
    """The version of a database's tables, and the migrations still to come: revision, sentence."""

    found: str | None
    steps: list[tuple[str, str]]


async def pending(dsn: str) -> Pending:
    """Return which migrations a database still needs. Errors: TablesNewer."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        found = await _version(connection)
    finally:
        await connection.close()
    known = migrations()
    if standing(found, known) == "newer":
        raise TablesNewer(found=found, wanted=known[-1])
    left = known if found is None else known[known.index(found) + 1 :]
    return Pending(found, [(one, _sentence(one)) for one in left])


def _sentence(revision: str) -> str:
    """Return what a migration says of itself: the first line of its file."""
    [path] = MIGRATIONS.glob(f"versions/{revision}_*.py")
    told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or path.stem
    return told.splitlines()[0]


async def prepare(dsn: str, *, own: bool = False, heard: Heard = lambda _, __: None) -> None:
    """Make roles, extensions and tables current; safe to call at each start and at once.

    `heard` hears each migration's sentence before it runs, and how much is done.

    `own` is our embedded server: there the app's roles may sign in themselves, so that the app
    never holds a connection that could become the owner again. Errors: TablesNewer, WrongLocale.
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
            found = await _version(connection)
            where = standing(found, migrations())
            if where == "newer":
                raise TablesNewer(found=found, wanted=migrations()[-1])
            if where != "current":
                left = (await pending(dsn)).steps
                for at, (revision, sentence) in enumerate(left):
                    heard(sentence, at / len(left))
                    await asyncio.to_thread(_migrate, dsn, revision)
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


async def _version(connection: Any) -> str | None:
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return found


def migrations() -> list[str]:
    """Return the revisions known here, first to last; each file begins with its own."""
    return sorted(path.stem.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def _migrate(dsn: str, revision: str) -> None:
    # Only here: reading Alembic takes a quarter of a second that most starts need not spend.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["dsn"] = dsn
    command.upgrade(config, revision)


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
        if goes := table.info.get("may_go"):
            # Beside the tenant's wall, not instead of it: both have to hold.
            statements += [
                f"GRANT DELETE ON {name} TO peakend_app",
                f"CREATE POLICY may_go ON {name} AS RESTRICTIVE FOR DELETE TO peakend_app "
                f"USING ({goes})",
            ]
        if empties := table.info.get("may_empty"):
            statements.append(f"GRANT UPDATE ({', '.join(empties)}) ON {name} TO peakend_app")
    access = table.info.get("system")
    if access:
        rights = "SELECT" if access == "select" else "SELECT, INSERT, UPDATE, DELETE"
        statements.append(f"GRANT {rights} ON {name} TO peakend_system")
        if table.info.get("tenant"):
            statements.append(
                f"CREATE POLICY system ON {name} TO peakend_system USING (true) WITH CHECK (true)"
            )
    return statements
