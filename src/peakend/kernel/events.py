"""Facts: what happened, in the past tense, written in the transaction that made it true.

The one surprise: `record` only gathers; the edge writes all facts of a transaction, and the jobs
of everybody who reacts to them, in one statement just before the commit. A statement that is run
for every message writes its fact itself (`FromRow`), which spares a way to the database and back.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from peakend.kernel.fact_rows import (
    CASTS,
    LIFTED,
    MANY_FACTS,
    MOST_AT_ONCE,
    MOST_FACTS,
    MOST_JOBS,
    WRITE_MANY,
    write_sql,
)
from peakend.kernel.ids import new_id
from peakend.kernel.tables import tenant_table

if TYPE_CHECKING:
    from peakend.kernel.db import Transaction


class _Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


event_table = tenant_table(
    "event",
    Column("type", Text, nullable=False),
    Column("version", SmallInteger, nullable=False, server_default="1"),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column(
        "recorded_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    Column("xid", _Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("subject", Uuid(as_uuid=True)),
    Column("conversation_id", Uuid(as_uuid=True)),
    Column("leg_id", Uuid(as_uuid=True)),
    Column("case_id", Uuid(as_uuid=True)),
    Column("customer_id", Uuid(as_uuid=True)),
    Column("agent_id", Uuid(as_uuid=True)),
    Column("channel", Text),
    Column("queue_id", Uuid(as_uuid=True)),
    Column("actor", Text, nullable=False),
    Column("caused_by", Uuid(as_uuid=True)),
    Column("payload", JSONB, nullable=False),
    Index("ix_event_log", "xid", "id"),
    Index("ix_event_type", "organisation_id", "type", "occurred_at"),
    Index(
        "ix_event_conversation",
        "organisation_id",
        "conversation_id",
        "id",
        postgresql_where=text("conversation_id IS NOT NULL"),
    ),
    Index(
        "ix_event_case",
        "organisation_id",
        "case_id",
        "id",
        postgresql_where=text("case_id IS NOT NULL"),
    ),
    Index("ix_event_caused_by", "caused_by", postgresql_where=text("caused_by IS NOT NULL")),
    system="select",
    append_only=True,
)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened; subclasses hold ids, numbers and short codes, never text.

    An abstract one never happens: it says what several facts have in common.
    """

    version: ClassVar[int] = 1
    subject: ClassVar[str] = "conversation_id"
    # Such facts of one conversation happen in the order of their `seq`, and are told in it.
    in_turn: ClassVar[bool] = False

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract:
            FACTS[cls.__name__] = cls


FACTS: dict[str, type[Fact]] = {}

