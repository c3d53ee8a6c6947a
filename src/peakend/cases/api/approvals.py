"""Routes of approvals: what waits, deciding, taking back, rules and deputies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from msgspec import Meta

from peakend.cases import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


class CaseDecision(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody decided; who asked reads the words."""

    approve: bool
    words: Annotated[str, Meta(max_length=1000)] = ""


class RuleGiven(actions.RuleText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as it shall be, and the version that was looked at."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class DeputyGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who shall decide in one's place, about which kinds, until when; no kinds are all."""

    to_id: UUID
    kinds: Annotated[list[str], Meta(max_length=10)] = []
    from_at: Annotated[datetime, Meta(tz=True)] | None = None
    until_at: Annotated[datetime, Meta(tz=True)]


class Deputies(msgspec.Struct, frozen=True):
    """Who stands in for whom, and whom one could name oneself."""

    standing: list[queries.Deputy]
    could: list[queries.CaseApprover]


@get("/case-approvals", summary="What waits for approval", opt=needs("approvals.ask"))
async def case_approvals(
    tx: Transaction, actor: Actor, box: queries.Box = "waiting"
) -> list[queries.CaseApproval]:
    return await queries.inbox(tx, actor, box)


@get(
    "/case-approvals/{request_id:uuid}",
    summary="One request for approval",
    opt=needs("approvals.ask"),
)
async def case_approval(tx: Transaction, actor: Actor, request_id: UUID) -> queries.CaseApproval:
    return await queries.request_view(tx, request_id, actor)


@post(
    "/case-approvals/{request_id:uuid}/decisions",
    summary="Let something pass, or refuse it",
    opt=needs("approvals.decide"),
    status_code=200,
)
async def decide_case_approval(
    tx: Transaction, actor: Actor, request_id: UUID, data: CaseDecision
) -> queries.CaseApproval:
    await actions.decide(tx, request_id, data.approve, data.words, by=actor)
    return await queries.request_view(tx, request_id, actor)


@post(
    "/case-approvals/{request_id:uuid}/withdrawals",
    summary="Take back what one asked for",
    opt=needs("approvals.ask"),
    status_code=200,
)
async def withdraw_case_approval(
    tx: Transaction, actor: Actor, request_id: UUID
) -> queries.CaseApproval:
    await actions.withdraw(tx, request_id=request_id, by=actor)
    return await queries.request_view(tx, request_id, actor)


@get("/case-approval-rules", summary="Who lets pass what", opt=needs("cases.set_up"))
async def case_approval_rules(tx: Transaction) -> list[queries.ApprovalRule]:
    return await queries.shown_rules(tx)


@post("/case-approval-rules", summary="Add a rule of approval", opt=needs("cases.set_up"))
async def add_case_approval_rule(
    tx: Transaction, data: actions.RuleText
) -> list[queries.ApprovalRule]:
    await actions.add_rule(tx, data)
    return await queries.shown_rules(tx)


@put(
    "/case-approval-rules/{rule_id:uuid}",
    summary="Change a rule of approval",
    opt=needs("cases.set_up"),
)
async def change_case_approval_rule(
    tx: Transaction, rule_id: UUID, data: RuleGiven
) -> list[queries.ApprovalRule]:
    given = {name: getattr(data, name) for name in actions.RuleText.__struct_fields__}
    rule = actions.RuleText(**given)
    await actions.change_rule(tx, rule_id=rule_id, rule=rule, version=data.version)
    return await queries.shown_rules(tx)


@delete(
    "/case-approval-rules/{rule_id:uuid}",
    summary="Remove a rule of approval",
    opt=needs("cases.set_up"),
)
async def remove_case_approval_rule(tx: Transaction, rule_id: UUID) -> None:
    await actions.remove_rule(tx, rule_id)


@get("/approval-deputies", summary="Who decides for whom", opt=needs("approvals.decide"))
async def approval_deputies(tx: Transaction, actor: Actor) -> Deputies:
    return await _deputies(tx, actor)


@post(
    "/approval-deputies",
    summary="Let a colleague decide in one's place for a while",
    opt=needs("approvals.decide"),
)
async def name_approval_deputy(tx: Transaction, actor: Actor, data: DeputyGiven) -> Deputies:
    await actions.name_deputy(
        tx,
        to_id=data.to_id,
        kinds=data.kinds,
        from_at=data.from_at,
        until_at=data.until_at,
        by=actor,
    )
    return await _deputies(tx, actor)


@delete(
    "/approval-deputies/{delegate_id:uuid}",
    summary="End that a colleague decides in one's place",
    opt=needs("approvals.decide"),
)
async def end_approval_deputy(tx: Transaction, actor: Actor, delegate_id: UUID) -> None:
    await actions.end_deputy(tx, delegate_id=delegate_id, by=actor)


async def _deputies(tx: Transaction, actor: Actor) -> Deputies:
    return Deputies(await queries.deputies(tx, actor), await queries.could_stand_in(tx, actor))


routes = [
    case_approvals,
    case_approval,
    decide_case_approval,
    withdraw_case_approval,
    case_approval_rules,
    add_case_approval_rule,
    change_case_approval_rule,
    remove_case_approval_rule,
    approval_deputies,
    name_approval_deputy,
    end_approval_deputy,
]
