"""What things are called, for whoever reads of them by their id: each context says it of its own.

Names of persons are not told like this; what is gone has no name any more.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

NAMES: dict[str, str] = {}


class _Named(msgspec.Struct, frozen=True):
    id: UUID
    name: str


def called(kind: str, sql: str) -> None:
    """Say how things of a kind are called: SQL that returns id and name for the ids in $1."""
    if kind in NAMES:
        raise ValueError(f"{kind} has its names already")
    NAMES[kind] = sql


async def names_of_things(
    tx: Transaction, things: Iterable[tuple[str, UUID]]
) -> dict[tuple[str, UUID], str]:
    """Return the names of things as they are now; what is unknown or gone is left out."""
    wanted: dict[str, set[UUID]] = {}
    for kind, id_ in things:
        if kind in NAMES:
            wanted.setdefault(kind, set()).add(id_)
    found = {}
    for kind, ids in wanted.items():
        for row in await tx.all(_Named, NAMES[kind], list(ids)):
            found[kind, row.id] = row.name
    return found
