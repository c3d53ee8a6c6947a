"""Tags carried in and out as a table, recognised by their name."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.conversations.actions.labels import add_tag, change_tag
from peakend.conversations.rules.channels import is_colour
from peakend.kernel.carrying import (
    Carried,
    CarriedOut,
    CarryColumn,
    CarryFault,
    CarryKind,
    CarryRow,
    Rule,
    alone,
    carries,
    carry_column,
    fault_of,
)
from peakend.kernel.db import Transaction

_PLAIN = "#1f5fae"
_NAMED = """
SELECT id, name, colour FROM tag
WHERE organisation_id = current_organisation() AND lower(name) = ANY($1::text[])
"""
_AFTER = """
SELECT id, name, colour FROM tag
WHERE organisation_id = current_organisation() AND ($1::uuid IS NULL OR id > $1)
  AND ($2 = '' OR strpos(lower(name), lower($2)) > 0)
ORDER BY id LIMIT $3
"""


class _Tag(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    colour: str


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of tags may hold."""
    return [
        carry_column("conversations", "tag", needed=True, matches=True),
        carry_column("conversations", "colour"),
    ]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    return values["tag"].casefold() if values.get("tag") else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of tags."""
    names = [row.values["tag"].lower() for row in rows]
    known = {one.name.lower(): one for one in await tx.all(_Tag, _NAMED, names)}
    done = []
    for row in rows:
        colour = row.values.get("colour", "")
        if colour and not is_colour(colour):
            fault = CarryFault("colour", "conversations.carry_wrong_colour", {"value": colour[:60]})
            done.append(Carried(line=row.line, what="wrong", fault=fault))
            continue
        old = known.get(row.values["tag"].lower())
        if old is not None and (rule != "overwrite" or not colour or colour == old.colour):
            done.append(Carried(line=row.line, what="same", id=old.id))
            continue
        work = (
            add_tag(tx, name=row.values["tag"], colour=colour or _PLAIN)
            if old is None
            else change_tag(tx, tag_id=old.id, colour=colour)
        )
        refused = await alone(tx, work)
        what = Carried(line=row.line, what="changed" if old else "new", id=old.id if old else None)
        if refused is not None:
            what = Carried(line=row.line, what="wrong", fault=fault_of(refused, "tag"))
        done.append(what)
    return done


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of tags, in the order of their ids."""
    found = await tx.all(_Tag, _AFTER, UUID(cursor) if cursor else None, search, most)
    rows = [(one.id, {"tag": one.name, "colour": one.colour}) for one in found]
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


carries(
    CarryKind(
        code="tags", position=50, permission="settings.manage", columns=columns,
        put=carry_in, give=carry_out, key_of=key_of,
    )
)  # fmt: skip
