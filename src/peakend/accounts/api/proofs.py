"""Routes of showing once more who one is."""

from typing import Any

from litestar import Request, post
from msgspec import Struct

from peakend.accounts import actions
from peakend.accounts.api.cookies import session_id
from peakend.accounts.api.passkeys import PasskeyAnswer, PasskeyQuestion, assertion, place_of
from peakend.accounts.api.sessions import Password
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import signed_in


class OwnProof(Struct, forbid_unknown_fields=True):
    """One's own password."""

    password: Password


@post(
    "/session/proofs",
    summary="Show once more who one is",
    status_code=204,
    opt=signed_in(),
)
async def prove(
    request: Request[Any, Any, Any], database: Database, tx: Transaction, data: OwnProof
) -> None:
    """Prove the session by one's password: what moves money is open for a quarter of an hour."""
    own = await session_id(request, database)
    await actions.prove_by_password(tx, session_id=own, password=data.password)


@post("/session/proofs/questions", status_code=200, opt=signed_in())
async def ask_proof(
    request: Request[Any, Any, Any], database: Database, actor: Actor
) -> PasskeyQuestion:
    """Ask one's own browser for a passkey."""
    place = place_of(request)
    return PasskeyQuestion(
        await actions.begin_proof(database, actor=actor, place=place), place.origin
    )


@post("/session/proofs/passkeys", status_code=204, opt=signed_in())
async def prove_with_passkey(
    request: Request[Any, Any, Any], database: Database, actor: Actor, data: PasskeyAnswer
) -> None:
    """Prove the session by one of one's own passkeys."""
    own = await session_id(request, database)
    await actions.prove_by_passkey(
        database, actor=actor, session_id=own, answer=assertion(data), place=place_of(request)
    )


routes: list[Any] = [prove, ask_proof, prove_with_passkey]
