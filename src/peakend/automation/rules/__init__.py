"""Pure decisions of automation: what a macro may hold, when a webhook is tried again."""

from peakend.automation.rules.macros import (
    LONGEST_TEXT,
    MOST_MACROS,
    MOST_TAGS,
    Scope,
    Standing,
    Steps,
    Target,
    What,
    is_shared_as_wide,
    order,
    refusal,
    snoozed_to,
    steps_fault,
)

__all__ = [
    "LONGEST_TEXT",
    "MOST_MACROS",
    "MOST_TAGS",
    "Scope",
    "Standing",
    "Steps",
    "Target",
    "What",
    "is_shared_as_wide",
    "order",
    "refusal",
    "snoozed_to",
    "steps_fault",
]
