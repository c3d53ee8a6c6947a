"""Routes of settling complaints: steps, closing, contacts before review, the same matter twice."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.rules.fairness import GroupGap
from peakend.complaints.rules.recording import Finding, Solution
from peakend.complaints.rules.settling import StepKind
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Words = Annotated[str, Meta(max_length=2000)]


class SettlementStepGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A step to a settlement, and the version of the complaint that was looked at."""

    kind: StepKind
    words: Words
    solution: Solution | None = None
    compensation_fen: Annotated[int, Meta(ge=0, le=10_000_000_00)] | None = None
    with_id: UUID | None = None
    grant_id: UUID | None = None
    version: Version


class ClosingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether the customer was right, where that is known."""

    upheld: bool | None = None
    version: Version


class FindingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a reviewer found, and what it rests on."""

    finding: Finding
    words: Words


@post(
    "/complaints/{complaint_id:uuid}/steps",
    summary="Take the next step to a settlement",
    opt=needs("complaints.work"),
    status_code=201,
)
async def take_settlement_step(
    tx: Transaction, actor: Actor, complaint_id: UUID, data: SettlementStepGiven
) -> queries.Complaint:
    given = msgspec.structs.asdict(data)
    version = given.pop("version")
    await actions.take_step(
        tx,
        complaint_id=complaint_id,
        step=actions.StepGiven(**given),
        by=actor,
        version=version,
    )
    return await queries.complaint(tx, complaint_id, actor)


@post(
    "/complaints/{complaint_id:uuid}/closing",
    summary="End a complaint on which everything is done",
    opt=needs("complaints.work"),
    status_code=200,
)
async def close_complaint(
    tx: Transaction, actor: Actor, complaint_id: UUID, data: ClosingGiven
) -> queries.Complaint:
    await actions.close_complaint(
        tx, complaint_id=complaint_id, upheld=data.upheld, by=actor, version=data.version
    )
    return await queries.complaint(tx, complaint_id, actor)


@get(
    "/complaint-reviews",
    summary="Contacts set before quality review",
    opt=needs("complaints.manage"),
)
async def complaint_reviews(
    tx: Transaction, actor: Actor, done: bool = False
) -> list[queries.ReviewItem]:
    return await queries.reviews(tx, actor, done=done)


@get(
    "/complaint-reviews/{review_id:uuid}",
    summary="A contact before review, with its whole path",
    opt=needs("complaints.manage"),
)
async def complaint_review(tx: Transaction, actor: Actor, review_id: UUID) -> queries.Review:
    return await queries.review(tx, review_id, actor)


@post(
    "/complaint-reviews/{review_id:uuid}/finding",
    summary="Say what was found of a contact",
    opt=needs("complaints.manage"),
    status_code=200,
)
async def review_contact(
    tx: Transaction, actor: Actor, review_id: UUID, data: FindingGiven
) -> queries.Review:
    await actions.review_contact(
        tx, review_id=review_id, finding=data.finding, words=data.words, by=actor
    )
    return await queries.review(tx, review_id, actor)


@get(
    "/complaints/consistency",
    summary="The same matter settled differently",
    opt=needs("complaints.manage"),
)
async def complaint_consistency(
    tx: Transaction, actor: Actor, brand_id: UUID | None = None
) -> list[queries.Uneven]:
    return await queries.consistency(tx, actor, brand_id=brand_id)


@get(
    "/complaints/fairness",
    summary="What groups of customers got for the same matters",
    opt=needs("complaints.manage"),
)
async def complaint_fairness(
    tx: Transaction, actor: Actor, by: queries.Grouping = "tier", brand_id: UUID | None = None
) -> list[GroupGap]:
    return await queries.fairness(tx, actor, by=by, brand_id=brand_id)


@get(
    "/complaints/repeat-claimers",
    summary="Customers who complained or were compensated again and again",
    opt=needs("complaints.manage"),
)
async def repeat_claimers(
    tx: Transaction, actor: Actor, brand_id: UUID | None = None
) -> list[queries.Claimer]:
    return await queries.claimers(tx, actor, brand_id=brand_id)


routes = [
    take_settlement_step,
    close_complaint,
    complaint_reviews,
    complaint_review,
    review_contact,
    complaint_consistency,
    complaint_fairness,
    repeat_claimers,
]
