"""Erasures, and what one would remove."""

from uuid import UUID

import msgspec

from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.personal import HELD, how_many
from peakend.privacy.models import ERASURE_COLUMNS, Erasure
from peakend.privacy.queries.holds import is_held
from peakend.privacy.rules import Obstacle, added, obstacles

MOST_SHOWN = 100


class ErasureNotFound(NotFound):
    """There is no such erasure here."""

    wording = "privacy.erasure_not_found"


class ErasurePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure would remove, and what stands in its way.

    `people` counts the customers that were merged into this one, and itself.
    """

    customer_id: UUID
    people: int
    conversations: int
    still_open: int
    removed: dict[str, int]
    obstacles: list[Obstacle]


async def preview(tx: Transaction, customer_id: UUID) -> ErasurePreview:
    """Return what an erasure would remove. Errors: CustomerNotFound."""
    found = await customers.need_customer(tx, customer_id)
    people = await customers.parts_of(tx, found.id)
    standing = await conversations.standing(tx, people)
    removed: dict[str, int] = {}
    for held in HELD:
        ids = people if held.about == "customer" else standing.ids
        removed = added(removed, {held.table: await how_many(tx, held, ids)})
    return ErasurePreview(
        customer_id=found.id,
        people=len(people),
        conversations=len(standing.ids),
        still_open=standing.still_open,
        removed=removed,
        obstacles=obstacles(
            held=await is_held(tx, people + standing.ids),
            still_open=standing.still_open,
            running=await running_for(tx, people),
            erased=await customers.is_erased(tx, found.id) and not standing.ids,
        ),
    )


async def running_for(tx: Transaction, customer_ids: list[UUID]) -> bool:
    """Say whether an erasure of one of these customers is not done yet."""
    running: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM erasure WHERE organisation_id = current_organisation()"
        " AND customer_id = ANY($1) AND state <> 'done')",
        customer_ids,
    )
    return running


async def erasures(tx: Transaction) -> list[Erasure]:
    """Return the newest erasures, newest first."""
    return await tx.all(
        Erasure,
        f"SELECT {ERASURE_COLUMNS} FROM erasure"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() ORDER BY id DESC LIMIT $1",
        MOST_SHOWN,
    )


async def need_erasure(tx: Transaction, erasure_id: UUID, *, lock: bool = False) -> Erasure:
    """Return an erasure; `lock` keeps it for this transaction. Errors: ErasureNotFound."""
    found = await tx.one(
        Erasure,
        f"SELECT {ERASURE_COLUMNS} FROM erasure"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = $1"
        + (" FOR UPDATE" if lock else ""),
        erasure_id,
    )
    if found is None:
        raise ErasureNotFound
    return found
