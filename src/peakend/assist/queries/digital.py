"""What the digital agent knows: suggestions, judgements, the memory of a conversation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.assist.models import SESSION_COLUMNS, JudgementRow, Session
from peakend.assist.rules.digital import Measures, trust
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.knowledge import queries as knowledge
from peakend.knowledge.queries import Candidate
from peakend.language import queries as language


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """An article for the strip beside the composer."""

    article_id: UUID
    title: str
    excerpt: str
    url: str
    slug: str
    audience: str
    score: float
    body_html: str | None = None


class Found(msgspec.Struct, frozen=True):
    """An article for a question, with how far it may be trusted to answer."""

    candidate: Candidate
    trust: float


async def session_of(tx: Transaction, conversation_id: UUID) -> Session:
    """Return what was tried in a conversation; an empty one at its beginning."""
    found = await tx.one(
        Session,
        f"""
        SELECT {SESSION_COLUMNS}
        FROM assist_session
        WHERE organisation_id = current_organisation() AND conversation_id = $1
        """,  # noqa: S608 (names of columns only)
        conversation_id,
    )
    return found or Session(conversation_id=conversation_id)


async def found_answers(
    tx: Transaction,
    *,
    brand_id: UUID | None,
    text: str,
    audience: str = "customer",
    without: Sequence[UUID] = (),
    limit: int = 4,
) -> list[Found]:
    """Return articles for a question, best first, each with how far it may be trusted.

    What was given already is left out, so that nobody gets the same answer twice.
    """
    candidates, words = await knowledge.answer_candidates(
        tx, brand_id=brand_id, audience=audience, text=text, limit=limit + len(without) + 1
    )
    fresh = [c for c in candidates if c.article.article_id not in without]
    found = []
    for at, candidate in enumerate(fresh):
        following = fresh[at + 1].near.score if at + 1 < len(fresh) else 0.0
        found.append(Found(candidate, trust(_measures(candidate, following, words))))
    return found[:limit]


def _measures(candidate: Candidate, following: float, words: int) -> Measures:
    near = candidate.near
    return Measures(
        question_sense=near.question_sense,
        question_words=near.question_words,
        body_sense=near.body_sense,
        body_words=near.body_words,
        covered_share=near.covered_share,
        lead=near.score - following,
        words=words,
        second_sense=near.second_sense,
        across=near.across,
    )


async def suggestions(
    tx: Transaction, *, conversation_id: UUID, q: str | None, by: Actor
) -> list[Suggestion]:
    """Return articles that may help in a conversation, agents' ones among them.

    Without words of the agent the customer's last ones are taken. Errors: ConversationNotFound.
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    text = (q or "").strip()
    if not text:
        said = await conversations.transcript(tx, conversation_id, 30)
        text = " ".join([m.text for m in said if m.kind == "customer" and m.text][-3:])
    if not text:
        return []
    return await search(tx, text=text, brand_id=row.brand_id)


async def search(
    tx: Transaction, *, text: str, brand_id: UUID | None = None, limit: int = 6
) -> list[Suggestion]:
    """Return articles for words an agent typed, best first."""
    found = await found_answers(tx, brand_id=brand_id, text=text, audience="agent", limit=limit)
    spoken = language.detected_language(text)
    return [await _suggestion(tx, one, spoken) for one in found]


async def _suggestion(tx: Transaction, found: Found, spoken: str) -> Suggestion:
    article = found.candidate.article
    told = knowledge.in_language(article, spoken)
    shown = await knowledge.rendered(tx, told.body, article.picture_ids, article.video_id)
    return Suggestion(
        article_id=article.article_id,
        title=told.title,
        excerpt=knowledge.readable(knowledge.extract(told.body)),
        url=found.candidate.url,
        slug=article.slug,
        audience=article.audience,
        score=round(found.trust, 3),
        body_html=shown.html,
    )


async def judged(
    tx: Transaction, *, conversation_id: UUID, message_ids: list[UUID]
) -> dict[UUID, str]:
    """Return what the customer said of each judged answer: solved or unsolved.

    By the messages alone: they may have been written in a conversation that was merged into this.
    """
    rows = await tx.all(
        JudgementRow,
        """
        SELECT message_id, solved
        FROM assist_judgement
        WHERE organisation_id = current_organisation()
            AND message_id = ANY($1)
        """,
        message_ids,
    )
    return {row.message_id: "solved" if row.solved else "unsolved" for row in rows}


async def queue_for_topic(tx: Transaction, category_id: UUID | None) -> UUID | None:
    """Return the queue that questions on a category go to, if one was set."""
    found: Any = await tx.value(
        "SELECT queue_id FROM assist_topic "
        "WHERE organisation_id = current_organisation() AND category_id = $1",
        category_id,
    )
    return found if isinstance(found, UUID) else None
