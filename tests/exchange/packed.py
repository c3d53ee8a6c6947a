"""An organisation with something in every table, and two databases compared row by row."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Table

from peakend.entry.tables import metadata
from peakend.exchange.queries.tables import Planned, planned
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings
from tests.privacy.conftest import Place
from tests.privacy.planting import afterwards, as_person, as_visitor, in_conversation, merged

VALUES = {
    "Text": "'x'", "Integer": "1", "BigInteger": "1", "SmallInteger": "1", "Boolean": "false",
    "Float": "0.1", "Double": "0.1", "DateTime": "'2026-01-02 03:04:05.678901+00'",
    "Date": "'2026-01-02'", "JSONB": "'{}'", "LargeBinary": "'\\x00ff'", "TSVECTOR": "'a:1'",
}  # fmt: skip
# What a table's own checks want.
FITTING = {
    "work_item": {"state": "'waiting'"},
    "complaint": {"tier": "'ordinary'"},
}
# What is sealed, and for which place: house, row, member.
SEALED = {
    "context_link": ("secret", "{0}/context_link/secret/{1}"),
    "mail_app": ("secret_sealed", "mail_app/secret/{0}/x"),
    "mail_key": ("pem_sealed", "mail_key/pem/{0}/{1}"),
    "mail_server": ("password_sealed", "mail_server/password/{0}/{1}"),
    "voucher_connection": ("secret_sealed", "voucher_connection/secret/{0}/x"),
    "compensation_grant": ("voucher_sealed", "compensation_grant/voucher/{0}/{1}"),
    "webhook": ("secret_sealed", "webhook/secret/{0}/{1}"),
    "second_step": ("secret", "{0}/second_step/secret/{2}"),
    "sso_secret": ("secret_sealed", "sso_provider/secret/{0}"),
}


async def lived_in(place: Place) -> None:
    """Let a house live as far as it goes by itself, and fill the tables that are still empty."""
    visitor, conversation_id, customer_id = await as_visitor(place)
    await as_person(place, customer_id, conversation_id)
    await in_conversation(place, conversation_id, visitor)
    await afterwards(place, conversation_id, visitor)
    await merged(place, customer_id)
    await place.works()
    # Somebody who came earlier than whom he turned out to be: rows that point forward.
    await place.fetch("DELETE FROM webhook")
    connection = await asyncpg.connect(place.dsn)
    try:
        for table in planned():
            if not await connection.fetchval(f'SELECT count(*) FROM "{table.name}"'):
                await filled(connection, metadata.tables[table.name], place.centre.organisation_id)
    finally:
        await connection.close()


async def filled(connection: Any, table: Table, house: UUID) -> None:
    """Write one row that the table's own rules let in."""
    given: dict[str, str] = {"organisation_id": f"'{house}'"}
    given |= FITTING.get(table.name, {})
    if table.name in SEALED:
        column, place = SEALED[table.name]
        mine = uuid4()
        member = await connection.fetchval("SELECT min(id::text) FROM member")
        sealed = seal(b"secret of " + table.name.encode(), place.format(house, mine, member))
        given |= {column: f"'\\x{sealed.hex()}'"}
        given |= {"id": f"'{mine}'"} if "id" in table.columns else {}
        given |= {"member_id": f"'{member}'"} if table.name == "second_step" else {}
    for constraint in table.foreign_key_constraints:
        theirs = constraint.referred_table
        for key in constraint.elements:
            if theirs is not table and not key.parent.nullable and key.parent.name not in given:
                found = await connection.fetchval(
                    f'SELECT "{key.column.name}" FROM "{theirs.name}"'
                    " WHERE organisation_id = $1 LIMIT 1",
                    house,
                )
                given[key.parent.name] = f"'{found}'"
    for column in table.columns:
        if column.name in given or column.nullable or column.server_default is not None:
            continue
        kind = type(column.type).__name__
        if kind in ("UUID", "Uuid"):
            given[column.name] = f"'{uuid4()}'"
        elif kind == "ARRAY":
            given[column.name] = "'{}'"
        else:
            given[column.name] = VALUES[kind]
    names = ", ".join(f'"{one}"' for one in given)
    await connection.execute(
        f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(given.values())})'
    )


async def rows_of(dsn: str, table: Planned, house: UUID) -> list[str]:
    """Return the rows that go, as PostgreSQL says them, without what begins anew."""
    anew = {*table.treated.put, *table.treated.taken, *table.treated.left, "organisation_id"}
    only = f" AND ({table.treated.only})" if table.treated.only else ""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetch(
            f'SELECT (to_jsonb(t) - $2::text[])::text AS row FROM "{table.name}" t'
            f" WHERE organisation_id = $1{only}",
            house,
            sorted(anew),
        )
    finally:
        await connection.close()
    return sorted(row["row"] for row in found)


def other_key(monkeypatch: Any) -> bytes:
    """Let this be another installation, with a key of its own; return the old one."""
    old = settings.key
    monkeypatch.setattr(settings, "_key", bytes.fromhex("7a" * 32))
    return old
