"""Passkeys: where they hold, which challenge an answer is to, what a counter says.

Source: Web Authentication Level 3 (5.1.3 effective domain, 6.1.1 signature counter, 7.1, 7.2).
"""

import base64
import binascii
import ipaddress
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

CHALLENGE_LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32
PASSKEYS = 20
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")
Purpose = Literal["sign_in", "second", "add", "prove"]


class Place(msgspec.Struct, frozen=True):
    """The domain passkeys belong to, and the only pages that may ask for them."""

    domain: str
    origin: str


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


def passkey_place(public_url: str, scheme: str, host: str) -> Place | None:
    """Return where passkeys hold; None where browsers know none: no https, or no name.

    Without a public address only this machine's own pages (localhost) remain.
    """
    parts = urlsplit(public_url)
    if parts.scheme == "https" and parts.hostname:
        return None if _is_number(parts.hostname) else Place(parts.hostname, _origin(public_url))
    own = urlsplit(f"{scheme}://{host}")
    if own.hostname == "localhost" and own.username is None:
        return Place("localhost", _origin(f"{scheme}://{host}"))
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def challenge_in(client_data: str) -> bytes | None:
    """Return the challenge that an answer says it is to; None where it says none of ours."""
    try:
        told = msgspec.json.decode(unpadded(client_data), type=_ClientData)
        found = unpadded(told.challenge)
    except (msgspec.DecodeError, ValueError):
        return None
    return found if len(found) == CHALLENGE_BYTES else None


def unpadded(text: str) -> bytes:
    """Return the bytes of base64url without padding. Errors: ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("base64url") from error


def known_transports(told: list[str]) -> list[str]:
    """Return those ways to a passkey that there are, each once."""
    return [one for one in TRANSPORTS if one in told]
