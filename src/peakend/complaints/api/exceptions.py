"""Routes of exceptions: the catalogue, asking, what came of it, what it has taught."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.rules.exceptions import MOST_FEN, Outcome, State
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Fen = Annotated[int, Meta(ge=0, le=MOST_FEN)]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class PolicyGiven(actions.PolicyText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy as it shall be, and the version that was looked at."""

    version: Version


class ExceptionGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which policy to break, why, and what that costs. Units: fen."""

    policy_id: UUID
    reason: Annotated[str, Meta(max_length=900)]
    cost_fen: Fen


class ClosingGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What breaking the policy did cost and save. Units: fen."""

    cost_fen: Fen
    saved_fen: Fen = 0
    outcome: Outcome
    words: Annotated[str, Meta(max_length=1000)] = ""


@get("/policies", summary="The policies that may be broken", opt=needs("complaints.read"))
async def policies(tx: Transaction) -> list[queries.PolicyRow]:
    return await queries.policies(tx)


@post("/policies", summary="Add a policy", opt=needs("complaints.manage"))
async def add_policy(tx: Transaction, data: actions.PolicyText) -> list[queries.PolicyRow]:
    await actions.add_policy(tx, data)
    return await queries.policies(tx)


@put("/policies/{policy_id:uuid}", summary="Change a policy", opt=needs("complaints.manage"))
async def change_policy(
    tx: Transaction, policy_id: UUID, data: PolicyGiven
) -> list[queries.PolicyRow]:
    policy = actions.PolicyText(name=data.name, words=data.words, limit_fen=data.limit_fen)
    await actions.change_policy(tx, policy_id=policy_id, policy=policy, version=data.version)
    return await queries.policies(tx)


@delete(
    "/policies/{policy_id:uuid}",
    summary="Take a policy out of the catalogue",
    opt=needs("complaints.manage"),
)
async def end_policy(tx: Transaction, policy_id: UUID) -> None:
    await actions.end_policy(tx, policy_id)


@get(
    "/policy-exceptions",
    summary="Exceptions that were asked for",
    opt=needs("complaints.read"),
)
async def policy_exceptions(
    tx: Transaction,
    actor: Actor,
    standing: State | None = None,
    policy_id: UUID | None = None,
    cursor: Annotated[str | None, Parameter(max_length=300)] = None,
) -> Page[queries.PolicyException]:
    return await queries.asked_exceptions(
        tx, actor, state=standing, policy_id=policy_id, after=cursor
    )


@get(
    "/policy-exceptions/report",
    summary="Which policies are broken most, what it cost and saved",
    opt=needs("improvements.manage"),
)
async def exception_report(
    tx: Transaction, actor: Actor, days: Annotated[int, Parameter(ge=1, le=366)] = 90
) -> list[queries.PolicyLearnt]:
    return await queries.learnt(tx, actor, days=days)


@post(
    "/conversations/{conversation_id:uuid}/exceptions",
    summary="Ask to break a policy for a customer",
    opt=needs("approvals.ask"),
)
async def ask_exception(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: ExceptionGiven
) -> queries.PolicyException:
    exception_id = await actions.ask_exception(
        tx,
        policy_id=data.policy_id,
        conversation_id=conversation_id,
        reason=data.reason,
        cost_fen=data.cost_fen,
        by=actor,
    )
    return await queries.exception_view(tx, exception_id, actor)


@post(
    "/policy-exceptions/{exception_id:uuid}/withdrawals",
    summary="Take back what one asked for",
    opt=needs("approvals.ask"),
    status_code=200,
)
async def withdraw_exception(
    tx: Transaction, actor: Actor, exception_id: UUID
) -> queries.PolicyException:
    await actions.withdraw_exception(tx, exception_id=exception_id, by=actor)
    return await queries.exception_view(tx, exception_id, actor)


@post(
    "/policy-exceptions/{exception_id:uuid}/closings",
    summary="Write down what an exception cost and saved",
    opt=needs("complaints.work"),
    status_code=200,
)
async def close_exception(
    tx: Transaction, actor: Actor, exception_id: UUID, data: ClosingGiven
) -> queries.PolicyException:
    await actions.close_exception(
        tx,
        exception_id=exception_id,
        cost_fen=data.cost_fen,
        saved_fen=data.saved_fen,
        outcome=data.outcome,
        words=data.words,
        by=actor,
    )
    return await queries.exception_view(tx, exception_id, actor)


routes = [
    policies,
    add_policy,
    change_policy,
    end_policy,
    policy_exceptions,
    exception_report,
    ask_exception,
    withdraw_exception,
    close_exception,
]
