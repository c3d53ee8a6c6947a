"""The demo's past, made through the same actions as everything else, with the clock passed in.

A conversation is one transaction from the first word to the rating: what is broken off leaves
nothing half told. Reactions come later, from the worker, and find everything done.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from peakend.assist import actions as assist
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.events import ConversationClosed
from peakend.customers import actions as customers
from peakend.entry.demo import cards
from peakend.entry.demo.cast import Cast, Colleague, read_cast
from peakend.entry.demo.material import Turn, content, picture_of, spoken_by
from peakend.entry.demo.plan import Past, past
from peakend.feedback import actions as feedback
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, PeakendError
from peakend.kernel.files import save_file
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.routing import actions as routing
from peakend.routing import queries as lines
from peakend.routing.queries.hours import opening
from peakend.routing.rules.hours import next_open

log = structlog.get_logger()


async def catch_up(
    database: Database,
    organisation_id: UUID,
    *,
    since: datetime,
    until: datetime,
    done: Callable[[datetime, float], None] = lambda _, __: None,
    pause_s: float = 0.0,
) -> int:
    """Make what happened between two moments and return how many conversations that were.

    `done` hears after each one up to when the past is there, and the share of the whole.
    """
    cast = await read_cast(database, organisation_id)
    told = [one for one in past(since, until) if one.told.brand in cast.channels]
    busy_until: dict[UUID, datetime] = {}
    for n, one in enumerate(told):
        played = Played(cast, one, busy_until, until)
        try:
            async with database.transaction(Actor.system(organisation_id), now=one.at) as tx:
                await played.run(tx)
        except AlreadyTalking:
            continue
        except PeakendError:
            # Somebody changes the demo meanwhile: one conversation less is no harm.
            log.exception("a conversation of the past could not be told", dialogue=one.told.key)
        done(one.at, (n + 1) / len(told))
        await asyncio.sleep(pause_s)
    return len(told)


class AlreadyTalking(Conflict):
    """The same customer has a conversation of today open: the past must not write into it."""


class Played:
    """One conversation: who speaks now, and what the time is in it."""

    say = staticmethod(cards.say)
    digital_answers = True

    def __init__(
        self, cast: Cast, one: Past, busy_until: dict[UUID, datetime], until: datetime
    ) -> None:
        self.cast, self.one, self.told = cast, one, one.told
        self.busy_until, self.until = busy_until, until
        self.by = random.Random(one.seed)  # noqa: S311 (a play, no secret)
        self.channel = cast.channels[one.told.brand]
        self.system = Actor.system(cast.organisation_id)
        self.agent: Colleague | None = None
        self.conversation_id: UUID | None = None
        self.over = False
        # A picture of the customer that nobody has answered yet: the next reply quotes it.
        self.pictured: UUID | None = None

    async def run(self, tx: Transaction) -> None:
        """Play it from the first word to the rating."""
        await self._arrive(tx)
        for turn in self.told.turns:
            if self.over:
                break
            await self._turn(tx, turn)
        if not self.over:
            await self._end(tx)
        await tx.flush()

    async def _as(self, tx: Transaction, actor: Actor, low_s: float, high_s: float) -> None:
        """Let somebody else act, some time later; what was recorded before keeps its actor."""
        await tx.flush()
        tx.actor = actor
        tx.now += timedelta(seconds=self.by.uniform(low_s, high_s))

    async def _arrive(self, tx: Transaction) -> None:
        customer_id = self.cast.customers.get(self.one.customer or "")
        visitor_id = None
        if customer_id is None:
            visit = await customers.start_visit(tx, channel_id=self.channel.id, language="zh-CN")
            customer_id, visitor_id = visit.customer_id, visit.visitor_id
        self.visitor = Actor(
            organisation_id=tx.organisation_id,
            kind="visitor",
            id=visitor_id,
            customer_id=customer_id,
            channel_id=self.channel.id,
        )

    async def _turn(self, tx: Transaction, turn: Turn) -> None:
        if turn.does == "ask_person":
            await self._ask_person(tx)
        elif turn.does == "leaves":
            await self._leave(tx)
        elif turn.who == "customer":
            await self._customer_says(tx, turn)
        elif turn.who == "agent":
            await self._agent_says(tx, turn)
        elif turn.who == "note" and await self._held(tx):
            assert self.agent is not None
            assert self.conversation_id is not None
            await self._as(tx, self.agent.actor(tx.organisation_id), 4, 20)
            await conversations.note(
                tx, conversation_id=self.conversation_id, client_id=new_id(), text=turn.text,
                by=tx.actor,
            )  # fmt: skip

    async def _customer_says(self, tx: Transaction, turn: Turn) -> None:
        await self._as(tx, self.visitor, 5, 40)
        if turn.does == "chooses":
            await cards.answer(tx, self.conversation_id, self.channel.id, turn.text)
            return
        files = []
        if turn.does == "sends_picture":
            picture = picture_of(self.told.queue)
            files = [(await save_file(tx, picture, "photo.png", purpose="message")).id]
        message = await conversations.receive(
            tx,
            channel_id=self.channel.id,
            customer_id=self._customer_id,
            visitor_id=self.visitor.id,
            client_id=new_id(),
            text=turn.text,
            file_ids=files,
        )
        first = self.conversation_id is None
        if first and message.seq != 1:
            raise AlreadyTalking
        self.conversation_id = message.conversation_id
        self.pictured = message.id if files else self.pictured
        if first and self.visitor.id is not None:
            await self._look_around(tx)
        if self.digital_answers and await self._state(tx) == "digital":
            await self._as(tx, Actor.digital(tx.organisation_id), 1, 3)
            await assist.respond(
                tx,
                conversation_id=message.conversation_id,
                message_id=message.id,
                seq=message.seq,
            )

    async def _look_around(self, tx: Transaction) -> None:
        services = [s for s in content("shop")["service"] if s["brand"] == self.told.brand]
        for service in self.by.sample(services, 1):
            await conversations.visit_page(
                tx,
                by=self.visitor,
                url=f"https://{self.channel.domains[0]}/services/{service['slug']}"
                if self.channel.domains
                else f"https://www.anju.example/services/{service['slug']}",
                title=service["zh"],
            )

    async def _ask_person(self, tx: Transaction) -> None:
        assert self.conversation_id is not None
        if await self._state(tx) != "digital":
            return
        await self._as(tx, self.visitor, 3, 15)
        await assist.hand_over(
            tx, conversation_id=self.conversation_id, by=self.visitor, why="asked"
        )
        if self.one.ends == "abandons":
            await self._leave(tx)

    async def _leave(self, tx: Transaction) -> None:
        """Let the customer go: while waiting that is an abandoned contact."""
        assert self.conversation_id is not None
        waiting = await self._state(tx) == "waiting"
        wait_s = self.one.wait_s if waiting else 20
        await self._as(tx, self.visitor, wait_s, wait_s + 1)
        if self._too_late(tx):
            return
        await self._close(tx, self.visitor)

    async def _agent_says(self, tx: Transaction, turn: Turn) -> None:
        if not await self._serve(tx):
            return
        assert self.agent is not None
        assert self.conversation_id is not None
        await self._as(tx, self.agent.actor(tx.organisation_id), 8, 14 + len(turn.text) / 4)
        said = await self.say(
            tx,
            conversation_id=self.conversation_id,
            text=spoken_by(turn.text, self.agent.name),
            card=turn.card,
            reply_to=self.pictured,
        )
        self.pictured = None
        if said.seq % 9 == 0:
            await self._as(tx, self.visitor, 2, 9)
            await conversations.react(tx, message_id=said.id, reaction="thanks", by=tx.actor)
        if self.one.transfers and self.by.random() < 0.5:
            await self._transfer(tx)

    async def _serve(self, tx: Transaction) -> bool:
        """Make sure that an agent holds it; say no where it ended or is for later."""
        if await self._held(tx):
            return True
        await self._ask_person(tx)
        if self.over or self.conversation_id is None:
            return False
        leg = await lines.active_leg(tx, self.conversation_id)
        if leg is None:
            return False
        wait_s = self.one.wait_s
        if not leg.live:
            wait_s = await self._until_open(tx, leg.queue_id)
        await self._as(tx, self.system, wait_s, wait_s)
        if self._too_late(tx):
            return False
        await self._take(tx, leg.queue_id)
        return True

    async def _take(self, tx: Transaction, queue_id: UUID | None) -> None:
        assert self.conversation_id is not None
        slug = next((s for s, q in self.cast.queues.items() if q == queue_id), self.told.queue)
        free = self.cast.serving(slug) or list(self.cast.agents)
        free = [one for one in free if one is not self.agent] or free
        longest = datetime.min.replace(tzinfo=tx.now.tzinfo)
        self.agent = min(free, key=lambda one: (self.busy_until.get(one.id, longest), one.login))
        self.busy_until[self.agent.id] = tx.now + timedelta(minutes=4)
        await self._as(tx, self.agent.actor(tx.organisation_id), 0, 0)
        await routing.pick(tx, conversation_id=self.conversation_id, by=tx.actor)

    async def _transfer(self, tx: Transaction) -> None:
        assert self.agent is not None
        assert self.conversation_id is not None
        slugs = [s for s in self.cast.queues if (s == "gas") == (self.told.queue == "gas")]
        to_id = self.cast.queues[self.by.choice(sorted(slugs))]
        await self._as(tx, self.agent.actor(tx.organisation_id), 10, 30)
        note = word("entry.demo.passes_on")
        leg = await lines.active_leg(tx, self.conversation_id)
        if leg is None or leg.transfers:
            return
        await routing.transfer(
            tx,
            conversation_id=self.conversation_id,
            kind="queue",
            to_id=to_id,
            note=note,
            version=None,
            by=tx.actor,
        )
        await self._as(tx, self.system, 5, 40)
        await self._take(tx, to_id)

    async def _until_open(self, tx: Transaction, queue_id: UUID | None) -> float:
        """Return in how many seconds somebody looks at what was left outside hours."""
        queue = await lines.need_queue(tx, queue_id) if queue_id else None
        hours = await opening(tx, queue.hours_id) if queue else None
        opens = next_open(hours, tx.now) if hours else None
        return ((opens or tx.now) - tx.now).total_seconds() + self.by.uniform(60, 1500)

    async def _end(self, tx: Transaction) -> None:
        """Close it as its dialogue ends: by the agent, by silence, or not yet."""
        if self.conversation_id is None:
            return
        late = self.told.outcome in ("leaves_message", "agent")
        if late and await self._state(tx) == "waiting" and await self._serve(tx) and self.agent:
            text = word("entry.demo.answers_message", agent=self.agent.name)
            await self._agent_says(tx, Turn("agent", text))
        state = await self._state(tx)
        if state == "waiting":
            await self._leave(tx)
        elif state == "serving":
            await self._close_by_agent(tx)
        elif state == "digital":
            await self._close_by_silence(tx)

    async def _close_by_agent(self, tx: Transaction) -> None:
        assert self.agent is not None
        assert self.conversation_id is not None
        await self._as(tx, self.agent.actor(tx.organisation_id), 15, 60)
        if self._too_late(tx):
            return
        tags = [self.cast.tags[key] for key in self.told.tags if key in self.cast.tags]
        if tags:
            await conversations.tag(
                tx, conversation_id=self.conversation_id, tag_ids=tags, by=tx.actor
            )
        self.busy_until[self.agent.id] = tx.now
        await self._close(tx, tx.actor)

    async def _close_by_silence(self, tx: Transaction) -> None:
        assert self.conversation_id is not None
        said = await timeline.transcript(tx, self.conversation_id, 40)
        answer = next((m for m in reversed(said) if m.code == "answer"), None)
        good = self.told.outcome == "digital" and self.told.solved
        if answer is not None and (good or self.by.random() < 0.5):
            await self._as(tx, self.visitor, 5, 40)
            await assist.judge(
                tx,
                conversation_id=self.conversation_id,
                message_id=answer.id,
                solved=good,
                by=self.visitor,
            )
        last = max((m.seq for m in said if m.kind == "customer"), default=0)
        solved = True if answer is not None and good else None
        if await self._state(tx) != "digital":
            await self._leave(tx)
            return
        await self._as(
            tx, Actor.digital(tx.organisation_id), *((180, 185) if solved else (2700, 2705))
        )
        if self._too_late(tx):
            return
        await assist.close_silent(tx, conversation_id=self.conversation_id, seq=last, solved=solved)
        await self._rate(tx)

    async def _close(self, tx: Transaction, by: Actor) -> None:
        assert self.conversation_id is not None
        agent = by.kind == "member"
        await conversations.close(
            tx,
            conversation_id=self.conversation_id,
            by=by,
            reason_id=self.cast.reason(self.told.reason) if agent else None,
            solved=self.told.solved if agent else None,
        )
        await routing.end_with_conversation(
            tx, conversation_id=self.conversation_id, by=by.kind, closed_at=tx.now
        )
        await self._rate(tx)

    async def _rate(self, tx: Transaction) -> None:
        """Ask how it was, and let some answer."""
        self.over = True
        closed: Any = next(
            (e.fact for e in tx.records if isinstance(e.fact, ConversationClosed)), None
        )
        survey_id = await feedback.invite(tx, fact=closed) if closed is not None else None
        served = self.told.outcome in ("agent", "digital")
        if survey_id is None or not served or not self.one.rates or self.told.rating is None:
            return
        await self._as(tx, self.visitor, 15, 300)
        if self._too_late(tx):
            return
        await conversations.mark_seen_by_customer(tx, by=self.visitor, read_seq=10_000)
        await feedback.answer(
            tx,
            survey_id=survey_id,
            rating=self.told.rating,
            solved=self.told.solved,
            comment=self.told.comment,
        )

    def _too_late(self, tx: Transaction) -> bool:
        """Say whether this would lie in the future: then it has not happened yet."""
        late = tx.now >= self.until
        self.over = self.over or late
        return late

    async def _state(self, tx: Transaction) -> str:
        assert self.conversation_id is not None
        return (await timeline.need_conversation(tx, self.conversation_id, self.system)).state

    async def _held(self, tx: Transaction) -> bool:
        return self.conversation_id is not None and await self._state(tx) == "serving"

    @property
    def _customer_id(self) -> UUID:
        assert self.visitor.customer_id is not None
        return self.visitor.customer_id
