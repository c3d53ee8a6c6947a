"""Asking how it went, and taking the answer, once."""

from datetime import datetime
from uuid import UUID

from peakend.conversations import actions as conversation_actions
from peakend.conversations import queries as conversations
from peakend.conversations.events import ConversationClosed
from peakend.feedback import queries
from peakend.feedback.events import SurveyAnswered, SurveyInvited, SurveyWithdrawn
from peakend.feedback.rules import LONGEST_COMMENT, RATINGS, is_open, served_by
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.personal import Age, Held, goes_with_age, holds


class AlreadyAnswered(Conflict):
    """A survey is answered once."""

    wording = "feedback.already_answered"


class SurveyOver(Conflict):
    """The link no longer holds: too late, or the conversation goes on."""

    wording = "feedback.over"


class RatingMissing(Invalid):
    """A rating is one of 1 to 5."""

    wording = "feedback.rating_missing"


class CommentTooLong(Invalid):
    """A comment has its limit."""

    wording = "feedback.comment_too_long"


async def invite(tx: Transaction, *, fact: ConversationClosed) -> UUID | None:
    """Ask the customer of a closed conversation, unless it went on or was rated already."""
    row = await conversations.need_conversation(
        tx, fact.conversation_id, Actor.system(tx.organisation_id)
    )
    by = served_by(fact.from_state, fact.agent_id, fact.messages)
    if row.state != "closed" or by is None:
        return None
    at = tx.cause.occurred_at if tx.cause else tx.now
    survey_id: UUID | None = await tx.value(
        """
        INSERT INTO survey AS s (id, conversation_id, customer_id, channel, agent_id, leg_id,
            queue_id, served_by, language, invited_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (organisation_id, conversation_id) DO UPDATE
        SET state = 'invited', agent_id = $5, leg_id = $6, queue_id = $7, served_by = $8,
            invited_at = $10
        WHERE s.state <> 'answered' AND s.invited_at < $10
        RETURNING id
        """,
        new_id(),
        fact.conversation_id,
        row.customer_id,
        fact.channel,
        fact.agent_id,
        fact.leg_id,
        fact.queue_id,
        by,
        row.language,
        at,
    )
    if survey_id is None:
        return None
    await record(
        tx,
        SurveyInvited(
            survey_id=survey_id,
            conversation_id=fact.conversation_id,
            customer_id=fact.customer_id,
            channel=fact.channel,
            agent_id=fact.agent_id,
            leg_id=fact.leg_id,
            queue_id=fact.queue_id,
            served_by=by,
        ),
        occurred_at=at,
    )
    return survey_id


async def withdraw(tx: Transaction, *, conversation_id: UUID) -> None:
    """Take an unanswered invitation back where the conversation goes on."""
    row = await conversations.need_conversation(
        tx, conversation_id, Actor.system(tx.organisation_id)
    )
    if row.state == "closed":
        return
    survey_id = await tx.value(
        """
        UPDATE survey SET state = 'withdrawn'
        WHERE organisation_id = current_organisation()
            AND conversation_id = $1
            AND state = 'invited'
        RETURNING id
        """,
        conversation_id,
    )
    if survey_id is not None:
        await record(tx, SurveyWithdrawn(survey_id=survey_id, conversation_id=conversation_id))


async def follow_customer(tx: Transaction, *, conversation_id: UUID) -> None:
    """Keep a survey with whom its conversation belongs to now."""
    row = await conversations.need_conversation(
        tx, conversation_id, Actor.system(tx.organisation_id)
    )
    await tx.run(
        "UPDATE survey SET customer_id = $2"
        " WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
        row.customer_id,
    )


async def answer(
    tx: Transaction, *, survey_id: UUID, rating: int, solved: bool | None, comment: str = ""
) -> None:
    """Take a customer's answer, the first and only one.

    Errors: SurveyNotFound, AlreadyAnswered, SurveyOver, RatingMissing, CommentTooLong.
    """
    if rating not in RATINGS:
        raise RatingMissing(fields={"rating": "missing"})
    comment = comment.replace("\x00", "").strip()
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(longest=LONGEST_COMMENT, fields={"comment": "too_long"})
    survey = await queries.survey_by_id(tx, survey_id)
    if survey.state == "answered":
        raise AlreadyAnswered
    if survey.state != "invited" or not is_open(survey.invited_at, tx.now):
        raise SurveyOver
    taken = await tx.run(
        """
        UPDATE survey
        SET state = 'answered', answered_at = $2, rating = $3, solved = $4, comment = $5
        WHERE organisation_id = current_organisation() AND id = $1 AND state = 'invited'
        """,
        survey_id,
        tx.now,
        rating,
        solved,
        comment,
    )
    if not taken:
        raise AlreadyAnswered
    await record(
        tx,
        SurveyAnswered(
            survey_id=survey_id,
            conversation_id=survey.conversation_id,
            customer_id=survey.customer_id,
            channel=survey.channel,
            agent_id=survey.agent_id,
            leg_id=survey.leg_id,
            queue_id=survey.queue_id,
            served_by=survey.served_by,
            rating=rating,
            solved=solved,
            commented=bool(comment),
            after_s=max(0, int((tx.now - survey.invited_at).total_seconds())),
        ),
    )
    await conversation_actions.set_rating(tx, conversation_id=survey.conversation_id, rating=rating)


_SAID = """
FROM survey
WHERE organisation_id = current_organisation() AND conversation_id = ANY($1) AND comment <> ''
"""


async def _sweep_comments(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "UPDATE survey SET comment = '' WHERE organisation_id = current_organisation() AND id IN ("
        "SELECT id FROM survey WHERE organisation_id = current_organisation()"
        " AND answered_at < $1 AND comment <> '' AND NOT on_hold(conversation_id)"
        " AND NOT on_hold(customer_id) LIMIT $2)",
        before,
        limit,
    )


holds(
    Held(table="survey", of="comments", about="conversation", empties=("comment",),
         stays=("channel", "served_by", "language", "state"),
         erase="UPDATE survey SET comment = ''"
         " WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)"
         " AND comment <> ''",
         find="SELECT organisation_id, rating, solved, comment, answered_at " + _SAID),
)  # fmt: skip
goes_with_age(
    Age(of="comments", least_d=30, sweep=_sweep_comments,
        count="SELECT count(*) AS n, min(answered_at) AS oldest FROM survey"
        " WHERE organisation_id = current_organisation() AND answered_at < $1 AND comment <> ''"
        " AND NOT on_hold(conversation_id) AND NOT on_hold(customer_id)"),
)  # fmt: skip
