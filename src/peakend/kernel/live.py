"""Live: reading the log behind the watermark, knowing who is connected, passing signals.

Never read by `id > last`: with concurrent writers that loses events. What is below the snapshot's
xmin cannot grow any more, so a cursor of (xid, id) misses nothing. A transaction has its xid before
it has the conversation's row, so its message may stand in the log before the one that it follows:
what overtook is held back until the other can be read, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Text, Uuid

from peakend.kernel.db import SystemTransaction, Transaction, current
from peakend.kernel.errors import Invalid
from peakend.kernel.events import ENVELOPE_COLUMNS, FACTS, Envelope
from peakend.kernel.tables import tenant_table

KEPT = timedelta(days=7)
CATCH_UP = 2000

socket_table = tenant_table(
    "live_socket",
    Column("member_id", Uuid(as_uuid=True), nullable=False),
    Column("process", Text, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Index("ix_live_socket_process", "process"),
    unlogged=True,
    system="all",
)


class Cursor(msgspec.Struct, frozen=True, order=True):
    """A place in the log."""

    xid: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.xid:x}.{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the place that a client names. Errors: Invalid."""
        xid, _, identifier = text.partition(".")
        try:
            cursor = cls(int(xid, 16), UUID(hex=identifier))
        except ValueError as error:
            raise Invalid from error
        if not 0 <= cursor.xid < 1 << 63:
            raise Invalid
        return cursor


class Logged(Envelope, frozen=True, kw_only=True):
    """A fact with its place in the log."""

    xid: int

    @property
    def cursor(self) -> Cursor:
        """Return the place just after this fact."""
        return Cursor(self.xid, self.id)

    @property
    def seq(self) -> int | None:
        """Return its number in its conversation; None where there is no order to keep."""
        kind = FACTS.get(self.type)
        return int(self.payload["seq"]) if kind is not None and kind.in_turn else None


class Stretch(msgspec.Struct, frozen=True):
    """Facts in the log's order, and the place up to which there are no others."""

    facts: list[Logged]
    reached: Cursor


LOG = f"""
SELECT {ENVELOPE_COLUMNS}, xid FROM event
WHERE (xid, id) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id LIMIT $3
"""  # noqa: S608 (names of columns only)
LOG_OF_ONE = f"""
SELECT {ENVELOPE_COLUMNS}, xid FROM event
WHERE organisation_id = $4 AND (xid, id) > ($1, $2)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id LIMIT $3
"""  # noqa: S608 (names of columns only)
# Behind a place, settled or not: the walk along the log's index ends, whatever is planned.
BEHIND = """
SELECT conversation_id, min((payload->>'seq')::int) AS seq FROM (
    SELECT conversation_id, type, payload FROM event
    WHERE (xid, id) > ($1, $2) ORDER BY xid, id LIMIT 5000
) behind
WHERE conversation_id = ANY($3) AND type = ANY($4) GROUP BY conversation_id
"""

KINDS = f"""
SELECT {ENVELOPE_COLUMNS}, xid FROM event
WHERE organisation_id = current_organisation() AND (xid, id) > ($1, $2)
  AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND type = ANY($3)
ORDER BY xid, id LIMIT $4
"""  # noqa: S608 (names of columns only)
BETWEEN = f"""
SELECT {ENVELOPE_COLUMNS} FROM event
WHERE organisation_id = current_organisation() AND type = ANY($1)
  AND occurred_at >= $2 AND occurred_at < $3
ORDER BY occurred_at, id LIMIT $4
"""  # noqa: S608 (names of columns only)
ONE = f"""
SELECT {ENVELOPE_COLUMNS} FROM event WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)


async def read_log(tx: SystemTransaction, after: Cursor, limit: int = 500) -> Stretch:
    """Return facts of every organisation after a place, in the log's order."""
    facts = await _in_turn(tx, await tx.all(Logged, LOG, after.xid, after.id, limit))
    return Stretch(facts, facts[-1].cursor if facts else after)


async def read_log_of(tx: SystemTransaction, organisation_id: UUID, after: Cursor) -> Stretch:
    """Return what one organisation missed; CATCH_UP facts mean: too much."""
    end = await end_of_log(tx)
    read = await tx.all(Logged, LOG_OF_ONE, after.xid, after.id, CATCH_UP, organisation_id)
    facts = await _in_turn(tx, read)
    reached = facts[-1].cursor if facts else after
    whole = len(facts) == len(read) < CATCH_UP
    return Stretch(facts, max(end, reached) if whole else reached)


