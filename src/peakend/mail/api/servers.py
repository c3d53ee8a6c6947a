"""Routes of the mail servers by which brands send."""

from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from msgspec import Meta, Struct

from peakend.accounts.queries import brands
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import ServerText
from peakend.mail.api.accesses import AccessView, accesses
from peakend.mail.api.reasons import language_of, reason
from peakend.mail.models import MailServer
from peakend.mail.ports import Tls
from peakend.mail.rules import Language, MailAuth


class MailServerInput(Struct, forbid_unknown_fields=True, kw_only=True):
    """A brand's mail server; its password is given apart."""

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: Tls
    auth: MailAuth = "password"
    login: Annotated[str, Meta(max_length=200)] = ""
    sender_email: Annotated[str, Meta(min_length=3, max_length=254)]
    sender_name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    sender_name_en: Annotated[str, Meta(min_length=1, max_length=60)]
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class MailPassword(Struct, forbid_unknown_fields=True):
    """The password of a mail server."""

    password: Annotated[str, Meta(min_length=1, max_length=500)]


class MailSwitch(Struct, forbid_unknown_fields=True):
    """Whether a mail server is used."""

    active: bool


class MailTest(Struct, forbid_unknown_fields=True):
    """Where a test mail goes; nowhere where it is empty."""

    to: Annotated[str, Meta(max_length=254)] = ""


class MailServerView(MailServer, frozen=True, kw_only=True):
    """A mail server; `message` says in words what is wrong with it at the moment."""

    message: str
    access: AccessView | None


class BrandMail(Struct, frozen=True, kw_only=True):
    """A brand and the mail server by which it sends, if it has one."""

    brand_id: UUID
    name: str
    server: MailServerView | None


class MailHouse(Struct, frozen=True, kw_only=True):
    """The brands with their mail servers, and whether mails can lead to this server.

    `door` says where our own receiver takes mails (`smtp://HOST:PORT`); empty where it is off.
    """

    brands: list[BrandMail]
    reachable: bool
    door: str


class MailTested(Struct, frozen=True, kw_only=True):
    """What came of a test; `message` says what is wrong, in the reader's language."""

    good: bool
    message: str
    answer: str
    lasted_ms: int


_NEEDS = needs("channels.manage")


@get("/mail-servers", summary="By what each brand sends mail", opt=_NEEDS)
async def list_servers(request: Request[Any, Any, Any], tx: Transaction) -> MailHouse:
    servers = {one.brand_id: one for one in await queries.mail_servers(tx)}
    actor = tx.actor
    given = await accesses(request, tx)
    return MailHouse(
        brands=[
            BrandMail(
                brand_id=one.id, name=one.name, server=_view(request, servers.get(one.id), given)
            )
            for one in await brands(tx)
            if actor.every_brand or one.id in actor.brand_ids
        ],
        reachable=bool(settings.public_url),
        door=settings.mail_door,
    )


@put("/mail-servers/{brand_id:uuid}", summary="Set a brand's mail server", opt=_NEEDS)
async def set_server(
    request: Request[Any, Any, Any], tx: Transaction, brand_id: UUID, data: MailServerInput
) -> MailServerView:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    await actions.set_server(tx, server=ServerText(brand_id=brand_id, **given))
    return await _one(request, tx, brand_id)


@put("/mail-servers/{brand_id:uuid}/password", summary="Give its password", opt=_NEEDS)
async def set_password(
    request: Request[Any, Any, Any], tx: Transaction, brand_id: UUID, data: MailPassword
) -> MailServerView:
    await actions.set_password(tx, brand_id=brand_id, password=data.password)
    return await _one(request, tx, brand_id)


@put(
    "/mail-servers/{brand_id:uuid}/activity",
    summary="Let a mail server rest, or go on",
    opt=_NEEDS,
)
async def switch_server(
    request: Request[Any, Any, Any], tx: Transaction, brand_id: UUID, data: MailSwitch
) -> MailServerView:
    await actions.switch_server(tx, brand_id=brand_id, active=data.active)
    return await _one(request, tx, brand_id)


@delete("/mail-servers/{brand_id:uuid}", summary="Remove a brand's mail server", opt=_NEEDS)
async def remove_server(tx: Transaction, brand_id: UUID) -> None:
    await actions.remove_server(tx, brand_id=brand_id)


@post(
    "/mail-servers/{brand_id:uuid}/tests",
    summary="Speak to a mail server and say what came of it",
    opt=_NEEDS,
    status_code=200,
)
async def try_mail_server(
    request: Request[Any, Any, Any],
    database: Database,
    actor: Actor,
    brand_id: UUID,
    data: MailTest,
) -> MailTested:
    language = language_of(request)
    found = await actions.try_server(
        database, brand_id=brand_id, to=data.to, by=actor, language=cast("Language", language)
    )
    async with database.transaction(actor) as tx:
        server = await queries.need_server(tx, brand_id)
    outcome = found.outcome
    answer = f"{outcome.status or ''} {outcome.said}".strip()
    return MailTested(
        good=outcome.result == "sent",
        message=reason(language, outcome.code, None, "", server),
        answer=answer,
        lasted_ms=found.lasted_ms,
    )


async def _one(request: Request[Any, Any, Any], tx: Transaction, brand_id: UUID) -> MailServerView:
    server = await queries.need_server(tx, brand_id)
    view = _view(request, server, await accesses(request, tx))
    assert view is not None
    return view


def _view(
    request: Request[Any, Any, Any], server: MailServer | None, given: dict[UUID, AccessView]
) -> MailServerView | None:
    if server is None:
        return None
    said = reason(language_of(request), server.code, server.status, server.said, server)
    access = given.get(server.id)
    said = said or (access.message if access else "")
    return MailServerView(**msgspec.structs.asdict(server), message=said, access=access)


routes: list[Any] = [
    list_servers,
    set_server,
    set_password,
    switch_server,
    remove_server,
    try_mail_server,
]
