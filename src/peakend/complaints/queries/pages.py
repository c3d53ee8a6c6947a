"""One complaint as its page shows it: what, why, each step, what may come next."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import ComplaintRow, ReviewRow, StepRow
from peakend.complaints.queries.access import need_complaint, review_of, steps_of
from peakend.complaints.queries.consistency import Precedent, precedent
from peakend.complaints.queries.lists import ComplaintItem, items
from peakend.complaints.rules.recognising import Kind, Tier, Why
from peakend.complaints.rules.recording import Fault, Finding, Solution
from peakend.complaints.rules.settling import PATHS, Liability, StepKind, may_close, next_steps
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


class SettledStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step taken: what, in which words, by whom, with whom, when."""

    no: int
    kind: StepKind
    words: str
    solution: Solution | None
    compensation_fen: int | None
    grant_id: UUID | None
    by: str | None
    with_name: str | None
    at: datetime


class ReviewBrief(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the contact was looked at, and what was found."""

    id: UUID
    set_at: datetime
    finding: Finding | None
    words: str
    reviewed_by: str | None
    reviewed_at: datetime | None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint with all that was done; `next` are the steps that may be taken now.

    `open_because` says why it cannot be closed yet, as a code; empty where it can.
    """

    row: ComplaintItem
    words: str
    suggested_tier: Tier
    suggested_kind: Kind | None
    why: list[Why]
    liability: Liability
    fault: Fault
    about_member_id: UUID | None
    about: str | None
    filed_by: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    solution: Solution | None
    compensation_fen: int
    upheld: bool | None
    settled_at: datetime | None
    closed_at: datetime | None
    path: list[StepKind]
    steps: list[SettledStep]
    next: list[StepKind]
    open_because: str
    review: ReviewBrief | None
    precedent: Precedent | None
    may_work: bool
    may_manage: bool
    version: int


async def complaint(tx: Transaction, complaint_id: UUID, actor: Actor) -> Complaint:
    """Return a complaint with its steps. Errors: ComplaintNotFound."""
    row = await need_complaint(tx, complaint_id, actor)
    steps = await steps_of(tx, row.id)
    review = await review_of(tx, row.id)
    names = await _names(tx, row, steps, review)
    taken = [one.kind for one in steps]
    because = may_close(
        row.kind, row.state, taken, reviewed=review is not None and review.finding is not None
    )
    ready = row.kind is not None and row.confirmed_at is not None and row.state != "closed"
    return Complaint(
        row=(await items(tx, [row], actor))[0],
        why=msgspec.convert(row.why, list[Why]),
        about=_name(names, row.about_member_id),
        filed_by=_name(names, row.filed_by),
        confirmed_by=_name(names, row.confirmed_by),
        path=list(PATHS[row.kind]) if row.kind else [],
        steps=[_step(one, names) for one in steps],
        next=list(next_steps(row.kind, taken)) if ready and row.kind else [],
        open_because=because,
        review=_review(review, names),
        precedent=await precedent(tx, row),
        may_work=actor.may("complaints.work"),
        may_manage=actor.may("complaints.manage"),
        **{name: getattr(row, name) for name in _SAME},
    )


_SAME = (
    "words", "suggested_tier", "suggested_kind", "liability", "fault", "about_member_id",
    "confirmed_at", "solution", "compensation_fen", "upheld", "settled_at", "closed_at", "version",
)  # fmt: skip


async def _names(
    tx: Transaction, row: ComplaintRow, steps: list[StepRow], review: ReviewRow | None
) -> dict[UUID, str]:
    ids = {row.about_member_id, row.filed_by, row.confirmed_by}
    ids |= {id_ for one in steps for id_ in (one.by, one.with_id)}
    ids |= {review.reviewed_by} if review else set()
    return await accounts.member_names(tx, {id_ for id_ in ids if id_ is not None})


def _name(names: dict[UUID, str], member_id: UUID | None) -> str | None:
    return names.get(member_id) if member_id else None


def _step(row: StepRow, names: dict[UUID, str]) -> SettledStep:
    return SettledStep(
        no=row.no,
        kind=row.kind,
        words=row.words,
        solution=row.solution,
        compensation_fen=row.compensation_fen,
        grant_id=row.grant_id,
        by=_name(names, row.by),
        with_name=_name(names, row.with_id),
        at=row.at,
    )


def _review(row: ReviewRow | None, names: dict[UUID, str]) -> ReviewBrief | None:
    if row is None:
        return None
    return ReviewBrief(
        id=row.id,
        set_at=row.set_at,
        finding=row.finding,
        words=row.words,
        reviewed_by=_name(names, row.reviewed_by),
        reviewed_at=row.reviewed_at,
    )
