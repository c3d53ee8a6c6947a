"""By what a brand sends; where mail goes is a change that may need two people.

The password is given apart and never shown. It goes with the server it was given for, as does
what a provider gave: who leads mail elsewhere has to know it anew.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, two_people
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import seal
from peakend.mail.actions.lines import PasswordNotAsked, checked_host
from peakend.mail.actions.queueing import give_up_waiting, hurry
from peakend.mail.actions.signing_in import forget_access
from peakend.mail.events import MailServerChanged
from peakend.mail.models import MailServer
from peakend.mail.ports import Tls, wire_address
from peakend.mail.queries import mail_server, need_brand_of_own, need_server
from peakend.mail.rules import MailAuth, is_line, ports_of


class ServerStale(Conflict):
    """The mail server was changed since it was looked at."""

    wording = "mail.server_stale"


class WrongPort(Invalid):
    """Servers of the world take no mail at that port, or not so encrypted."""

    wording = "mail.wrong_port"


class UnknownSender(Invalid):
    """The sender's address is none."""

    wording = "mail.wrong_sender"


class ServerText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A brand's mail server without its password, which is given apart."""

    brand_id: UUID
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: Tls
    auth: MailAuth = "password"
    login: Annotated[str, Meta(max_length=200)] = ""
    sender_email: Annotated[str, Meta(min_length=3, max_length=254)]
    sender_name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    sender_name_en: Annotated[str, Meta(min_length=1, max_length=60)]
    version: int | None = None


async def set_server(tx: Transaction, *, server: ServerText) -> None:
    """Set or change the mail server of a brand.

    Errors: BrandNotFound, ServerStale, WrongHost, WrongPort, TlsNeeded, UnknownSender,
    SecondPersonNeeded, Invalid.
    """
    await need_brand_of_own(tx, server.brand_id)
    given = _checked(server)
    old = await mail_server(tx, server.brand_id, lock=True)
    if server.version is not None and server.version != (old.version if old else 0):
        raise ServerStale
    elsewhere = old is None or _place(old) != _place(given)
    if elsewhere or (old and old.sender_email != given.sender_email):
        await need_second(tx, "mail.server")
    await tx.run(
        _SET,
        new_id() if old is None else old.id,
        given.brand_id,
        given.host,
        given.port,
        given.tls,
        given.auth,
        given.login,
        given.sender_email,
        given.sender_name_zh,
        given.sender_name_en,
        elsewhere,
    )
    if old and elsewhere:
        await forget_access(tx, server=old)
    await hurry(tx, given.brand_id)
    await _tell(tx, given.brand_id, "created" if old is None else "changed", {"tls": given.tls})


async def set_password(tx: Transaction, *, brand_id: UUID, password: str) -> None:
    """Keep the password of a brand's mail server, sealed.

    Errors: BrandNotFound, MailServerNotFound, PasswordNotAsked, Invalid.
    """
    server = await need_server(tx, brand_id, lock=True)
    if server.auth != "password":
        raise PasswordNotAsked(fields={"password": PasswordNotAsked.wording})
    if not is_line(password) or len(password) > 500:
        raise Invalid(fields={"password": "kernel.invalid"})
    place = f"mail_server/password/{tx.organisation_id}/{server.id}"
    await tx.run(
        "UPDATE mail_server SET password_sealed = $2, version = version + 1, failures = 0,"
        " failing_since = NULL, rests_until = NULL, code = '', status = NULL, said = ''"
        " WHERE organisation_id = current_organisation() AND id = $1",
        server.id,
        seal(password.encode(), place),
    )
    await hurry(tx, brand_id)
    await _tell(tx, brand_id, "password", {})


async def switch_server(tx: Transaction, *, brand_id: UUID, active: bool) -> None:
    """Let a mail server rest, or go on; what waits is kept. Errors: MailServerNotFound."""
    server = await need_server(tx, brand_id, lock=True)
    if server.active == active:
        return
    await tx.run(
        "UPDATE mail_server SET active = $2, failures = 0, failing_since = NULL,"
        " rests_until = NULL, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        server.id,
        active,
    )
    await _tell(tx, brand_id, "resumed" if active else "paused", {})


async def remove_server(tx: Transaction, *, brand_id: UUID) -> None:
    """Remove a brand's mail server; what waits for it is given up. Errors: MailServerNotFound."""
    server = await need_server(tx, brand_id, lock=True)
    await forget_access(tx, server=server)
    await tx.run(
        "DELETE FROM mail_server WHERE organisation_id = current_organisation() AND id = $1",
        server.id,
    )
    await give_up_waiting(tx, brand_id, "no_server")
    await _tell(tx, brand_id, "removed", {})


def _checked(server: ServerText) -> ServerText:
    """Return a server as it is kept.

    Errors: WrongHost, WrongPort, TlsNeeded, UnknownSender, Invalid.
    """
    host = checked_host(
        server.host, server.port, server.tls, server.auth, server.login,
        ports=ports_of(server.tls), wrong_port=WrongPort,
    )  # fmt: skip
    sender = wire_address(server.sender_email)
    if not sender or "." not in sender.partition("@")[2]:
        raise UnknownSender(fields={"sender_email": "mail.wrong_sender"})
    names = {name: " ".join(getattr(server, name).split()) for name in ("sender_name_zh",
             "sender_name_en")}  # fmt: skip
    for name, value in names.items():
        if not is_line(value):
            raise Invalid(fields={name: "kernel.invalid"})
    return msgspec.structs.replace(server, host=host, sender_email=sender, **names)


def _place(server: MailServer | ServerText) -> tuple[str, int, str, str, str]:
    return server.host, server.port, server.tls, server.auth, server.login


async def _tell(tx: Transaction, brand_id: UUID, what: str, detail: dict[str, Any]) -> None:
    await record(tx, MailServerChanged(brand_id=brand_id, what=what))
    await audit(tx, f"mail_server.{what}", "brand", brand_id, detail)


@two_people("mail.server", "channels.manage", ServerText)
async def _set(tx: Transaction, body: ServerText, address: str) -> None:
    await set_server(tx, server=msgspec.structs.replace(body, version=None))


_SET = """
INSERT INTO mail_server (id, brand_id, host, port, tls, auth, login, sender_email, sender_name_zh,
                         sender_name_en)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (organisation_id, brand_id) DO UPDATE SET
    host = $3, port = $4, tls = $5, auth = $6, login = $7, sender_email = $8, sender_name_zh = $9,
    sender_name_en = $10, version = mail_server.version + 1, failures = 0, failing_since = NULL,
    rests_until = NULL, code = '', status = NULL, said = '',
    password_sealed = CASE WHEN $11 THEN NULL ELSE mail_server.password_sealed END
"""
