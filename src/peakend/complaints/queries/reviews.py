"""Contacts set before quality review, with their whole path; by people who had no part in them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import REVIEW_COLUMNS, ComplaintRow, ReviewRow
from peakend.complaints.queries.access import (
    ComplaintNotFound,
    complaints_by_id,
    need_complaint,
    steps_of,
)
from peakend.complaints.queries.lists import ComplaintItem, items
from peakend.complaints.rules.recording import Finding
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.routing import queries as routing

MOST_REVIEWS, READ_BACK = 100, 300

_LIST = """
SELECT r.id AS id, r.complaint_id AS complaint_id, r.member_id AS member_id, r.set_at AS set_at,
    r.finding AS finding, r.reviewed_at AS reviewed_at
FROM complaint_review r
JOIN complaint c ON c.organisation_id = r.organisation_id AND c.id = r.complaint_id
WHERE r.organisation_id = current_organisation() AND (r.finding IS NOT NULL) = $1
  AND ($2 OR c.owner_id = $3 OR c.filed_by = $3 OR c.brand_id = ANY($4::uuid[])
       OR c.queue_id = ANY($5::uuid[]))
ORDER BY r.set_at DESC, r.id DESC LIMIT $6
"""


class ReviewNotFound(NotFound):
    """There is no such contact for this reviewer."""

    wording = "complaints.review_not_found"


class _Listed(msgspec.Struct, frozen=True):
    id: UUID
    complaint_id: UUID
    member_id: UUID | None
    set_at: datetime
    finding: Finding | None
    reviewed_at: datetime | None


class ReviewItem(msgspec.Struct, frozen=True, kw_only=True):
    """A contact before review in the list."""

    id: UUID
    complaint: ComplaintItem
    about: str | None
    set_at: datetime
    finding: Finding | None
    reviewed_at: datetime | None


class PathLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a contact's path: a message, or a stay in a queue or with somebody."""

    what: Literal["message", "leg"]
    at: datetime
    kind: str
    who: str | None
    text: str = ""
    waited_s: int | None = None
    held_s: int | None = None
    transfers: int = 0
    outcome: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A contact with its whole path; `involved` where the reader had a part in it.

    Counts: the newest 300 messages.
    """

    item: ReviewItem
    words: str
    reviewed_by: str | None
    path: list[PathLine]
    involved: bool
    may_review: bool


async def need_review(
    tx: Transaction, review_id: UUID, actor: Actor, *, lock: bool = False
) -> tuple[ReviewRow, ComplaintRow]:
    """Return a contact before review of a complaint the actor may see. Errors: ReviewNotFound."""
    row = await tx.one(
        ReviewRow,
        f"SELECT {REVIEW_COLUMNS} FROM complaint_review"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = $1"
        + (" FOR UPDATE" if lock else ""),
        review_id,
    )
    if row is None:
        raise ReviewNotFound
    try:
        return row, await need_complaint(tx, row.complaint_id, actor)
    except ComplaintNotFound:
        raise ReviewNotFound from None


async def involved(tx: Transaction, row: ReviewRow, complaint: ComplaintRow) -> set[UUID]:
    """Return everybody who had a part in a contact or in its complaint."""
    some = {row.member_id, complaint.about_member_id, complaint.owner_id, complaint.filed_by}
    some |= {leg.agent_id for leg in await routing.legs_of(tx, row.conversation_id)}
    said = await conversations.transcript(tx, row.conversation_id, READ_BACK)
    some |= {one.author.id for one in said if one.kind in ("agent", "note")}
    some |= {id_ for one in await steps_of(tx, complaint.id) for id_ in (one.by, one.with_id)}
    return {id_ for id_ in some if id_ is not None}


async def reviews(tx: Transaction, actor: Actor, *, done: bool) -> list[ReviewItem]:
    """Return the contacts that wait for a reviewer, or were reviewed. Counts: the newest 100."""
    rows = await tx.all(
        _Listed, _LIST, done, actor.sees_all, actor.id, actor.seen_brands, actor.seen_queues,
        MOST_REVIEWS,
    )  # fmt: skip
    found = await complaints_by_id(tx, {row.complaint_id for row in rows})
    shown = {one.id: one for one in await items(tx, list(found.values()), actor)}
    names = await accounts.member_names(tx, {row.member_id for row in rows if row.member_id})
    return [
        ReviewItem(
            id=row.id,
            complaint=shown[row.complaint_id],
            about=names.get(row.member_id) if row.member_id else None,
            set_at=row.set_at,
            finding=row.finding,
            reviewed_at=row.reviewed_at,
        )
        for row in rows
    ]


async def review(tx: Transaction, review_id: UUID, actor: Actor) -> Review:
    """Return a contact with its path. Errors: ReviewNotFound."""
    row, complaint = await need_review(tx, review_id, actor)
    mine = actor.id in await involved(tx, row, complaint)
    ids = {id_ for id_ in (row.member_id, row.reviewed_by) if id_}
    names = await accounts.member_names(tx, ids)
    return Review(
        item=ReviewItem(
            id=row.id,
            complaint=(await items(tx, [complaint], actor))[0],
            about=names.get(row.member_id) if row.member_id else None,
            set_at=row.set_at,
            finding=row.finding,
            reviewed_at=row.reviewed_at,
        ),
        words=row.words,
        reviewed_by=names.get(row.reviewed_by) if row.reviewed_by else None,
        path=await _path(tx, row.conversation_id),
        involved=mine,
        may_review=not mine and row.finding is None and actor.may("complaints.manage"),
    )


async def _path(tx: Transaction, conversation_id: UUID) -> list[PathLine]:
    legs = await routing.legs_of(tx, conversation_id)
    queues = await routing.queue_names(tx, {leg.queue_id for leg in legs if leg.queue_id})
    people = await accounts.member_names(tx, {leg.agent_id for leg in legs if leg.agent_id})
    said = await conversations.transcript(tx, conversation_id, READ_BACK)
    lines = [
        PathLine(
            what="leg",
            at=leg.entered_at,
            kind="agent" if leg.agent_id else "queue",
            who=people.get(leg.agent_id) if leg.agent_id else None,
            text=queues.get(leg.queue_id, "") if leg.queue_id else "",
            waited_s=_between(leg.entered_at, leg.answered_at or leg.ended_at),
            held_s=_between(leg.answered_at, leg.ended_at),
            transfers=leg.transfers,
            outcome=leg.outcome,
        )
        for leg in legs
    ]
    lines += [
        PathLine(
            what="message",
            at=one.at,
            kind=one.kind,
            who=one.author.name,
            text="" if one.recalled_at else one.text,
        )
        for one in said
        if one.kind in ("customer", "agent", "digital", "note")
    ]
    return sorted(lines, key=lambda line: (line.at, line.what == "message"))


def _between(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) if start and end else None
