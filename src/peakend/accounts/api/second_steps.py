"""Two-step sign-in, the sessions a member has, and what the organisation asks of sign-ins."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.cookies import device, kept, session_id, welcome
from peakend.accounts.api.sessions import Password
from peakend.accounts.queries import Me, SecondStep, SessionView
from peakend.accounts.rules import NETWORKS, PASSWORD_LEAST_MOST, PASSWORD_LENGTH, Role
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs, public, signed_in

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Waiting = Annotated[str, Meta(min_length=1, max_length=128)]
Network = Annotated[str, Meta(min_length=1, max_length=60)]


class Passed(Struct, forbid_unknown_fields=True):
    """The token of a sign-in that waits, and a code or recovery code."""

    token: Waiting
    code: Code


class Waits(Struct, forbid_unknown_fields=True):
    """The token of a sign-in that waits."""

    token: Waiting


class Own(Struct, forbid_unknown_fields=True):
    """One's own password, asked for again."""

    password: Password


class OwnCode(Struct, forbid_unknown_fields=True):
    """A code of the authenticator."""

    code: Code


class OwnPair(Struct, forbid_unknown_fields=True):
    """One's own password and a code or recovery code."""

    password: Password
    code: Code


class AuthenticatorSecret(Struct, frozen=True):
    """What an authenticator is set up with; it is shown this once."""

    secret: str
    uri: str


class RecoveryCodes(Struct, frozen=True):
    """Codes that take the place of the authenticator, each once; they are shown this once."""

    recovery_codes: list[str]


class Entered(Struct, frozen=True):
    """Who is signed in now, and what is told about recovery codes."""

    me: Me
    recovery_codes_left: int | None
    recovery_codes: list[str]


class Rules(Struct, forbid_unknown_fields=True):
    """What the organisation asks of whoever signs in."""

    password_least: Annotated[int, Meta(ge=PASSWORD_LENGTH[0], le=PASSWORD_LEAST_MOST)]
    second_step_roles: Annotated[list[Role], Meta(max_length=3)]
    networks: Annotated[list[Network], Meta(max_length=NETWORKS)]


class RulesView(Struct, frozen=True):
    """What the organisation asks, and from which address its reader comes."""

    password_least: int
    second_step_roles: list[Role]
    networks: list[str]
    address: str


class Ended(Struct, frozen=True):
    """How many sessions ended."""

    count: int
    at: datetime


@post(
    "/session/second-steps",
    status_code=200,
    opt=public("the token in the body is the permission; limited, constant, once"),
)
async def take_second_step(
    request: Request[Any, Any, Any], database: Database, data: Passed
) -> Response[Entered]:
    """Finish a sign-in with a code, a recovery code, or the first code of a new authenticator."""
    found = await actions.take_second_step(
        database, secret=data.token, code=data.code, device=device(request)
    )
    me = await welcome(request, database, found.entry)
    return Response(
        Entered(me, found.recovery_codes_left, found.recovery_codes),
        cookies=[kept(request, found.entry)],
    )


@post(
    "/session/second-steps/secrets",
    status_code=200,
    opt=public("the token in the body is the permission"),
)
async def begin_pending(
    request: Request[Any, Any, Any], database: Database, data: Waits
) -> AuthenticatorSecret:
    """Show the secret to somebody who has to set two-step sign-in up before he gets in."""
    found = await actions.begin_pending(
        database, secret=data.token, address=device(request).address
    )
    return AuthenticatorSecret(found.secret, found.uri)


@get("/session/second-step", opt=signed_in())
async def read_second_step(actor: Actor, tx: Transaction) -> SecondStep:
    """Return how it stands with one's own two-step sign-in."""
    assert actor.id is not None
    return await queries.second_step(tx, actor.id, actor.role or "")


@post("/session/second-step", status_code=200, opt=signed_in())
async def begin_second_step(tx: Transaction, data: Own) -> AuthenticatorSecret:
    """Show the secret for an authenticator; it counts once a code proved it."""
    found = await actions.begin_own_second_step(tx, password=data.password)
    return AuthenticatorSecret(found.secret, found.uri)


