"""Routes of replies that wait for a senior: asking, deciding, taking back, whose, how many."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.accounts import queries as accounts
from peakend.assist import actions, queries
from peakend.assist.rules.approvals import ApprovalRules, BuiltIn
from peakend.conversations.queries import MailGiven, Rich
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Ids = Annotated[list[UUID], Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=20_000)]


class ApprovalAskedFor(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A reply, and who shall see it first: nobody named means anybody who may.

    With `content` it is cards, an order, a step or replies to choose from, and holds its words.
    """

    client_id: UUID
    text: Text = ""
    content: Rich | None = None
    template_id: UUID | None = None
    canned_reply_id: UUID | None = None
    asked_id: UUID | None = None
    file_ids: Annotated[list[UUID], Meta(max_length=10)] = []
    article_id: UUID | None = None
    reply_to: UUID | None = None
    mail: MailGiven | None = None


class ApprovalDecision(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a senior decided, and up to which message he had read."""

    outcome: Literal["approved", "changed", "returned"]
    seen_seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    text: Text | None = None
    content: Rich | None = None
    template_id: UUID | None = None
    why: Annotated[str, Meta(max_length=500)] = ""


class ApprovalRulesGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose replies wait, and the version that was looked at."""

    member_ids: Ids = []
    built_in: Annotated[list[BuiltIn], Meta(max_length=3)] = []
    role_ids: Ids = []
    role_queue_ids: Ids = []
    newcomer_days: Annotated[int, Meta(ge=0, le=365)] = 0
    queue_ids: Ids = []
    own_team: bool = False
    warn_min: Annotated[int, Meta(ge=1, le=240)]
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class RoleToName(msgspec.Struct, frozen=True):
    """A role of the house's own that may be named."""

    id: UUID
    name: str


class ApprovalRulesShown(ApprovalRules, frozen=True, kw_only=True):
    """Whose replies wait, and the roles there are; version 0 is what nobody has changed yet."""

    version: int
    roles: list[RoleToName]


@get(
    "/conversations/{conversation_id:uuid}/approving",
    summary="Whether my reply waits here, and whom I could ask",
    opt=needs("conversations.reply"),
)
async def approving(tx: Transaction, actor: Actor, conversation_id: UUID) -> queries.Approving:
    return await queries.approving(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/approvals",
    summary="Send a reply to a senior first",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def ask_approval(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: ApprovalAskedFor
) -> queries.Approval:
    approval_id = await actions.ask_approval(
        tx,
        conversation_id=conversation_id,
        client_id=data.client_id,
        text=data.text,
        content=data.content,
        template_id=data.template_id,
        canned_reply_id=data.canned_reply_id,
        by=actor,
        asked_id=data.asked_id,
        file_ids=data.file_ids,
        article_id=data.article_id,
        reply_to=data.reply_to,
        mail=data.mail,
    )
    return (await queries.approval_view(tx, approval_id, actor)).approval


@get("/approvals", summary="Replies that wait for me", opt=needs("conversations.approve"))
async def waiting_approvals(tx: Transaction, actor: Actor) -> list[queries.WaitingApproval]:
    return await queries.waiting_approvals(tx, actor)


@get(
    "/approvals/{approval_id:uuid}",
    summary="A reply that waits, with what it answers",
    opt=needs("conversations.note"),
)
async def approval(tx: Transaction, actor: Actor, approval_id: UUID) -> queries.ApprovalView:
    return await queries.approval_view(tx, approval_id, actor)


@post(
    "/approvals/{approval_id:uuid}/decisions",
    summary="Send a waiting reply, changed or not, or give it back",
    opt=needs("conversations.approve"),
    status_code=200,
)
async def decide_approval(
    tx: Transaction, actor: Actor, approval_id: UUID, data: ApprovalDecision
) -> queries.Approval:
    await actions.decide_approval(
        tx,
        approval_id=approval_id,
        outcome=data.outcome,
        by=actor,
        seen_seq=data.seen_seq,
        text=data.text,
        content=data.content,
        template_id=data.template_id,
        why=data.why,
    )
    return (await queries.approval_view(tx, approval_id, actor)).approval


@post(
    "/approvals/{approval_id:uuid}/withdrawals",
    summary="Take back what waits, or take up what came back",
    opt=needs("conversations.reply"),
    status_code=204,
)
async def withdraw_approval(tx: Transaction, actor: Actor, approval_id: UUID) -> None:
    await actions.withdraw_approval(tx, approval_id=approval_id, by=actor)


@get(
    "/approvals/report",
    summary="What became of replies sent for approval",
    opt=needs("insight.wallboard"),
)
async def approval_report(
    tx: Transaction, days: Annotated[int, Parameter(ge=1, le=366)] = 30
) -> queries.ApprovalCounts:
    return await queries.approval_report(tx, now=tx.now, days=days)


@get("/approval-rules", summary="Whose replies wait", opt=needs("routing.manage"))
async def approval_rules(tx: Transaction) -> ApprovalRulesShown:
    return await _rules(tx)


@put("/approval-rules", summary="Decide whose replies wait", opt=needs("routing.manage"))
async def set_approval_rules(tx: Transaction, data: ApprovalRulesGiven) -> ApprovalRulesShown:
    given = msgspec.structs.asdict(data)
    version = given.pop("version")
    await actions.set_approval_rules(tx, rules=ApprovalRules(**given), version=version)
    return await _rules(tx)


async def _rules(tx: Transaction) -> ApprovalRulesShown:
    care = await queries.fresh_care(tx)
    return ApprovalRulesShown(
        **msgspec.structs.asdict(care.approval),
        version=care.versions.get("approval", 0),
        roles=[RoleToName(one.id, one.name) for one in await accounts.roles(tx)],
    )


routes = [
    approving,
    ask_approval,
    waiting_approvals,
    approval,
    decide_approval,
    withdraw_approval,
    approval_report,
    approval_rules,
    set_approval_rules,
]
