"""What the digital agent does: answer, say that it does not know, step aside for a person.

The row of assist_session is locked first, always: it keeps two turns of one conversation apart,
and a turn from the customer's wish for a person.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from peakend.assist import queries
from peakend.assist.actions.handing import READ_BACK, hand_over
from peakend.assist.actions.memory import (
    digital,
    locked_session,
    questions,
    remember,
    spoken,
)
from peakend.assist.events import (
    AnswerJudged,
    QuestionAnswered,
    QuestionNotKnown,
)
from peakend.assist.models import Session
from peakend.assist.queries import Found
from peakend.assist.rules.digital import (
    LONGEST_QUESTION,
    MENTION_FROM,
    TRIES,
    Intent,
    after_judgement,
    intent,
    next_step,
    short_question,
    why_handed_over,
    without_greeting,
)
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.queries import ConversationRecord, Message
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue
from peakend.kernel.words import word
from peakend.knowledge import actions as knowledge_actions
from peakend.knowledge import queries as knowledge
from peakend.language import queries as language

SOLVED_CLOSES_AFTER = timedelta(minutes=3)
SILENCE_CLOSES_AFTER = timedelta(minutes=45)


class AnswerNotFound(NotFound):
    """There is no such answer of the digital agent in this conversation."""

    wording = "assist.message_not_found"


async def respond(tx: Transaction, *, conversation_id: UUID, message_id: UUID, seq: int) -> None:
    """Take the digital agent's turn after a customer's message, once, and for the newest only."""
    session = await locked_session(tx, conversation_id)
    row = await timeline.need_conversation(tx, conversation_id, digital(tx))
    if row.state != "digital" or session.seen_seq >= seq:
        return
    said = await timeline.transcript(tx, conversation_id, READ_BACK)
    asked = [m for m in said if m.kind == "customer" and m.seq > session.seen_seq]
    if not asked or asked[-1].seq != seq:
        return  # a newer message came; its own turn answers both
    await remember(tx, session, seen_seq=seq)
    turn = _Turn(tx, row, session, message_id, spoken(row, asked))
    texts = [m.text for m in asked if m.text.strip()]
    wishes: list[Intent] = [intent(text) for text in texts]
    if "person" in wishes:
        await hand_over(tx, conversation_id=conversation_id, by=digital(tx), why="asked")
    elif not texts:
        await _not_known(turn, [], trusted=0.0, wording="assist.files")
    elif set(wishes) == {"greeting"}:
        await turn.say("assist.greeting", code="greeting")
    elif wishes[-1] in ("solved", "unsolved") and (answer := _last_answer(said)) is not None:
        await _judged_in_words(turn, answer, solved=wishes[-1] == "solved")
    elif wishes[-1] in ("thanks", "solved"):
        await turn.say("assist.welcome", code="thanks")
    else:
        await _answer(turn, [t for t, w in zip(texts, wishes, strict=True) if w != "greeting"])
    await _close_when_silent(tx, conversation_id, seq, SILENCE_CLOSES_AFTER)


class _Turn:
    """One turn of the digital agent: what it knows, and how it speaks."""

    def __init__(
        self,
        tx: Transaction,
        row: ConversationRecord,
        session: Session,
        message_id: UUID,
        language: str,
    ) -> None:
        self.tx, self.row, self.session = tx, row, session
        self.message_id, self.language = message_id, language

    async def say(
        self,
        wording: str,
        *,
        code: str,
        sources: Sequence[Found] = (),
        text: str | None = None,
        params: dict[str, Any] | None = None,
        **words: object,
    ) -> UUID:
        """Post a digital message; a repeated reaction speaks once."""
        message = await conversations.digital_reply(
            self.tx,
            conversation_id=self.row.id,
            text=text if text is not None else word(wording, self.language, **words),
            sources=[_source(found, self.language) for found in sources] or None,
            code=code,
            params=params,
            client_id=uuid5(self.message_id, f"assist.{code}"),
        )
        return message.id


async def _answer(turn: _Turn, texts: list[str]) -> None:
    tx, row, session = turn.tx, turn.row, turn.session
    text = without_greeting(" ".join(texts)) or " ".join(texts)
    found = await queries.found_answers(
        tx, brand_id=row.brand_id, text=text, without=session.articles
    )
    trusted = found[0].trust if found else 0.0
    step = next_step(
        trusted=trusted, unknown=session.unknown, unsolved=session.unsolved, turns=session.turns
    )
    if found:
        category = found[0].candidate.article.category_id
        if trusted >= MENTION_FROM and category:
            await remember(tx, session, category_id=category)
    if step == "answer":
        await _give(turn, found[0])
    elif step == "unknown":
        again = "assist.unknown_after" if session.articles else "assist.unknown"
        await _not_known(turn, found, trusted=trusted, wording=again)
    else:
        await _give_up(turn, why=why_handed_over(session.unsolved, session.turns))


async def _give(turn: _Turn, found: Found) -> None:
    """Answer with the beginning of an article and its source."""
    tx, session, article = turn.tx, turn.session, found.candidate.article
    told = knowledge.in_language(article, turn.language)
    beginning = knowledge.extract(told.body)
    parts = [knowledge.readable(beginning)]
    if told.language != turn.language:
        parts.insert(0, _other_language(found, turn.language))
    if len(beginning) < len(told.body.strip()) or article.picture_ids or article.video_id:
        parts.append(word("assist.more", turn.language))
    message_id = await turn.say(
        "",
        code="answer",
        text="\n\n".join(parts),
        sources=[found],
        params={"article_id": str(article.article_id)},
    )
    await remember(
        tx,
        session,
        turns=session.turns + 1,
        articles=[*session.articles, article.article_id],
        category_id=article.category_id,
    )
    await record(
        tx,
        QuestionAnswered(
            conversation_id=turn.row.id,
            customer_id=turn.row.customer_id,
            channel=turn.row.channel_kind,
            message_id=message_id,
            article_id=article.article_id,
            trust=round(found.trust, 3),
        ),
    )


def _other_language(found: Found, said: str) -> str:
    """Say which article follows in another language, and by what question it was found."""
    title, question = found.candidate.article.title, found.candidate.near.nearest_question
    if question and language.detected_language(question) == said:
        return word("assist.other_language_about", said, title=title, question=question)
    return word("assist.other_language", said, title=title)


async def _not_known(
    turn: _Turn, found: Sequence[Found], *, trusted: float, wording: str = "assist.unknown"
) -> None:
    """Say honestly that it does not know, with the nearest articles and the way to a person."""
    tx, session = turn.tx, turn.session
    if session.unknown + 1 >= TRIES and wording == "assist.files":
        await _give_up(turn, why="unknown")
        return
    near = [one for one in found if one.trust >= MENTION_FROM][:3]
    message_id = await turn.say(
        f"{wording}_near" if near else wording,
        code="unknown",
        sources=near,
        params=_offer(near, turn.language),
    )
    await remember(tx, session, turns=session.turns + 1, unknown=session.unknown + 1)
    await record(
        tx,
        QuestionNotKnown(
            conversation_id=turn.row.id,
            customer_id=turn.row.customer_id,
            channel=turn.row.channel_kind,
            message_id=message_id,
            trust=round(trusted, 3),
            times=session.unknown + 1,
        ),
    )


async def _give_up(turn: _Turn, *, why: str) -> None:
    await turn.say("assist.giving_up", code="giving_up")
    await hand_over(turn.tx, conversation_id=turn.row.id, by=digital(turn.tx), why=why)


async def judge(
    tx: Transaction, *, conversation_id: UUID, message_id: UUID, solved: bool, by: Actor
) -> None:
    """Note what the customer says of an answer, and go on accordingly; the first word counts.

    Errors: ConversationNotFound, AnswerNotFound.
    """
    session = await locked_session(tx, conversation_id)
    row = await timeline.need_conversation(tx, conversation_id, by)
    said = await timeline.transcript(tx, conversation_id, 200)
    answer = next((m for m in said if m.id == message_id and m.code == "answer"), None)
    if answer is None:
        raise AnswerNotFound
    asked = [m for m in said if m.kind == "customer"]
    turn = _Turn(tx, row, session, message_id, spoken(row, asked[-3:]))
    if not await _keep_judgement(turn, answer, solved=solved) or row.state != "digital":
        return
    await _after_judgement(turn, said, solved=solved)
    if solved:
        last = max((m.seq for m in said if m.kind == "customer"), default=0)
        await _close_when_silent(tx, conversation_id, last, SOLVED_CLOSES_AFTER, solved=True)


async def close_silent(
    tx: Transaction, *, conversation_id: UUID, seq: int, solved: bool | None
) -> None:
    """Close a conversation of the digital agent in which the customer wrote nothing more."""
    row = await timeline.need_conversation(tx, conversation_id, digital(tx))
    if row.state != "digital":
        return
    said = await timeline.transcript(tx, conversation_id, READ_BACK)
    if any(m.kind == "customer" and m.seq > seq for m in said):
        return
    marks = await queries.judged(
        tx, conversation_id=conversation_id, message_ids=[m.id for m in said if m.code == "answer"]
    )
    known = solved if solved is not None else _solved(list(marks.values()))
    await conversations.close(tx, conversation_id=conversation_id, by=digital(tx), solved=known)


async def _judged_in_words(turn: _Turn, answer: Message, *, solved: bool) -> None:
    await _keep_judgement(turn, answer, solved=solved)
    said = await timeline.transcript(turn.tx, turn.row.id, READ_BACK)
    await _after_judgement(turn, said, solved=solved)


async def _keep_judgement(turn: _Turn, answer: Message, *, solved: bool) -> bool:
    tx, row = turn.tx, turn.row
    article_id = answer.sources[0].article_id if answer.sources else None
    new = await tx.run(
        """
        INSERT INTO assist_judgement (message_id, conversation_id, article_id, solved, at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        answer.id,
        row.id,
        article_id,
        solved,
        tx.now,
    )
    if not new:
        return False
    if article_id is not None:
        voter = f"chat-{row.customer_id}"
        await knowledge_actions.judge(
            tx, article_id=article_id, helpful=solved, voter=voter, place="chat"
        )
    await record(
        tx,
        AnswerJudged(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            message_id=answer.id,
            article_id=article_id,
            solved=solved,
        ),
    )
    return True


