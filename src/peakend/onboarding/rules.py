"""Which steps a new house takes, and what of a sample has to stay."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

Step = Literal[
    "brand", "hours", "queue", "colleagues", "channel", "articles", "canned", "reasons", "talk",
    "second_step", "backup",
]  # fmt: skip
STEPS: tuple[Step, ...] = (
    "brand", "hours", "queue", "colleagues", "channel", "articles", "canned", "reasons", "talk",
    "second_step", "backup",
)  # fmt: skip
Stays = Literal["changed", "used"]
BRAND_COLOUR = "#0b6b75"
ARTICLES_WANTED = 3


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of a house; `backup` is None where backups are no matter of ours."""

    brands: list[str]
    hours: int
    queues_served: int
    people: int
    channel_seen: bool
    articles: int
    canned: int
    reasons: int
    talked: bool
    second_step: bool
    backup: bool | None


def steps(seen: Seen) -> dict[Step, bool]:
    """Return the steps of a house in their order, and whether each is done."""
    done: dict[Step, bool] = {
        "brand": len(seen.brands) > 1 or seen.brands != [BRAND_COLOUR],
        "hours": seen.hours > 0,
        "queue": seen.queues_served > 0,
        "colleagues": seen.people > 1,
        "channel": seen.channel_seen,
        "articles": seen.articles >= ARTICLES_WANTED,
        "canned": seen.canned > 0,
        "reasons": seen.reasons > 0,
        "talk": seen.talked,
        "second_step": seen.second_step,
    }
    if seen.backup is not None:
        done["backup"] = seen.backup
    return {step: done[step] for step in STEPS if step in done}


def stays(marked: str, now: str, *, used: bool = False) -> Stays | None:
    """Return why something of a sample stays; None where it can go."""
    if marked != now:
        return "changed"
    return "used" if used else None


def mark(version: object, counts: Mapping[str, int]) -> str:
    """Return what a thing is recognised by as unchanged."""
    parts = [str(version), *(f"{name}={counts[name]}" for name in sorted(counts) if counts[name])]
    return "|".join(parts)


def kept_customers(of: Mapping[UUID, UUID], staying: set[UUID]) -> set[UUID]:
    """Return the customers of conversations (customer by conversation) that stay."""
    return {customer for conversation, customer in of.items() if conversation in staying}
