"""A reply waits for a senior: asked, decided, withdrawn, ended, and warned of when it takes long.

The surprise: it becomes a message only when it goes, by `conversations.approved_reply` in the
writer's name; until then no clock stops and nobody counts it.
"""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.assist import queries
from peakend.assist.events import ApprovalAsked, ApprovalDecided, ApprovalEnded, ApprovalLate
from peakend.assist.models import ApprovalRow
from peakend.assist.rules.approvals import LONGEST_WHY
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.queries import ConversationRecord, MailGiven, NotYours, Rich
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import Fact, record
from peakend.kernel.jobs import enqueue

Outcome = Literal["approved", "changed", "returned"]

_ASK = """
INSERT INTO reply_approval (id, conversation_id, writer_id, asked_id, required, own_team, text,
                            files, article_id, reply_to, asked_at, asked_seq, rich, template_id,
                            mail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT DO NOTHING
"""
# Who sends it anew has taken up what came back.
_TAKEN_UP = """
UPDATE reply_approval SET taken_at = $3
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND writer_id = $2
  AND state IN ('returned', 'ended') AND taken_at IS NULL
"""
_DECIDE = """
UPDATE reply_approval
SET state = $2, decided_at = $3, decided_by = $4, sent_text = $5, why = $6, message_id = $7
WHERE organisation_id = current_organisation() AND id = $1
"""
_END = """
UPDATE reply_approval SET state = $2, taken_at = $3
WHERE organisation_id = current_organisation() AND id = $1
"""


class OneWaitsAlready(Conflict):
    """Another reply waits in this conversation."""

    wording = "assist.approval_waits_already"


class NoApprover(Invalid):
    """Nobody, or not this person, may approve it."""

    wording = "assist.no_approver"


class ApprovalSettled(Conflict):
    """It was decided, or taken back, before."""

    wording = "assist.approval_settled"


class NotYourOwn(Refused):
    """Four eyes: nobody approves what he has written himself."""

    wording = "assist.approval_not_own"


class AnotherTeam(Refused):
    """The house wants a senior of the writer's own team, until it has waited too long."""

    wording = "assist.approval_other_team"


class CustomerWroteSince(Conflict):
    """The customer has written, and the senior has not seen it."""

    wording = "assist.approval_newer"


class WhyReturned(Invalid):
    """A returned reply needs a word why."""

    wording = "assist.approval_why"


async def ask_approval(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    text: str = "",
    by: Actor,
    content: Rich | None = None,
    template_id: UUID | None = None,
    canned_reply_id: UUID | None = None,
    asked_id: UUID | None = None,
    file_ids: list[UUID] | None = None,
    article_id: UUID | None = None,
    reply_to: UUID | None = None,
    mail: MailGiven | None = None,
) -> UUID:
    """Let a reply wait for a senior: for one, or for any who may; the client's id is its id.

    With `content` it is a rich message, which holds its words and pictures itself; with `mail` it
    goes by mail when it goes. Errors: ConversationNotFound, NotYours, OneWaitsAlready, NoApprover,
    and those of `reply`.
    """
    row = await timeline.need_conversation(tx, conversation_id, by, lock=True)
    if await _known(tx, client_id, row, by):
        return client_id
    if row.state != "serving" or row.agent_id != by.id:
        raise NotYours
    may, own_team = await queries.approvers(tx, row.queue_id, row.brand_id, writer=by)
    if not may or (asked_id is not None and asked_id not in {one.id for one in may}):
        raise NoApprover(fields={"asked_id": "assist.no_approver"})
    rich: dict[str, Any] | None = None
    if content is not None:
        both = {"text": text, "file_ids": file_ids, "mail": mail}
        if wrong := next((name for name, given in both.items() if given), None):
            raise Invalid(fields={wrong: "unexpected"})
        ready = await conversations.ready_rich(
            tx, content, language=row.language, by=by, template_id=template_id,
            canned_reply_id=canned_reply_id,
        )  # fmt: skip
        text, file_ids, rich = ready.text, ready.file_ids, ready.params
    kept, files = await conversations.checked_reply(
        tx, conversation_id=row.id, text=text, by=by, file_ids=file_ids,
        reply_to=reply_to, mail=mail,
    )  # fmt: skip
    required = await queries.must_wait(tx, by, row.queue_id)
    new = await tx.run(
        _ASK, client_id, row.id, by.id, asked_id, required, own_team, kept, files, article_id,
        reply_to, tx.now, row.last_seq, rich, template_id if rich else None,
        msgspec.to_builtins(mail) if mail is not None else None,
    )  # fmt: skip
    if not new:
        raise OneWaitsAlready
    await tx.run(_TAKEN_UP, row.id, by.id, tx.now)
    assert by.id is not None
    asked = ApprovalAsked(
        conversation_id=row.id, approval_id=client_id, agent_id=by.id, leg_id=row.leg_id,
        asked_id=asked_id, required=required, own_team=own_team,
    )  # fmt: skip
    await _tell_asked(tx, asked)
    return client_id


