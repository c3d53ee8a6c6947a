"""Holds for the sake of the law."""

from uuid import UUID

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.privacy.models import HOLD_COLUMNS, Hold

MOST_HOLDS = 500


class HoldNotFound(NotFound):
    """There is no such hold here."""

    wording = "privacy.hold_not_found"


async def holds(tx: Transaction) -> list[Hold]:
    """Return the holds that stand, newest first."""
    return await tx.all(
        Hold,
        f"SELECT {HOLD_COLUMNS} FROM legal_hold"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND standing"
        " ORDER BY placed_at DESC, id DESC LIMIT $1",
        MOST_HOLDS,
    )


async def need_hold(tx: Transaction, hold_id: UUID) -> Hold:
    """Return a hold, locked. Errors: HoldNotFound."""
    found = await tx.one(
        Hold,
        f"SELECT {HOLD_COLUMNS} FROM legal_hold"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        hold_id,
    )
    if found is None:
        raise HoldNotFound
    return found


async def is_held(tx: Transaction, ids: list[UUID]) -> bool:
    """Say whether any of these customers or conversations is on hold."""
    held: bool = await tx.value("SELECT coalesce(bool_or(on_hold(i)), false)"
                                " FROM unnest($1::uuid[]) i", ids)  # fmt: skip
    return held
