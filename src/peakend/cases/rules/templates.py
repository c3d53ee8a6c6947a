"""What a template of steps may be: whom each step goes to, after which others, and no circle.

A template without a circle always ends: `layers` counts at least one step off in each round.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

Who = Literal["department", "owner", "outsider"]

MOST_STEPS = 30
MOST_CHECKS = 20
MOST_TITLE = 80
MOST_WORDS = 1000
MOST_MINUTES = 60 * 24 * 90
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")

Title = Annotated[str, Meta(max_length=MOST_TITLE)]
Words = Annotated[str, Meta(max_length=MOST_WORDS)]
Key = Annotated[str, Meta(max_length=32)]


class TemplateCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line to tick off, in both languages; English may be left out."""

    zh: Title
    en: Title = ""


class TemplateStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A step as a template has it.

    `after` are the keys of what has to be over before. `shows_customer` lets whoever works it see
    who the customer is. Units: `due_minutes` of the department's business time.
    """

    key: Key
    title_zh: Title
    title_en: Title = ""
    words_zh: Words = ""
    words_en: Words = ""
    who: Who = "department"
    department_id: UUID | None = None
    after: Annotated[list[Key], Meta(max_length=MOST_STEPS)] = []
    due_minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] = 480
    checklist: Annotated[list[TemplateCheck], Meta(max_length=MOST_CHECKS)] = []
    shows_customer: bool = False


Steps = Annotated[list[TemplateStep], Meta(max_length=MOST_STEPS)]


class TemplateFault(msgspec.Struct, frozen=True):
    """What is wrong with a template, and at which step, counted from 0; `what` names it."""

    code: Literal["none", "key", "twice", "title", "department", "unknown", "itself", "circle"]
    at: int
    what: str = ""


def template_fault(steps: Sequence[TemplateStep]) -> TemplateFault | None:
    """Return the first thing that is wrong with steps; None where they may be used."""
    if not steps:
        return TemplateFault("none", 0)
    keys = [step.key for step in steps]
    for at, step in enumerate(steps):
        if found := _step_fault(step, at, keys):
            return found
    circle = circle_of({step.key: step.after for step in steps})
    if circle:
        titles = {step.key: step.title_zh.strip() for step in steps}
        named = " → ".join(titles[key] for key in [*circle, circle[0]])
        return TemplateFault("circle", keys.index(circle[0]), named)
    return None


def _step_fault(step: TemplateStep, at: int, keys: list[str]) -> TemplateFault | None:
    title = step.title_zh.strip()
    if not title or not all(line.zh.strip() for line in step.checklist):
        return TemplateFault("title", at, title)
    if not _KEY.fullmatch(step.key):
        return TemplateFault("key", at, title)
    if keys.index(step.key) != at:
        return TemplateFault("twice", at, title)
    if step.who == "department" and step.department_id is None:
        return TemplateFault("department", at, title)
    if step.key in step.after:
        return TemplateFault("itself", at, title)
    if set(step.after) - set(keys):
        return TemplateFault("unknown", at, title)
    return None


def circle_of(after: dict[str, list[str]]) -> list[str]:
    """Return steps that wait for each other, in the order in which they do; nothing if none do."""
    stuck = {key: [one for one in others if one in after] for key, others in after.items()}
    while free := [key for key, others in stuck.items() if not set(others) & stuck.keys()]:
        for key in free:
            del stuck[key]
    if not stuck:
        return []
    keys = list(after)
    # What is left waits for something that is left: following it comes back to where it was.
    path = [next(iter(stuck))]
    while True:
        before = next(one for one in stuck[path[-1]] if one in stuck)
        if before in path:
            # Said in the order of the work: who waits stands behind what it waits for.
            circle = path[path.index(before) :][::-1]
            first = circle.index(min(circle, key=keys.index))
            return circle[first:] + circle[:first]
        path.append(before)


def layers(after: dict[str, list[str]]) -> list[list[str]]:
    """Return steps by how many have to come before: what stands in one layer may go side by side.

    What waits in a circle is left out.
    """
    left, over, found = dict(after), set[str](), list[list[str]]()
    while layer := [key for key, others in left.items() if not set(others) & after.keys() - over]:
        found.append(layer)
        over |= set(layer)
        for key in layer:
            del left[key]
    return found
