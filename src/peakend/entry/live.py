"""Live push: one reader of the log a process, and a frame for each socket that may see it.

Frames are encoded once for all sockets that see the same rows. What is pushed is the fresh state
of everything a batch of facts touched, so a client that replaces rows by id has the same state as
one that has just loaded.
"""

import asyncio
import contextlib
import os
import socket
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from peakend.conversations import queries as conversations
from peakend.customers.actions import see_visitors
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.live import Cursor, Logged, end_of_log, read_log

log = structlog.get_logger()

Send = Callable[[bytes], Awaitable[None]]
encode = msgspec.json.encode
HEARTBEAT_S = 10
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
PROCESS = f"{socket.gethostname()}:{os.getpid()}"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch of facts means for those who may see all of it."""

    t: str = "facts"
    cursor: str
    facts: list[dict[str, Any]]
    conversations: list[Any]
    messages: list[Any]
    gone: list[UUID]


class Batch(msgspec.Struct):
    """Facts of one organisation with the rows that they touched, fresh, in every language heard."""

    facts: list[Logged]
    worded: dict[str, dict[UUID, Any]]
    messages: list[Any]
    cursor: Cursor

    @property
    def rows(self) -> dict[UUID, Any]:
        """Return the rows for what does not depend on the language."""
        return next(iter(self.worded.values()))

    def rows_in(self, language: str) -> dict[UUID, Any]:
        """Return the rows in a language; one that nobody had spoken yet is followed by a resync."""
        return self.worded.get(language, self.rows)

    def after(self, place: Cursor) -> "Batch":
        """Return the part of it that comes after a place in the log."""
        facts = [fact for fact in self.facts if fact.cursor > place]
        told = {fact.payload.get("message_id") for fact in facts}
        messages = [message for message in self.messages if str(message.id) in told]
        return Batch(facts, self.worded, messages, self.cursor)


class Listener:
    """One socket: who is there, and a bounded queue of frames on their way out."""

    def __init__(self, actor: Actor, send: Send, secret: str | None = None) -> None:
        self.id = new_id()
        self.actor = actor
        self.secret = secret
        self.send = send
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(500)
        self.looking: UUID | None = None
        # Up to where it has been told: before it is greeted it is told nothing.
        self.after: Cursor | None = None
        self.greeted = False
        self.lock = asyncio.Lock()
        self.conversation_id: UUID | None = None
        self.seq = 0

    def push(self, frame: bytes) -> None:
        """Put a frame on its way; a socket that does not keep up is closed and resumes later."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.end()

    def end(self, last: bytes | None = None) -> None:
        """Close it; what it was not sent it will ask for, so nothing after that may be sent."""
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                self.queue.get_nowait()
        for frame in (last, None) if last else (None,):
            self.queue.put_nowait(frame)

    async def pump(self) -> None:
        """Send frames until told to close."""
        while (frame := await self.queue.get()) is not None:
            await self.send(frame)


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
            facts = await read_log(tx, self._cursor)
        if not facts:
            return False
        self.reached = facts[-1].cursor
        by_organisation: dict[UUID, list[Logged]] = defaultdict(list)
        for fact in facts:
            by_organisation[fact.organisation_id].append(fact)
        for organisation_id, some in by_organisation.items():
            if self.members.get(organisation_id) or self.visitors.get(organisation_id):
                await self._push(organisation_id, some)
        self._cursor = facts[-1].cursor
        return len(facts) >= 500

    async def _push(self, organisation_id: UUID, facts: list[Logged]) -> None:
        batch = await self.batch(organisation_id, facts)
        frames: dict[tuple[Any, ...], bytes] = {}
        named = _named(batch)
        afresh = any(fact.type in NAMING_FACTS for fact in facts)
        for listener in list(self.members.get(organisation_id, ())):
            actor = listener.actor
            # Greeting tells what came before; a batch that begins there is told in part.
            if listener.after is None or listener.after >= batch.cursor:
                continue
            if listener.after >= facts[0].cursor:
                part = batch.after(listener.after)
                listener.after = batch.cursor
                listener.push(encode(frame_for(actor, part)))
                continue
            listener.after = batch.cursor
            # Who is not named in the batch sees of it what others of the same queues see.
            sight = ("all",) if actor.scope == "all" else (actor.scope, actor.queue_ids)
            own = actor.id if actor.scope != "all" and actor.id in named else None
            key = (*sight, own, actor.language)
            if key not in frames:
                frames[key] = encode(frame_for(actor, batch))
            listener.push(frames[key])
            if afresh:
                listener.push(encode({"t": "resync", "cursor": str(batch.cursor)}))
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
                    messages = await conversations.messages_by_id(tx, message_ids)
        return Batch(facts, worded or {actor.language: {}}, messages, facts[-1].cursor)

    async def _push_visitors(self, organisation_id: UUID, batch: Batch) -> None:
        """Send customers what of it is theirs: their own conversation, without notes."""
        listeners = self.visitors.get(organisation_id)
        if not listeners:
            return
        customers = {row.customer.id for row in batch.rows.values()}
        judged = any(fact.type == "AnswerJudged" for fact in batch.facts)
        for listener in list(listeners):
            if listener.actor.customer_id in customers:
                if not listener.greeted and not listener.lock.locked():
                    continue
                async with listener.lock:
                    for frame in await self.visitor_frames(listener, batch.cursor, whole=judged):
                        listener.push(frame)

    async def visitor_frames(
        self, listener: Listener, cursor: Cursor, *, whole: bool = False
    ) -> list[bytes]:
        """Return the fresh view of a visitor's conversation, with the messages not yet sent."""
        async with self.database.transaction(listener.actor) as tx:
            after = None if whole or listener.conversation_id is None else listener.seq
            view = await conversations.visitor_state(tx, listener.actor, after_seq=after)
            if view is not None and view.id != listener.conversation_id and after is not None:
                view = await conversations.visitor_state(tx, listener.actor)
        if view is not None:
            listener.conversation_id = view.id
            listener.seq = max((m.seq for m in view.messages), default=listener.seq)
        return [encode({"t": "conversation", "conversation": view, "cursor": str(cursor)})]

    def _on_signal(self, message: dict[str, Any]) -> None:
        """Pass typing and looking on, to whom they concern."""
        organisation_id = UUID(message.pop("organisation_id"))
        frame = encode({"t": "signal", **message})
        customer_id = message.get("customer_id")
        to_visitor = message.get("to") in ("visitor", "both")
        if message.get("to") != "visitor":
            # Only an open conversation shows who types or looks, and only who may see it opens it.
            for listener in self.members.get(organisation_id, ()):
                if str(listener.looking) == message.get("conversation_id"):
                    listener.push(frame)
        if to_visitor and customer_id:
            name = (message.get("who") or {}).get("name", "")
            frame = encode({"t": "typing", "on": message.get("on"), "name": name})
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


