"""From where a brand receives: mailboxes set, changed, paused, removed and tried.

Whose mail is read is a change that may need two people, as where mail goes is. The password is
given apart and never shown, and goes with the server it was given for, as does what a provider
gave.
"""

import time
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, two_people
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings
from peakend.mail.actions.lines import PasswordNotAsked, checked_host
from peakend.mail.actions.signing_in import forget_access
from peakend.mail.actions.unlocking import opened_box, opener_of_box
from peakend.mail.events import MailboxChanged
from peakend.mail.models import Mailbox
from peakend.mail.ports import BoxTrouble, Inbox, Tls, wire_address
from peakend.mail.queries import box_place, need_brand_of_own, need_mailbox
from peakend.mail.rules import BoxWay, MailAuth, box_ports, is_line


class MailboxStale(Conflict):
    """The mailbox was changed since it was looked at."""

    wording = "mail.mailbox_stale"


class MailboxTwice(Conflict):
    """The brand has a mailbox of that address and folder."""

    wording = "mail.mailbox_twice"


class MailboxTaken(Conflict):
    """What comes to that address goes to another mailbox of this installation."""

    wording = "mail.mailbox_taken"


class WrongBoxPort(Invalid):
    """Servers of the world give no mail out at that port, or not so encrypted."""

    wording = "mail.wrong_box_port"


class UnknownMailbox(Invalid):
    """The mailbox's address is none."""

    wording = "mail.wrong_mailbox"


class MailboxText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A mailbox of a brand without its password, which is given apart.

    One of way `smtp` lives here and has no server elsewhere: the fields of a server stay empty.
    """

    brand_id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    way: BoxWay = "imap"
    host: Annotated[str, Meta(max_length=253)] = ""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    tls: Tls = "implicit"
    auth: MailAuth = "password"
    login: Annotated[str, Meta(max_length=200)] = ""
    folder: Annotated[str, Meta(min_length=1, max_length=200)] = "INBOX"
    backlog: bool = True
    plus: bool | None = None
    acknowledges: bool = False


class MailboxAsked(MailboxText, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A mailbox to connect, or to change where an id is given, for a second person to confirm."""

    mailbox_id: UUID | None = None


class MailboxTried(msgspec.Struct, frozen=True):
    """How a test ended: a code that says why not, the server's answer, how many mails there are."""

    code: str
    said: str
    mails: int
    lasted_ms: int


async def add_mailbox(tx: Transaction, *, mailbox: MailboxText) -> UUID:
    """Connect a mailbox; it is looked at once its password is given, where it needs one.

    Errors: BrandNotFound, MailboxTwice, MailboxTaken, WrongHost, WrongBoxPort, TlsNeeded,
    UnknownMailbox, SecondPersonNeeded, Invalid.
    """
    await need_brand_of_own(tx, mailbox.brand_id)
    given = _checked(mailbox)
    await need_second(tx, "mail.mailbox")
    mailbox_id = new_id()
    made = await _kept(tx, _ADD, mailbox_id, tx.now, *_values(given))
    if not made:
        raise MailboxTwice
    await _tell(tx, mailbox_id, given.brand_id, "created")
    return mailbox_id


async def change_mailbox(
    tx: Transaction, *, mailbox_id: UUID, version: int | None, mailbox: MailboxText
) -> None:
    """Change a mailbox; elsewhere, it has to be given its password anew.

    Errors: MailboxNotFound, MailboxStale, MailboxTwice, MailboxTaken, WrongHost, WrongBoxPort,
    TlsNeeded, UnknownMailbox, SecondPersonNeeded, Invalid.
    """
    old = await need_mailbox(tx, mailbox_id, lock=True)
    if version is not None and old.version != version:
        raise MailboxStale
    given = msgspec.structs.replace(_checked(mailbox), brand_id=old.brand_id)
    twice = await tx.value(_TWICE, mailbox_id, given.brand_id, given.email, given.folder)
    if twice:
        raise MailboxTwice
    elsewhere = (old.way, old.host, old.port, old.tls, old.auth, old.login) != (
        given.way, given.host, given.port, given.tls, given.auth, given.login,
    )  # fmt: skip
    if elsewhere or (old.email, old.folder) != (given.email, given.folder):
        await need_second(tx, "mail.mailbox")
    await _kept(tx, _CHANGE, mailbox_id, tx.now, *_values(given)[1:], elsewhere)
    if elsewhere:
        await forget_access(tx, mailbox=old)
    await _tell(tx, mailbox_id, old.brand_id, "changed")


