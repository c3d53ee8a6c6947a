"""Erasing a person: asked for by one, confirmed by another, done by a durable job in portions.

Every table that holds something about a person is declared by its context (kernel/personal.py);
here they are folded over. A portion is one transaction with its job's row, so that whoever dies in
between goes on where it ended. The end is a count over everything, which must find nothing.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.actions import audit
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.queries import organisation
from peakend.conversations import actions as conversations
from peakend.conversations import queries as talks
from peakend.customers import queries as customers
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import sweep_bytes
from peakend.kernel.personal import HELD, About, erased, how_many
from peakend.privacy.actions.packing import drop_packages
from peakend.privacy.events import CustomerErased, ErasureStarted
from peakend.privacy.models import Erasure
from peakend.privacy.queries import need_erasure, preview
from peakend.privacy.rules import CONVERSATIONS_AT_ONCE, ROUNDS, Ground, Identity, added, rows_of

# Who confirms another's proposal does the same act as whoever may do it alone.
ACT = "customer.erase"


class OnHold(Conflict):
    """The law wants it kept."""

    wording = "privacy.on_hold"


class StillOpen(Conflict):
    """Somebody is still being served."""

    wording = "privacy.still_open"


class AlreadyErasing(Conflict):
    """The erasure runs already."""

    wording = "privacy.already_erasing"


class NothingToErase(Conflict):
    """Everything about this customer was removed before."""

    wording = "privacy.nothing_to_erase"


class LeftOver(RuntimeError):
    """After every round something is still there: a table whose declaration is wrong."""


class ErasureAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose data is to go, how it was made sure who asks, and why it is to go."""

    customer_id: UUID
    identity: Identity
    ground: Ground


async def erase_customer(tx: Transaction, asked: ErasureAsked) -> Erasure:
    """Begin to remove everything about a person.

    Errors: CustomerNotFound, OnHold, StillOpen, AlreadyErasing, NothingToErase, SecondPersonNeeded.
    """
    would = await preview(tx, asked.customer_id)
    asked = msgspec.structs.replace(asked, customer_id=would.customer_id)
    for name, error in _IN_THE_WAY.items():
        if name in would.obstacles:
            raise error(n=would.still_open)
    await need_second(tx, ACT)
    erasure_id = new_id()
    await begin(tx, asked, erasure_id=erasure_id, conversations=would.conversations, at=tx.now)
    return await need_erasure(tx, erasure_id)


async def begin(
    tx: Transaction,
    asked: ErasureAsked,
    *,
    erasure_id: UUID,
    conversations: int,
    at: datetime,
    repeated_at: datetime | None = None,
) -> None:
    """Write down an erasure and let it begin; the same one again does nothing."""
    begun = await tx.run(
        """
        INSERT INTO erasure
            (id, customer_id, identity, ground, asked_by, at, state, conversations, repeated_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'person', $7, $8)
        ON CONFLICT (organisation_id, id) DO NOTHING
        """,
        erasure_id,
        asked.customer_id,
        asked.identity,
        asked.ground,
        tx.actor.id,
        at,
        conversations,
        repeated_at,
    )
    if not begun:
        return
    await record(
        tx,
        ErasureStarted(
            erasure_id=erasure_id,
            customer_id=asked.customer_id,
            identity=asked.identity,
            ground=asked.ground,
        ),
    )
    detail = {"erasure_id": erasure_id, "identity": asked.identity, "ground": asked.ground}
    what = "privacy.erasure_started" if repeated_at is None else "privacy.erasure_repeated"
    await audit(tx, what, "customer", asked.customer_id, detail)
    await enqueue(tx, "privacy.erase_step", erasure_id=erasure_id)


_IN_THE_WAY: dict[str, type[Conflict]] = {
    "on_hold": OnHold,
    "running": AlreadyErasing,
    "erased": NothingToErase,
    "still_open": StillOpen,
}