def _named(batch: Batch) -> set[UUID]:
    """Return the members whom a batch is about."""
    held = {row.agent_id for row in batch.rows.values()}
    acted = {fact.agent_id for fact in batch.facts}
    left = {
        UUID(fact.payload["previous_agent_id"])
        for fact in batch.facts
        if fact.payload.get("previous_agent_id")
    }
    return {one for one in held | acted | left if one is not None}


def frame_for(actor: Actor, batch: Batch) -> Frame:
    """Return what an actor may see of a batch."""
    rows = batch.rows_in(actor.language)
    seen = {i for i, row in rows.items() if conversations.visible(actor, row)}
    gone = [
        fact.conversation_id
        for fact in batch.facts
        if fact.conversation_id in rows and fact.conversation_id not in seen and _left(actor, fact)
    ]
    facts = [
        _public(fact)
        for fact in batch.facts
        if fact.conversation_id in seen
        or (actor.id is not None and fact.agent_id == actor.id)
        or (fact.conversation_id is None and _concerns(actor, fact))
    ]
    return Frame(
        cursor=str(batch.cursor),
        facts=facts,
        conversations=[rows[i] for i in seen],
        messages=[m for m in batch.messages if m.conversation_id in seen],
        gone=list(dict.fromkeys(i for i in gone if i is not None)),
    )


def _left(actor: Actor, fact: Logged) -> bool:
    """Say whether a fact took a conversation out of an actor's sight."""
    before = fact.payload.get("previous_agent_id"), fact.agent_id
    if str(actor.id) in map(str, before):
        return True
    previous_queue = fact.payload.get("previous_queue_id")
    if previous_queue and UUID(previous_queue) in actor.queue_ids:
        return True
    return fact.queue_id in actor.queue_ids if fact.queue_id else False


def _concerns(actor: Actor, fact: Logged) -> bool:
    """Say whether a fact without a conversation may be shown: floor facts are for all members."""
    return actor.scope == "all" or fact.type in FLOOR_FACTS


# These change what rows say of their customer.
CUSTOMER_FACTS = frozenset({"CustomerChanged", "CustomerIdentified", "IdentityAdded"})
# These change names in any number of rows: whoever shows rows loads them anew.
NAMING_FACTS = frozenset(
    {"TagsChanged", "MemberChanged", "ChannelChanged", "ContactReasonsPublished"}
)
FLOOR_FACTS = frozenset({"PresenceChanged", "CapacityChanged", "QueueOpened", "QueueClosed"})


def _public(fact: Logged) -> dict[str, Any]:
    return {
        "id": fact.id,
        "type": fact.type,
        "at": fact.occurred_at,
        "conversation_id": fact.conversation_id,
        "leg_id": fact.leg_id,
        "agent_id": fact.agent_id,
        "queue_id": fact.queue_id,
        "customer_id": fact.customer_id,
        "actor": fact.actor,
        "payload": fact.payload,
    }
