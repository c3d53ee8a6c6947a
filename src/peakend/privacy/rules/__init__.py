"""How many at once, who may be asked for, and what decides that something may not go."""

from collections.abc import Collection, Mapping
from typing import Literal

# How a person made sure that whoever asks is the customer.
Identity = Literal["signed_in", "called_back", "document", "in_person"]
Ground = Literal["own_wish", "authority", "by_mistake"]
HoldCode = Literal["lawsuit", "authority", "complaint", "tax"]
Subject = Literal["customer", "conversation"]
Obstacle = Literal["on_hold", "still_open", "running", "erased"]

CONVERSATIONS_AT_ONCE = 20
ROUNDS = 5
SWEEP_AT_ONCE = 500
SWEEP_PORTIONS = 10_000
MOST_DAYS = 3_650
SOON_DAYS = 30
PACKAGE_KEPT_DAYS = 7
OWN_WORDS = frozenset(
    {"customer", "identity", "profile_value", "kept_object", "company_customer", "page_view",
     "visitor", "survey", "file", "received_mail"}
)  # fmt: skip
# Where a mail of ours went is the person's own address, whatever stands in it.
OWN_COLUMNS = {"mail": frozenset({"to_email", "to_name"})}
# What the report says about what stays, in this order.
KEPT = ("numbers", "facts", "audit", "house", "free_text", "carried", "backups")


def obstacles(*, held: bool, still_open: int, running: bool, erased: bool) -> list[Obstacle]:
    """Return what stands in the way of an erasure, the hardest first."""
    found: list[Obstacle] = []
    if held:
        found.append("on_hold")
    if erased:
        found.append("erased")
    if running:
        found.append("running")
    if still_open:
        found.append("still_open")
    return found


def added(removed: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Return two counts of rows by table as one, without those of which there were none."""
    tables = {*removed, *more}
    both = {name: removed.get(name, 0) + more.get(name, 0) for name in tables}
    return {name: both[name] for name in sorted(both) if both[name]}


def rows_of(removed: Mapping[str, int], without: Collection[str] = ()) -> int:
    """Return how many rows that was."""
    return sum(count for name, count in removed.items() if name not in without)


def is_own_word(table: str, row: Mapping[str, object]) -> bool:
    """Say whether a row is what the person told us; what others wrote may name other people."""
    if table == "message":
        return row.get("kind") == "customer"
    return table in OWN_WORDS


def own_columns(table: str, row: Mapping[str, object]) -> dict[str, object]:
    """Return what is the person's own in a row that somebody else wrote."""
    return {name: row[name] for name in OWN_COLUMNS.get(table, frozenset()) if name in row}


def good_days(days: int | None, least: int, most: int | None) -> bool:
    """Say whether a time can be set; None keeps for good, where that is allowed."""
    if days is None:
        return most is None
    return least <= days <= (most or MOST_DAYS)
