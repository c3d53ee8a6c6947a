"""What things are called, for whoever reads of them by their id: each context says it of its own.

Names of persons are not told like this; what is gone has no name any more. Of a look at something
private it is told, too, what was looked at and why, as long as the reason is kept.
"""

from collections.abc import Awaitable, Callable, Container, Iterable
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

NAMES: dict[str, str] = {}


class LookedAt(msgspec.Struct, frozen=True):
    """What somebody looked at, as people call it, and the reason given; empty once it is gone."""

    field: str
    why: str


Looks = Callable[[Transaction, list[UUID]], Awaitable[dict[UUID, LookedAt]]]
LOOKS: dict[str, Looks] = {}


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
    found = {}
    for kind, ids in _known(things, NAMES):
        for row in await tx.all(_Named, NAMES[kind], list(ids)):
            found[kind, row.id] = row.name
    return found


def looked(action: str, looks: Looks) -> None:
    """Say how the looks are read that an action notes in the audit log, by their ids."""
    if action in LOOKS:
        raise ValueError(f"{action} has its looks already")
    LOOKS[action] = looks


async def looks_noted(
    tx: Transaction, noted: Iterable[tuple[str, UUID]]
) -> dict[tuple[str, UUID], LookedAt]:
    """Return the looks that actions noted; the reason only for who may read of customers."""
    why = tx.actor.may("customers.read")
    found = {}
    for action, ids in _known(noted, LOOKS):
        for id_, look in (await LOOKS[action](tx, list(ids))).items():
            found[action, id_] = look if why else LookedAt(look.field, "")
    return found


def _known(
    given: Iterable[tuple[str, UUID]], known: Container[str]
) -> Iterable[tuple[str, set[UUID]]]:
    """Return the ids of each kind that is known."""
    wanted: dict[str, set[UUID]] = {}
    for kind, id_ in given:
        if kind in known:
            wanted.setdefault(kind, set()).add(id_)
    return wanted.items()
