"""clamd's protocol: a file goes over in pieces, one line comes back.

Source: clamd(8), INSTREAM. The surprise: of a file that is too large clamd says so and closes while
we are still writing, so its answer is listened for from the beginning.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from peakend.accounts.ports import ScanVerdict
from peakend.adapters.scanning.archives import is_encrypted

PORT = 3310
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
# To open a line, to take one more piece, to think about a whole file.
CONNECT_S, WRITE_S, THINK_S = 5.0, 20.0, 60.0
_UNSHOWN = re.compile(r"[^A-Za-z0-9._:/()+ -]")


class _Silent(Exception):
    """Nobody answers there, or not in time."""


class Clamd:
    """Looks into files by clamd."""

    def __init__(self, *, think_s: float = THINK_S) -> None:
        self._think_s = think_s

    async def look(self, address: str, path: Path) -> ScanVerdict:
        """Look into a file. Never raises for what a scanner does."""
        try:
            verdict = _read(await self._stream(address, path))
        except _Silent:
            verdict = ScanVerdict("later", code="failed")
        if verdict.result == "later" and not await self.knock(address):
            return ScanVerdict("later", code="unreachable", of_scanner=True)
        if verdict.result == "clean" and await asyncio.to_thread(is_encrypted, path):
            return ScanVerdict("unscannable", code="encrypted")
        return verdict

    async def knock(self, address: str) -> bool:
        """Say whether a scanner answers."""
        try:
            async with _line(address) as (reader, writer):
                writer.write(b"zPING\0")
                return (await asyncio.wait_for(reader.read(64), CONNECT_S)).startswith(b"PONG")
        except (_Silent, OSError, TimeoutError):
            return False

    async def _stream(self, address: str, path: Path) -> str:
        async with _line(address) as (reader, writer):
            answer = asyncio.ensure_future(_answer(reader))
            try:
                # Who broke off may have said why before; who is silent is waited for.
                with contextlib.suppress(ConnectionError):
                    await _write(writer, path, answer)
                return await asyncio.wait_for(asyncio.shield(answer), self._think_s)
            except TimeoutError:
                raise _Silent from None
            finally:
                answer.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await answer


@contextlib.asynccontextmanager
async def _line(address: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a line to a scanner. Errors: _Silent."""
    try:
        reader, writer = await asyncio.wait_for(_opened(address), CONNECT_S)
    except (OSError, TimeoutError, ValueError):
        raise _Silent from None
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _opened(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a line. Errors: ValueError for an address of another form, OSError."""
    if address.startswith("unix:"):
        return await asyncio.open_unix_connection(address.removeprefix("unix:"))
    place = urlsplit(address)
    if place.scheme != "clamd" or not place.hostname or place.path not in ("", "/"):
        raise ValueError(address)
    # The operator names it in the environment; nobody who signs in can.
    host, port = place.hostname, place.port or PORT
    return await asyncio.open_connection(host, port)  # noqa: TID251 (see above)


async def _write(writer: asyncio.StreamWriter, path: Path, answer: "asyncio.Future[str]") -> None:
    writer.write(b"zINSTREAM\0")
    with path.open("rb") as file:
        while not answer.done() and (piece := await asyncio.to_thread(file.read, PIECE)):
            writer.write(len(piece).to_bytes(4, "big") + piece)
            await asyncio.wait_for(writer.drain(), WRITE_S)
    if not answer.done():
        writer.write(bytes(4))
        await asyncio.wait_for(writer.drain(), WRITE_S)


async def _answer(reader: asyncio.StreamReader) -> str:
    """Return the one line that a scanner says, however little of it came."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while b"\0" not in said and len(said) < LONGEST_ANSWER:
            if not (more := await reader.read(LONGEST_ANSWER)):
                break
            said += more
    return said.partition(b"\0")[0].decode("ascii", "replace").strip()


def _read(said: str) -> ScanVerdict:
    words = said.removeprefix("stream: ")
    if words == "OK":
        return ScanVerdict("clean")
    if words.endswith(" FOUND"):
        return _found(_UNSHOWN.sub("_", words.removesuffix(" FOUND"))[:100])
    if "size limit exceeded" in words:
        return ScanVerdict("unscannable", code="too_large")
    # An error of its own, or half an answer: perhaps it does better with this file later.
    return ScanVerdict("later", code="failed")


def _found(finding: str) -> ScanVerdict:
    """Return what a finding means: some of them only say that nobody could look into it."""
    if finding.startswith("Heuristics.Encrypted"):
        return ScanVerdict("unscannable", code="encrypted")
    if finding.startswith("Heuristics.Limits.Exceeded"):
        return ScanVerdict("unscannable", code="too_large")
    return ScanVerdict("infected", finding=finding)
