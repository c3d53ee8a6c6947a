"""Telling the customer what became of it (告知), without which nobody closes a case.

The one surprise: who closes without it says why, and that is counted.
"""

from datetime import datetime
from uuid import UUID

from peakend.cases.actions.clock import told
from peakend.cases.events import CaseClosed, CaseStateSet, CustomerInformed
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import CaseIsClosed, need_case_version
from peakend.cases.rules.informing import AHEAD, NotTold, Told, not_told_fault, told_fault
from peakend.conversations.queries import messages_by_id, need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_WORDS = 5000

_INFORM = """
INSERT INTO case_inform (id, case_id, channel, conversation_id, message_id, words, at, by,
    recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_CLOSE = """
UPDATE service_case SET state = 'closed', closed_at = $2, closed_how = $3,
    informed_at = CASE WHEN $3 = 'informed' THEN $4::timestamptz END,
    not_informed_why = $5, not_informed_reason = $6, paused_at = NULL,
    version = version + 1, updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_LINKED = """
SELECT true FROM case_link
WHERE organisation_id = current_organisation() AND case_id = $1 AND conversation_id = $2
"""
_FAULTS = {
    "future": "cases.told_future",
    "before": "cases.told_before",
    "no_message": "cases.told_no_message",
}


class NotDone(Conflict):
    """The customer is told what became of it once something became of it."""

    wording = "cases.not_done"


class WrongInform(Invalid):
    """It does not show that the customer was told."""

    wording = "cases.told_words"


class MessageNotTold(Invalid):
    """The message is not in the case's conversations, not for the customer, or too old."""

    wording = "cases.message_not_told"


class ReasonNotTold(Invalid):
    """Why nobody was told is said, in words where no code fits."""

    wording = "cases.not_told_words"


class OnlyLeadsClose(Refused):
    """Closing what the customer was not told of is for who leads."""

    wording = "cases.not_told_manage"


async def inform(
    tx: Transaction,
    *,
    case_id: UUID,
    channel: Told,
    by: Actor,
    words: str = "",
    at: datetime | None = None,
    message_id: UUID | None = None,
    version: int | None = None,
) -> UUID:
    """Record that the customer was told, which closes the case, and return the record's id.

    A message of the case's conversations is its own proof; a mail sent elsewhere, a call or a
    visit is recorded with what was said and when. Errors: CaseNotFound, CaseStale, CaseIsClosed,
    NotDone, WrongInform, MessageNotTold.
    """
    row = await _need_done(tx, case_id, by, version)
    conversation_id, at = None, at or tx.now
    if channel == "message" and message_id is not None:
        conversation_id, at, words = await _message(tx, row, message_id, by)
    words = words.strip()[:MOST_WORDS]
    fault = told_fault(
        channel=channel, at=at, done_at=row.done_at, now=tx.now, by_message=message_id is not None
    )
    if fault is not None:
        raise WrongInform(fields={"at": _FAULTS[fault]})
    if channel != "message" and not words:
        raise WrongInform(fields={"words": "cases.told_words"})
    inform_id = new_id()
    teller = by.id if by.kind == "member" else None
    await tx.run(
        _INFORM, inform_id, case_id, channel, conversation_id,
        message_id if channel == "message" else None, words, at, teller, tx.now,
    )  # fmt: skip
    after_s = max(0, int((at - (row.done_at or at)).total_seconds()))
    await record(
        tx,
        CustomerInformed(**told(row), inform_id=inform_id, channel=channel, after_s=after_s),
        occurred_at=min(at, tx.now),
    )
    await _close(tx, row, "informed", at=at)
    return inform_id


async def close_not_informed(
    tx: Transaction,
    *,
    case_id: UUID,
    why: NotTold,
    by: Actor,
    words: str = "",
    version: int | None = None,
) -> None:
    """Close a case whose customer could not, or need not, be told, and record why.

    Errors: CaseNotFound, CaseStale, CaseIsClosed, NotDone, ReasonNotTold, OnlyLeadsClose.
    """
    row = await _need_done(tx, case_id, by, version)
    if by.kind == "member" and not by.may("cases.manage"):
        raise OnlyLeadsClose
    if not_told_fault(why=why, words=words) is not None:
        raise ReasonNotTold(fields={"words": "cases.not_told_words"})
    await _close(tx, row, "not_informed", why=why, words=words.strip()[:MOST_WORDS])


async def _need_done(tx: Transaction, case_id: UUID, by: Actor, version: int | None) -> CaseRow:
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    if row.state != "done":
        raise NotDone
    return row


async def _message(
    tx: Transaction, row: CaseRow, message_id: UUID, by: Actor
) -> tuple[UUID, datetime, str]:
    """Return where, when and with which words a message told the customer."""
    found = next(iter(await messages_by_id(tx, [message_id])), None)
    if found is None or not await tx.value(_LINKED, row.id, found.conversation_id):
        raise MessageNotTold(fields={"message_id": "cases.message_not_told"})
    await need_conversation(tx, found.conversation_id, by)
    early = row.done_at is not None and found.at < row.done_at - AHEAD
    if early or found.kind not in ("agent", "digital") or found.recalled_at is not None:
        raise MessageNotTold(fields={"message_id": "cases.message_not_told"})
    return found.conversation_id, found.at, found.text


async def _close(
    tx: Transaction,
    row: CaseRow,
    how: str,
    *,
    at: datetime | None = None,
    why: str | None = None,
    words: str = "",
) -> None:
    await tx.run(_CLOSE, row.id, tx.now, how, at, why, words)
    await record(tx, CaseStateSet(**told(row), state="closed", former=row.state))
    await record(tx, CaseClosed(**told(row), how=how, why=why))
