"""Cases of the demo's past days: opened from conversations that are over, and how far they came."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from peakend.accounts import queries as accounts
from peakend.cases import actions as cases
from peakend.cases.rules.cases import CaseState
from peakend.conversations import queries as conversations
from peakend.entry.demo.cast import Cast, read_cast
from peakend.entry.demo.departments import work_steps
from peakend.entry.demo.material import content
from peakend.entry.demo.rights import leading
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database

# A case begins while the conversation is still going on.
AFTER = timedelta(minutes=6)
Ended = dict[UUID, list[conversations.ConversationRow]]


async def open_cases(database: Database, organisation_id: UUID) -> None:
    """Open the cases of the content, each once, and let each go as far as it came."""
    cast = await read_cast(database, organisation_id)
    system = Actor.system(organisation_id)
    now = clock.now()
    async with database.transaction(system) as tx:
        if await tx.value("SELECT true FROM service_case LIMIT 1"):
            return
        people = {m.login: m.id for m in await accounts.members(tx, active_only=True)}
        page = await conversations.conversation_list(
            tx, leading(organisation_id, None), "closed", conversations.Filters(), limit=100
        )
    over: Ended = {}
    for row in page.items:
        if row.reason_id is not None:
            over.setdefault(row.reason_id, []).append(row)
    by = random.Random(5)  # noqa: S311 (a play, no secret)
    for n, given in enumerate(content("cases")["case"]):
        if given["owner"] in people:
            told = _Told(cast, given, people[given["owner"]], uuid5(organisation_id, f"case/{n}"))
            await told.tell(database, now, over.get(cast.reason(given["reason"]), []), by)


class _Told:
    """One case, told from its opening on."""

    def __init__(self, cast: Cast, given: dict[str, Any], owner_id: UUID, client_id: UUID) -> None:
        self.cast, self.given, self.owner_id, self.client_id = cast, given, owner_id, client_id
        self.owner = leading(cast.organisation_id, owner_id)

    async def tell(
        self,
        database: Database,
        now: datetime,
        over: list[conversations.ConversationRow],
        by: random.Random,
    ) -> None:
        """Open it, note what was found out, and end it where it ended."""
        at = now - timedelta(hours=self.given["ago_h"])
        row = over.pop(0) if over else None
        customer_id = None if row else by.choice(sorted(self.cast.customers.values()))
        async with database.transaction(self.owner, now=at) as tx:
            case_id = await cases.open_case(
                tx,
                conversation_id=row.id if row else None,
                customer_id=customer_id,
                title=self.given["title"],
                description=self.given["words"],
                reason_id=self.cast.reason(self.given["reason"]),
                owner_id=self.owner_id,
                by=self.owner,
                client_id=self.client_id,
            )
        await self._go_on(database, case_id, at, (now - at) * 0.8, by)

    async def _go_on(
        self, database: Database, case_id: UUID, at: datetime, lasts: timedelta, by: random.Random
    ) -> None:
        ends, notes = self.given["ends"], self.given["notes"]
        steps = len(notes) + 3
        if ends == "open":
            return
        async with database.transaction(self.owner, now=at + AFTER) as tx:
            await cases.set_state(tx, case_id=case_id, state="working", by=self.owner)
        for n, words in enumerate(notes, 1):
            async with database.transaction(self.owner, now=at + lasts * n / steps) as tx:
                await cases.add_entry(tx, case_id, "note", words, "departments", by=self.owner)
                spent_s = 60 * by.randint(3, 25)
                await cases.add_time(tx, case_id=case_id, spent_s=spent_s, by=self.owner)
        worked: int = self.given.get("steps", 0)
        await work_steps(
            database, self.owner, case_id, since=at + AFTER, each=lasts / (worked + 1), most=worked
        )
        if ends == "working":
            return
        state: CaseState = "waiting" if ends == "waiting" else "done"
        async with database.transaction(self.owner, now=at + lasts * (steps - 2) / steps) as tx:
            await cases.set_state(tx, case_id=case_id, state=state, by=self.owner)
        if ends not in ("informed", "not_informed"):
            return
        async with database.transaction(self.owner, now=at + lasts) as tx:
            if ends == "informed":
                await cases.inform(
                    tx, case_id=case_id, channel="phone", words=self.given["told"], by=self.owner
                )
            else:
                await cases.close_not_informed(
                    tx, case_id=case_id, why=self.given["why"], by=self.owner
                )