F = TypeVar("F", bound=Fact)
Reaction = Callable[..., Awaitable[None]]
Ahead = Callable[[Any, Any], Awaitable[Any]]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it stands in the log."""

    organisation_id: UUID
    id: UUID
    type: str
    version: int
    occurred_at: datetime
    actor: str
    payload: dict[str, Any]
    subject: UUID | None = None
    conversation_id: UUID | None = None
    leg_id: UUID | None = None
    case_id: UUID | None = None
    customer_id: UUID | None = None
    agent_id: UUID | None = None
    channel: str | None = None
    queue_id: UUID | None = None
    caused_by: UUID | None = None

    def fact(self) -> Fact:
        """Return the fact itself."""
        kind = FACTS[self.type]
        lifted = {name: getattr(self, name) for name in LIFTED if name in _field_names(self.type)}
        return msgspec.convert({**self.payload, **lifted}, kind, strict=False)


ENVELOPE_COLUMNS = ", ".join(Envelope.__struct_fields__)


class Recorded(msgspec.Struct, frozen=True):
    """A fact that waits for the end of its transaction."""

    id: UUID
    fact: Fact
    occurred_at: datetime
    caused_by: UUID | None


class Reacting(msgspec.Struct, frozen=True):
    """A reaction by its durable name; `where` holds what a fact must say to concern it."""

    name: str
    run: Reaction
    alone: bool
    priority: int
    where: tuple[tuple[str, Any], ...] = ()
    ahead: Ahead | None = None

    def concerns(self, fact: Fact) -> bool:
        """Say whether the fact says what the reaction waits for."""
        return all(_says(getattr(fact, name), wanted) for name, wanted in self.where)


def _says(value: Any, wanted: Any) -> bool:
    return value is not None and wanted in (value, ...)


REACTIONS: dict[str, list[Reacting]] = {}
REACTION_BY_NAME: dict[str, Reacting] = {}


def reacts_to(
    *kinds: type[Fact],
    alone: bool = False,
    priority: int = 5,
    where: Mapping[str, Any] | None = None,
    ahead: Ahead | None = None,
) -> Callable[[Reaction], Reaction]:
    """Make a function the durable reaction to facts.

    `alone` keeps a slow reaction out of batches; a lower `priority` is drained first. `where`
    names fields and what they must say, `...` for anything at all: facts that say something else
    make no job. `ahead` does the long thinking before the reaction's transaction: it is given a
    way to read and the fact, and the reaction is given its result. Errors: TypeError for a field
    that a fact has not, and for thinking ahead in a batch.
    """
    if ahead is not None and not alone:
        raise TypeError("who thinks ahead is alone")

    def register(run: Reaction) -> Reaction:
        context = run.__module__.removeprefix("peakend.").split(".")[0]
        wanted = tuple((where or {}).items())
        entry = Reacting(f"{context}.{run.__name__}", run, alone, priority, wanted, ahead)
        REACTION_BY_NAME[entry.name] = entry
        for kind in kinds:
            if strange := {name for name, _ in wanted} - set(_field_names(kind.__name__)):
                raise TypeError(f"{kind.__name__} has no field {sorted(strange)}")
            known = REACTIONS.setdefault(kind.__name__, [])
            if all(other.name != entry.name for other in known):
                known.append(entry)
        return run

    return register


async def record(tx: "Transaction", fact: Fact, occurred_at: datetime | None = None) -> UUID:
    """Add a fact to the transaction and return its id."""
    entry = Recorded(
        new_id(),
        fact,
        occurred_at or tx.now,
        tx.cause.id if tx.cause else None,
    )
    tx.records.append(entry)
    return entry.id


class FromRow(msgspec.Struct, frozen=True):
    """A fact that the very statement writes which makes it true.

    What is not among the `given` values is SQL over the row `r` that the statement wrote.
    """

    kind: type[Fact]
    given: Mapping[str, Any]
    columns: Mapping[str, str]


@cache
def _field_names(kind: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(FACTS[kind]))


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _columns(entry: Recorded, actor: str) -> tuple[Any, ...]:
    kind = type(entry.fact)
    names = _field_names(kind.__name__)
    values = {name: getattr(entry.fact, name) for name in names}
    lifted = [values.pop(name, None) for name in LIFTED]
    subject = getattr(entry.fact, kind.subject, None)
    return (
        entry.id,
        kind.__name__,
        kind.version,
        entry.occurred_at,
        subject,
        *lifted,
        actor,
        entry.caused_by,
        _plain(values),
    )


def from_row(
    tx: "Transaction", fact: FromRow, statement: tuple[str, str, str], first: int
) -> tuple[str, list[Any]]:
    """Return a statement that writes a fact and its jobs, too, and the values that takes.

    The statement comes as what stands before the fact, the name of the part that returns the row,
    and what stands after it; `first` is the number of the first parameter that is still free.
    """
    given = dict(fact.given)
    lifted = {name: given.pop(name) for name in LIFTED if name in given}
    jobs = [
        one
        for one in REACTIONS.get(fact.kind.__name__, ())
        if all(_says(fact.given[name], wanted) for name, wanted in one.where if name in fact.given)
    ]
    cause = tx.cause.id if tx.cause else None
    values = [new_id(), tx.now, tx.actor.label, cause, _plain(given), *lifted.values()]
    values += [new_id() for _ in jobs]
    reactions = tuple((one.name, one.priority, one.alone, one.where) for one in jobs)
    columns = tuple(fact.columns.items())
    shape = fact.kind.__name__, columns, tuple(lifted), reactions
    return _from_row_sql(shape, statement, first), values


_Job = tuple[str, int, bool, tuple[tuple[str, Any], ...]]
_Shape = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...], tuple[_Job, ...]]


@cache
def _from_row_sql(shape: _Shape, statement: tuple[str, str, str], first: int) -> str:
    kind, columns, given, reactions = shape
    head, source, tail = statement
    numbers = iter(range(first, first + 5 + len(given) + len(reactions)))
    fact_id, at, actor, cause, payload = (f"${next(numbers)}" for _ in range(5))
    shown = {name: f"${next(numbers)}::{CASTS[name]}" for name in given}
    shown |= {name: sql for name, sql in columns if name in LIFTED}
    built = ", ".join(f"'{name}', {sql}" for name, sql in columns if name not in LIFTED)
    row = {
        "id": f"{fact_id}::uuid",
        "type": f"'{kind}'",
        "version": str(FACTS[kind].version),
        "occurred_at": f"{at}::timestamptz",
        "subject": shown.get(FACTS[kind].subject, "NULL::uuid"),
        "actor": f"{actor}::text",
        "caused_by": f"{cause}::uuid",
        "payload": f"{payload}::jsonb || jsonb_build_object({built})",
        **shown,
    }
    parts = [
        f"fact AS (INSERT INTO event ({', '.join(row)}) "  # noqa: S608 (our own names only)
        f"SELECT {', '.join(row.values())} FROM {source} r)"
    ]
    if reactions:
        of_row = dict(columns)
        jobs = ", ".join(
            f"(${next(numbers)}::uuid, '{name}', {priority}, {alone}, {_wanted(where, of_row)})"
            for name, priority, alone, where in reactions
        )
        parts.append(
            "jobs AS (INSERT INTO job (id, name, fact_id, run_at, priority, args, alone) "  # noqa: S608
            f"SELECT j.id, j.name, {fact_id}, {at}, j.priority, '{{}}', j.alone "
            f"FROM {source} r, LATERAL (VALUES {jobs}) j (id, name, priority, alone, wanted) "
            "WHERE j.wanted)"
        )
    return f"{head}, {', '.join(parts)} {tail}"


def _wanted(where: tuple[tuple[str, Any], ...], of_row: dict[str, str]) -> str:
    """Return a reaction's condition as SQL over the row; what is given was looked at before."""
    tests = [
        f"({of_row[name]}) IS NOT NULL" if wanted is ... else f"({of_row[name]}) = {wanted!r}"
        for name, wanted in where
        if name in of_row
    ]
    return " AND ".join(f"coalesce({one}, false)" for one in tests) or "true"


