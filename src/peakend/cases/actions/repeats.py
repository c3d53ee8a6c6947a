"""A customer who comes again with the same matter: the case is raised instead of a new one."""

from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.cases.actions.moving import raise_priority
from peakend.cases.actions.opening import link_conversation
from peakend.cases.actions.urges import followed, urge
from peakend.cases.events.urges import RepeatDenied, RepeatRecognised, RepeatRuleChanged
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import CaseNotFound, case_row, cases_of_conversation, need_case
from peakend.cases.queries.repeats import only_open_case, repeated_case, within_d
from peakend.cases.rules.repeats import LEAST_D, MOST_D, raised_to
from peakend.cases.rules.urges import urge_in
from peakend.conversations.queries import (
    ConversationNotFound,
    ConversationRecord,
    messages_by_id,
    need_conversation,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

How = Literal["reason", "urge", "member"]

_COUNT = """
UPDATE service_case SET repeats = repeats + 1, version = version + 1, updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_UNCOUNT = """
UPDATE service_case SET repeats = greatest(0, repeats - 1), version = version + 1, updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_UNLINK = """
DELETE FROM case_link
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND case_id = $2
  AND kind = 'repeat'
"""
_DENY = """
INSERT INTO repeat_denial (conversation_id, case_id, by, at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
_TAKE_BACK = """
DELETE FROM repeat_denial
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND case_id = $2
"""
_RULE = """
INSERT INTO repeat_rule AS r (kind, within_d, version) VALUES ('repeat', $1, 1)
ON CONFLICT (organisation_id, kind) DO UPDATE SET within_d = $1, version = r.version + 1
"""


class WrongDays(Invalid):
    """The same matter is a repeat within one day and ninety."""

    wording = "cases.wrong_days"


class BelongsAlready(Conflict):
    """The conversation belongs to the case already."""

    wording = "cases.belongs_already"


class _Heard(msgspec.Struct, frozen=True):
    text: str


async def recognise_repeat(tx: Transaction, *, conversation_id: UUID) -> UUID | None:
    """Raise the case that a conversation repeats by its reason; None where it repeats none."""
    row = await _conversation(tx, conversation_id)
    if row is None or row.reason_id is None:
        return None
    case = await repeated_case(tx, row)
    if case is None:
        return None
    await _repeated(tx, case, row, "reason", None)
    return case.id


async def hear_urge(tx: Transaction, *, conversation_id: UUID, message_id: UUID) -> bool:
    """Take a customer's words for an urge of the case that his conversation belongs to.

    Where it belongs to none, and he has one open case, he comes again with that.
    """
    row = await _conversation(tx, conversation_id)
    found = await messages_by_id(tx, [message_id])
    said = urge_in(found[0].text or "") if found and found[0].kind == "customer" else None
    if row is None or said is None:
        return False
    known = await cases_of_conversation(tx, conversation_id)
    case = next((one for one in known if one.state != "closed"), None)
    if case is None and not known:
        case = await only_open_case(tx, row)
        if case is not None:
            await _repeated(tx, case, row, "urge", None)
    if case is None:
        return False
    await urge(
        tx, case_id=case.id, by="customer", channel=row.channel_kind, rule=said.rule,
        said=said.words, conversation_id=conversation_id, message_id=message_id,
    )  # fmt: skip
    return True


async def say_repeat(tx: Transaction, *, conversation_id: UUID, case_id: UUID, by: Actor) -> None:
    """Let a conversation belong to a case of its customer, because somebody knows that it does.

    Errors: ConversationNotFound, CaseNotFound, OtherCustomer, BelongsAlready.
    """
    row = await need_conversation(tx, conversation_id, by)
    case = await need_case(tx, case_id, by)
    await tx.run(_TAKE_BACK, conversation_id, case_id)
    if not await _repeated(tx, case, row, "member", by):
        raise BelongsAlready


async def deny_repeat(tx: Transaction, *, conversation_id: UUID, case_id: UUID, by: Actor) -> None:
    """Let a conversation be no repeat of a case, now or later; what it had counted is taken back.

    How urgent the case became stays: somebody may have given his word on it.
    Errors: ConversationNotFound, CaseNotFound.
    """
    row = await need_conversation(tx, conversation_id, by)
    case = await need_case(tx, case_id, by, lock=True)
    if not await tx.run(_DENY, conversation_id, case_id, by.id, tx.now):
        return
    linked = bool(await tx.run(_UNLINK, conversation_id, case_id))
    if linked:
        await tx.run(_UNCOUNT, case_id, tx.now)
    await record(tx, RepeatDenied(**followed(case, row.id), was_linked=linked))


async def set_repeat_rule(tx: Transaction, *, days: int) -> None:
    """Say within how many days the same matter is a repeat. Errors: WrongDays."""
    if not LEAST_D <= days <= MOST_D:
        raise WrongDays(least=LEAST_D, most=MOST_D, fields={"within_d": "wrong"})
    if days == await within_d(tx):
        return
    await tx.run(_RULE, days)
    await record(tx, RepeatRuleChanged(by_id=tx.actor.id, within_d=days))
    await audit(tx, "repeat_rule.updated", "repeat_rule")


async def _repeated(
    tx: Transaction, case: CaseRow, row: ConversationRecord, how: How, by: Actor | None
) -> bool:
    """Link, count and raise, once for each conversation; a closed case is not opened by itself."""
    fresh = await case_row(tx, case.id, lock=True)
    if fresh is None:
        raise CaseNotFound
    if not await link_conversation(
        tx, case_id=case.id, conversation_id=row.id, kind="repeat", by=by
    ):
        return False
    await tx.run(_COUNT, case.id, tx.now)
    times = fresh.repeats + 1
    if fresh.state != "closed":
        await raise_priority(tx, case.id, raised_to(times), "repeat")
    await record(
        tx,
        RepeatRecognised(
            **followed(fresh, row.id), how=how, times=times,
            after_d=max(0, (tx.now - fresh.opened_at).days), was_closed=fresh.state == "closed",
        ),
    )  # fmt: skip
    return True


async def _conversation(tx: Transaction, conversation_id: UUID) -> ConversationRecord | None:
    try:
        return await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    except ConversationNotFound:
        return None
