"""A reply with a card that waits for a supervisor, so that whoever comes new has one to look at."""

from uuid import UUID

import msgspec

from peakend.assist import actions as assist
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.entry.demo.cast import read_cast
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Conflict
from peakend.kernel.ids import new_id

_ONE_WAITS = """
SELECT EXISTS (SELECT FROM reply_approval WHERE organisation_id = current_organisation()
               AND state = 'waiting' AND rich IS NOT NULL)
"""
_QUEUES = ("gas", "repair")
_CARD = "约上门时间"
_WORDS = "已经帮您核对过，需要师傅上门看一下。您看哪个时间方便？"


async def leave_waiting(database: Database, organisation_id: UUID) -> UUID | None:
    """Let one reply with a card wait for whoever looks; return its conversation, if it is new.

    A colleague's newest conversation goes on for it; where one waits already nothing happens.
    """
    system = Actor.system(organisation_id)
    cast = await read_cast(database, organisation_id)
    fitting = {cast.queues[slug] for slug in _QUEUES}
    senders = {one.id: one.actor(organisation_id) for one in cast.agents}
    async with database.transaction(system) as tx:
        if await tx.value(_ONE_WAITS):
            return None
        page = await timeline.conversation_list(tx, system, "closed", timeline.Filters(), limit=60)
        cards = {one.name: one for one in await timeline.rich_templates(tx, system)}
    for row in page.items:
        writer = senders.get(row.agent_id) if row.agent_id else None
        if writer is None or row.queue_id not in fitting or row.language != "zh-CN":
            continue
        card = cards[_CARD]
        try:
            async with database.transaction(writer) as tx:
                await conversations.reopen(tx, conversation_id=row.id, by=writer)
                await assist.ask_approval(
                    tx,
                    conversation_id=row.id,
                    client_id=new_id(),
                    content=msgspec.structs.replace(card.content, intro=_WORDS),
                    template_id=card.id,
                    by=writer,
                )
        except Conflict:
            continue
        return row.id
    return None
