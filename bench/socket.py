"""A WebSocket client of a few lines: it notes when each message reached it."""

import asyncio
import os
import time
from collections import Counter
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec


class Told(msgspec.Struct):
    """What of a frame is looked at."""

    client_id: UUID | None = None


class Heard(msgspec.Struct):
    """A frame from the server."""

    t: str
    messages: list[Told] = []


# Desks of the same queues are sent the same bytes: they are read once for all of them.
decode = lru_cache(maxsize=64)(msgspec.json.Decoder(Heard).decode)


class Socket(asyncio.Protocol):
    """One desk: `arrived` counts messages, `late` is told of each with its time."""

    def __init__(self, late: dict[UUID, list[float]] | None = None) -> None:
        self.buffer = bytearray()
        self.upgraded = False
        self.arrived: Counter[UUID] = Counter()
        self.late = late
        self.greeted = asyncio.get_running_loop().create_future()
        self.lost = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.upgraded:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self.upgraded = True
            del self.buffer[: end + 4]
        while (frame := self._frame()) is not None:
            self._heard(*frame)

    def _frame(self) -> tuple[int, bytes] | None:
        held = self.buffer
        if len(held) < 2:
            return None
        length, at = held[1] & 127, 2
        if length == 126:
            length, at = int.from_bytes(held[2:4]), 4
        elif length == 127:
            length, at = int.from_bytes(held[2:10]), 10
        if len(held) < at + length:
            return None
        kind, body = held[0] & 15, bytes(held[at : at + length])
        del held[: at + length]
        return kind, body

    def _heard(self, kind: int, body: bytes) -> None:
        if kind == 9:
            self.transport.write(bytes([0x8A, 0x80 | len(body)]) + bytes(4) + body)
        if kind != 1:
            return
        now = time.perf_counter()
        heard = decode(body)
        if heard.t == "hello" and not self.greeted.done():
            self.greeted.set_result(None)
        for message in heard.messages:
            if message.client_id is not None:
                self.arrived[message.client_id] += 1
                if self.late is not None:
                    self.late.setdefault(message.client_id, []).append(now)

    def close(self) -> None:
        """Hang up."""
        self.transport.close()


async def connected(port: int, cookie: str, late: dict[UUID, list[float]] | None = None) -> Socket:
    """Return a desk's socket once the server has greeted it."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(late), "127.0.0.1", port)
    key = os.urandom(16).hex()[:22] + "=="
    socket.transport.write(
        f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Cookie: peakend={cookie}\r\n\r\n".encode()
    )
    await asyncio.wait_for(socket.greeted, 30)
    return socket
