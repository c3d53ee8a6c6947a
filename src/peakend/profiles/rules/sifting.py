"""What a custom field can be searched by: the conditions that fit its type."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from peakend.profiles.rules.fields import Kind, Option, plain_line


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a custom field must hold: one of some values, a range, or yes or no.

    Units: days are calendar days; both ends of a range belong to it.
    """

    field_id: UUID
    any_of: list[str] = []
    least: float | None = None
    most: float | None = None
    since: date | None = None
    till: date | None = None
    yes: bool | None = None


def condition_fits(kind: Kind, given: Condition) -> bool:
    """Say whether a condition asks what a field of this kind can answer, and asks something."""
    numbers = given.least is not None or given.most is not None
    days = given.since is not None or given.till is not None
    asked = {
        "texts": bool(given.any_of), "number": numbers, "date": days, "flag": given.yes is not None
    }  # fmt: skip
    wanted = kind if kind in ("number", "date", "flag") else "texts"
    low_high = given.least is None or given.most is None or given.least <= given.most
    in_time = given.since is None or given.till is None or given.since <= given.till
    return low_high and in_time and {name for name, on in asked.items() if on} == {wanted}


def sought_texts(kind: Kind, options: Sequence[Option], given: Iterable[str]) -> list[str]:
    """Return the texts that fit, as they are compared: a branch of a tree means all below it."""
    wanted = {plain_line(one) for one in given}
    if kind == "tree":
        while more := {one.key for one in options if one.parent in wanted} - wanted:
            wanted |= more
    return sorted(one.lower() for one in wanted)
