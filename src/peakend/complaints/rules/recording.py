"""What is written down of a complaint, and who may see it."""

from typing import Literal
from uuid import UUID

import msgspec

from peakend.complaints.rules.recognising import Tier
from peakend.complaints.rules.settling import Clocks
from peakend.kernel.actors import Actor

Fault = Literal[
    "unknown", "product", "workmanship", "information", "promise", "late", "attitude", "billing",
    "delivery", "rule", "safety", "privacy", "other",
]  # fmt: skip
Solution = Literal[
    "explain", "apologise", "redo", "repair", "replace", "refund", "compensate", "exception",
    "other",
]  # fmt: skip
Finding = Literal["at_fault", "not_at_fault", "unclear"]

MOST_OWN_WORDS, LONGEST_OWN_WORD = 100, 40


class ComplaintRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the house has decided: how long each tier may take, and words of its own."""

    clocks: Clocks = msgspec.field(default_factory=Clocks)
    extreme_words: list[str] = []
    ordinary_words: list[str] = []


def may_see(
    actor: Actor,
    *,
    owner_id: UUID | None,
    filed_by: UUID | None,
    queue_id: UUID | None,
    brand_id: UUID | None,
) -> bool:
    """Say whether a complaint exists for this actor; for no customer it does."""
    if actor.kind == "visitor":
        return False
    if actor.sees_all:
        return True
    if actor.id is not None and actor.id in (owner_id, filed_by):
        return True
    if brand_id is not None and brand_id in actor.seen_brand_ids:
        return True
    return actor.scope == "queue" and queue_id is not None and queue_id in actor.queue_ids


def urgency(tier: Tier) -> Literal["normal", "high", "urgent"]:
    """Return how urgent a case of a tier is at least."""
    return "urgent" if tier == "extreme" else "high" if tier == "ordinary" else "normal"


def tidy(words: list[str]) -> list[str]:
    """Return words as they are kept: trimmed, each once."""
    return list(dict.fromkeys(one.strip() for one in words if one.strip()))