class _Behind(msgspec.Struct, frozen=True):
    conversation_id: UUID
    seq: int


async def _in_turn(tx: SystemTransaction, facts: list[Logged]) -> list[Logged]:
    """Return the facts before the first that overtook one which stands behind them all."""
    ids = list({fact.conversation_id for fact in facts if fact.seq is not None})
    if not ids:
        return facts
    kinds = [name for name, kind in FACTS.items() if kind.in_turn]
    rows = await tx.all(_Behind, BEHIND, facts[-1].xid, facts[-1].id, ids, kinds)
    return facts[: _overtaking(facts, {row.conversation_id: row.seq for row in rows})]


def _overtaking(facts: Sequence[Logged], behind: Mapping[UUID, int]) -> int:
    """Return where the first fact stands that overtook what is behind; their count if none did."""
    if not behind:
        return len(facts)
    for at, fact in enumerate(facts):
        first = behind.get(fact.conversation_id) if fact.conversation_id else None
        if first is not None and fact.seq is not None and fact.seq > first:
            return at
    return len(facts)


def parts(facts: list[Logged], most: int) -> Iterator[list[Logged]]:
    """Give facts in stretches of about so many, in none of which one overtook a later stretch's."""
    start = 0
    while start < len(facts):
        end = start + most
        while end < len(facts):
            behind: dict[UUID, int] = {}
            for fact in facts[end:]:
                if fact.conversation_id is not None and fact.seq is not None:
                    behind.setdefault(fact.conversation_id, fact.seq)
                    behind[fact.conversation_id] = min(behind[fact.conversation_id], fact.seq)
            if _overtaking(facts[start:end], behind) == end - start:
                break
            end += 1
        yield facts[start:end]
        start = end


async def read_log_of_kinds(
    tx: Transaction, after: Cursor, kinds: list[str], limit: int
) -> list[Logged]:
    """Return facts of some kinds of one organisation after a place, in the log's order."""
    return await tx.all(Logged, KINDS, after.xid, after.id, kinds, limit)


async def facts_between(
    tx: Transaction, kinds: list[str], since: datetime, until: datetime, limit: int
) -> list[Envelope]:
    """Return facts of some kinds that happened in a while, the earliest first."""
    return await tx.all(Envelope, BETWEEN, kinds, since, until, limit)


async def read_fact(tx: Transaction, fact_id: UUID) -> Envelope | None:
    """Return one fact of the log; None where it is not there, or no longer."""
    return await tx.one(Envelope, ONE, fact_id)


async def end_of_log(tx: SystemTransaction) -> Cursor:
    """Return the place after everything that can be read now."""
    row = await tx.value("SELECT pg_snapshot_xmin(pg_current_snapshot())")
    return Cursor(int(row) - 1, UUID(int=(1 << 128) - 1))


async def too_old(tx: SystemTransaction, organisation_id: UUID, after: Cursor) -> bool:
    """Say whether a place may lie before what the log still keeps."""
    oldest = await tx.value(
        "SELECT min(recorded_at) FROM (SELECT recorded_at FROM event "
        "WHERE organisation_id = $1 AND (xid, id) > ($2, $3) ORDER BY xid, id LIMIT 1) first",
        organisation_id,
        after.xid,
        after.id,
    )
    return oldest is not None and tx.now - oldest > KEPT


async def members_seen(tx: Transaction) -> dict[UUID, datetime]:
    """Return when each member with an open desk was last seen, over all tabs and processes."""
    rows = await tx.all(
        _Seen,
        "SELECT member_id, max(seen_at) AS seen_at FROM live_socket "
        "WHERE organisation_id = current_organisation() GROUP BY member_id",
    )
    return {row.member_id: row.seen_at for row in rows}


class _Seen(msgspec.Struct, frozen=True):
    member_id: UUID
    seen_at: datetime


async def signal(organisation_id: UUID, message: dict[str, Any]) -> None:
    """Pass on something short-lived (typing, looking) to the sockets of an organisation."""
    plain = msgspec.to_builtins({**message, "organisation_id": organisation_id})
    current().pokes.signal(plain)
