"""Routes of what providers give: the house's applications, setting out, coming back, ending it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from msgspec import Meta, Struct

from peakend.accounts.queries import actor_for_session, cookie_name, member_names
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import MailAppText
from peakend.mail.api.reasons import access_reason, language_of
from peakend.mail.models import MailAccess, MailApp
from peakend.mail.rules import PROVIDERS, MailProvider

Http = Request[Any, Any, Any]
# A page of the desk, within the session: it hands over what the browser brings.
RETURN = "/desk/admin/mail"


class AccessView(MailAccess, frozen=True, kw_only=True):
    """What a provider gave, and who asked for it; `message` says why somebody has to again."""

    member_name: str
    message: str


class MailAppView(Struct, frozen=True, kw_only=True):
    """An application of the house's at a provider, if there is one, and by how many it is used.

    `redirect` is the address that the provider is told.
    """

    provider: MailProvider
    app: MailApp | None
    member_name: str
    used: int
    redirect: str


class MailGo(Struct, frozen=True):
    """Where the browser goes now."""

    url: str


class MailReturn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a provider had the browser bring: a code, or why there is none."""

    state: Annotated[str, Meta(min_length=1, max_length=128)]
    code: Annotated[str, Meta(max_length=8000)] = ""
    error: Annotated[str, Meta(max_length=200)] = ""
    error_description: Annotated[str, Meta(max_length=8000)] = ""


class MailReturned(Struct, frozen=True, kw_only=True):
    """What came of it, and for what: a mailbox, or the brand's mail server without one.

    With a `message` there is no leave.
    """

    brand_id: UUID
    mailbox_id: UUID | None
    account: str
    message: str


_NEEDS = needs("channels.manage")


@get("/mail-apps", summary="As which client the house is known to providers", opt=_NEEDS)
async def list_mail_apps(request: Http, tx: Transaction) -> list[MailAppView]:
    return await _apps(request, tx)


@put("/mail-apps/{provider:str}", summary="Register an application, or change it", opt=_NEEDS)
async def set_mail_app(
    request: Http, tx: Transaction, provider: str, data: MailAppText
) -> list[MailAppView]:
    await actions.set_app(tx, provider=_provider(provider), app=data)
    return await _apps(request, tx)


@delete("/mail-apps/{provider:str}", summary="Forget an application", opt=_NEEDS)
async def remove_mail_app(tx: Transaction, provider: str) -> None:
    await actions.remove_app(tx, provider=_provider(provider))


@post("/mailboxes/{mailbox_id:uuid}/departures", summary="Set out to its provider", opt=_NEEDS,
      status_code=200)  # fmt: skip
async def set_out_for_mailbox(
    request: Http, actor: Actor, database: Database, mailbox_id: UUID
) -> MailGo:
    url = await actions.set_out(
        database, by=actor, session_id=await _session_id(request, database),
        redirect=_redirect(request), mailbox_id=mailbox_id,
    )  # fmt: skip
    return MailGo(url)


@post("/mail-servers/{brand_id:uuid}/departures", summary="Set out to its provider", opt=_NEEDS,
      status_code=200)  # fmt: skip
async def set_out_for_server(
    request: Http, actor: Actor, database: Database, brand_id: UUID
) -> MailGo:
    url = await actions.set_out(
        database, by=actor, session_id=await _session_id(request, database),
        redirect=_redirect(request), brand_id=brand_id,
    )  # fmt: skip
    return MailGo(url)


@post("/mail-returns", summary="Come back from a provider", opt=_NEEDS, status_code=200)
async def return_from_provider(
    request: Http, actor: Actor, database: Database, data: MailReturn
) -> MailReturned:
    found = await actions.come_back(
        database,
        by=actor,
        session_id=await _session_id(request, database),
        back=actions.Return(**msgspec.structs.asdict(data)),
    )
    whose = found.mailbox or found.server
    assert whose is not None
    return MailReturned(
        brand_id=whose.brand_id,
        mailbox_id=found.mailbox.id if found.mailbox else None,
        account=found.account,
        message=access_reason(language_of(request), found.code, found.said, found.provider),
    )


@delete("/mailboxes/{mailbox_id:uuid}/access", summary="Take its provider's leave back", opt=_NEEDS)
async def withdraw_from_mailbox(actor: Actor, database: Database, mailbox_id: UUID) -> None:
    await actions.withdraw(database, by=actor, mailbox_id=mailbox_id)


@delete("/mail-servers/{brand_id:uuid}/access", summary="Take its provider's leave back",
        opt=_NEEDS)  # fmt: skip
async def withdraw_from_server(actor: Actor, database: Database, brand_id: UUID) -> None:
    await actions.withdraw(database, by=actor, brand_id=brand_id)


async def accesses(request: Http, tx: Transaction) -> dict[UUID, AccessView]:
    """Return what providers gave, by mailbox or mail server, as a screen shows it."""
    given = await queries.mail_accesses(tx)
    names = await member_names(tx, {one.member_id for one in given.values() if one.member_id})
    language = language_of(request)
    return {
        whose: AccessView(
            **msgspec.structs.asdict(one),
            member_name=names.get(one.member_id, "") if one.member_id else "",
            message=access_reason(language, one.code, one.said, one.provider),
        )
        for whose, one in given.items()
    }


async def _apps(request: Http, tx: Transaction) -> list[MailAppView]:
    found = {one.provider: one for one in await queries.mail_apps(tx)}
    names = await member_names(tx, {one.member_id for one in found.values() if one.member_id})
    uses = await queries.uses_of_apps(tx)
    return [
        MailAppView(
            provider=one,
            app=(app := found.get(one)),
            member_name=names.get(app.member_id, "") if app and app.member_id else "",
            used=uses.get(one, 0),
            redirect=_redirect(request),
        )
        for one in PROVIDERS
    ]


def _provider(text: str) -> MailProvider:
    for one in PROVIDERS:
        if one == text:
            return one
    raise actions.MailAppMissing


def _redirect(request: Http) -> str:
    """Return the address to which providers send browsers back."""
    base = settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return base + RETURN


async def _session_id(request: Http, database: Database) -> UUID:
    """Return the session that asks. Errors: BrowserNeeded for who comes by a key of the API."""
    cookies = request.cookies
    cookie = cookies.get(cookie_name(True)) or cookies.get(cookie_name(False))
    found = await actor_for_session(database, cookie)
    if found is None:
        raise actions.BrowserNeeded
    return found.session_id


routes: list[Any] = [
    list_mail_apps,
    set_mail_app,
    remove_mail_app,
    set_out_for_mailbox,
    set_out_for_server,
    return_from_provider,
    withdraw_from_mailbox,
    withdraw_from_server,
]
