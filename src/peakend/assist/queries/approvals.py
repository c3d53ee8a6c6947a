"""Replies that wait for a senior: beside their conversation, in the seniors' list, in numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist.models.approvals import APPROVAL_COLUMNS, ApprovalRow, State
from peakend.assist.queries.care import care
from peakend.assist.rules.approvals import must_ask
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow, Message
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.files import File
from peakend.routing import queries as routing

MOST_WAITING = 100
READ_ALONG = 30
PERMISSION = "conversations.approve"

_ONE = f"""
SELECT {APPROVAL_COLUMNS} FROM reply_approval
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_OPEN = f"""
SELECT {APPROVAL_COLUMNS} FROM reply_approval
WHERE organisation_id = current_organisation() AND conversation_id = $1
  AND (state = 'waiting' OR state IN ('returned', 'ended') AND writer_id = $2 AND taken_at IS NULL)
ORDER BY asked_at DESC LIMIT 5
"""  # noqa: S608 (names of columns only)
_WAITING = f"""
SELECT {APPROVAL_COLUMNS} FROM reply_approval
WHERE organisation_id = current_organisation() AND state = 'waiting' AND writer_id <> $1
  AND (asked_id = $1 OR late_at IS NOT NULL
       OR asked_id IS NULL AND (NOT own_team OR writer_id = ANY($3::uuid[])))
ORDER BY asked_at LIMIT $2
"""  # noqa: S608 (names of columns only)
_REPORT = """
SELECT count(*) AS asked,
       count(*) FILTER (WHERE required) AS required,
       count(*) FILTER (WHERE state = 'sent' AND sent_text IS NULL) AS approved,
       count(*) FILTER (WHERE state = 'sent' AND sent_text IS NOT NULL) AS changed,
       count(*) FILTER (WHERE decided_at IS NOT NULL AND state <> 'sent') AS returned,
       count(*) FILTER (WHERE decided_at IS NULL AND state <> 'waiting') AS ended,
       count(*) FILTER (WHERE late_at IS NOT NULL) AS late,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - asked_at))
           AS median_wait_s
FROM reply_approval
WHERE organisation_id = current_organisation() AND asked_at >= $1
"""


class ApprovalNotFound(NotFound):
    """There is no such reply for this person."""

    wording = "assist.approval_not_found"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits, or came back; `newer` says that the customer has written since.

    `rich` is what the customer will see in the place of the text, `mail` what makes it a mail;
    `pictures` are those that either of them shows.
    """

    id: UUID
    conversation_id: UUID
    writer_id: UUID
    writer: str
    asked_id: UUID | None
    asked: str | None
    required: bool
    own_team: bool
    text: str
    files: list[str]
    rich: dict[str, Any] | None
    mail: dict[str, Any] | None
    pictures: list[File]
    asked_at: datetime
    state: State
    late: bool
    newer: bool
    decided_by: str | None
    sent_text: str | None
    why: str | None
    may_decide: bool


class ApprovalView(msgspec.Struct, frozen=True):
    """A reply that waits, with the newest messages of its conversation."""

    approval: Approval
    conversation: ConversationRow
    messages: list[Message]


class WaitingApproval(msgspec.Struct, frozen=True):
    """A reply that waits, in the seniors' list."""

    approval: Approval
    conversation: ConversationRow


class Approver(msgspec.Struct, frozen=True):
    """Somebody who may approve replies in a conversation."""

    id: UUID
    name: str


class Approving(msgspec.Struct, frozen=True):
    """Whether one's own replies wait in a conversation, and who could be asked."""

    required: bool
    approvers: list[Approver]


class ApprovalCounts(msgspec.Struct, frozen=True):
    """What became of replies that were sent for approval.

    Counts: `ended` was withdrawn, or its conversation left the writer, before anybody decided.
    """

    asked: int
    required: int
    approved: int
    changed: int
    returned: int
    ended: int
    late: int
    median_wait_s: float | None


