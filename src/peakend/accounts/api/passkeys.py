"""Routes of passkeys: one's own, signing in with one, and as the second step."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.ceremonies import Assertion, Attestation
from peakend.accounts.api.cookies import device, kept, session_id, welcome
from peakend.accounts.api.second_steps import Entered, Waiting
from peakend.accounts.api.sessions import Name, Password
from peakend.accounts.queries import Me, PasskeyView
from peakend.accounts.rules.passkeys import Place, passkey_place
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.permissions import public, signed_in
from peakend.kernel.settings import settings

Part = Annotated[str, Meta(min_length=1, max_length=4000)]
CredentialId = Annotated[str, Meta(min_length=1, max_length=1400)]


class PasskeysNeedHttps(Conflict):
    """Browsers know passkeys only at a name they reach by https, or on this machine."""

    wording = "accounts.passkeys_need_https"


class PasskeyAnswer(Struct, forbid_unknown_fields=True, kw_only=True):
    """A browser's answer with a passkey, its parts in base64url."""

    id: CredentialId
    client_data: Part
    authenticator_data: Part
    signature: Part
    user_handle: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class NewPasskey(Struct, forbid_unknown_fields=True, kw_only=True):
    """A browser's answer with a new passkey, its parts in base64url, and how it shall be called."""

    id: CredentialId
    client_data: Part
    attestation: Annotated[str, Meta(min_length=1, max_length=40_000)]
    transports: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=10)] = []
    name: Name


class PasskeyWanted(Struct, forbid_unknown_fields=True):
    """One's own password, asked for again."""

    password: Password


class PasskeyName(Struct, forbid_unknown_fields=True):
    """How a passkey is called."""

    name: Name


class PasskeyWaits(Struct, forbid_unknown_fields=True):
    """The token of a sign-in that waits."""

    token: Waiting


class PasskeyPassed(Struct, forbid_unknown_fields=True):
    """The token of a sign-in that waits, and the passkey: a known one or, to set it up, a new."""

    token: Waiting
    answer: PasskeyAnswer | None = None
    made: NewPasskey | None = None


class PasskeyQuestion(Struct, frozen=True):
    """What the browser is asked, after Web Authentication, and at which address only it works."""

    options: dict[str, Any]
    origin: str


class PasskeyAdded(Struct, frozen=True):
    """The new passkey, and recovery codes where it is the first second step."""

    id: UUID
    recovery_codes: list[str]


@post(
    "/session/passkeys/questions",
    status_code=200,
    opt=public("it begins a sign-in and tells nothing of anybody; limited"),
)
async def ask_passkey(request: Request[Any, Any, Any], database: Database) -> PasskeyQuestion:
    """Ask a browser for a passkey that signs in by itself."""
    place = place_of(request)
    found = await actions.begin_sign_in(database, place=place, address=device(request).address)
    return PasskeyQuestion(found, place.origin)


@post("/session/passkeys", status_code=200, opt=public("it is how a member signs in; limited"))
async def sign_in_with_passkey(
    request: Request[Any, Any, Any], database: Database, data: PasskeyAnswer
) -> Response[Me]:
    """Sign in with a passkey that checked who holds it: no password, no further step."""
    entry = await actions.sign_in_with_passkey(
        database, answer=assertion(data), place=place_of(request), device=device(request)
    )
    return Response(await welcome(request, database, entry), cookies=[kept(request, entry)])


@post(
    "/session/second-steps/passkeys/questions",
    status_code=200,
    opt=public("the token in the body is the permission; limited"),
)
async def ask_second_passkey(
    request: Request[Any, Any, Any], database: Database, data: PasskeyWaits
) -> PasskeyQuestion:
    """Ask for the passkey of a sign-in that waits, or for a new one where it is to be set up."""
    place = place_of(request)
    found = await actions.begin_pending_passkey(
        database, secret=data.token, place=place, address=device(request).address
    )
    return PasskeyQuestion(found, place.origin)


@post(
    "/session/second-steps/passkeys",
    status_code=200,
    opt=public("the token in the body is the permission; limited, once"),
)
async def take_second_passkey(
    request: Request[Any, Any, Any], database: Database, data: PasskeyPassed
) -> Response[Entered]:
    """Finish a sign-in with a passkey, or with a new one where it is to be set up."""
    place, here = place_of(request), device(request)
    if data.answer is not None:
        found = await actions.take_passkey_step(
            database, secret=data.token, answer=assertion(data.answer), place=place, device=here
        )
    elif data.made is not None:
        found = await actions.set_up_passkey_step(
            database, secret=data.token, answer=_attestation(data.made), name=data.made.name,
            place=place, device=here,
        )  # fmt: skip
    else:
        raise actions.WrongPasskey
    me = await welcome(request, database, found.entry)
    return Response(
        Entered(me, found.recovery_codes_left, found.recovery_codes),
        cookies=[kept(request, found.entry)],
    )


@get("/passkeys", opt=signed_in())
async def list_passkeys(actor: Actor, tx: Transaction) -> list[PasskeyView]:
    """Return one's own passkeys."""
    assert actor.id is not None
    return await queries.own_passkeys(tx, actor.id)


@post("/passkeys/questions", status_code=200, opt=signed_in())
async def ask_new_passkey(
    request: Request[Any, Any, Any], actor: Actor, database: Database, data: PasskeyWanted
) -> PasskeyQuestion:
    """Ask one's own browser for a new passkey."""
    place = place_of(request)
    found = await actions.begin_adding(database, actor=actor, password=data.password, place=place)
    return PasskeyQuestion(found, place.origin)


@post("/passkeys", opt=signed_in())
async def add_passkey(
    request: Request[Any, Any, Any], actor: Actor, database: Database, data: NewPasskey
) -> PasskeyAdded:
    """Keep a new passkey of one's own."""
    found = await actions.add_passkey(
        database,
        actor=actor,
        answer=_attestation(data),
        name=data.name,
        place=place_of(request),
        session_id=await session_id(request, database),
    )
    return PasskeyAdded(found.id, found.recovery_codes)


@patch("/passkeys/{passkey_id:uuid}", status_code=204, opt=signed_in())
async def rename_passkey(tx: Transaction, passkey_id: UUID, data: PasskeyName) -> None:
    """Give one of one's own passkeys another name."""
    await actions.rename_passkey(tx, passkey_id=passkey_id, name=data.name)


@post("/passkeys/{passkey_id:uuid}/removals", status_code=204, opt=signed_in())
async def remove_passkey(tx: Transaction, passkey_id: UUID, data: PasskeyWanted) -> None:
    """Remove one of one's own passkeys."""
    await actions.remove_passkey(tx, passkey_id=passkey_id, password=data.password)


def place_of(request: Request[Any, Any, Any]) -> Place:
    found = passkey_place(settings.public_url, request.url.scheme, request.headers.get("host", ""))
    if found is None:
        raise PasskeysNeedHttps
    return found


def assertion(data: PasskeyAnswer) -> Assertion:
    return Assertion(
        id=data.id,
        client_data=data.client_data,
        authenticator_data=data.authenticator_data,
        signature=data.signature,
        user_handle=data.user_handle,
    )


def _attestation(data: NewPasskey) -> Attestation:
    return Attestation(
        id=data.id,
        client_data=data.client_data,
        attestation=data.attestation,
        transports=data.transports,
    )


routes: list[Any] = [
    ask_passkey,
    sign_in_with_passkey,
    ask_second_passkey,
    take_second_passkey,
    list_passkeys,
    ask_new_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
]