async def set_box_password(tx: Transaction, *, mailbox_id: UUID, password: str) -> None:
    """Keep the password of a mailbox, sealed.

    Errors: MailboxNotFound, PasswordNotAsked, Invalid.
    """
    mailbox = await need_mailbox(tx, mailbox_id, lock=True)
    if mailbox.way == "smtp":
        raise Invalid(fields={"password": "mail.no_box_password"})
    if mailbox.auth != "password":
        raise PasswordNotAsked(fields={"password": PasswordNotAsked.wording})
    if not is_line(password) or len(password) > 500:
        raise Invalid(fields={"password": "kernel.invalid"})
    await tx.run(
        "UPDATE mailbox SET password_sealed = $2, version = version + 1, failures = 0,"
        " failing_since = NULL, code = '', said = '', next_at = $3, attempt = attempt + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        mailbox_id,
        seal(password.encode(), box_place(tx, mailbox_id)),
        tx.now,
    )
    await _tell(tx, mailbox_id, mailbox.brand_id, "password")


async def switch_mailbox(tx: Transaction, *, mailbox_id: UUID, active: bool) -> None:
    """Let a mailbox rest, or be looked at again. Errors: MailboxNotFound, MailboxTaken."""
    mailbox = await need_mailbox(tx, mailbox_id, lock=True)
    if mailbox.active == active:
        return
    await _kept(
        tx,
        "UPDATE mailbox SET active = $2, failures = 0, failing_since = NULL, next_at = $3,"
        " attempt = attempt + 1, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        mailbox_id,
        active,
        tx.now,
    )
    await _tell(tx, mailbox_id, mailbox.brand_id, "resumed" if active else "paused")


async def remove_mailbox(tx: Transaction, *, mailbox_id: UUID) -> None:
    """Disconnect a mailbox; what came stays. Errors: MailboxNotFound."""
    mailbox = await need_mailbox(tx, mailbox_id, lock=True)
    await forget_access(tx, mailbox=mailbox)
    await tx.run(
        "DELETE FROM mailbox WHERE organisation_id = current_organisation() AND id = $1",
        mailbox_id,
    )
    await _tell(tx, mailbox_id, mailbox.brand_id, "removed")


async def try_mailbox(database: Database, *, mailbox_id: UUID, by: Actor) -> MailboxTried:
    """Open a mailbox at its folder and say exactly what came of it; nothing is taken.

    Of one that our own receiver takes mails for, the receiver is asked for its address; one that
    rests after failures and is well again is looked at soon.
    Counts: ten at once, then one in six seconds. Errors: MailboxNotFound, TooMany.
    """
    async with database.transaction(by) as tx:
        mailbox = await need_mailbox(tx, mailbox_id)
        opener = await opener_of_box(tx, mailbox)
    await spend(f"mail_test:{by.organisation_id}", rate=1 / 6, burst=10)
    began = time.monotonic()

    def tried(code: str, said: str = "", mails: int = 0) -> MailboxTried:
        return MailboxTried(code, said, mails, round((time.monotonic() - began) * 1000))

    if mailbox.way == "smtp":
        return tried("" if settings.mail_door else "door_closed")
    if opener.missing:
        return tried(opener.missing)
    try:
        box = await opened_box(database, by, as_opened(mailbox), opener, clock.now)
        try:
            mails = len(await box.uids([], 0))
        finally:
            box.close()
    except BoxTrouble as trouble:
        return tried(trouble.code, trouble.said)
    if mailbox.failures:
        async with database.transaction(by) as tx:
            await tx.run(_SOON, mailbox_id, tx.now)
    return tried("", mails=mails)


def as_opened(mailbox: Mailbox) -> Inbox:
    """Return a mailbox as it is reached."""
    return Inbox(
        host=mailbox.host, port=mailbox.port, tls=mailbox.tls, login=mailbox.login,
        folder=mailbox.folder,
    )  # fmt: skip


