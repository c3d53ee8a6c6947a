"""`safe_fetch`: asks another server, once its address was looked up and found to lie outside.

The connection goes to the very address that was checked: a name that answers differently the next
moment changes nothing. No cookies, no proxies of the environment, nothing packed.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from peakend.kernel.outgoing.addresses import (
    Address,
    Target,
    is_listed,
    is_public,
    needed_target,
)
from peakend.kernel.outgoing.errors import (
    AddressRefused,
    AnswerBroken,
    AnswerTooLarge,
    AnswerTooSlow,
    HostUnknown,
    NotReached,
    Redirected,
    TlsFailed,
)
from peakend.kernel.settings import VERSION, settings

TIMEOUT_S = 10.0
CONNECT_S = 4.0
MOST_BYTES = 10 * 1024 * 1024
MOST_REDIRECTS = 5
MOST_ADDRESSES = 3
# What may follow to another host: nothing that says who asks.
_HARMLESS = frozenset({"accept", "accept-language", "content-type"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A resolver that hangs must not hold up what else the process does in threads.
_resolving = ThreadPoolExecutor(8, thread_name_prefix="resolving")


class Answer(msgspec.Struct, frozen=True):
    """What another server said; `headers` by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


async def safe_fetch(
    url: str,
    *,
    method: Literal["GET", "POST"] = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_s: float = TIMEOUT_S,
    most_bytes: int = MOST_BYTES,
    cut: bool = False,
    redirects: int = 0,
) -> Answer:
    """Ask another server and return what it says.

    `cut` takes the beginning of a long answer instead of refusing it; only a GET follows redirects.
    Units: timeout_s in seconds, over name, connection and answer together.
    Errors: those of `kernel/outgoing/errors.py`; never httpx's own.
    """
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    left = min(redirects, MOST_REDIRECTS) if method == "GET" else 0
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                target = needed_target(url, settings.outgoing_allowed)
                answer = await _asked(target, method, sent, body, most_bytes, cut)
                if redirects == 0 or answer.status not in _REDIRECTS:
                    return answer
                if left == 0:
                    raise Redirected
                left -= 1
                there = str(target.url.join(answer.headers.get("location", "")))
                if _origin(there) != _origin(url):
                    sent = {name: sent[name] for name in sent if name in _HARMLESS}
                url = there
    except TimeoutError as error:
        raise AnswerTooSlow(seconds=round(timeout_s)) from error
    except httpx.InvalidURL as error:
        raise Redirected from error


async def _asked(
    target: Target,
    method: str,
    headers: dict[str, str],
    body: bytes | None,
    most_bytes: int,
    cut: bool,
) -> Answer:
    failure: NotReached | None = None
    for address in (await checked(target.host, target.port, target.listed))[:MOST_ADDRESSES]:
        try:
            return await _at(address, target, method, headers, body, most_bytes, cut)
        except NotReached as error:
            failure = error
    raise failure or NotReached


async def checked(host: str, port: int, listed: bool) -> list[Address]:
    """Return the addresses of a host that may be spoken to; `listed` where its name is.

    Errors: HostUnknown, AddressRefused.
    """
    found = await resolve(host.strip("[]"), port)
    if not found:
        raise HostUnknown(host=host)
    own = urlsplit(settings.public_url).hostname
    allowed = settings.outgoing_allowed
    open_to = [
        one
        for one in found
        if listed
        or is_listed(one, allowed)
        or (is_public(one) and not _is_ours(one) and host != own)
    ]
    if not open_to:
        raise AddressRefused(host=host)
    return open_to


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, in the order of the system; none where it has none."""
    with contextlib.suppress(ValueError):
        return [ip_address(host)]
    loop = asyncio.get_running_loop()
    try:
        rows = await loop.run_in_executor(
            _resolving, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(row[4][0]) for row in rows))


def _is_ours(address: Address) -> bool:
    """Say whether this machine itself has the address: only then a socket can be bound to it."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
        return True


async def _at(
    address: Address,
    target: Target,
    method: str,
    headers: dict[str, str],
    body: bytes | None,
    most_bytes: int,
    cut: bool,
) -> Answer:
    request = httpx.Request(
        method,
        target.url.copy_with(host=str(address)),
        headers={
            "accept": "*/*",
            "user-agent": f"Peakend/{VERSION}",
            **headers,
            "host": target.url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "connection": "close",
        },
        content=body,
        extensions={
            # The certificate has to be that of the name, whatever the number.
            "sni_hostname": target.host.strip("[]"),
            "timeout": httpx.Timeout(None, connect=CONNECT_S).as_dict(),
        },
    )
    async with _transport(target.url.scheme) as transport, _said(request):
        response = await transport.handle_async_request(request)
        try:
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(
                response.status_code,
                found,
                await _read(response, found, most_bytes, cut),
                str(target.url),
            )
        finally:
            await response.aclose()


async def _read(
    response: httpx.Response, headers: dict[str, str], most_bytes: int, cut: bool
) -> bytes:
    """Return the body as it is sent. Errors: AnswerBroken for what is packed, AnswerTooLarge."""
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise AnswerBroken
    told = headers.get("content-length", "")
    if not cut and told.isdigit() and int(told) > most_bytes:
        raise AnswerTooLarge
    body = bytearray()
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    async for part in stream:
        body += part
        if len(body) > most_bytes:
            if cut:
                break
            raise AnswerTooLarge
    return bytes(body[:most_bytes])


@contextlib.asynccontextmanager
async def _said(request: httpx.Request) -> AsyncIterator[None]:
    """Say in our words what the library found."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        if _of_tls(error):
            raise TlsFailed from error
        raise NotReached from error
    except httpx.TimeoutException as error:
        raise TimeoutError from error
    except httpx.TransportError as error:
        raise AnswerBroken from error


def _of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _transport(scheme: str) -> httpx.AsyncHTTPTransport:
    # The context is costly to make and safe to share.
    verify = tls() if scheme == "https" else False
    return httpx.AsyncHTTPTransport(verify=verify, trust_env=False, retries=0)


@cache
def tls() -> ssl.SSLContext:
    """Return whom we trust: the world's authorities, and those of this machine."""
    context = httpx.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    return context


def _origin(url: str) -> tuple[str, str, int | None]:
    found = httpx.URL(url)
    return found.scheme, found.host, found.port