async def need_approval(
    tx: Transaction, approval_id: UUID, actor: Actor, *, lock: bool = False
) -> ApprovalRow:
    """Return a reply of a conversation that the actor may see. Errors: ApprovalNotFound."""
    row = await tx.one(ApprovalRow, f"{_ONE} FOR UPDATE" if lock else _ONE, approval_id)
    if row is None:
        raise ApprovalNotFound
    if actor.id != row.writer_id:
        try:
            await conversations.need_conversation(tx, row.conversation_id, actor)
        except conversations.ConversationNotFound:
            raise ApprovalNotFound from None
    return row


async def approval_view(tx: Transaction, approval_id: UUID, actor: Actor) -> ApprovalView:
    """Return a reply with what it answers. Errors: ApprovalNotFound."""
    row = await need_approval(tx, approval_id, actor)
    about = await conversations.rows(tx, [row.conversation_id], None)
    said = await conversations.transcript(tx, row.conversation_id, READ_ALONG)
    return ApprovalView((await _shown(tx, [row], about, actor))[0], about[0], said)


async def approvals_beside(tx: Transaction, conversation_id: UUID, actor: Actor) -> list[Approval]:
    """Return what waits in a conversation, and what came back to this writer."""
    rows = await tx.all(ApprovalRow, _OPEN, conversation_id, actor.id)
    if not rows:
        return []
    return await _shown(tx, rows, await conversations.rows(tx, [conversation_id], None), actor)


async def approvals_of(tx: Transaction, conversation_id: UUID) -> list[ApprovalRow]:
    """Return the one that waits in a conversation, for the system."""
    rows = await tx.all(ApprovalRow, _OPEN, conversation_id, None)
    return [row for row in rows if row.state == "waiting"]


async def waiting_approvals(tx: Transaction, actor: Actor) -> list[WaitingApproval]:
    """Return the replies that wait for this senior, the longest first. Counts: at most 100."""
    if not actor.may(PERMISSION):
        return []
    mates = await accounts.teammates(tx, actor.team_ids)
    rows = await tx.all(ApprovalRow, _WAITING, actor.id, MOST_WAITING, mates)
    about = await conversations.rows(tx, list({row.conversation_id for row in rows}), actor)
    of = {one.id: one for one in about if one.state == "serving"}
    seen = [row for row in rows if row.conversation_id in of]
    return [
        WaitingApproval(one, of[one.conversation_id])
        for one in await _shown(tx, seen, about, actor)
    ]


async def approving(tx: Transaction, conversation_id: UUID, actor: Actor) -> Approving:
    """Return whether this writer has to ask, and whom. Errors: ConversationNotFound."""
    row = await conversations.need_conversation(tx, conversation_id, actor)
    may, _ = await approvers(tx, row.queue_id, row.brand_id, writer=actor)
    return Approving(await must_wait(tx, actor, row.queue_id), may)


async def must_wait(tx: Transaction, actor: Actor, queue_id: UUID | None) -> bool:
    """Say whether this writer's replies wait in a queue."""
    rules = (await care(tx)).held
    return must_ask(rules, member_id=actor.id, senior=actor.may(PERMISSION), queue_id=queue_id)


async def approvers(
    tx: Transaction, queue_id: UUID | None, brand_id: UUID | None, *, writer: Actor
) -> tuple[list[Approver], bool]:
    """Return who may approve what somebody writes in such a conversation, by name.

    Also whether these are only the seniors of the writer's own teams: where the house wants that,
    and there are any.
    """
    people = [one for one in await accounts.members(tx, active_only=True) if one.id != writer.id]
    rights = await accounts.rights_of(tx, [one.id for one in people])
    may = [one for one in people if PERMISSION in rights[one.id].permissions]
    teams = await accounts.teams_of(tx, [one.id for one in may])
    queues = await routing.member_queues(tx, teams) if queue_id and may else {}

    def sees(member_id: UUID) -> bool:
        own = rights[member_id]
        served = own.scope == "queue" and any(q == queue_id for q, _ in queues.get(member_id, ()))
        return own.scope == "all" or brand_id in own.seen_brand_ids or served

    able = [one for one in may if sees(one.id)]
    near = [one for one in able if teams[one.id] & writer.team_ids]
    own_team = bool(near) and (await care(tx)).approval.own_team
    chosen = near if own_team else able
    named = (Approver(one.id, one.name) for one in chosen)
    return sorted(named, key=lambda one: one.name), own_team


