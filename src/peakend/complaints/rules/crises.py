"""Crisis files: who may do what in one, what a playbook lays down, when one may be closed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

Kind = Literal["exposure", "regulator", "boycott", "safety", "outage", "other"]
CrisisState = Literal["open", "closed"]
EntryKind = Literal["event", "press", "regulator", "boycott"]
StatementState = Literal["draft", "asked", "approved", "refused", "published", "withdrawn"]
Outcome = Literal["asked", "approved", "refused", "lapsed"]
Linked = Literal["complaint", "case", "conversation"]
StepState = Literal["open", "done", "skipped"]

Title = Annotated[str, Meta(min_length=1, max_length=120)]
Line = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=4000)]
Minutes = Annotated[int, Meta(ge=0, le=30 * 24 * 60)]
People = Annotated[list[UUID], Meta(max_length=20)]

MOST_ENTRIES = 500
MOST_STATEMENTS = 50
MOST_STEPS_LAID = 100
MOST_PLAYBOOKS = 100
MOST_LISTED = 200
MOST_LINKED = 100
MOST_VERSIONS = 200
# Asked by the press or an authority: those wait for an answer.
ASKING: tuple[EntryKind, ...] = ("press", "regulator", "boycott")


class PlaybookStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done within so many minutes of the beginning, and by which role."""

    title: Title
    role: Line = ""
    minutes: Minutes = 0


class PlaybookWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement to begin from."""

    title: Title
    words: Words = ""


class Fits(Protocol):
    """What says for which crisis it is; None is for every one."""

    @property
    def kind(self) -> str | None:
        """Return what must threaten."""


Book = TypeVar("Book", bound=Fits)


class Standing(msgspec.Struct, frozen=True):
    """What somebody may do in a crisis file; None stands for who must not know of it."""

    leads: bool
    speaks: bool


def standing(
    who: UUID | None,
    *,
    manages: bool,
    owner_id: UUID | None,
    speakers: Collection[UUID],
    readers: Collection[UUID],
) -> Standing | None:
    """Return what somebody may do: supervisors and the owner lead, only who is named speaks."""
    named = who is not None and (who == owner_id or who in speakers or who in readers)
    if not manages and not named:
        return None
    return Standing(
        leads=manages or (who is not None and who == owner_id),
        speaks=who is not None and who in speakers,
    )


def due_times(steps: Sequence[PlaybookStep], at: datetime) -> list[datetime]:
    """Return by when each step is due if the playbook begins now."""
    return [at + timedelta(minutes=one.minutes) for one in steps]


# What a complaint threatens with, the gravest first: people's safety before any audience.
_THREATS: tuple[tuple[str, Kind], ...] = (
    ("safety", "safety"),
    ("regulator", "regulator"),
    ("legal", "regulator"),
    ("exposure", "exposure"),
    ("boycott", "boycott"),
)


def kind_of(reasons: Collection[str], fault: str) -> Kind:
    """Return what threatens, from the codes that a complaint was recognised by and its fault."""
    if fault == "safety":
        return "safety"
    return next((kind for code, kind in _THREATS if code in reasons), "other")


def fitting(books: Iterable[Book], kind: Kind) -> Book | None:
    """Return the first playbook for what threatens, else the first that is for everything."""
    there = list(books)
    return next(
        (one for wanted in (kind, None) for one in there if one.kind == wanted),
        None,
    )


def step_report(laid_at: datetime, due_at: datetime, done_at: datetime | None) -> tuple[int, int]:
    """Return how long a step might take and how long it took. Units: seconds; -1 is not done."""
    given_s = int((due_at - laid_at).total_seconds())
    return given_s, -1 if done_at is None else max(0, int((done_at - laid_at).total_seconds()))


def missing_for_closing(happened: str, cause: str, changes: str, asked: int) -> dict[str, str]:
    """Return what stands in the way of closing, by field: a review must be whole."""
    said = {"happened": happened, "cause": cause, "changes": changes}
    missing = {name: "required" for name, words in said.items() if not words.strip()}
    if asked:
        missing["statements"] = "asked"
    return missing


def is_late(due_at: datetime, done_at: datetime | None, now: datetime) -> bool:
    """Say whether a step was, or is, not done in time."""
    return (done_at or now) > due_at