@put("/session/second-step", opt=signed_in())
async def set_second_step(
    request: Request[Any, Any, Any], database: Database, tx: Transaction, data: OwnCode
) -> RecoveryCodes:
    """Turn two-step sign-in on by a first code; every other session ends."""
    own = await session_id(request, database)
    return RecoveryCodes(await actions.set_own_second_step(tx, code=data.code, session_id=own))


@post("/session/second-step/removals", status_code=204, opt=signed_in())
async def remove_second_step(tx: Transaction, data: OwnPair) -> None:
    """Turn two-step sign-in off."""
    await actions.remove_second_step(tx, password=data.password, code=data.code)


@post("/session/second-step/recovery-codes", status_code=200, opt=signed_in())
async def renew_recovery_codes(tx: Transaction, data: OwnPair) -> RecoveryCodes:
    """Make new recovery codes; the earlier ones end."""
    return RecoveryCodes(
        await actions.renew_recovery_codes(tx, password=data.password, code=data.code)
    )


@get("/sessions", opt=signed_in())
async def list_sessions(
    request: Request[Any, Any, Any], database: Database, actor: Actor, tx: Transaction
) -> list[SessionView]:
    """Return where one is signed in, this session first."""
    assert actor.id is not None
    return await queries.own_sessions(tx, actor.id, await session_id(request, database))


@delete("/sessions", status_code=200, opt=signed_in())
async def end_other_sessions(
    request: Request[Any, Any, Any], database: Database, tx: Transaction
) -> Ended:
    """Sign out everywhere else."""
    own = await session_id(request, database)
    return Ended(await actions.end_other_sessions(tx, session_id=own), tx.now)


@delete("/sessions/{session_id:uuid}", status_code=204, opt=signed_in())
async def end_session(tx: Transaction, session_id: UUID) -> None:
    """End one of one's own sessions."""
    await actions.end_own_session(tx, session_id=session_id)


@delete("/members/{member_id:uuid}/second-step", opt=needs("accounts.manage"))
async def reset_second_step(tx: Transaction, member_id: UUID) -> None:
    """Turn off the two-step sign-in of a member who lost it, and sign him out everywhere."""
    await actions.reset_second_step(tx, member_id=member_id)


@delete("/members/{member_id:uuid}/sessions", status_code=200, opt=needs("accounts.manage"))
async def sign_out_member(tx: Transaction, member_id: UUID) -> Ended:
    """Sign a member out everywhere."""
    return Ended(await actions.sign_out_member(tx, member_id=member_id), tx.now)


@get("/sign-in-rules", opt=needs("settings.manage"))
async def read_rules(request: Request[Any, Any, Any], tx: Transaction) -> RulesView:
    """Return what the organisation asks of whoever signs in."""
    return await _rules(request, tx)


@put("/sign-in-rules", opt=needs("settings.manage"))
async def change_rules(request: Request[Any, Any, Any], tx: Transaction, data: Rules) -> RulesView:
    """Change what the organisation asks of whoever signs in."""
    await actions.change_sign_in_rules(
        tx,
        password_least=data.password_least,
        second_step_roles=data.second_step_roles,
        networks=data.networks,
        address=device(request).address,
    )
    return await _rules(request, tx)


async def _rules(request: Request[Any, Any, Any], tx: Transaction) -> RulesView:
    found = await queries.sign_in_rules(tx)
    return RulesView(
        found.password_least, found.second_step_roles, found.networks, device(request).address
    )


routes: list[Any] = [
    take_second_step,
    begin_pending,
    read_second_step,
    begin_second_step,
    set_second_step,
    remove_second_step,
    renew_recovery_codes,
    list_sessions,
    end_other_sessions,
    end_session,
    reset_second_step,
    sign_out_member,
    read_rules,
    change_rules,
]
