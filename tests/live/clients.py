"""Clients that lose their connection, come back where they were, and write down what they saw."""

import asyncio
import contextlib
import json
import random
from typing import Any

import websockets

from tests.live.centre import Running


class _Client:
    """Reconnects until told to stop; now and then it cuts its own connection."""

    def __init__(self, running: Running, dice: random.Random, *, steady: bool) -> None:
        self.running, self.dice, self.steady = running, dice, steady
        self.cuts = 0
        self.frames = 0
        self.ready = asyncio.Event()
        self._ending = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        self._ending = True
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while not self._ending:
            try:
                await self._connected()
            except (OSError, websockets.WebSocketException, EOFError):
                await asyncio.sleep(0.02)

    async def _connected(self) -> None:
        async with self.connect() as ws:
            await self.greet(ws)
            left = 10**9 if self.steady else self.dice.randrange(2, 9)
            async for raw in ws:
                self.frames += 1
                self.take(json.loads(raw))
                left -= 1
                if left <= 0:
                    self.cuts += 1
                    # Cut, not closed: what is still on the wire is never read.
                    ws.transport.abort()
                    return

    def connect(self) -> Any:
        raise NotImplementedError

    async def greet(self, ws: Any) -> None:
        """Say who is there."""

    def take(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError


class Desk(_Client):
    """A member's tab: facts in the order in which they came."""

    def __init__(self, running: Running, cookie: str, dice: random.Random, **more: Any) -> None:
        super().__init__(running, dice, **more)
        self.cookie = cookie
        self.cursor = ""
        self.facts: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.resyncs = 0

    def connect(self) -> Any:
        url = f"ws://127.0.0.1:{self.running.port}/api/live?cursor={self.cursor}"
        return websockets.connect(
            url, additional_headers={"Cookie": self.cookie}, open_timeout=5, compression=None
        )

    def take(self, frame: dict[str, Any]) -> None:
        self.cursor = frame.get("cursor", self.cursor)
        if frame["t"] == "hello":
            self.ready.set()
        elif frame["t"] == "resync":
            self.resyncs += 1
        elif frame["t"] == "facts":
            self.facts += frame["facts"]
            self.messages += frame["messages"]


class Panel(_Client):
    """A visitor's panel: after each return the first frame is the whole, the rest is added."""

    def __init__(
        self, running: Running, key: str, token: str, dice: random.Random, **more: Any
    ) -> None:
        super().__init__(running, dice, **more)
        self.key, self.token = key, token
        self.seen: list[tuple[int, str]] = []
        self.wrong: list[str] = []
        self._whole = True

    def connect(self) -> Any:
        url = f"ws://127.0.0.1:{self.running.port}/api/web/{self.key}/live"
        return websockets.connect(url, open_timeout=5, compression=None)

    async def greet(self, ws: Any) -> None:
        self._whole = True
        await ws.send(json.dumps({"t": "auth", "token": self.token}))

    def take(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "hello":
            self.ready.set()
        if frame["t"] != "conversation" or frame["conversation"] is None:
            return
        given = [(m["seq"], m["id"]) for m in frame["conversation"]["messages"]]
        if given != sorted(given):
            self.wrong.append("out of order in one frame")
        if self._whole:
            # The whole is the newest fifty: it joins what was seen without a hole.
            kept = [one for one in self.seen if not given or one[0] < given[0][0]]
            lost = set(self.seen) - set(kept) - set(given)
            self.wrong += ["something seen is gone"] * bool(lost)
            self.seen, self._whole = kept + given, False
            return
        if given and self.seen and given[0][0] <= self.seen[-1][0]:
            self.wrong.append("doubled or out of order")
        self.seen += given