async def _tell_asked(tx: Transaction, asked: ApprovalAsked) -> None:
    """Record that a reply waits, and have somebody warned where it waits too long."""
    await record(tx, asked)
    warn = timedelta(minutes=(await queries.care(tx)).approval.warn_min)
    await enqueue(tx, "assist.warn_late", run_at=tx.now + warn, approval_id=asked.approval_id)


async def _known(tx: Transaction, client_id: UUID, row: ConversationRecord, by: Actor) -> bool:
    """Say whether a repeat asks for what waits already. Errors: ApprovalNotFound."""
    try:
        known = await queries.need_approval(tx, client_id, Actor.system(tx.organisation_id))
    except queries.ApprovalNotFound:
        return False
    if (known.conversation_id, known.writer_id) != (row.id, by.id):
        raise queries.ApprovalNotFound
    return True


async def decide_approval(
    tx: Transaction,
    *,
    approval_id: UUID,
    outcome: Outcome,
    by: Actor,
    seen_seq: int,
    text: str | None = None,
    content: Rich | None = None,
    template_id: UUID | None = None,
    why: str = "",
) -> None:
    """Send a waiting reply as it is or changed, or give it back with a word why.

    A rich message is changed by its `content`; pictures that it had may stay, and those of the
    template are copied.
    `seen_seq` is how far the senior has read. Errors: ApprovalNotFound, ApprovalSettled,
    NotYourOwn, AnotherTeam, CustomerWroteSince, WhyReturned, and those of `reply`.
    """
    row = await queries.need_approval(tx, approval_id, by)
    about = await timeline.need_conversation(
        tx, row.conversation_id, Actor.system(tx.organisation_id), lock=True
    )
    row = await queries.need_approval(tx, approval_id, by, lock=True)
    if by.id == row.writer_id:
        raise NotYourOwn
    if row.state != "waiting":
        raise ApprovalSettled
    if not await queries.is_for(tx, row, by):
        raise AnotherTeam
    word = " ".join(why.split())[:LONGEST_WHY]
    if outcome == "returned":
        if not word or "\x00" in word:
            raise WhyReturned(fields={"why": "assist.approval_why"})
        await tx.run(_DECIDE, row.id, "returned", tx.now, by.id, None, word, None)
    else:
        newer = await timeline.customer_since(tx, {row.conversation_id: row.asked_seq})
        if newer and seen_seq < newer[row.conversation_id]:
            raise CustomerWroteSince
        going = row
        if outcome == "changed":
            going = await _changed(tx, row, about, text, content, template_id, by)
        await _send(tx, row, going, by)
    await _tell_decided(tx, row, about, outcome, by)


async def _changed(
    tx: Transaction,
    row: ApprovalRow,
    about: ConversationRecord,
    text: str | None,
    content: Rich | None,
    template_id: UUID | None,
    by: Actor,
) -> ApprovalRow:
    """Return what waits as the senior would have it. Errors: Invalid, and those of `send_rich`."""
    change = msgspec.structs.replace
    if row.rich is None:
        if text is None or text.strip() == row.text:
            return row
        # The senior's words take the place of the writer's HTML, which says something else.
        mail = row.mail and row.mail | {"html": ""}
        return change(row, text=text, mail=mail)
    if content is None:
        raise Invalid(fields={"content": "required"})
    known = [UUID(str(one["id"])) for one in row.files or ()]
    ready = await conversations.ready_rich(
        tx, content, language=about.language, by=by, template_id=template_id, known=known
    )
    if ready.params == row.rich:
        return row
    files = await conversations.attached_beside(tx, ready.file_ids, row.files)
    return change(row, text=ready.text, rich=ready.params, files=files)