async def is_for(tx: Transaction, row: ApprovalRow, actor: Actor) -> bool:
    """Say whether a reply waits for this senior too, and not only for those of another team."""
    if not row.own_team or row.late_at is not None or row.asked_id == actor.id:
        return True
    return row.writer_id in await accounts.teammates(tx, actor.team_ids)


async def approval_report(tx: Transaction, *, now: datetime, days: int) -> ApprovalCounts:
    """Return what became of the replies that were asked for in the last days."""
    found = await tx.one(ApprovalCounts, _REPORT, now - timedelta(days=days))
    assert found is not None
    return found


async def _shown(
    tx: Transaction,
    rows: Sequence[ApprovalRow],
    about: Sequence[ConversationRow],
    actor: Actor,
) -> list[Approval]:
    ids = {id_ for row in rows for id_ in (row.writer_id, row.asked_id, row.decided_by) if id_}
    names = await accounts.member_names(tx, ids)
    seen = {one.id for one in about}
    marks = {
        row.conversation_id: row.asked_seq
        for row in rows
        if row.state == "waiting" and row.conversation_id in seen
    }
    newer = await conversations.customer_since(tx, marks)
    able = {row.id for row in rows if actor.may(PERMISSION) and await is_for(tx, row, actor)}
    mails = await _mails(tx, rows, about, actor)
    return [
        Approval(
            id=row.id,
            conversation_id=row.conversation_id,
            writer_id=row.writer_id,
            writer=names.get(row.writer_id, ""),
            asked_id=row.asked_id,
            asked=names.get(row.asked_id) if row.asked_id else None,
            required=row.required,
            own_team=row.own_team and row.late_at is None,
            text=row.text,
            files=[] if row.rich else [str(one.get("name", "")) for one in _beside(row)],
            rich=row.rich,
            mail=mails.get(row.id),
            pictures=conversations.shown_files(
                tx.organisation_id, row.files if row.rich else _within(row), tx.now, {}
            ),
            asked_at=row.asked_at,
            state=row.state,
            late=row.late_at is not None,
            newer=row.state == "waiting" and row.conversation_id in newer,
            decided_by=names.get(row.decided_by) if row.decided_by else None,
            sent_text=row.sent_text,
            why=row.why,
            may_decide=row.state == "waiting" and row.writer_id != actor.id and row.id in able,
        )
        for row in rows
    ]


def _within(row: ApprovalRow) -> list[dict[str, Any]]:
    """Return the files that the words of a mail show."""
    html = str((row.mail or {}).get("html", ""))
    return [one for one in row.files or () if f'cid:{one["id"]}"' in html]


def _beside(row: ApprovalRow) -> list[dict[str, Any]]:
    within = _within(row)
    return [one for one in row.files or () if one not in within]


async def _mails(
    tx: Transaction,
    rows: Sequence[ApprovalRow],
    about: Sequence[ConversationRow],
    actor: Actor,
) -> dict[UUID, dict[str, Any]]:
    """Return what makes replies mails, with addresses as the actor sees those of customers."""
    of = {one.id: one.customer.id for one in about}
    made = {}
    for row in rows:
        if row.mail is None:
            continue
        if row.writer_id == actor.id:
            made[row.id] = row.mail
            continue
        customer_id = of.get(row.conversation_id)
        if customer_id is None:
            continue
        hide = await conversations.address_hider(tx, customer_id)
        made[row.id] = row.mail | {
            # What is quoted below the answer names people, too.
            "html": conversations.hidden_addresses(str(row.mail.get("html", "")), hide),
            **{
                field: [one | {"email": hide(str(one["email"]))} for one in row.mail.get(field, ())]
                for field in ("to", "cc", "bcc")
            },
        }
    return made
