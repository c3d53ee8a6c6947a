"""Stepping aside for a person, with all that was asked and tried."""

from uuid import UUID, uuid5

from peakend.accounts import queries as accounts
from peakend.assist import queries
from peakend.assist.actions.memory import locked_session, questions, spoken
from peakend.assist.events import HandedOver, TopicSent
from peakend.assist.models import Session
from peakend.assist.rules.digital import asked_summary, local_time
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.queries import ConversationRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.words import word
from peakend.knowledge import queries as knowledge
from peakend.language import queries as language
from peakend.routing import actions as routing
from peakend.routing import queries as lines

READ_BACK = 40


async def hand_over(
    tx: Transaction, *, conversation_id: UUID, by: Actor, why: str = "asked"
) -> bool:
    """Let a conversation wait for a person, with all that was asked and tried (转人工).

    Works in every open state; where a person has it or it waits already, nothing changes. Returns
    whether it waits because of this call. Errors: ConversationNotFound.
    """
    session = await locked_session(tx, conversation_id)
    row = await timeline.need_conversation(tx, conversation_id, by)
    if row.state in ("serving", "closed"):
        return False
    if await lines.active_leg(tx, conversation_id) is not None:
        return False
    queue_id = await queries.queue_for_topic(tx, session.category_id) or row.queue_id
    await routing.enqueue(tx, conversation_id, queue_id)
    said = await timeline.transcript(tx, conversation_id, READ_BACK)
    titles = await _titles(tx, session)
    await conversations.system_message(tx, conversation_id=conversation_id, code="queued")
    # Codes that begin with staff_ are not shown to customers.
    await conversations.system_message(
        tx,
        conversation_id=conversation_id,
        code="staff_context",
        params={
            "why": why,
            "asked": language.masked(asked_summary(questions(said))),
            "articles": titles,
            "unsolved": session.unsolved,
        },
    )
    await tx.run(
        "UPDATE assist_session SET handed_over_at = $2 "
        "WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
        tx.now,
    )
    await record(
        tx,
        HandedOver(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=queue_id,
            why=why,
            turns=session.turns,
            answers=len(session.articles),
        ),
    )
    await _promise(tx, row, spoken(row, [m for m in said if m.kind == "customer"][-3:]))
    return True


async def want_person(
    tx: Transaction, *, channel_id: UUID, customer_id: UUID, language: str, by: Actor
) -> UUID:
    """Bring a visitor to a person, starting a conversation where none is open; return its id."""
    # The digital agent may be answering right now: it locks its session before the conversation,
    # so an open conversation is only looked at here, and locked after the session.
    known = await timeline.newest_conversation(tx, by) if by.customer_id == customer_id else None
    if known is not None and known.state != "closed":
        conversation_id = known.id
    else:
        conversation_id = await conversations.start_conversation(
            tx, channel_id=channel_id, customer_id=customer_id, language=language
        )
    await hand_over(tx, conversation_id=conversation_id, by=by, why="asked")
    return conversation_id


async def send_topic(tx: Transaction, *, category_id: UUID, queue_id: UUID | None) -> None:
    """Send questions on a category of articles to a queue; None: to the channel's own.

    Errors: CategoryNotFound, QueueNotFound.
    """
    await knowledge.need_category(tx, category_id)
    if queue_id is None:
        await tx.run(
            "DELETE FROM assist_topic "
            "WHERE organisation_id = current_organisation() AND category_id = $1",
            category_id,
        )
    else:
        await lines.need_queue(tx, queue_id)
        await tx.run(
            "INSERT INTO assist_topic (category_id, queue_id) VALUES ($1, $2) "
            "ON CONFLICT (organisation_id, category_id) DO UPDATE SET queue_id = $2",
            category_id,
            queue_id,
        )
    await record(tx, TopicSent(category_id=category_id, queue_id=queue_id))


async def _promise(tx: Transaction, row: ConversationRecord, said_in: str) -> None:
    """Outside hours, say so and until when there will be an answer."""
    leg = await lines.active_leg(tx, row.id)
    if leg is None or leg.live:
        return
    organisation = await accounts.organisation(tx)
    until = local_time(leg.promised_at, organisation.time_zone, tx.now) if leg.promised_at else None
    wording = "assist.after_hours" if until else "assist.after_hours_open"
    await conversations.digital_reply(
        tx,
        conversation_id=row.id,
        text=word(wording, said_in, until=until),
        code="after_hours",
        params={"promised_at": leg.promised_at.isoformat() if leg.promised_at else None},
        client_id=uuid5(leg.id, "assist.after_hours"),
    )


async def _titles(tx: Transaction, session: Session) -> list[str]:
    rows = await knowledge.published(tx, session.articles, audience="customer", brand_id=None)
    return [rows[one].title for one in session.articles if one in rows]
