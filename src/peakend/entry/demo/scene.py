"""One simulated conversation: a customer who follows a dialogue, whoever answers.

A simulated agent follows the dialogue too. Where a real person at the desk takes the conversation,
the customer goes on with the next line after each answer.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from peakend.entry.demo.material import Dialogue, Turn, spoken_by
from peakend.entry.demo.stage import Stage
from peakend.entry.demo.visitor import Visitor
from peakend.entry.demo.wire import Refused
from peakend.kernel.words import word

if TYPE_CHECKING:
    from peakend.entry.demo.deskmate import Deskmate

WAITS_S = 480
PERSON_THINKS_S = 300
IMPATIENT_SHARE = 0.02
RETURN_SHARE = 0.08


class Over(Exception):
    """The conversation has ended."""


class Scene:
    """A customer on the way through a dialogue."""

    def __init__(self, stage: Stage, told: Dialogue, visitor: Visitor, person: str | None) -> None:
        self.stage, self.told, self.visitor, self.person = stage, told, visitor, person
        self.mate: Deskmate | None = None
        self.scripted = True
        impatient = told.outcome == "agent" and stage.by.random() < IMPATIENT_SHARE
        self.nobody_comes = impatient or told.outcome == "abandons"
        self.open = True
        self.let_past: set[str] = set()
        self._answered_seq = 0
        self._transfers = told.outcome == "agent" and stage.by.random() < 0.06

    @property
    def with_people(self) -> bool:
        """Say whether it waits for, or talks with, a person."""
        return self.open and self.visitor.state in ("waiting", "serving")

    def taken_by(self, mate: "Deskmate") -> None:
        """Hear which simulated agent took it."""
        self.mate = mate

    async def run(self) -> None:
        """Play from the first word to the rating."""
        try:
            for turn in self.told.turns:
                await self._turn(turn)
            await self._end()
        except Over:
            pass
        finally:
            self.open = False
            if self.visitor.id is not None:
                self.stage.scenes.pop(self.visitor.id, None)
        if self.visitor.state == "closed":
            await self._rate()
            await self._return()

    async def _turn(self, turn: Turn) -> None:
        if turn.does == "ask_person":
            await self.stage.pause(3, 8)
            await self.visitor.ask_person()
        elif turn.does == "leaves":
            await self._go()
        elif turn.who == "customer":
            await self._customer_says(turn)
        elif turn.who == "digital_wait":
            await self._hear_digital()
        elif turn.who == "agent":
            await self._agent_says(turn.text, turn.card)
        elif turn.who == "note" and self.mate is not None and self.visitor.id is not None:
            await self.stage.pause(4, 9)
            await self._try(self.mate.say(self.visitor.id, turn.text, kind="note"))

    async def _customer_says(self, turn: Turn) -> None:
        if self.visitor.view is not None:
            await self.visitor.read()
            await self.stage.pause(4, 10)
            await self.visitor.type(len(turn.text))
        await self.stage.pause(2, 4 + len(turn.text) / 6)
        if turn.does == "sends_picture":
            await self.visitor.show_picture(self.told.queue)
        elif turn.does == "chooses":
            await self.visitor.choose(turn.text)
        else:
            await self.visitor.say(turn.text)
        assert self.visitor.id is not None
        self.stage.scenes[self.visitor.id] = self

    async def _hear_digital(self) -> None:
        """Wait for the digital agent's answer, and read it."""
        said = self.visitor.messages[-1]["seq"] if self.visitor.messages else 0
        for _ in range(12):
            await self.stage.pause(1, 2)
            await self.visitor.look()
            new = [m for m in self.visitor.messages if m["seq"] > said and m["kind"] == "digital"]
            if new or self.visitor.state != "digital":
                break
        await self.stage.pause(5, 14)

    async def _agent_says(self, text: str, card: str | None = None) -> None:
        await self._be_served()
        if self.mate is None:
            await self._hear_person()
            return
        assert self.visitor.id is not None
        await self.stage.pause(3, 7)
        await self.mate.type(self.visitor.id)
        await self.stage.pause(2, 3 + min(12, len(text) / 8))
        await self._try(self.mate.consider(self.visitor.id))
        line = spoken_by(text, self.mate.who.name)
        if card is None and self._asks_first() and await self._approved(line):
            await self.visitor.look()
            return
        if not await self._try(self.mate.say(self.visitor.id, line, card=card)):
            await self._hear_person()
            return
        await self.visitor.look()
        if self._transfers and self.stage.by.random() < 0.5:
            await self._be_passed_on()

    def _asks_first(self) -> bool:
        """Say whether this reply is shown to a senior: of few conversations, one at a time."""
        few = self.visitor.id is not None and self.visitor.id[-1] in "01"
        return few and self.stage.sockets and not self.stage.approving

    async def _approved(self, line: str) -> bool:
        assert self.mate is not None
        assert self.visitor.id is not None
        self.stage.approving = True
        try:
            return await self.mate.ask_senior(self.visitor.id, line)
        except Refused:
            return False
        finally:
            self.stage.approving = False

    async def _be_served(self) -> None:
        """Ask for a person where nobody has, and wait until somebody is there."""
        if self.visitor.state == "digital":
            await self.visitor.ask_person()
        loop = asyncio.get_running_loop()
        until = loop.time() + WAITS_S * self.stage.pace
        while self.mate is None:
            await self.visitor.look()
            if self.visitor.state == "closed":
                raise Over
            name = self.visitor.agent_name
            if self.visitor.state == "serving" and not self.stage.is_simulated(name):
                return
            if self.visitor.state == "waiting" and self.visitor.view["out_of_hours"]:  # type: ignore[index]
                # Nobody is there before the morning: whoever comes then answers politely.
                self.stage.left.add(str(self.visitor.id))
                raise Over
            if self.nobody_comes:
                await self._lose_patience()
            if loop.time() > until:
                await self._go()
            await self.stage.pause(2, 4)

    async def _lose_patience(self) -> None:
        """Go after a while of waiting, unless a real person at the desk was quicker."""
        await self.stage.pause(20, 50)
        await self.visitor.look()
        if self.visitor.state == "waiting":
            await self.visitor.leave()
            raise Over
        self.nobody_comes = False

    async def _hear_person(self) -> None:
        """Wait for the words of a real person at the desk; at last ask, then leave."""
        for patience in range(2):
            loop = asyncio.get_running_loop()
            until = loop.time() + PERSON_THINKS_S * self.stage.pace
            while loop.time() < until:
                await self.visitor.look()
                if self.visitor.state == "closed":
                    raise Over
                new = [m for m in self.visitor.messages if m["kind"] == "agent"]
                if new and new[-1]["seq"] > self._answered_seq:
                    self._answered_seq = new[-1]["seq"]
                    await self.stage.pause(3, 6)
                    return
                await self.stage.pause(2, 4)
            if patience == 0:
                await self.visitor.say(word("entry.demo.customer_waits"))
        await self._go()

    async def _be_passed_on(self) -> None:
        self._transfers = False
        assert self.mate is not None
        assert self.visitor.id is not None
        queues = self.stage.cast.queues
        same = [s for s in queues if (s == "gas") == (self.told.queue == "gas")]
        queue_id = str(queues[self.stage.by.choice(sorted(same))])
        if await self._try(self.mate.pass_on(self.visitor.id, queue_id)):
            self.mate = None
            await self._be_served()

    async def _end(self) -> None:
        """Let it end as it would: by the agent, by silence after an answer, by going."""
        await self.visitor.look()
        if self.visitor.state == "waiting":
            await self._be_served()
            if self.mate is not None and self.visitor.id is not None:
                await self.stage.pause(4, 8)
                text = word("entry.demo.answers_message", agent=self.mate.who.name)
                await self._try(self.mate.say(self.visitor.id, text))
        if self.visitor.state == "digital":
            await self.stage.pause(3, 9)
            if not await self._try(self.visitor.judge(solved=self.told.solved)):
                await self._go()
        elif self.mate is not None:
            await self._close()
        elif self.visitor.state == "serving":
            await self._hear_person()
            await self.visitor.say(word("entry.demo.customer_thanks"))
            await self._hear_person()

    async def _close(self) -> None:
        assert self.mate is not None
        assert self.visitor.id is not None
        await self.stage.pause(8, 20)
        cast = self.stage.cast
        tags = [str(cast.tags[key]) for key in self.told.tags if key in cast.tags]
        if tags:
            await self._try(self.mate.tag(self.visitor.id, tags))
        reason = str(cast.reason(self.told.reason))
        await self._try(self.mate.close(self.visitor.id, reason, solved=self.told.solved))
        await self.visitor.look()

    async def _go(self) -> None:
        """Leave; who waits does so after a while only."""
        if self.visitor.state == "waiting":
            await self.stage.pause(12, 40)
        if self.visitor.state not in ("", "closed"):
            await self.visitor.leave()
        raise Over

    async def _rate(self) -> None:
        """Say how it was, as two of three do, some time after the end."""
        if self.told.rating is None or self.stage.by.random() > 0.65:
            return
        await self.stage.pause(6, 25)
        await self.visitor.look()
        await self.visitor.rate(
            self.told.rating, solved=self.told.solved, comment=self.told.comment
        )

    async def _return(self) -> None:
        """Come back with one more question, as one of twelve does: nothing has to be said twice."""
        if self.told.outcome != "agent" or self.stage.by.random() > RETURN_SHARE:
            return
        await self.stage.pause(40, 150)
        self._answered_seq = self.visitor.messages[-1]["seq"]
        self.stage.left.add(str(self.visitor.id))
        await self.visitor.say(word("entry.demo.customer_returns"))
        with contextlib.suppress(Over):
            await self._hear_person()
            await self._hear_person()
            await self.visitor.say(word("entry.demo.customer_thanks"))

    async def _try(self, work: object) -> bool:
        """Do what may be refused because somebody else was quicker; say whether it was done."""
        try:
            found = await work  # type: ignore[misc]
        except Refused:
            self.mate = None
            await self.visitor.look()
            if self.visitor.state == "closed":
                raise Over from None
            return False
        return found is None or bool(found)
