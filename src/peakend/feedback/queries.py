"""Reading surveys: by their link, by their conversation, as the visitor's view shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations import queries as conversations
from peakend.conversations.ports import SeenConversation
from peakend.feedback.models import SURVEY_COLUMNS, Survey
from peakend.feedback.rules import is_open, link_token, parts_of_token
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import sign, verify

PURPOSE = "survey"


class SurveyNotFound(NotFound):
    """The link is not one of ours."""

    wording = "feedback.not_found"


class SurveyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What staff see of a survey."""

    state: str
    invited_at: datetime
    answered_at: datetime | None
    rating: int | None
    solved: bool | None
    comment: str


def token_of(organisation_id: UUID, survey_id: UUID) -> str:
    """Return the token of a survey's link."""
    return link_token(organisation_id, survey_id, sign(PURPOSE, organisation_id, survey_id))


def survey_of_token(token: str) -> tuple[UUID, UUID]:
    """Return organisation and survey of a link. Errors: SurveyNotFound when it is not signed."""
    parts = parts_of_token(token)
    if parts is None or not verify(parts[2], PURPOSE, parts[0], parts[1]):
        raise SurveyNotFound
    return parts[0], parts[1]


async def survey_by_id(tx: Transaction, survey_id: UUID) -> Survey:
    """Return the survey of a link that was checked. Errors: SurveyNotFound."""
    found = await tx.one(
        Survey,
        f"""
        SELECT {SURVEY_COLUMNS} FROM survey
        WHERE organisation_id = current_organisation() AND id = $1
        """,  # noqa: S608 (names of columns only)
        survey_id,
    )
    if found is None:
        raise SurveyNotFound
    return found


async def survey_of_conversation(tx: Transaction, conversation_id: UUID) -> Survey | None:
    """Return the survey of a conversation, if anybody was asked."""
    return await tx.one(
        Survey,
        f"""
        SELECT {SURVEY_COLUMNS} FROM survey
        WHERE organisation_id = current_organisation() AND conversation_id = $1
        """,  # noqa: S608 (names of columns only)
        conversation_id,
    )


async def survey_for_staff(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> SurveyAnswer | None:
    """Return what the customer said at the end. Errors: ConversationNotFound."""
    await conversations.need_conversation(tx, conversation_id, actor)
    found = await survey_of_conversation(tx, conversation_id)
    if found is None:
        return None
    return SurveyAnswer(**{n: getattr(found, n) for n in SurveyAnswer.__struct_fields__})


async def visitor_view(
    tx: Transaction, *, conversation: SeenConversation, channel_id: UUID
) -> Mapping[str, Any]:
    """Return the field `survey` of the visitor's view: once closed, and while the link holds."""
    if conversation.state != "closed":
        return {}
    found = await survey_of_conversation(tx, conversation.id)
    if found is None or found.state == "withdrawn" or not is_open(found.invited_at, tx.now):
        return {}
    token = token_of(tx.organisation_id, found.id)
    return {
        "survey": {
            "token": token,
            "url": f"/r/{token}",
            "asked": True,
            "answered": found.state == "answered",
            "rating": found.rating,
        }
    }


class Rated(msgspec.Struct, frozen=True):
    """A customer's rating, 1 to 5, and when he gave it."""

    customer_id: UUID
    rating: int
    answered_at: datetime


async def ratings_of(tx: Transaction, conversation_ids: list[UUID]) -> list[Rated]:
    """Return the ratings of conversations, the oldest first. Counts: at most 100,000."""
    return await tx.all(
        Rated,
        """
        SELECT customer_id, rating, answered_at FROM survey
        WHERE organisation_id = current_organisation() AND conversation_id = ANY($1::uuid[])
          AND rating IS NOT NULL
        ORDER BY answered_at LIMIT 100000
        """,
        conversation_ids,
    )