def _checked(mailbox: MailboxText) -> MailboxText:
    """Return a mailbox as it is kept.

    Errors: WrongHost, WrongBoxPort, TlsNeeded, UnknownMailbox, Invalid.
    """
    given = _checked_line(mailbox) if mailbox.way == "imap" else _without_line(mailbox)
    email = wire_address(given.email)
    if not email or "." not in email.partition("@")[2]:
        raise UnknownMailbox(fields={"email": "mail.wrong_mailbox"})
    name = " ".join(given.name.split())
    folder = given.folder.strip()
    # In every language, the folder of what comes has this one name.
    folder = "INBOX" if folder.upper() == "INBOX" else folder
    for field, value in {"name": name, "folder": folder}.items():
        if not is_line(value):
            raise Invalid(fields={field: "kernel.invalid"})
    return msgspec.structs.replace(given, email=email, name=name, folder=folder)


def _without_line(mailbox: MailboxText) -> MailboxText:
    """Return a mailbox that lives here: it has no server, and takes nothing from before."""
    return msgspec.structs.replace(
        mailbox,
        host="",
        port=0,
        tls="none",
        auth="password",
        login="",
        folder="INBOX",
        backlog=False,
    )


def _checked_line(mailbox: MailboxText) -> MailboxText:
    """Return a mailbox at a server that may be asked.

    Errors: WrongHost, WrongBoxPort, TlsNeeded, Invalid.
    """
    if not is_line(mailbox.login):
        raise Invalid(fields={"login": "kernel.invalid"})
    host = checked_host(
        mailbox.host, mailbox.port, mailbox.tls, mailbox.auth, mailbox.login,
        ports=box_ports(mailbox.tls), wrong_port=WrongBoxPort,
    )  # fmt: skip
    return msgspec.structs.replace(mailbox, host=host)


def _values(given: MailboxText) -> tuple[Any, ...]:
    return (
        given.brand_id, given.name, given.email, given.way, given.host, given.port, given.tls,
        given.auth, given.login, given.folder, given.backlog, given.plus, given.acknowledges,
    )  # fmt: skip


async def _kept(tx: Transaction, statement: str, *values: Any) -> int:
    """Write a mailbox. Errors: MailboxTaken, whose the other one is stays unsaid."""
    try:
        return await tx.run(statement, *values)
    except asyncpg.UniqueViolationError as error:
        raise MailboxTaken(fields={"email": "mail.mailbox_taken"}) from error


async def _tell(tx: Transaction, mailbox_id: UUID, brand_id: UUID, what: str) -> None:
    await record(tx, MailboxChanged(mailbox_id=mailbox_id, brand_id=brand_id, what=what))
    await audit(tx, f"mailbox.{what}", "mailbox", mailbox_id)


@two_people("mail.mailbox", "channels.manage", MailboxAsked)
async def _set(tx: Transaction, body: MailboxAsked, address: str) -> None:
    if body.mailbox_id is None:
        await add_mailbox(tx, mailbox=body)
    else:
        await change_mailbox(tx, mailbox_id=body.mailbox_id, version=None, mailbox=body)


_ADD = """
INSERT INTO mailbox (id, next_at, brand_id, name, email, way, host, port, tls, auth, login,
                     folder, backlog, plus, acknowledges)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (organisation_id, brand_id, email, folder) DO NOTHING
"""
_SOON = """
UPDATE mailbox SET next_at = $2
WHERE organisation_id = current_organisation() AND id = $1 AND failures > 0 AND next_at > $2
"""
_TWICE = """
SELECT EXISTS (SELECT FROM mailbox WHERE organisation_id = current_organisation() AND id <> $1
               AND brand_id = $2 AND email = $3 AND folder = $4)
"""
_CHANGE = """
UPDATE mailbox SET next_at = $2, name = $3, email = $4, way = $5, host = $6, port = $7, tls = $8,
    auth = $9, login = $10, folder = $11, backlog = $12, plus = $13, acknowledges = $14,
    version = version + 1, attempt = attempt + 1, failures = 0, failing_since = NULL,
    code = '', said = '',
    password_sealed = CASE WHEN $15 THEN NULL ELSE password_sealed END
WHERE organisation_id = current_organisation() AND id = $1
"""