async def _send(tx: Transaction, row: ApprovalRow, going: ApprovalRow, by: Actor) -> None:
    sent = await conversations.approved_reply(
        tx,
        conversation_id=row.conversation_id,
        client_id=row.id,
        text=going.text,
        writer_id=row.writer_id,
        files=going.files,
        article_id=row.article_id,
        reply_to=row.reply_to,
        rich=going.rich,
        template_id=row.template_id,
        mail=going.mail,
    )
    kept = None if going is row else sent.text
    await tx.run(_DECIDE, row.id, "sent", tx.now, by.id, kept, None, sent.id)


async def _tell_decided(
    tx: Transaction, row: ApprovalRow, about: ConversationRecord, outcome: Outcome, by: Actor
) -> None:
    assert by.id is not None
    await record(
        tx,
        ApprovalDecided(
            conversation_id=row.conversation_id,
            approval_id=row.id,
            agent_id=row.writer_id,
            leg_id=_leg(row, about),
            by_id=by.id,
            outcome=outcome,
            waited_s=int((tx.now - row.asked_at).total_seconds()),
        ),
    )
    detail = {"outcome": outcome, "writer_id": row.writer_id}
    await audit(tx, "reply.decided", "conversation", row.conversation_id, detail)


async def withdraw_approval(tx: Transaction, *, approval_id: UUID, by: Actor) -> None:
    """Take back what waits, or take up what came back; doing it twice is harmless.

    Errors: ApprovalNotFound (also for what others wrote), ApprovalSettled.
    """
    row = await queries.need_approval(tx, approval_id, by, lock=True)
    if row.writer_id != by.id:
        raise queries.ApprovalNotFound
    if row.state == "sent":
        raise ApprovalSettled
    if row.state == "waiting":
        await _end(tx, row, "withdrawn", "withdrawn")
    elif row.taken_at is None:
        await _end(tx, row, row.state, "taken")


async def end_left_approvals(tx: Transaction, conversation_id: UUID) -> None:
    """End what waits in a conversation that its writer no longer holds."""
    for row in await queries.approvals_of(tx, conversation_id):
        about = await _about(tx, row)
        if about.state != "serving" or about.agent_id != row.writer_id:
            await _end(tx, row, "ended", "closed" if about.state == "closed" else "moved")


async def warn_late(tx: Transaction, *, approval_id: UUID) -> None:
    """Say that a reply has waited too long, once; from then on every senior is asked."""
    system = Actor.system(tx.organisation_id)
    try:
        row = await queries.need_approval(tx, approval_id, system, lock=True)
    except queries.ApprovalNotFound:
        return
    if row.state != "waiting" or row.late_at is not None:
        return
    await tx.run(
        "UPDATE reply_approval SET late_at = $2 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        row.id,
        tx.now,
    )
    about = await _about(tx, row)
    await record(
        tx,
        ApprovalLate(
            conversation_id=row.conversation_id,
            approval_id=row.id,
            agent_id=row.writer_id,
            leg_id=_leg(row, about),
            asked_id=row.asked_id,
            waited_s=int((tx.now - row.asked_at).total_seconds()),
        ),
    )


async def _end(tx: Transaction, row: ApprovalRow, state: str, why: str) -> None:
    # What left the writer is shown to him until he takes it up.
    await tx.run(_END, row.id, state, None if why in ("closed", "moved") else tx.now)
    about = await _about(tx, row)
    ended: Fact = ApprovalEnded(
        conversation_id=row.conversation_id,
        approval_id=row.id,
        agent_id=row.writer_id,
        leg_id=_leg(row, about),
        why=why,
    )
    await record(tx, ended)


async def _about(tx: Transaction, row: ApprovalRow) -> ConversationRecord:
    system = Actor.system(tx.organisation_id)
    return await timeline.need_conversation(tx, row.conversation_id, system)


def _leg(row: ApprovalRow, about: ConversationRecord) -> UUID | None:
    return about.leg_id if about.agent_id == row.writer_id else None
