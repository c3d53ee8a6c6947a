"""Routes of the mailboxes from which brands receive."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from msgspec import Meta, Struct

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import MailboxText
from peakend.mail.api.accesses import AccessView, accesses
from peakend.mail.api.reasons import box_reason, language_of
from peakend.mail.api.servers import MailPassword, MailSwitch
from peakend.mail.models import Mailbox

Http = Request[Any, Any, Any]


class MailboxChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """A mailbox as it shall be, and the version that was looked at."""

    mailbox: MailboxText
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class MailboxView(Mailbox, frozen=True, kw_only=True):
    """A mailbox; `message` says in words what is wrong with it at the moment."""

    message: str
    access: AccessView | None


class MailboxTested(Struct, frozen=True, kw_only=True):
    """What came of a test, in the reader's language; how many mails lie in the folder."""

    good: bool
    message: str
    answer: str
    mails: int
    lasted_ms: int


_NEEDS = needs("channels.manage")


@get("/mailboxes", summary="From where each brand receives mail", opt=_NEEDS)
async def list_mailboxes(request: Http, tx: Transaction) -> list[MailboxView]:
    given = await accesses(request, tx)
    return [_view(request, one, given) for one in await queries.mailboxes(tx)]


@post("/mailboxes", summary="Connect a mailbox", opt=_NEEDS)
async def add_mailbox(request: Http, tx: Transaction, data: MailboxText) -> MailboxView:
    mailbox_id = await actions.add_mailbox(tx, mailbox=data)
    return await _one(request, tx, mailbox_id)


@put("/mailboxes/{mailbox_id:uuid}", summary="Change a mailbox", opt=_NEEDS)
async def change_mailbox(
    request: Http, tx: Transaction, mailbox_id: UUID, data: MailboxChange
) -> MailboxView:
    await actions.change_mailbox(
        tx, mailbox_id=mailbox_id, version=data.version, mailbox=data.mailbox
    )
    return await _one(request, tx, mailbox_id)


@put("/mailboxes/{mailbox_id:uuid}/password", summary="Give its password", opt=_NEEDS)
async def set_box_password(
    request: Http, tx: Transaction, mailbox_id: UUID, data: MailPassword
) -> MailboxView:
    await actions.set_box_password(tx, mailbox_id=mailbox_id, password=data.password)
    return await _one(request, tx, mailbox_id)


@put("/mailboxes/{mailbox_id:uuid}/activity", summary="Let a mailbox rest, or go on", opt=_NEEDS)
async def switch_mailbox(
    request: Http, tx: Transaction, mailbox_id: UUID, data: MailSwitch
) -> MailboxView:
    await actions.switch_mailbox(tx, mailbox_id=mailbox_id, active=data.active)
    return await _one(request, tx, mailbox_id)


@delete("/mailboxes/{mailbox_id:uuid}", summary="Disconnect a mailbox", opt=_NEEDS)
async def remove_mailbox(tx: Transaction, mailbox_id: UUID) -> None:
    await actions.remove_mailbox(tx, mailbox_id=mailbox_id)


@post(
    "/mailboxes/{mailbox_id:uuid}/tests",
    summary="Open a mailbox and say what came of it",
    opt=_NEEDS,
    status_code=200,
)
async def try_mailbox(
    request: Http, database: Database, actor: Actor, mailbox_id: UUID
) -> MailboxTested:
    found = await actions.try_mailbox(database, mailbox_id=mailbox_id, by=actor)
    async with database.transaction(actor) as tx:
        mailbox = await queries.need_mailbox(tx, mailbox_id)
    return MailboxTested(
        good=not found.code,
        message=box_reason(language_of(request), found.code, "", mailbox),
        answer=found.said,
        mails=found.mails,
        lasted_ms=found.lasted_ms,
    )


async def _one(request: Http, tx: Transaction, mailbox_id: UUID) -> MailboxView:
    mailbox = await queries.need_mailbox(tx, mailbox_id)
    return _view(request, mailbox, await accesses(request, tx))


def _view(request: Http, one: Mailbox, given: dict[UUID, AccessView]) -> MailboxView:
    code = "door_closed" if one.way == "smtp" and not settings.mail_door else one.code
    said = box_reason(language_of(request), code, one.said, one)
    access = given.get(one.id)
    # Perhaps nobody looked since.
    said = said or (access.message if access else "")
    return MailboxView(**msgspec.structs.asdict(one), message=said, access=access)


routes: list[Any] = [
    list_mailboxes,
    add_mailbox,
    change_mailbox,
    set_box_password,
    switch_mailbox,
    remove_mailbox,
    try_mailbox,
]
