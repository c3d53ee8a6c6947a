"""Signing in and out; the links of set-up and invitation, which end in a session too."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post, put
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.cookies import NextStep, device, entered, gone, kept, leave, welcome
from peakend.accounts.queries import Me
from peakend.accounts.rules import Role
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import public, signed_in
from peakend.kernel.words import best_language

Login = Annotated[str, Meta(min_length=1, max_length=200)]
# Longer than any password may be, so that the limit itself answers in words.
Password = Annotated[str, Meta(min_length=1, max_length=1000)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Language = Annotated[str, Meta(pattern="^(zh-CN|en)$")]


class Credentials(Struct, forbid_unknown_fields=True):
    """What somebody signs in with."""

    login: Login
    password: Password


class NewPassword(Struct, forbid_unknown_fields=True):
    """A change of one's own password."""

    current: Password
    password: Password


class SetUp(Struct, forbid_unknown_fields=True):
    """The organisation and its first admin."""

    organisation: Name
    name: Name
    login: Login
    password: Password
    language: Language = "zh-CN"
    time_zone: Annotated[str, Meta(max_length=64)] = ""


class Acceptance(Struct, forbid_unknown_fields=True):
    """What an invited person chooses."""

    password: Password
    name: Name | None = None


class SetUpOffer(Struct, frozen=True):
    """Whether a set-up link can be used; the answer is 404 where it cannot."""

    usable: bool


class InvitationOffer(Struct, frozen=True):
    """What an invitation says to the one who opens it."""

    organisation: str
    login: str
    name: str
    role: Role | None
    own_roles: list[str]
    reset: bool


@post("/session", status_code=200, opt=public("it is how a member signs in; limited, constant"))
async def sign_in(
    request: Request[Any, Any, Any], database: Database, data: Credentials
) -> Response[Me | NextStep]:
    """Sign in; 202 where a second step is still to come."""
    here = device(request)
    entry = await actions.sign_in(
        database, login=data.login, password=data.password, address=here.address, device=here
    )
    return await entered(request, database, entry)


@get("/session", opt=signed_in())
async def read_session(actor: Actor, tx: Transaction) -> Me:
    """Return who is signed in."""
    assert actor.id is not None
    return await queries.me(tx, actor.id)


@delete("/session", status_code=204, opt=signed_in())
async def sign_out(request: Request[Any, Any, Any], database: Database) -> Response[None]:
    """Sign out."""
    await leave(request, database)
    return Response(None, status_code=204, cookies=[gone(request)])


@put("/session/password", opt=signed_in())
async def change_password(
    request: Request[Any, Any, Any], actor: Actor, tx: Transaction, data: NewPassword
) -> Response[Me]:
    """Change one's own password; every other session ends."""
    entry = await actions.change_password(
        tx, current=data.current, password=data.password, device=device(request)
    )
    assert actor.id is not None
    return Response(await queries.me(tx, actor.id), cookies=[kept(request, entry)])


@patch("/session/preferences", opt=signed_in())
async def change_preferences(tx: Transaction, data: dict[str, Any]) -> dict[str, Any]:
    """Lay changes over one's own preferences; null takes one away."""
    return await actions.change_preferences(tx, changes=data)


@get("/setup/{token:str}", opt=public("the secret in the address is the permission"))
async def read_set_up(database: Database, token: str) -> SetUpOffer:
    """Say whether a set-up link can be used."""
    if not await queries.known_set_up_token(database, token, clock.now()):
        raise actions.SetUpGone
    return SetUpOffer(usable=True)


@post("/setup/{token:str}", opt=public("the secret in the address is the permission"))
async def set_up(
    request: Request[Any, Any, Any], database: Database, token: str, data: SetUp
) -> Response[Me]:
    """Make the organisation and its first admin, who is signed in."""
    entry = await actions.set_up(
        database,
        secret=token,
        name=data.organisation,
        admin_name=data.name,
        login=data.login,
        password=data.password,
        language=data.language,
        time_zone=data.time_zone,
        device=device(request),
    )
    me = await welcome(request, database, entry)
    return Response(me, status_code=201, cookies=[kept(request, entry)])


@get("/invitations/{token:str}", opt=public("the secret in the address is the permission"))
async def read_invitation(database: Database, token: str) -> InvitationOffer:
    """Return what an invitation says."""
    found = await queries.invitation_by_token(database, token, clock.now())
    if found is None:
        raise actions.InvitationGone
    async with database.transaction(Actor.system(found.organisation_id)) as tx:
        house = await queries.organisation(tx)
        own = queries.own_names(found, await queries.role_names(tx))
    return InvitationOffer(
        house.name, found.login, found.name, found.role, own, found.member_id is not None
    )


@post("/invitations/{token:str}", opt=public("the secret in the address is the permission"))
async def accept_invitation(
    request: Request[Any, Any, Any], database: Database, token: str, data: Acceptance
) -> Response[Me | NextStep]:
    """Join, or choose a new password; whoever does is signed in, or 202 before a second step."""
    entry = await actions.accept_invitation(
        database,
        secret=token,
        password=data.password,
        name=data.name,
        language=best_language(request.headers.get("accept-language")),
        device=device(request),
    )
    return await entered(request, database, entry, 201)


routes: list[Any] = [
    sign_in,
    read_session,
    sign_out,
    change_password,
    change_preferences,
    read_set_up,
    set_up,
    read_invitation,
    accept_invitation,
]
