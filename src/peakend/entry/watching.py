"""The rights of open sockets: every moment one look at the sessions of all desks of a process."""

import asyncio
import contextlib
from typing import NoReturn

from peakend.accounts.queries import actors_for_sessions, may_come_from
from peakend.entry.frames import encoded
from peakend.entry.live import AWAY, Hub

# A little less than a session is believed for: the requests of open desks then find it known.
CHECK_S = 0.9


async def watch(hub: Hub) -> NoReturn:
    """Keep looking for as long as the process lives."""
    while True:
        await asyncio.sleep(CHECK_S)
        with contextlib.suppress(*AWAY):
            await look(hub)


async def look(hub: Hub) -> None:
    """End sockets that may not stay, and tell those anew whose person's rights are others."""
    listeners = [one for some in hub.members.values() for one in some]
    if not listeners:
        return
    found = await actors_for_sessions(hub.database, [one.secret for one in listeners])
    for listener, member in zip(listeners, found, strict=True):
        if member is None or not may_come_from(member, listener.address):
            listener.end(encoded({"t": "bye"}))
        elif member.actor != listener.actor:
            # Other queues or rights: what may be seen is another set than was sent.
            listener.actor = member.actor
            listener.push(encoded({"t": "resync", "cursor": str(listener.after or "")}))
