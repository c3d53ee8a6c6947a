"""A small HTTP client, quick enough not to be what is measured: one kept connection each."""

import asyncio
import time
from typing import Any

import msgspec

encode = msgspec.json.encode


class Refused(RuntimeError):
    """The app did not answer 2xx."""


class _Wire(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""
        self.waiting: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length: ")
        length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        body = self.buffer[end + 4 : end + 4 + length]
        self.buffer = self.buffer[end + 4 + length :]
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result((int(head[9:12]), body))


class Client:
    """One signed-in member's connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        common = f"Host: 127.0.0.1:{port}\r\nCookie: peakend={cookie}\r\nX-Peakend: 1\r\n"
        self.common = common.encode()
        self.wire: _Wire | None = None

    async def get(self, path: str) -> bytes:
        """Return what a GET answers."""
        return await self._ask(b"GET %s HTTP/1.1\r\n%s\r\n" % (path.encode(), self.common))

    async def post(self, path: str, data: Any) -> bytes:
        """Return what a POST of JSON answers."""
        body = encode(data)
        return await self._ask(
            b"POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (path.encode(), self.common, len(body), body)
        )

    async def _ask(self, request: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        if self.wire is None or self.wire.transport.is_closing():
            _, self.wire = await loop.create_connection(_Wire, "127.0.0.1", self.port)
        self.wire.waiting = loop.create_future()
        self.wire.transport.write(request)
        status, body = await self.wire.waiting
        if status >= 300:
            raise Refused(f"{status} {body[:300]!r}")
        return body

    def close(self) -> None:
        """Hang up."""
        if self.wire is not None:
            self.wire.transport.close()


async def for_a_while(works: list[Any], seconds: float) -> int:
    """Run each work again and again, side by side; return how many runs were finished."""
    until = time.perf_counter() + seconds
    done = 0

    async def repeat(work: Any) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await work()
            done += 1

    await asyncio.gather(*(repeat(work) for work in works))
    return done
