"""Routes of what is promised of waits, and what is given beyond it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.queries import WaitRule
from peakend.complaints.rules.waits import WouldPay
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class WaitRuleGiven(actions.WaitRuleText, frozen=True, kw_only=True):
    """A rule as it shall be, and the version that was looked at."""

    version: Version


class WaitRuleSeen(msgspec.Struct, forbid_unknown_fields=True):
    """Which version was looked at."""

    version: Version


@get("/wait-rules", summary="What is promised of waits", opt=needs("complaints.read"))
async def wait_rule_list(actor: Actor, tx: Transaction) -> list[WaitRule]:
    return await queries.wait_rules(tx, actor)


@post("/wait-rules", summary="Draft a promise", opt=needs("compensation.set_up"))
async def add_wait_rule(data: actions.WaitRuleText, actor: Actor, tx: Transaction) -> WaitRule:
    rule_id = await actions.add_wait_rule(tx, given=data)
    return await queries.wait_rule(tx, rule_id, actor)


@post(
    "/wait-rules/previews",
    summary="What a promise would have paid in the last 30 days",
    opt=needs("compensation.set_up"),
    status_code=200,
)
async def preview_wait_rule(data: actions.WaitRuleText, tx: Transaction) -> WouldPay:
    return await queries.would_have_paid(tx, await actions.promise_of(tx, data))


@put(
    "/wait-rules/{rule_id:uuid}",
    summary="Change what does not hold",
    opt=needs("compensation.set_up"),
)
async def change_wait_rule(
    rule_id: UUID, data: WaitRuleGiven, actor: Actor, tx: Transaction
) -> WaitRule:
    await actions.change_wait_rule(tx, rule_id=rule_id, given=data, version=data.version)
    return await queries.wait_rule(tx, rule_id, actor)


@post(
    "/wait-rules/{rule_id:uuid}/start",
    summary="Let a promise hold from now on",
    opt=needs("compensation.set_up"),
    status_code=200,
)
async def start_wait_rule(
    rule_id: UUID, data: WaitRuleSeen, actor: Actor, tx: Transaction
) -> WaitRule:
    await actions.start_wait_rule(tx, rule_id=rule_id, version=data.version)
    return await queries.wait_rule(tx, rule_id, actor)


@post(
    "/wait-rules/{rule_id:uuid}/end",
    summary="Promise nothing any more",
    opt=needs("compensation.set_up"),
    status_code=200,
)
async def stop_wait_rule(
    rule_id: UUID, data: WaitRuleSeen, actor: Actor, tx: Transaction
) -> WaitRule:
    await actions.stop_wait_rule(tx, rule_id=rule_id, version=data.version)
    return await queries.wait_rule(tx, rule_id, actor)


@delete(
    "/wait-rules/{rule_id:uuid}",
    summary="Throw away what does not hold",
    opt=needs("compensation.set_up"),
)
async def remove_wait_rule(
    rule_id: UUID,
    tx: Transaction,
    version: Annotated[int, Parameter(ge=1, le=2**31 - 1)] | None = None,
) -> None:
    await actions.remove_wait_rule(tx, rule_id=rule_id, version=version)


routes = [
    wait_rule_list,
    add_wait_rule,
    preview_wait_rule,
    change_wait_rule,
    start_wait_rule,
    stop_wait_rule,
    remove_wait_rule,
]
