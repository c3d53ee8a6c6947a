"""Brands' own hosts: a request by a verified name gets that brand's pages and nothing else.

The desk, its sign-in and its API are not there; whatever is not a page of the brand is its page
that says so. A name that nobody has proven shows no help centre at all.
"""

import re
import time
from typing import Any

import msgspec

from peakend.accounts.queries import (
    DOOR,
    Door,
    door_of,
    host_of,
    is_foreign,
    is_plain_name,
    own_host,
)
from peakend.conversations.queries import channels
from peakend.entry.live import AWAY
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.words import best_language, word

KNOWN_S = 3.0
MOST_KNOWN = 1000
# What a brand's pages are made of; each of these says itself who may see it.
OPEN = (
    "/files/",
    "/w/",
    "/r/",
    "/g/",
    "/w-proof/",
    "/p/",
    "/widget-assets/",
    "/api/web/",
    "/help/style.css",
)
WHOLE = frozenset({"/widget.js", "/widget-here.js", "/widget-invite.js", "/favicon.ico"})
_HELP = re.compile(r"^/help(?:/o/[^/]+)?(?:/b/[^/]+)?(?=/|$)")


class Front(msgspec.Struct, frozen=True):
    """A verified host, and the chat that stands at its front door."""

    door: Door
    chat_key: str | None = None


class Fronts:
    """Says of each request by which door it came; a moment's memory keeps that cheap."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._known: dict[str, tuple[float, Front | None]] = {}

    def use(self, database: Database) -> None:
        """Look in this database; before, every request is the desk's."""
        self._database = database
        self.forget()

    def forget(self) -> None:
        """Look anew at the next request."""
        self._known.clear()

    async def turn(self, scope: Any) -> bool:
        """Lead a request that came by a brand's host to the brand's pages.

        Say whether it asks for a help centre by a name that nobody here has made known.
        """
        header = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), "")
        host = host_of(header)
        if self._database is None or not is_plain_name(host) or host == own_host():
            return False
        front = await self._front(self._database, host)
        path = scope["path"]
        if front is None:
            return is_foreign(header) and (path == "/" or path.startswith("/help"))
        scope[DOOR] = front.door
        scope["path"] = _inside(path, scope["type"], front)
        scope["raw_path"] = scope["path"].encode()
        return False

    async def _front(self, database: Database, host: str) -> Front | None:
        known = self._known.get(host)
        now = time.monotonic()
        if known is not None and known[0] > now:
            return known[1]
        try:
            door = await door_of(database, host)
            front = None if door is None else Front(door, await _chat(database, door))
        except AWAY:
            # Without the database there is no page either; whose the host was still holds.
            return known[1] if known is not None else None
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[host] = (now + KNOWN_S, front)
        return front


async def _chat(database: Database, door: Door) -> str | None:
    if door.serves != "chat":
        return None
    async with database.transaction(Actor.system(door.organisation_id)) as tx:
        open_ones = [c for c in await channels(tx) if c.active and c.kind == "web"]
    own = [c.key for c in open_ones if c.brand_id == door.brand_id]
    return own[0] if own else None


def _inside(path: str, kind: str, front: Front) -> str:
    """Return which of our addresses stands for one at a brand's host."""
    if kind == "websocket":
        return path if path.startswith("/api/web/") else "/nowhere"
    if path.startswith(OPEN) or path in WHOLE:
        return path
    if path == "/" and front.chat_key:
        return f"/w/{front.chat_key}"
    # Articles and the chat window name the brand's pages as they are at the desk's host.
    plain = _HELP.sub("", path)
    return "/help" + ("" if plain == "/" else plain)


async def nobody_here(scope: Any, send: Any) -> None:
    """Answer a request for a help centre by a name that is nobody's, without saying whose it is."""
    asked = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    text = word("accounts.no_such_host", best_language(asked or None)).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": text})
