"""The two WebSocket endpoints: the desk's and the visitor's."""

import asyncio
import contextlib
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import msgspec

from peakend.accounts.queries import actor_for_session, cookie_name, may_come_from
from peakend.conversations import queries as conversations
from peakend.customers.queries import actor_for_visitor
from peakend.entry.edge import own_origin
from peakend.entry.frames import encoded, frame_for
from peakend.entry.live import Hub, Listener
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Invalid, PeakendError
from peakend.kernel.live import (
    CATCH_UP,
    Cursor,
    Stretch,
    end_of_log,
    parts,
    read_log_of,
    signal,
    too_old,
)
from peakend.kernel.settings import settings

POLICY = 1008
GOING_AWAY = 1012
MAX_FRAME = 16_384
HELD_BACK_S = 0.02
PONG = '{"t":"pong"}'


class Sockets:
    """Accepts WebSockets and ties them to the hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        await receive()
        path = scope["path"]
        if path == "/api/live":
            await self._desk(scope, receive, send)
        elif path.startswith("/api/web/") and path.endswith("/live"):
            await self._visitor(scope, receive, send, path.split("/")[3])
        else:
            await send({"type": "websocket.close", "code": POLICY})

    async def _desk(self, scope: Any, receive: Any, send: Any) -> None:
        headers = _headers(scope)
        secure = scope.get("scheme") == "wss" or settings.public_url.startswith("https:")
        cookie = _cookie(headers.get("cookie", ""), cookie_name(secure))
        found = await actor_for_session(self.hub.database, cookie)
        address = (scope.get("client") or ("",))[0]
        if (
            found is None
            or not may_come_from(found, address)
            or not own_origin(headers.get("origin"), headers.get("host", ""))
        ):
            await send({"type": "websocket.close", "code": POLICY})
            return
        await send({"type": "websocket.accept"})
        listener = Listener(found.actor, send, secret=cookie, address=address)
        cursor = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("cursor", [""])[0]
        try:
            await self._serve(listener, receive, send, self._from_desk, cursor)
        finally:
            await self._looking(listener, None)

    async def _visitor(self, scope: Any, receive: Any, send: Any, key: str) -> None:
        headers = _headers(scope)
        await send({"type": "websocket.accept"})
        try:
            first = await asyncio.wait_for(_receive_json(receive), 10)
            actor = await actor_for_visitor(self.hub.database, str(first.get("token", "")))
            if actor is None or not await conversations.socket_allowed(
                self.hub.database, key, actor, headers.get("origin"), headers.get("host", "")
            ):
                raise Invalid
        except (TimeoutError, PeakendError, _Gone, AttributeError):
            await send({"type": "websocket.close", "code": POLICY})
            return
        listener = Listener(actor, send)
        await self._serve(listener, receive, send, self._from_visitor, str(first.get("cursor", "")))

    async def _serve(
        self, listener: Listener, receive: Any, send: Any, hear: Any, cursor: str
    ) -> None:
        """Catch up from the cursor, then push and listen until one side ends."""
        await self.hub.join(listener)
        pump = asyncio.create_task(listener.pump())
        try:
            await self._greet(listener, cursor)
            ear = asyncio.create_task(_hear(listener, receive, hear))
            done, pending = await asyncio.wait({pump, ear}, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            code = POLICY if any(_refused(task) for task in done) else GOING_AWAY
            with contextlib.suppress(Exception):
                await send({"type": "websocket.close", "code": code})
        finally:
            pump.cancel()
            await self.hub.leave(listener)

    async def _greet(self, listener: Listener, cursor: str) -> None:
        if listener.actor.kind == "visitor":
            await self._greet_visitor(listener)
            return
        # Before the hub has its place in the log, nobody would go on from ours.
        await self.hub.started.wait()
        async with self.hub.database.system() as tx:
            missed, resync = await _missed(tx, listener.actor, cursor)
        if resync:
            listener.push(encoded({"t": "resync", "cursor": str(missed.reached)}))
        await self._tell(listener, missed)
        # The hub may have passed this place meanwhile; it goes on for us from where we stand.
        while self.hub.reached is not None and self.hub.reached > missed.reached:
            stood = missed.reached
            async with self.hub.database.system() as tx:
                missed = await read_log_of(tx, listener.actor.organisation_id, stood)
            await self._tell(listener, missed)
            if missed.reached == stood:
                await asyncio.sleep(HELD_BACK_S)
        listener.after = missed.reached
        listener.push(encoded({"t": "hello", "cursor": str(missed.reached), "now": clock.now()}))

    async def _tell(self, listener: Listener, missed: Stretch) -> None:
        """Send what was missed."""
        for part in parts(missed.facts, 200):
            batch = await self.hub.batch(listener.actor.organisation_id, part)
            listener.push(encoded(frame_for(listener.actor, batch)))

    async def _greet_visitor(self, listener: Listener) -> None:
        await self.hub.started.wait()
        async with listener.lock:
            async with self.hub.database.system() as tx:
                end = await end_of_log(tx)
            for frame in await self.hub.visitor_frames(listener, end, whole=True):
                listener.push(frame)
            listener.greeted = True
        listener.push(encoded({"t": "hello", "cursor": str(end), "now": clock.now()}))

    async def _from_desk(self, listener: Listener, message: dict[str, Any]) -> None:
        kind = message.get("t")
        if kind == "ping":
            listener.push(PONG)
        elif kind == "looking":
            await self._looking(listener, _uuid(message.get("conversation_id")))
        elif kind == "typing":
            await self._typing(listener, message)

    async def _looking(self, listener: Listener, conversation_id: UUID | None) -> None:
        if listener.looking == conversation_id:
            return
        if conversation_id is not None and await self._seen(listener, conversation_id) is None:
            return
        before, listener.looking = listener.looking, conversation_id
        for where, on in ((before, False), (conversation_id, True)):
            if where is not None:
                await signal(listener.actor.organisation_id, _who(listener, "looking", where, on))
        for other in self.hub.members.get(listener.actor.organisation_id, ()):
            if conversation_id is not None and other.looking == conversation_id:
                said = _who(other, "looking", conversation_id, on=True)
                listener.push(encoded({"t": "signal", **said}))

    async def _seen(self, listener: Listener, conversation_id: UUID) -> Any:
        """Return the row of a conversation that the member may see, or None."""
        async with self.hub.database.transaction(listener.actor) as tx:
            rows = await conversations.rows(tx, [conversation_id], listener.actor)
        return rows[0] if rows and conversations.visible(listener.actor, rows[0]) else None

    async def _typing(self, listener: Listener, message: dict[str, Any]) -> None:
        where = _uuid(message.get("conversation_id"))
        if where is None:
            return
        row = await self._seen(listener, where)
        if row is None:
            return
        said = _who(listener, "typing", where, bool(message.get("on")))
        if row.agent_id == listener.actor.id and message.get("kind") != "note":
            said |= {"to": "both", "customer_id": row.customer.id}
        await signal(listener.actor.organisation_id, said)

    async def _from_visitor(self, listener: Listener, message: dict[str, Any]) -> None:
        if message.get("t") == "ping":
            listener.push(PONG)


class _Gone(Exception):
    """The other side has closed."""


def _who(listener: Listener, kind: str, where: UUID, on: bool) -> dict[str, Any]:
    who = {"kind": "member", "id": listener.actor.id, "name": listener.actor.name}
    return {"kind": kind, "conversation_id": where, "who": who, "on": on}


async def _missed(tx: Any, actor: Actor, cursor: str) -> tuple[Stretch, bool]:
    """Return what a client missed since its cursor, and whether that is too much to send."""
    now = Stretch([], await end_of_log(tx))
    if not cursor:
        return now, False
    try:
        after = Cursor.parse(cursor)
    except Invalid:
        return now, True
    if await too_old(tx, actor.organisation_id, after):
        return now, True
    missed = await read_log_of(tx, actor.organisation_id, after)
    return (now, True) if len(missed.facts) >= CATCH_UP else (missed, False)


async def _hear(listener: Listener, receive: Any, hear: Any) -> None:
    budget, at = 40.0, asyncio.get_running_loop().time()
    while True:
        message = await _receive_json(receive)
        now = asyncio.get_running_loop().time()
        budget, at = min(40.0, budget + (now - at) * 10) - 1, now
        if budget < 0:
            raise Invalid
        await hear(listener, message)


async def _receive_json(receive: Any) -> dict[str, Any]:
    event = await receive()
    if event["type"] == "websocket.disconnect":
        raise _Gone
    text = event.get("text") or event.get("bytes") or ""
    if len(text) > MAX_FRAME:
        raise Invalid
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Invalid from error
    if not isinstance(message, dict):
        raise Invalid
    return message


def _refused(task: "asyncio.Task[None]") -> bool:
    return not task.cancelled() and isinstance(task.exception(), PeakendError)


def _headers(scope: Any) -> dict[str, str]:
    return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}


def _cookie(header: str, name: str) -> str | None:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return found.value if found else None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
