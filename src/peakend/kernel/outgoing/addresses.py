"""Where requests may go: reading an address, and which networks are outside.

`ipaddress.is_global` alone lets NAT64, 6to4 and some clouds' own services pass.
"""

import re
from collections.abc import Collection, Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import httpx
import msgspec

from peakend.kernel.outgoing.errors import AddressMalformed, NotEncrypted, PortRefused

Address = IPv4Address | IPv6Address

LONGEST = 2000
_INSIDE_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32",
        "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
    )
)  # fmt: skip
# Of the new addresses only what is given out to the world, without tunnels into the old ones.
_WORLD_6 = IPv6Network("2000::/3")
_INSIDE_6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class Target(msgspec.Struct, frozen=True):
    """An address taken apart; `listed` where the operator named its host."""

    url: httpx.URL
    host: str
    port: int
    listed: bool


def needed_target(url: str, allowed: Iterable[str] = ()) -> Target:
    """Return an address taken apart, before any name is looked up.

    Errors: AddressMalformed, NotEncrypted, PortRefused.
    """
    if len(url) > LONGEST or any(char <= " " or char in "\\\x7f" for char in url):
        raise AddressMalformed
    try:
        found = httpx.URL(url)
        host = found.raw_host.decode("ascii").rstrip(".").lower()
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise AddressMalformed from error
    if found.scheme not in ("http", "https") or found.userinfo or not host or "%" in host:
        raise AddressMalformed
    if not found.is_absolute_url or (_literal(host) is None and _ends_in_number(host)):
        raise AddressMalformed
    port = {"https": 443, "http": 80}[found.scheme] if found.port is None else found.port
    if not 0 < port < 65536:
        raise AddressMalformed
    entries = list(allowed)
    literal = _literal(host)
    listed = is_listed_host(host, port, entries) or (
        literal is not None and is_listed(literal, entries)
    )
    if found.scheme == "http" and not listed:
        raise NotEncrypted
    if port < 1024 and port not in (80, 443) and not listed:
        raise PortRefused(port=port)
    return Target(found.copy_with(fragment=None), host, port, listed)


def needed_line(
    host: str, port: int, ports: Collection[int], allowed: Iterable[str] = ()
) -> tuple[str, bool]:
    """Return a host as it is looked up, and whether the operator listed it.

    What is not listed is spoken to at the `ports` of its trade alone.
    Errors: AddressMalformed, PortRefused.
    """
    try:
        plain = host.strip().removesuffix(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise AddressMalformed from error
    literal = _literal(plain)
    named = plain if literal is None else str(literal)
    if literal is None and (_ends_in_number(plain) or not _NAME.fullmatch(plain)):
        raise AddressMalformed
    if not 0 < port < 65536:
        raise AddressMalformed
    entries = list(allowed)
    listed = is_listed_host(named, port, entries) or (
        literal is not None and is_listed(literal, entries)
    )
    if port not in ports and not listed:
        raise PortRefused(port=port)
    return named, listed


def is_public(address: Address) -> bool:
    """Say whether an address is one of the world's, and not a way back into this house.

    Source: IANA special-purpose registries; security.md E56.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in inside for inside in _INSIDE_4)
    return (
        address.scope_id is None
        and address.is_global
        and address in _WORLD_6
        and not any(address in inside for inside in _INSIDE_6)
    )


def is_listed(address: Address, allowed: Iterable[str]) -> bool:
    """Say whether the operator named a network that holds the address."""
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in _networks(allowed))


def is_listed_host(host: str, port: int, allowed: Iterable[str]) -> bool:
    """Say whether the operator named the host, with any port or this one."""
    return any(entry.strip().lower() in (host, f"{host}:{port}") for entry in allowed)


def _networks(allowed: Iterable[str]) -> Iterable[IPv4Network | IPv6Network]:
    for entry in allowed:
        try:
            yield ip_network(entry.strip(), strict=False)
        except ValueError:
            continue


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _ends_in_number(host: str) -> bool:
    """Say whether some resolver might read the host as an old address, as in 0x7f.1."""
    last = host.rsplit(".", 1)[-1]
    return last.isdigit() or last.startswith("0x")
