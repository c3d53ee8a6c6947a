"""A scanner on loopback that speaks clamd's INSTREAM, and does what a test tells it to."""

import asyncio
import contextlib
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

# In pieces, so that no scanner finds this repository itself.
EICAR = b"".join(
    [b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-", b"TEST-FILE!$H+H*"]
)
FINDING = "Eicar-Test-Signature"


def zipped(data: bytes, name: str = "inside.txt") -> bytes:
    """Return a ZIP of one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


def locked(data: bytes) -> bytes:
    """Return a ZIP whose one file is marked as encrypted, and cannot be read."""
    made = bytearray(zipped(bytes(one ^ 0x5A for one in data)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + at] |= 1
    return bytes(made)


@dataclass
class Scanner:
    """What a scanner was given, and how it answers."""

    address: str = ""
    looked: list[bytes] = field(default_factory=list)
    pings: int = 0
    # works, error, closes, hangs; one that is deaf does not even answer a ping.
    mode: str = "works"
    deaf: bool = False
    limit: int = 1 << 30
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if self.deaf:
            return
        if command == b"zPING\0":
            self.pings += 1
            writer.write(b"PONG\0")
            await writer.drain()
            return
        assert command == b"zINSTREAM\0"
        data = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(length)
            if len(data) > self.limit:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                await writer.drain()
                return
        self.looked.append(data)
        self.asked.set()
        if self.mode == "closes":
            return
        if self.mode == "hangs":
            await reader.read()
            return
        await self.may_answer.wait()
        said = f"{FINDING} FOUND" if infected(data) else "OK"
        if self.mode == "error":
            said = "Can't allocate memory ERROR"
        writer.write(f"stream: {said}\0".encode())
        await writer.drain()


def infected(data: bytes) -> bool:
    """Say whether the test string is in there, also in ZIPs inside each other."""
    if EICAR in data:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(infected(archive.read(one)) for one in archive.namelist())
    except (zipfile.BadZipFile, RuntimeError):  # no ZIP, or one that is encrypted
        return False


@contextlib.asynccontextmanager
async def a_scanner(socket: Path | None = None) -> AsyncIterator[Scanner]:
    """Run a scanner on loopback, or on a Unix socket; it answers at once unless told not to."""
    made = Scanner()
    made.may_answer.set()
    if socket is not None:
        server = await asyncio.start_unix_server(made.serve, str(socket))
        made.address = f"unix:{socket}"
    else:
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
        made.address = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
