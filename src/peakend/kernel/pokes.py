"""Pokes: after a commit, readers of the log and of the job table are told to look.

A poke carries nothing and may be lost; readers look by themselves every second. It is never sent
inside a business transaction, where NOTIFY would serialise the commits of everybody.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec

CHANNEL = "peakend_poke"
SIGNALS = "peakend_signal"
INTERVAL_S = 0.005


class Pokes:
    """One connection that tells and hears; at most 200 pokes a second leave a process."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        self._listeners: set[Callable[[], None]] = set()
        self._signal_listeners: set[Callable[[dict[str, Any]], None]] = set()
        self._due = asyncio.Event()
        self._signals: list[str] = []
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start telling and listening."""
        self._task = asyncio.create_task(self._run(), name="pokes")

    async def close(self) -> None:
        """Stop; what was not told is found by the readers' own looks."""
        if self._task is not None:
            # Python 3.11 loses a cancellation that meets an arriving poke: then once more.
            while not self._task.done():
                self._task.cancel()
                await asyncio.wait([self._task], timeout=0.1)
        if self._connection is not None and not self._connection.is_closed():
            self._connection.terminate()

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something may have changed."""
        self._listeners.add(wake)

    def listen_signals(self, hear: Callable[[dict[str, Any]], None]) -> None:
        """Call `hear` with each passing signal (typing, looking) of any process."""
        self._signal_listeners.add(hear)

    def poke(self) -> None:
        """Say that something was committed."""
        for wake in self._listeners:
            wake()
        self._due.set()

    def signal(self, message: dict[str, Any]) -> None:
        """Pass on something short-lived; it is lost when nobody listens."""
        text = msgspec.json.encode(message).decode()
        if len(text) < 7000 and len(self._signals) < 1000:
            self._signals.append(text)
            self._due.set()

    async def _run(self) -> None:
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                await asyncio.wait_for(self._due.wait(), 30)
                self._due.clear()
                signals, self._signals = self._signals, []
                await self._connection.execute(f"NOTIFY {CHANNEL}")
                for text in signals:
                    await self._connection.execute("SELECT pg_notify($1, $2)", SIGNALS, text)
                await asyncio.sleep(INTERVAL_S)
            except TimeoutError:
                continue
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.5)

    async def _connect(self) -> Any:
        connection: Any = await asyncpg.connect(
            self._dsn, timeout=5, server_settings={"application_name": "peakend pokes"}
        )
        await connection.add_listener(CHANNEL, self._woken)
        await connection.add_listener(SIGNALS, self._heard)
        return connection

    def _woken(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        if pid != connection.get_server_pid():
            for wake in self._listeners:
                wake()

    def _heard(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        message = msgspec.json.decode(payload)
        for hear in self._signal_listeners:
            hear(message)
