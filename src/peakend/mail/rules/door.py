"""Where mails are brought to us, whose they are, and what we note above them."""

import re
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
