"""Contacts set before quality review because of how they were handled."""

from uuid import UUID

from peakend.complaints import queries
from peakend.complaints.events import ContactReviewed, ContactSetForReview
from peakend.complaints.models import ComplaintRow
from peakend.complaints.rules.recording import Finding
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_WORDS = 2000

_SET = """
INSERT INTO complaint_review (id, complaint_id, conversation_id, member_id, set_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, complaint_id) DO NOTHING
RETURNING id
"""
_ABOUT = """
UPDATE complaint_review SET member_id = $2
WHERE organisation_id = current_organisation() AND complaint_id = $1 AND finding IS NULL
"""
_REVIEW = """
UPDATE complaint_review SET finding = $2, words = $3, reviewed_by = $4, reviewed_at = $5
WHERE organisation_id = current_organisation() AND id = $1
"""


class ReviewedAlready(Conflict):
    """Somebody else has said what he found."""

    wording = "complaints.reviewed_already"


class ReviewerInvolved(Refused):
    """Who had a part in a contact does not review it."""

    wording = "complaints.reviewer_involved"


class FindingWordsNeeded(Invalid):
    """A finding says what it rests on."""

    wording = "complaints.finding_words_needed"


async def set_for_review(tx: Transaction, row: ComplaintRow) -> None:
    """Set the contact of a complaint before quality review, once."""
    assert row.conversation_id is not None
    made = await tx.value(_SET, new_id(), row.id, row.conversation_id, row.about_member_id, tx.now)
    if made is None:
        await tx.run(_ABOUT, row.id, row.about_member_id)
        return
    await record(
        tx,
        ContactSetForReview(
            review_id=made, complaint_id=row.id, conversation_id=row.conversation_id,
            customer_id=row.customer_id, member_id=row.about_member_id,
        ),
    )  # fmt: skip


async def review_contact(
    tx: Transaction, *, review_id: UUID, finding: Finding, words: str, by: Actor
) -> None:
    """Say what was found of a contact in which one had no part.

    Errors: ReviewNotFound, ReviewedAlready, ReviewerInvolved, FindingWordsNeeded.
    """
    row, complaint = await queries.need_review(tx, review_id, by, lock=True)
    if row.finding is not None:
        raise ReviewedAlready
    if by.kind != "member" or by.id in await queries.involved(tx, row, complaint):
        raise ReviewerInvolved
    words = words.replace("\x00", "").strip()[:MOST_WORDS]
    if not words:
        raise FindingWordsNeeded(fields={"words": "complaints.finding_words_needed"})
    await tx.run(_REVIEW, row.id, finding, words, by.id, tx.now)
    await record(
        tx,
        ContactReviewed(
            review_id=row.id, complaint_id=row.complaint_id, conversation_id=row.conversation_id,
            customer_id=complaint.customer_id, member_id=row.member_id, finding=finding,
            by_id=by.id,
        ),
    )  # fmt: skip
