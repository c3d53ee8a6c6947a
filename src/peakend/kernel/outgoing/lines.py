"""`safe_line`: a connection to another server that speaks no HTTP, by the same rules of address.

What is spoken over it, and whether it is encrypted, is the business of who asked for it.
"""

import asyncio
import socket
from collections.abc import Collection

from peakend.kernel.outgoing.addresses import Address, needed_line
from peakend.kernel.outgoing.errors import NotReached
from peakend.kernel.outgoing.fetching import MOST_ADDRESSES, checked
from peakend.kernel.settings import settings


class LineSilent(NotReached):
    """Nobody says anything at that address, not even that nobody is there."""


async def safe_line(
    host: str, port: int, *, ports: Collection[int], timeout_s: float
) -> socket.socket:
    """Return a connection to a host, once its address was looked up and found to lie outside.

    Units: timeout_s in seconds, for each address that is tried.
    Errors: AddressMalformed, PortRefused, HostUnknown, AddressRefused, NotReached, LineSilent.
    """
    named, listed = needed_line(host, port, ports, settings.outgoing_allowed)
    failure: NotReached | None = None
    for address in (await checked(named, port, listed))[:MOST_ADDRESSES]:
        try:
            return await _connected(address, port, timeout_s)
        except TimeoutError:
            failure = LineSilent()
        except OSError:
            failure = NotReached()
    raise failure or NotReached


async def _connected(address: Address, port: int, timeout_s: float) -> socket.socket:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setblocking(False)
        async with asyncio.timeout(timeout_s):
            await asyncio.get_running_loop().sock_connect(line, (str(address), port))
    except BaseException:
        line.close()
        raise
    return line
