"""The gas hob: a wrong picture, the right clip, a visit nobody made, and how it was made good."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec

from peakend.cases import actions as cases
from peakend.complaints import actions as complaints
from peakend.complaints import queries as filed
from peakend.entry.demo.cast import Cast, Colleague, read_cast
from peakend.entry.demo.departments import work_steps
from peakend.entry.demo.history import AlreadyTalking, Played
from peakend.entry.demo.material import Dialogue, content
from peakend.entry.demo.plan import Past
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Conflict

BEGAN = timedelta(hours=31)
CAME_BACK = timedelta(hours=11)
WHO = "chen.siyu"
TRIES = 5
TALKING_TRIES, TALKING_S = 60, 10


async def tell_hob_story(database: Database, organisation_id: UUID) -> None:
    """Tell the story once; without the agent or the customer it is left out."""
    cast = await read_cast(database, organisation_id)
    who = next((one for one in cast.agents if one.login == WHO), None)
    first, last = msgspec.convert(content("hob")["dialogue"], list[Dialogue])
    async with database.transaction(Actor.system(organisation_id)) as tx:
        told = await tx.value(
            "SELECT true FROM service_case WHERE title = $1", content("hob")["words"]["title"]
        )
    if told or who is None or first.customer not in cast.customers:
        return
    await _Story(database, cast, who).tell(first, last)


async def _until_done(act: Callable[[], Awaitable[None]]) -> None:
    """Do it again where a clock of the house came in between."""
    for left in reversed(range(TRIES)):
        try:
            await act()
        except Conflict:
            if not left:
                raise
        else:
            break


class _Story:
    def __init__(self, database: Database, cast: Cast, who: Colleague) -> None:
        self.database, self.words = database, content("hob")["words"]
        # Only she serves the line in this play.
        self.cast = msgspec.structs.replace(cast, agents=(who,))
        self.now = clock.now()
        self.agent = who.actor(cast.organisation_id)

    async def tell(self, first: Dialogue, last: Dialogue) -> None:
        """Play both conversations, and what lies between them and after."""
        began = self.now - BEGAN
        conversation_id = await self._play(first, began)
        if conversation_id is None:
            return
        due_at = self.now - CAME_BACK - timedelta(hours=1)
        async with self.database.transaction(self.agent, now=began + timedelta(minutes=12)) as tx:
            case_id = await cases.open_case(
                tx,
                conversation_id=conversation_id,
                title=self.words["title"],
                description=self.words["description"],
                reason_id=self.cast.reason("hob.no-flame"),
                owner_id=self.agent.id,
                by=self.agent,
            )
            await cases.set_state(tx, case_id=case_id, state="working", by=self.agent)
            await cases.make_promise(
                tx,
                kind="visit",
                words=self.words["promise"],
                due_at=due_at,
                by=self.agent,
                conversation_id=conversation_id,
                case_id=case_id,
            )
        await self._wait(case_id, due_at)
        again = await self._play(last, self.now - CAME_BACK)
        if again is not None:
            await self._make_good(case_id, again)

    async def _play(self, told: Dialogue, at: datetime) -> UUID | None:
        one = Past(
            at=at, told=told, customer=told.customer, wait_s=70, ends="as_told", transfers=False,
            rates=True, seed=76,
        )  # fmt: skip
        # Whoever plays her today may be talking: the past waits until she is done.
        for left in reversed(range(TALKING_TRIES)):
            played = Played(self.cast, one, {}, self.now)
            system = Actor.system(self.cast.organisation_id)
            try:
                async with self.database.transaction(system, now=at) as tx:
                    await played.run(tx)
            except AlreadyTalking:
                if not left:
                    raise
                await asyncio.sleep(TALKING_S)
            else:
                return played.conversation_id
        return None

    async def _wait(self, case_id: UUID, due_at: datetime) -> None:
        """The time goes by: the promise is broken, and the customer asks three times."""
        async with self.database.transaction(self.agent, now=due_at + timedelta(minutes=1)) as tx:
            await cases.look_at_promises(tx)
        for n, words in enumerate(self.words["urged"]):
            at = due_at + timedelta(minutes=5 + 20 * n)
            async with self.database.transaction(self.agent, now=at) as tx:
                await cases.urge_by_member(
                    tx, case_id=case_id, actor=self.agent, by="customer", channel="phone",
                    words=words,
                )  # fmt: skip

    async def _make_good(self, case_id: UUID, conversation_id: UUID) -> None:
        """File the complaint, compensate first, repair, and tell the customer."""
        at = self.now - CAME_BACK + timedelta(minutes=25)
        async with self.database.transaction(self.agent, now=at) as tx:
            await cases.link_conversation(
                tx, case_id=case_id, conversation_id=conversation_id, kind="repeat", by=self.agent
            )
            complaint_id = await complaints.open_complaint(
                tx,
                conversation_id=None,
                case_id=case_id,
                filing=complaints.Filing(
                    tier="ordinary",
                    kind="timeliness",
                    severity=2,
                    title=self.words["title"],
                    words=self.words["complaint"],
                ),
                by=self.agent,
            )
            row = await filed.need_complaint(tx, complaint_id, self.agent)
            judged = complaints.Judgement(
                tier="ordinary", kind="timeliness", severity=2, liability="ours", fault="promise"
            )
            await complaints.confirm(
                tx, complaint_id=complaint_id, judgement=judged, by=self.agent, version=row.version
            )
        grant_id = await self._offer(complaint_id, conversation_id, at + timedelta(minutes=4))
        for n, kind in enumerate(("compensation", "accepted", "improvement")):
            await _until_done(
                partial(
                    self._step, complaint_id, kind, at + timedelta(minutes=4 * (n + 1)), grant_id
                )
            )
        await _until_done(partial(self._over, case_id, complaint_id))

    async def _offer(self, complaint_id: UUID, conversation_id: UUID, at: datetime) -> UUID | None:
        """Offer what the scheme of today says, and hear that the customer takes it."""
        async with self.database.transaction(self.agent, now=at) as tx:
            row = await filed.need_complaint(tx, complaint_id, self.agent)
            found = await filed.suggestion(
                tx, self.agent, conversation_id=conversation_id, liability="ours", severity=2
            )
            if found.instrument is None:
                return None
            made = await complaints.offer(
                tx,
                customer_id=row.customer_id,
                instrument_id=found.instrument.id,
                amount=found.amount,
                once_key=f"complaint:{complaint_id}:1",
                by=self.agent,
                about=complaints.About(
                    conversation_id=conversation_id,
                    complaint_id=complaint_id,
                    scheme_id=found.scheme_id,
                    scheme_version=found.scheme_version,
                ),
            )
            await complaints.accept(tx, grant_id=made.id, by=self.agent)
        return made.id

    async def _step(
        self, complaint_id: UUID, kind: str, at: datetime, grant_id: UUID | None
    ) -> None:
        async with self.database.transaction(self.agent, now=at) as tx:
            row = await filed.need_complaint(tx, complaint_id, self.agent)
            step = msgspec.convert(
                {"kind": kind, "words": self.words[kind]}
                | (
                    {"compensation_fen": 5000, "grant_id": grant_id}
                    if kind == "compensation"
                    else {}
                ),
                complaints.StepGiven,
            )
            await complaints.take_step(
                tx, complaint_id=complaint_id, step=step, by=self.agent, version=row.version
            )

    async def _over(self, case_id: UUID, complaint_id: UUID) -> None:
        at = self.now - CAME_BACK + timedelta(hours=5)
        await work_steps(
            self.database,
            self.agent,
            case_id,
            since=self.now - CAME_BACK,
            each=timedelta(hours=1, minutes=30),
            most=3,
        )
        async with self.database.transaction(self.agent, now=at) as tx:
            await cases.add_entry(
                tx, case_id, "note", self.words["done"], "customer", by=self.agent
            )
            await cases.set_state(tx, case_id=case_id, state="done", by=self.agent)
            await cases.inform(
                tx, case_id=case_id, channel="visit", words=self.words["told"], by=self.agent
            )
            row = await filed.need_complaint(tx, complaint_id, self.agent)
            await complaints.close_complaint(
                tx, complaint_id=complaint_id, upheld=True, by=self.agent, version=row.version
            )
