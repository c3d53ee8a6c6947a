"""A receiver of webhooks on loopback: keeps what comes, answers as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from peakend.kernel.settings import settings


@dataclass
class Message:
    """What came: the head's fields in lower case, and the body as it was sent."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """Answers with `status` after `before`; keeps every message."""

    port: int = 0
    status: int = 200
    extra: str = ""
    came: list[Message] = field(default_factory=list)
    before: Callable[[Message], Awaitable[None]] | None = None
    open: int = 0
    most_open: int = 0

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        """Return an address of this receiver."""
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message."""
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.strip().split("\r\n")
                headers = {
                    name.lower(): value for name, value in (one.split(": ", 1) for one in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                message = Message(first.split()[1], headers, body.decode())
                self.came.append(message)
                if self.before is not None:
                    await self.before(message)
                writer.write(
                    f"HTTP/1.1 {self.status} X\r\n{self.extra}Content-Length: 2\r\n\r\nok".encode()
                )
                await writer.drain()
        finally:
            self.open -= 1
            writer.close()


@contextlib.asynccontextmanager
async def receiving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    """Listen on loopback, which the operator listed."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    try:
        yield receiver
    finally:
        server.close()
