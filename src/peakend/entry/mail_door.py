"""What the doctor says of our own mail receiver: who may reach it, how, and who is believed."""

import contextlib
import errno
import socket
import ssl
from ipaddress import ip_address

from peakend.entry import running
from peakend.kernel.doctor import Finding
from peakend.kernel.settings import settings
from peakend.mail import queries as mail
from peakend.mail.actions import receiving_at
from peakend.mail.ports import Place
from peakend.mail.rules import WrongDoor, wrong_relays


async def findings(dsn: str) -> list[Finding]:
    """Look at the mail receiver, and at what it is needed for."""
    async with running.opened(dsn) as database, database.system() as tx:
        use = await mail.door_use(tx)
    return judged(use)


def judged(use: mail.DoorUse) -> list[Finding]:
    """Judge the receiver by its settings."""
    try:
        place = receiving_at()
    except WrongDoor:
        return [_of("bad", "wrong")]
    if wrong := wrong_relays(settings.mail_relays):
        return [_of("bad", "relays_wrong", what=", ".join(wrong))]
    if place is None:
        return [_of("doubtful", "needed", count=use.boxes) if use.boxes else _of("good", "off")]
    found = [_reach(place), *_encryption(place)]
    if not _answers(place):
        found.append(_of("doubtful", "silent", port=place.port))
    if place.speaks == "smtp" and use.trusting and not settings.mail_relays:
        found.append(_of("doubtful", "nobody_believed", count=use.trusting))
    return found


def _of(verdict: str, code: str, **params: object) -> Finding:
    return Finding(verdict, f"entry.mail_door.{code}", params)  # type: ignore[arg-type]


def _reach(place: Place) -> Finding:
    at = f"{place.speaks}://{place.host}:{place.port}"
    if _here(place.host):
        return _of("good", "here", at=at)
    if place.speaks == "lmtp" and _anybody(place.host):
        # Whoever brings by LMTP is believed.
        return _of("doubtful", "lmtp_open", at=at)
    return _of("good", "reached", at=at)


def _encryption(place: Place) -> list[Finding]:
    if place.certificate:
        try:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(place.certificate, place.key or None)
        except (OSError, ssl.SSLError) as error:
            return [_of("bad", "certificate_wrong", reason=error.strerror or type(error).__name__)]
        return [_of("good", "encrypted")]
    return [] if _here(place.host) else [_of("doubtful", "plain")]


def _here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _anybody(host: str) -> bool:
    """Say whether strangers may reach an address; of a name nobody knows."""
    with contextlib.suppress(ValueError):
        address = ip_address(host)
        return address.is_unspecified or address.is_global
    return False


def _answers(place: Place) -> bool:
    """Say whether somebody listens there now: then nobody else can."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((place.host, place.port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
