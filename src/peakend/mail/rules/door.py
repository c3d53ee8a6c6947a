"""Where mails are brought to us, whose they are, and what we note above them."""

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[^A-Za-z0-9.:\[\]_-]")


class WrongDoor(ValueError):
    """What an operator gave says not where mails are to be received."""


def door_of(setting: str) -> tuple[str, str, int]:
    """Return what is spoken, host and port. Errors: WrongDoor."""
    try:
        found = urlsplit(setting)
        speaks, host, port = found.scheme, found.hostname, found.port
    except ValueError as error:
        raise WrongDoor from error
    if speaks not in ("smtp", "lmtp") or not host or not port or found.path not in ("", "/"):
        raise WrongDoor
    return speaks, host, port


def wrong_relays(relays: Iterable[str]) -> list[str]:
    """Return what is neither an address nor a network."""
    wrong = []
    for one in relays:
        try:
            ip_network(one, strict=False)
        except ValueError:
            wrong.append(one)
    return wrong


def is_relay(peer: str, relays: Iterable[str]) -> bool:
    """Say whether who brought a mail is one of the house's own servers."""
    listed = list(relays)
    wrong = wrong_relays(listed)
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    # A socket for both versions names one of the older in the newer's way.
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(one, strict=False) for one in listed if one not in wrong)


def bringer_in(raw: bytes) -> str:
    """Return who brought a mail, by the lines that we wrote above it; nothing without them."""
    found = re.match(
        rb"Return-Path: <[^\r\n]*>\r\n(?:Delivered-To: [^\r\n]*\r\n)*"
        rb"Received: from [^ \r\n]* \(\[(?:IPv6:)?([0-9A-Fa-f.:]{0,64})\]\)\r\n",
        raw,
    )
    return found[1].decode() if found else ""


def untagged(email: str) -> list[str]:
    """Return the addresses that an address may stand for, the longest first, in lower case.

    Counts: what follows a plus before the @ may be our own tag; at most four.
    """
    local, _, host = email.lower().rpartition("@")
    parts = local.split("+")
    longest = ["+".join(parts[:n]) for n in range(len(parts), 0, -1)][:4]
    return [f"{one}@{host}" for one in longest if one]


def trace(*, sender: str, to: list[str], peer: str, greeted: str, here: str, at: str) -> bytes:
    """Return the lines above a mail that say by whom it was brought, and for whom.

    Source: RFC 5321, 4.4; they are ours alone and no part of what makes a mail the same one.
    """
    lines = [f"Return-Path: <{_inside(sender)}>"]
    lines += [f"Delivered-To: {_inside(one)}" for one in to]
    greeted, peer = (_PLAIN.sub("", one)[:255] for one in (greeted, peer))
    ip = f"IPv6:{peer}" if ":" in peer else peer
    lines.append(f"Received: from {greeted or 'unknown'} ([{ip}])\r\n by {here}; {at}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


def _inside(address: str) -> str:
    return "".join(sign for sign in address if sign.isprintable() and sign not in "<> ")[:320]
