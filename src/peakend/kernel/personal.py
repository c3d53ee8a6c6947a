"""Personal data: which table holds what about whom, how it goes, and how it is given out.

Each context declares its own tables in `actions/forgetting.py`; the context `privacy` folds over
all of them. A table that nobody declared fails the tests.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Text, Uuid, text

from peakend.kernel.tables import tenant_table

if TYPE_CHECKING:
    from peakend.kernel.db import Transaction

# What a house sets one time for.
Category = Literal[
    "messages", "files", "recalled", "comments", "beside", "customers", "trail", "visitors",
    "drafts", "mails", "received", "reasons", "webhooks", "audit",
]  # fmt: skip
# Whose ids a statement takes as $1.
About = Literal["customer", "conversation"]
# Why a table holds nothing about customers, or nothing that outlives minutes.
Plain = Literal["settings", "staff", "numbers", "facts", "audit", "passing", "knowledge", "privacy"]
Erase = Callable[["Transaction", list[UUID]], Awaitable[int]]
Find = Callable[["Transaction", list[UUID]], Awaitable[list[dict[str, Any]]]]

# A hold for the sake of the law: nothing of that customer or conversation goes. Kept here, so that
# every context can ask without knowing who puts holds on.
hold_table = tenant_table(
    "legal_hold",
    Column("subject", Text, nullable=False),
    Column("subject_id", Uuid(as_uuid=True), nullable=False),
    Column("code", Text, nullable=False),
    Column("placed_by", Uuid(as_uuid=True)),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("lifted_by", Uuid(as_uuid=True)),
    Column("lifted_at", DateTime(timezone=True)),
    Column("standing", Boolean, nullable=False, server_default="true"),
    Index(
        "uq_legal_hold_standing",
        "organisation_id",
        "subject_id",
        unique=True,
        postgresql_where=text("standing"),
    ),
)
hold_table.info["after"] = [
    """
CREATE FUNCTION on_hold(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $body$
BEGIN
    -- Who was made one with others is held with them: rows keep the id they were written with.
    RETURN EXISTS (SELECT FROM legal_hold h
                   WHERE h.organisation_id = current_organisation()
                     AND h.subject_id = wanted AND h.standing)
        OR EXISTS (SELECT FROM customer_parts(wanted) part
                   JOIN legal_hold h ON h.subject_id = part.id
                   WHERE h.organisation_id = current_organisation() AND h.standing);
END
$body$
""",
]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a table holds about persons.

    `erase` removes it for customers or conversations and returns how many rows it touched: SQL
    over $1, or a function; None where it goes with another one. `empties` are the columns that are
    emptied where the row stays, `stays` those whose words are of the house, not of the person.
    `find` returns the same as rows of one JSON value, for a preview or a copy; with `copied` a
    person who asks gets these rows, without it (an index, a mark) only how many there are.
    """

    table: str
    of: Category
    about: About
    erase: str | Erase | None = None
    find: str | Find | None = None
    empties: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    copied: bool = True


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """How old data of one kind goes by itself.

    `count` returns how much there is from before $1 and when the oldest was, `sweep` removes some
    of it: `(tx, before, at most so many)`. `least_d` and `most_d` bound what can be set, `days` is
    what holds where nobody set a time; None keeps it.
    """

    of: Category
    count: str
    sweep: Callable[["Transaction", datetime, int], Awaitable[int]]
    least_d: int = 1
    most_d: int | None = None
    days: int | None = None


HELD: list[Held] = []
PLAIN: dict[str, Plain] = {}
AGES: dict[str, Age] = {}


def holds(*declared: Held) -> None:
    """Declare tables that hold something about persons."""
    HELD.extend(one for one in declared if one not in HELD)


def plain(why: Plain, *tables: str) -> None:
    """Declare tables in which nothing is about a customer."""
    PLAIN.update(dict.fromkeys(tables, why))


def goes_with_age(*ages: Age) -> None:
    """Declare what goes by itself when it is old."""
    AGES.update({age.of: age for age in ages})


async def erased(tx: "Transaction", held: Held, ids: list[UUID]) -> int:
    """Remove what a table holds about customers or conversations; how many rows that were."""
    if held.erase is None or not ids:
        return 0
    return (
        await tx.run(held.erase, ids) if isinstance(held.erase, str) else await held.erase(tx, ids)
    )


class _One(msgspec.Struct, frozen=True):
    row: dict[str, Any]


async def found(tx: "Transaction", held: Held, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return what a table holds about customers or conversations, as it can be read."""
    if held.find is None or not ids:
        return []
    if not isinstance(held.find, str):
        return await held.find(tx, ids)
    sql = f"SELECT to_jsonb(x) - 'organisation_id' AS row FROM ({held.find}) x"  # noqa: S608
    return [one.row for one in await tx.all(_One, sql, ids)]


async def how_many(tx: "Transaction", held: Held, ids: list[UUID]) -> int:
    """Return how many rows a table holds about customers or conversations."""
    if held.find is None or not ids:
        return 0
    if not isinstance(held.find, str):
        return len(await held.find(tx, ids))
    counted: int = await tx.value(f"SELECT count(*) FROM ({held.find}) x", ids)  # noqa: S608
    return counted


plain("facts", "event")
plain("passing", "job", "cron", "live_socket", "rate_limit", "file_gone")
plain("privacy", "legal_hold")