@two_people(ACT, "privacy.manage", ErasureAsked)
async def _erase_confirmed(tx: Transaction, body: ErasureAsked, address: str) -> None:
    await erase_customer(tx, body)


async def erase_step(tx: Transaction, *, erasure_id: UUID) -> None:
    """Do the next portion of an erasure; once done, nothing more."""
    row = await need_erasure(tx, erasure_id, lock=True)
    people = await customers.parts_of(tx, row.customer_id)
    if row.state == "person":
        await _person(tx, row, people)
    elif row.state == "conversations":
        await _conversations(tx, row, people)
    elif row.state == "bytes":
        await _bytes(tx, row, people)
    else:
        return
    await enqueue(tx, "privacy.erase_step", erasure_id=erasure_id)


async def _person(tx: Transaction, row: Erasure, people: list[UUID]) -> None:
    await drop_packages(tx, people)
    removed = await _removed(tx, "customer", people)
    await _write(tx, row, state="conversations", removed=added(row.removed, removed))


async def _conversations(tx: Transaction, row: Erasure, people: list[UUID]) -> None:
    ids = await conversations.uncleared(tx, people, CONVERSATIONS_AT_ONCE)
    if not ids:
        await _write(tx, row, state="bytes")
        return
    before = {
        held.table: await how_many(tx, held, ids)
        for held in HELD
        if held.about == "conversation" and held.erase is None and held.table != "conversation"
    }
    removed = await _removed(tx, "conversation", ids)
    cleared = await conversations.clear_conversations(
        tx, ids=ids, why="erasure", on=await _today(tx)
    )
    await _write(
        tx,
        row,
        removed=added(added(row.removed, removed), before),
        cleared=row.cleared + len(ids),
        files=row.files + cleared.files,
    )


async def _bytes(tx: Transaction, row: Erasure, people: list[UUID]) -> None:
    """Remove the bytes that nobody refers to, and look whether anything is left."""
    gone = row.bytes_gone + await sweep_bytes(tx.organisation_id)
    left = await _left(tx, people)
    if left:
        if row.rounds >= ROUNDS:
            raise LeftOver(", ".join(sorted(left)))
        await _write(tx, row, state="person", rounds=row.rounds + 1, bytes_gone=gone)
        return
    await _write(tx, row, state="done", bytes_gone=gone, finished_at=tx.now)
    rows = rows_of(row.removed)
    await record(
        tx,
        CustomerErased(
            erasure_id=row.id,
            customer_id=row.customer_id,
            rows=rows,
            conversations=row.cleared,
            files=row.files,
        ),
    )
    detail = {"erasure_id": row.id, "rows": rows, "conversations": row.cleared}
    await audit(tx, "privacy.erased", "customer", row.customer_id, detail)


async def _removed(tx: Transaction, about: About, ids: list[UUID]) -> dict[str, int]:
    removed: dict[str, int] = {}
    for held in HELD:
        if held.about == about:
            removed = added(removed, {held.table: await erased(tx, held, ids)})
    return removed


async def _left(tx: Transaction, people: list[UUID]) -> list[str]:
    """Return the tables in which something is left of a person."""
    ids = (await talks.standing(tx, people, erased=True)).ids
    counted = [
        (held.table, await how_many(tx, held, people if held.about == "customer" else ids))
        for held in HELD
    ]
    return [table for table, n in counted if n]


async def _today(tx: Transaction) -> date:
    return tx.now.astimezone(ZoneInfo((await organisation(tx)).time_zone)).date()


async def _write(tx: Transaction, row: Erasure, **changes: Any) -> None:
    now = msgspec.structs.replace(row, **changes)
    await tx.run(
        """
        UPDATE erasure SET state = $2, rounds = $3, removed = $4, cleared = $5, files = $6,
            bytes_gone = $7, finished_at = $8
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        now.id,
        now.state,
        now.rounds,
        now.removed,
        now.cleared,
        now.files,
        now.bytes_gone,
        now.finished_at,
    )
