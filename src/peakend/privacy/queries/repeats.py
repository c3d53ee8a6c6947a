"""Which erasures a restored database does not know of, and what stands in their way."""

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.db import Transaction
from peakend.kernel.ledger import Gone, ledger_in, read_ledger
from peakend.kernel.settings import settings
from peakend.privacy.queries.erasures import MOST_SHOWN, running_for
from peakend.privacy.queries.holds import is_held

Why = Literal["due", "on_hold", "merged", "running"]


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure that is to be done once more; `why` it is not, where something stands in its way.

    `merged` says that here the customer and somebody else, who was never erased, are one.
    """

    erasure_id: UUID
    customer_id: UUID
    identity: str
    ground: str
    at: datetime
    open_ids: list[UUID]
    conversations: int
    why: Why


class WaitingErasure(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a restore brought back, by number only, and why the erasure still waits."""

    erasure_id: UUID
    customer_id: UUID
    why: Why


class WaitingErasures(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be erased once more. Counts: `count` is all of them, also those not in `items`."""

    count: int
    items: list[WaitingErasure]


class _Known(msgspec.Struct, frozen=True):
    id: UUID
    repeated: bool
    done: bool


def own_ledger() -> Path:
    """Return where this installation's ledger stands: every machine of it has this folder."""
    return ledger_in(settings.files_dir)


async def repeats(tx: Transaction, lines: list[Gone]) -> list[Repeat]:
    """Return which erasures of a ledger this organisation's rows do not know of."""
    lines = [one for one in lines if one.organisation_id == tx.organisation_id]
    if not lines:
        return []
    known = {one.id: one for one in await tx.all(_Known, _KNOWN, _ids_of(lines))}
    found: dict[UUID, Repeat] = {}
    for line in lines:
        first = known.get(line.erasure_id)
        if first is not None and not first.repeated:
            continue
        for one in await _of_line(tx, line, known):
            found.setdefault(one.customer_id, one)
    return list(found.values())


async def waiting_erasures(tx: Transaction) -> WaitingErasures:
    """Return who of this organisation waits to be erased once more, as this ledger says.

    Errors: OSError where the ledger is there but cannot be read.
    """
    found = await repeats(tx, (await asyncio.to_thread(read_ledger, own_ledger())).lines)
    items = [
        WaitingErasure(erasure_id=one.erasure_id, customer_id=one.customer_id, why=one.why)
        for one in found[:MOST_SHOWN]
    ]
    return WaitingErasures(count=len(found), items=items)


_KNOWN = """
SELECT id, repeated_at IS NOT NULL AS repeated, state = 'done' AS done FROM erasure
WHERE organisation_id = current_organisation() AND id = ANY($1)
"""


def _ids_of(lines: list[Gone]) -> list[UUID]:
    return [_id_for(line, one) for line in lines for one in line.people]


def _id_for(line: Gone, customer_id: UUID) -> UUID:
    """Return the number of the erasure of one of those who were one person by then."""
    if customer_id == line.people[0]:
        return line.erasure_id
    return uuid5(line.erasure_id, str(customer_id))


async def _of_line(tx: Transaction, line: Gone, known: dict[UUID, _Known]) -> list[Repeat]:
    found: dict[UUID, Repeat] = {}
    for person in line.people:
        today = await customers.current_customer(tx, person)
        erasure_id = _id_for(line, today if today in line.people else person)
        row = known.get(erasure_id)
        if today in found or (row is not None and row.done):
            continue
        with contextlib.suppress(customers.CustomerNotFound):
            one = await _standing(tx, line, today, erasure_id, begun=row is not None)
            if one is not None:
                found[today] = one
    return list(found.values())


async def _standing(
    tx: Transaction, line: Gone, customer_id: UUID, erasure_id: UUID, *, begun: bool
) -> Repeat | None:
    people = await customers.parts_of(tx, customer_id)
    standing = await conversations.standing(tx, people)
    if not begun and not standing.ids and await customers.is_erased(tx, customer_id):
        return None
    why: Why = "due"
    if begun or await running_for(tx, people):
        why = "running"
    elif not set(people) <= set(line.people):
        why = "merged"
    elif await is_held(tx, people + standing.ids):
        why = "on_hold"
    return Repeat(
        erasure_id=erasure_id, customer_id=customer_id, identity=line.identity,
        ground=line.ground, at=line.at, open_ids=standing.ids if standing.still_open else [],
        conversations=len(standing.ids), why=why,
    )  # fmt: skip
