"""What a list of conversations can be narrowed to, kept under a name as a view.

Times are lengths, not dates, and `me` is whoever reads: a view means the same thing tomorrow and to
a colleague.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.conversations.rules.states import Priority

Scope = Literal["all", "team", "own"]
Order = Literal["recent", "oldest", "due"]
Stage = Literal["digital", "waiting", "serving", "snoozed", "closed"]
Holder = Literal["me", "my_team", "nobody"]
Column = Literal[
    "number", "customer", "tier", "preview", "stage", "agent", "queue", "channel", "brand", "tags",
    "reason", "priority", "due", "waiting", "unread", "language", "opened", "last", "rating",
]  # fmt: skip

MOST_OWN = 50
MOST_SHARED = 100
MOST_COLUMNS = 12
MOST_FIELDS = 6
LONGEST_NAME = 60

Ids = Annotated[list[UUID], Meta(max_length=20)]
# Up to a year back.
Length = Annotated[int, Meta(ge=60, le=366 * 86_400)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Tier = Annotated[str, Meta(pattern="^[a-z_]{1,20}$")]


class FieldCondition(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a custom field must hold, as its type allows: one of some values, a range, yes or no.

    Units: days are calendar days; both ends of a range belong to it.
    """

    field_id: UUID
    any_of: Annotated[list[Text], Meta(max_length=20)] = []
    least: Number | None = None
    most: Number | None = None
    since: date | None = None
    till: date | None = None
    yes: bool | None = None


class ViewFilter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a view shows: within a field any of the values, every field that has one."""

    stages: Annotated[list[Stage], Meta(max_length=5)] = []
    holders: Annotated[list[Holder], Meta(max_length=3)] = []
    agent_ids: Ids = []
    queue_ids: Ids = []
    brand_ids: Ids = []
    channel_ids: Ids = []
    tag_ids: Ids = []
    reason_ids: Ids = []
    priorities: Annotated[list[Priority], Meta(max_length=4)] = []
    tiers: Annotated[list[Tier], Meta(max_length=10)] = []
    languages: Annotated[list[Literal["zh-CN", "en"]], Meta(max_length=2)] = []
    sla: Annotated[list[Literal["near", "breached"]], Meta(max_length=2)] = []
    fields: Annotated[list[FieldCondition], Meta(max_length=5)] = []
    unread: bool = False
    waiting_s: Length | None = None
    opened_within_s: Length | None = None
    opened_before_s: Length | None = None
    last_within_s: Length | None = None
    last_before_s: Length | None = None


def filter_fault(given: ViewFilter) -> str | None:
    """Return which field does not fit the others; None where all do."""
    if "closed" in given.stages and len(set(given.stages)) > 1:
        return "stages"
    if "closed" in given.stages and (given.sla or given.waiting_s):
        return "sla" if given.sla else "waiting_s"
    if len({one.field_id for one in given.fields}) < len(given.fields):
        return "fields"
    return None


def with_branches(chosen: Iterable[UUID], parents: dict[UUID, UUID | None]) -> list[UUID]:
    """Return reasons with everything that hangs below them in the tree."""
    kept = set(chosen)
    while more := {one for one, above in parents.items() if above in kept} - kept:
        kept |= more
    return sorted(kept)


def in_order(ids: list[UUID], placed: dict[UUID, int]) -> list[UUID]:
    """Return ids as a person put them; what is new to them comes last, in the order given."""
    return sorted(ids, key=lambda one: placed.get(one, len(placed) + len(ids)))
