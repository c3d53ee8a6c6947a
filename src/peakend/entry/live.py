"""Live push: one reader of the log a process, and a frame for each socket that may see it.

Frames are encoded once for all sockets that see the same rows; who would see nothing of a batch
is sent nothing, only now and then the place that the log has reached.
"""

import asyncio
import contextlib
import os
import socket
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from peakend.conversations import queries as conversations
from peakend.customers.actions import see_visitors
from peakend.customers.queries import visitor_customers
from peakend.entry.frames import (
    CHANGING_FACTS,
    CUSTOMER_FACTS,
    NAMING_FACTS,
    VISITOR_FACTS,
    WHOLE_FACTS,
    Batch,
    bare_frame,
    encoded,
    frame_for,
    named,
)
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.live import Cursor, Logged, end_of_log, read_log

log = structlog.get_logger()

Send = Callable[[dict[str, Any]], Awaitable[None]]
HEARTBEAT_S = 10
MOST_WAITING = 500
MOST_READ = 500
# A desk that comes back from further behind than this reads more than it needs.
MOST_UNTOLD = 200
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
PROCESS = f"{socket.gethostname()}:{os.getpid()}"


class Listener:
    """One socket: who is there, and a bounded queue of frames on their way out."""

    def __init__(
        self, actor: Actor, send: Send, secret: str | None = None, address: str = ""
    ) -> None:
        self.id = new_id()
        self.actor = actor
        self.secret = secret
        self.address = address
        self.send = send
        self.waiting: deque[str | None] = deque()
        self._idle: asyncio.Future[None] | None = None
        self.looking: UUID | None = None
        # Up to where it has been told: before it is greeted it is told nothing.
        self.after: Cursor | None = None
        self.untold = 0
        self.greeted = False
        self.lock = asyncio.Lock()
        self.conversation_id: UUID | None = None
        self.layout = 0
        self.seq = 0

    def push(self, frame: str) -> None:
        """Put a frame on its way; a socket that does not keep up is closed and resumes later."""
        if len(self.waiting) >= MOST_WAITING:
            self.end()
            return
        self.waiting.append(frame)
        self._wake()

    def tell(self, frame: str | None, batch: Batch) -> None:
        """Push what a batch means here; where that is nothing, its end only now and then."""
        self.after = batch.cursor
        self.untold = self.untold + len(batch.facts) if frame is None else 0
        if self.untold >= MOST_UNTOLD:
            self.untold, frame = 0, bare_frame(batch.cursor)
        if frame is not None:
            self.push(frame)

    def end(self, last: str | None = None) -> None:
        """Close it; what it was not sent it will ask for, so nothing after that may be sent."""
        self.waiting.clear()
        self.waiting.extend((last, None) if last else (None,))
        self._wake()

    def _wake(self) -> None:
        # A bare future: with hundreds of sockets to wake for a message, an Event costs twice that.
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    async def pump(self) -> None:
        """Send frames until told to close."""
        loop = asyncio.get_running_loop()
        while True:
            while self.waiting:
                frame = self.waiting.popleft()
                if frame is None:
                    return
                await self.send({"type": "websocket.send", "text": frame})
            self._idle = loop.create_future()
            await self._idle