def _absorbed(jobs: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return jobs with those of one name and key made one, due at the earliest."""
    kept: dict[object, tuple[Any, ...]] = {}
    for job in jobs:
        key = (job[1], job[5]) if job[5] is not None else job[0]
        if key not in kept or job[3] < kept[key][3]:
            kept[key] = job
    return list(kept.values())


async def write_records(tx: "Transaction") -> None:
    """Write gathered facts, the jobs of their reactions and the jobs enqueued, in one statement.

    Counts: eight facts and 24 jobs a statement; more take another, very many go before as arrays.
    """
    actor = tx.actor.label
    facts = [_columns(entry, actor) for entry in tx.records]
    jobs: list[tuple[Any, ...]] = [
        (new_id(), r.name, entry.id, tx.now, r.priority, None, {}, r.alone)
        for entry in tx.records
        for r in REACTIONS.get(type(entry.fact).__name__, ())
        if r.concerns(entry.fact)
    ]
    jobs += _absorbed(tx.jobs)
    tx.records, tx.jobs = [], []
    while len(facts) >= MANY_FACTS:
        many, facts = facts[:MOST_AT_ONCE], facts[MOST_AT_ONCE:]
        await tx.run(WRITE_MANY, *map(list, zip(*many, strict=True)))
    while facts or jobs:
        some, more = facts[:MOST_FACTS], jobs[:MOST_JOBS]
        await tx.run(write_sql(len(some), len(more)), *chain(*some, *more))
        facts, jobs = facts[MOST_FACTS:], jobs[MOST_JOBS:]