async def _after_judgement(turn: _Turn, said: Sequence[Message], *, solved: bool) -> None:
    tx, session = turn.tx, turn.session
    unsolved = session.unsolved + (0 if solved else 1)
    await remember(tx, session, unsolved=unsolved)
    follows = after_judgement(solved=solved, unsolved=unsolved)
    if follows == "closing":
        await turn.say("assist.solved", code="solved")
    elif follows == "hand_over":
        await _give_up(turn, why="unsolved")
    else:
        text = " ".join(questions(said)[-2:])
        found = await queries.found_answers(
            tx, brand_id=turn.row.brand_id, text=text, without=session.articles
        )
        near = [one for one in found if one.trust >= MENTION_FROM][:2]
        wording = "assist.again_near" if near else "assist.again"
        await turn.say(wording, code="again", sources=near, params=_offer(near, turn.language))


async def _close_when_silent(
    tx: Transaction,
    conversation_id: UUID,
    seq: int,
    after: timedelta,
    *,
    solved: bool | None = None,
) -> None:
    await enqueue(
        tx,
        "assist.close_silent",
        run_at=tx.now + after,
        conversation_id=conversation_id,
        seq=seq,
        solved=solved,
    )


def _offer(near: Sequence[Found], said: str) -> dict[str, Any]:
    """Return what the customer may tap: a person, and what was perhaps meant, as questions."""
    meant = [short_question(_question(found, said)) for found in near]
    quick = {"quick": list(dict.fromkeys(meant))} if meant else {}
    return {"person": True, **quick}


def _question(found: Found, said: str) -> str:
    """Return what one would ask to get this article: an example of its questions, or its title."""
    example = found.candidate.near.nearest_question
    if example and len(example) <= LONGEST_QUESTION and language.detected_language(example) == said:
        return example
    return knowledge.in_language(found.candidate.article, said).title


def _last_answer(said: Sequence[Message]) -> Message | None:
    return next((m for m in reversed(said) if m.code == "answer"), None)


def _solved(judgements: Sequence[str]) -> bool | None:
    return judgements[-1] == "solved" if judgements else None


def _source(found: Found, language: str) -> dict[str, Any]:
    article = found.candidate.article
    told = knowledge.in_language(article, language)
    # A reader's browser may prefer another language than the one they write in.
    asked = "" if told.language == article.language else f"?lang={told.language}"
    return {
        "article_id": str(article.article_id),
        "title": told.title,
        "url": found.candidate.url + asked,
        "slug": article.slug,
    }