class Hub:
    """The sockets of this process and the reader that feeds them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.members: dict[UUID, set[Listener]] = defaultdict(set)
        self.visitors: dict[UUID, set[Listener]] = defaultdict(set)
        self._wake = asyncio.Event()
        self._joined = asyncio.Event()
        self._cursor: Cursor | None = None
        # Ahead of the cursor while a batch is on its way to the sockets.
        self.reached: Cursor | None = None
        self.started = asyncio.Event()
        self.pushed = 0

    async def run(self) -> None:
        """Read and push for as long as the process lives."""
        self.database.pokes.listen(self._wake.set)
        self.database.pokes.listen_signals(self._on_signal)
        heart = asyncio.create_task(self._beat(), name="live heartbeat")
        try:
            while True:
                try:
                    more = await self._step()
                except AWAY as error:
                    log.warning("live could not read", error=type(error).__name__)
                    await asyncio.sleep(0.5)
                    continue
                if not more:
                    await self._rest()
        finally:
            heart.cancel()

    async def _rest(self) -> None:
        """Wait for a poke, a second at most; where nobody listens, no poke is worth a look."""
        waited = self._wake if self._anybody() else self._joined
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(waited.wait(), 1)
        waited.clear()

    def _anybody(self) -> bool:
        return any(self.members.values()) or any(self.visitors.values())

    async def _step(self) -> bool:
        async with self.database.look() as tx:
            if self._cursor is None or not self._anybody():
                end = await end_of_log(tx)
                # For nobody, nothing is read; who came meanwhile goes on from where we stood.
                if self._cursor is None or not self._anybody():
                    self._cursor = self.reached = end
                    self.started.set()
                    return False
            read = await read_log(tx, self._cursor, MOST_READ)
        facts = read.facts
        if not facts:
            return False
        self.reached = read.reached
        by_organisation: dict[UUID, list[Logged]] = defaultdict(list)
        for fact in facts:
            by_organisation[fact.organisation_id].append(fact)
        for organisation_id, some in by_organisation.items():
            if self.members.get(organisation_id) or self.visitors.get(organisation_id):
                await self._push(organisation_id, some)
        self._cursor = read.reached
        # What one overtook may have been held back; the next look says whether it still is.
        return len(facts) > MOST_READ // 2

    async def _push(self, organisation_id: UUID, facts: list[Logged]) -> None:
        batch = await self.batch(organisation_id, facts)
        frames: dict[tuple[Any, ...], str | None] = {}
        about = named(batch)
        afresh = any(fact.type in NAMING_FACTS for fact in facts)
        for listener in list(self.members.get(organisation_id, ())):
            actor = listener.actor
            # Greeting tells what came before; a batch that begins there is told in part.
            if listener.after is None or listener.after >= batch.cursor:
                continue
            if listener.after >= facts[0].cursor:
                part = batch.after(listener.after)
                listener.tell(encoded(frame_for(actor, part)), part)
                continue
            # Who is not named in the batch sees of it what others of the same queues see.
            sight = (
                ("all",)
                if actor.scope == "all"
                else (actor.scope, actor.queue_ids, actor.seen_brand_ids)
            )
            own = actor.id if actor.scope != "all" and actor.id in about else None
            key = (*sight, own, actor.language, actor.level("name", "whole"))
            if key not in frames:
                frame = frame_for(actor, batch)
                frames[key] = encoded(frame) if frame.says_something else None
            listener.tell(frames[key], batch)
            if afresh:
                listener.push(encoded({"t": "resync", "cursor": str(batch.cursor)}))
            self.pushed += 1
        await self._push_visitors(organisation_id, batch)

    async def batch(self, organisation_id: UUID, facts: list[Logged]) -> Batch:
        """Return facts with the fresh rows of what they touched, in one transaction."""
        actor = Actor.system(organisation_id)
        ids = list({f.conversation_id for f in facts if f.conversation_id is not None})
        message_ids = list(
            {UUID(f.payload["message_id"]) for f in facts if f.payload.get("message_id")}
        )
        known = {f.customer_id for f in facts if f.type in CUSTOMER_FACTS and f.customer_id}
        languages = {one.actor.language for one in self.members.get(organisation_id, ())}
        worded: dict[str, dict[UUID, Any]] = {}
        messages: list[Any] = []
        if ids or known:
            async with self.database.transaction(actor) as tx:
                if known:
                    ids = list({*ids, *await conversations.newest_of_customers(tx, known)})
                for language in sorted(languages) or [actor.language]:
                    reader = msgspec.structs.replace(actor, language=language)
                    rows = await conversations.rows(tx, ids, reader)
                    worded[language] = {row.id: row for row in rows}
                if message_ids:
                    names = {r.agent_id: r.agent_name for r in rows if r.agent_id and r.agent_name}
                    messages = await conversations.messages_by_id(tx, message_ids, names=names)
        return Batch(facts, worded or {actor.language: {}}, messages, facts[-1].cursor)

    async def _push_visitors(self, organisation_id: UUID, batch: Batch) -> None:
        """Send customers what of it is theirs: their own conversation, without notes."""
        listeners = self.visitors.get(organisation_id)
        if not listeners:
            return
        customers = {row.customer.id for row in batch.rows.values()}
        if any(fact.type in VISITOR_FACTS for fact in batch.facts):
            customers |= await self._know_again(organisation_id, listeners)
        whole = any(fact.type in WHOLE_FACTS for fact in batch.facts)
        old: dict[UUID | None, int] = {}
        for fact in batch.facts:
            if fact.type in CHANGING_FACTS and fact.customer_id:
                seq = int(fact.payload["seq"])
                old[fact.customer_id] = min(seq, old.get(fact.customer_id, seq))
        for listener in list(listeners):
            if listener.actor.customer_id in customers:
                if not listener.greeted and not listener.lock.locked():
                    continue
                async with listener.lock:
                    frames = await self.visitor_frames(
                        listener,
                        batch.cursor,
                        whole=whole,
                        since=old.get(listener.actor.customer_id),
                    )
                    for frame in frames:
                        listener.push(frame)

    async def _know_again(
        self, organisation_id: UUID, listeners: Collection[Listener]
    ) -> set[UUID]:
        """Ask anew whose visitors listen, and return the customers that they have become."""
        async with self.database.transaction(Actor.system(organisation_id)) as tx:
            whose = await visitor_customers(tx, [x.actor.id for x in listeners if x.actor.id])
        became = set()
        for one in listeners:
            customer_id = whose.get(one.actor.id) if one.actor.id else None
            if customer_id is not None and customer_id != one.actor.customer_id:
                one.actor = msgspec.structs.replace(one.actor, customer_id=customer_id)
                became.add(customer_id)
        return became

    async def visitor_frames(
        self,
        listener: Listener,
        cursor: Cursor,
        *,
        whole: bool = False,
        since: int | None = None,
    ) -> list[str]:
        """Return the fresh view of a visitor's conversation, with the messages not yet sent.

        Where older ones changed, all from the first of them (`since`) are sent again.
        """
        async with self.database.transaction(listener.actor) as tx:
            after = None if whole or listener.conversation_id is None else listener.seq
            if after is not None and since is not None:
                after = min(after, since - 1)
            view = await conversations.visitor_state(tx, listener.actor, after_seq=after)
            held = listener.conversation_id, listener.layout
            if view is not None and (view.id, view.layout) != held and after is not None:
                view = await conversations.visitor_state(tx, listener.actor)
        if view is not None:
            listener.conversation_id, listener.layout = view.id, view.layout
            seen = listener.seq if after is not None else 0
            listener.seq = max((m.seq for m in view.messages), default=seen)
        return [encoded({"t": "conversation", "conversation": view, "cursor": str(cursor)})]

    def _on_signal(self, message: dict[str, Any]) -> None:
        """Pass typing and looking on, to whom they concern."""
        organisation_id = UUID(message.pop("organisation_id"))
        frame = encoded({"t": "signal", **message})
        customer_id = message.get("customer_id")
        to_visitor = message.get("to") in ("visitor", "both")
        if message.get("to") != "visitor":
            # Only an open conversation shows who types or looks, and only who may see it opens it.
            for listener in self.members.get(organisation_id, ()):
                if str(listener.looking) == message.get("conversation_id"):
                    listener.push(frame)
        if to_visitor and customer_id:
            name = (message.get("who") or {}).get("name", "")
            frame = encoded({"t": "typing", "on": message.get("on"), "name": name})
            for listener in self.visitors.get(organisation_id, ()):
                if str(listener.actor.customer_id) == customer_id:
                    listener.push(frame)

    async def _beat(self) -> None:
        """Say every few seconds which members have a desk open, so that presence can end."""
        while True:
            with contextlib.suppress(*AWAY):
                await self._write_sockets([one for some in self.members.values() for one in some])
                await self._see_visitors()
            await asyncio.sleep(HEARTBEAT_S)

    async def _see_visitors(self) -> None:
        """Note that visitors with an open panel are there, so that no wait counts as given up."""
        for organisation_id, listeners in list(self.visitors.items()):
            ids = [listener.actor.id for listener in listeners if listener.actor.id]
            if ids:
                async with self.database.transaction(Actor.system(organisation_id)) as tx:
                    await see_visitors(tx, ids)

    async def _write_sockets(self, listeners: list[Listener]) -> None:
        ids = [(x.actor.organisation_id, x.id, x.actor.id) for x in listeners]
        if not ids:
            return
        async with self.database.system() as tx:
            await tx.run(
                "INSERT INTO live_socket (organisation_id, id, member_id, process, seen_at) "
                "SELECT *, $4, $5 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) "
                "ON CONFLICT (organisation_id, id) DO UPDATE SET seen_at = excluded.seen_at",
                [i[0] for i in ids], [i[1] for i in ids], [i[2] for i in ids],
                PROCESS, clock.now(),
            )  # fmt: skip

    async def join(self, listener: Listener) -> None:
        """Add a socket."""
        where = self.members if listener.actor.kind == "member" else self.visitors
        where[listener.actor.organisation_id].add(listener)
        self._joined.set()
        if listener.actor.kind == "member":
            await self._write_sockets([listener])

    async def leave(self, listener: Listener) -> None:
        """Take a socket away."""
        where = self.members if listener.actor.kind == "member" else self.visitors
        where[listener.actor.organisation_id].discard(listener)
        if listener.actor.kind == "member":
            async with self.database.system() as tx:
                await tx.run(
                    "DELETE FROM live_socket WHERE organisation_id = $1 AND id = $2",
                    listener.actor.organisation_id,
                    listener.id,
                )
