"""The memory of a conversation, and small things all turns need."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from peakend.assist.models import SESSION_COLUMNS, Session
from peakend.assist.rules.digital import intent
from peakend.conversations.queries import ConversationRecord, Message
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.language import queries as language


async def locked_session(tx: Transaction, conversation_id: UUID) -> Session:
    """Return the memory of a conversation, kept for this transaction alone."""
    found = await tx.one(
        Session,
        f"""
        INSERT INTO assist_session AS s (conversation_id) VALUES ($1)
        ON CONFLICT (organisation_id, conversation_id) DO UPDATE SET turns = s.turns
        RETURNING {SESSION_COLUMNS}
        """,  # noqa: S608 (names of columns only)
        conversation_id,
    )
    assert found is not None
    return found


async def remember(tx: Transaction, session: Session, **changes: Any) -> None:
    """Keep what changed; the Session itself stays as it was at the beginning of the turn."""
    names = ("turns", "unknown", "unsolved", "seen_seq", "articles", "category_id")
    await tx.run(
        """
        UPDATE assist_session
        SET turns = coalesce($2, turns), unknown = coalesce($3, unknown),
            unsolved = coalesce($4, unsolved), seen_seq = greatest(seen_seq, coalesce($5, 0)),
            articles = coalesce($6, articles), category_id = coalesce($7, category_id)
        WHERE organisation_id = current_organisation() AND conversation_id = $1
        """,
        session.conversation_id,
        *(changes.get(name) for name in names),
    )


async def forget_tries(tx: Transaction, *, conversation_id: UUID) -> None:
    """Begin counting anew in a conversation that the customer took up again."""
    await tx.run(
        "UPDATE assist_session SET turns = 0, unknown = 0, unsolved = 0, handed_over_at = NULL "
        "WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
    )


def digital(tx: Transaction) -> Actor:
    return Actor.digital(tx.organisation_id)


def questions(said: Sequence[Message]) -> list[str]:
    return [m.text for m in said if m.kind == "customer" and intent(m.text) == "question"]


def spoken(row: ConversationRecord, asked: Sequence[Message]) -> str:
    """Return the language to answer in: the customer's words decide where they say enough."""
    text = " ".join(m.text for m in asked)
    plain = sum(char.isalpha() for char in text)
    return language.detected_language(text) if plain >= 4 else row.language
