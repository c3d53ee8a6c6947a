"""Whether a customer has come again with the same matter."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import organisation
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import cases_of_conversation, cases_of_customer, sees
from peakend.cases.rules.cases import CasePriority, CaseState, shown_number
from peakend.cases.rules.repeats import WITHIN_D, Earlier, family, is_lately, same_matter
from peakend.conversations.queries import ConversationRecord, need_conversation, reason_tree
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

_LINKED = """
SELECT case_id FROM case_link
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND kind = 'repeat'
ORDER BY at LIMIT 1
"""
_DENIED = """
SELECT coalesce(array_agg(case_id), '{}') FROM repeat_denial
WHERE organisation_id = current_organisation() AND conversation_id = $1
"""
_COME_AGAIN = """
SELECT case_id, conversation_id, at FROM case_link
WHERE organisation_id = current_organisation() AND case_id = ANY($1::uuid[]) AND kind = 'repeat'
ORDER BY at LIMIT 100000
"""
MOST = 3


class CameAgain(msgspec.Struct, frozen=True):
    """A contact that was recognised as a repeat of a case."""

    case_id: UUID
    conversation_id: UUID
    at: datetime


class RepeatCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case with which a customer comes again, or may do; `sure` says that it was recognised."""

    id: UUID
    number: int
    shown: str
    title: str
    state: CaseState
    priority: CasePriority
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime
    owner_id: UUID | None
    urges: int
    repeats: int
    sure: bool


class Repeats(msgspec.Struct, frozen=True):
    """The case that a contact repeats, and others of the customer that it may be about."""

    same: RepeatCase | None
    perhaps: list[RepeatCase]
    within_d: int


async def within_d(tx: Transaction) -> int:
    """Return within how many days the same matter counts as a repeat."""
    found: int | None = await tx.value(
        "SELECT within_d FROM repeat_rule"
        " WHERE organisation_id = current_organisation() AND kind = 'repeat'"
    )
    return WITHIN_D if found is None else found


async def repeats_of(tx: Transaction, conversation_id: UUID, actor: Actor) -> Repeats:
    """Return the case that a conversation repeats; what may be, where nobody knows.

    Counts: three others. Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, actor)
    days = await within_d(tx)
    linked = {case.id: case for case in await cases_of_conversation(tx, conversation_id)}
    repeated = await tx.value(_LINKED, conversation_id)
    same = linked.get(repeated) if repeated else None
    if same is not None and not await sees(tx, same, actor):
        same = None
    perhaps = []
    if not linked:
        zone = (await organisation(tx)).time_zone
        denied = await denied_cases(tx, conversation_id)
        perhaps = [
            case
            for case in await cases_of_customer(tx, row.customer_id)
            if case.brand_id == row.brand_id
            and case.id not in denied
            and is_lately(case.closed_at, tx.now, days, zone)
            and await sees(tx, case, actor)
        ]
    return Repeats(
        _shown(same, sure=True) if same else None,
        [_shown(case, sure=False) for case in perhaps[:MOST]],
        days,
    )


async def denied_cases(tx: Transaction, conversation_id: UUID) -> set[UUID]:
    """Return the cases that a contact is not about, as somebody said."""
    return set(await tx.value(_DENIED, conversation_id))


async def repeated_case(tx: Transaction, row: ConversationRecord) -> CaseRow | None:
    """Return the case of the same matter that a conversation with a reason repeats, if any.

    A conversation that belongs to a case already repeats none of the same family.
    """
    tree = await reason_tree(tx)
    parents = {one.id: one.parent_id for one in tree.nodes}
    kin = family(row.reason_id, parents)
    if kin is None:
        return None
    linked = await cases_of_conversation(tx, row.id)
    if any(family(case.reason_id, parents) == kin for case in linked):
        return None
    denied = await denied_cases(tx, row.id)
    cases = {
        case.id: case
        for case in await cases_of_customer(tx, row.customer_id)
        if case.brand_id == row.brand_id and case.id not in denied
    }
    found = same_matter(
        [
            Earlier(
                id=case.id,
                reason_id=case.reason_id,
                family_id=family(case.reason_id, parents),
                opened_at=case.opened_at,
                closed_at=case.closed_at,
            )
            for case in cases.values()
        ],
        reason_id=row.reason_id,
        family_id=kin,
        now=row.opened_at,
        days=await within_d(tx),
        zone=(await organisation(tx)).time_zone,
    )
    return cases[found.id] if found else None


async def only_open_case(tx: Transaction, row: ConversationRecord) -> CaseRow | None:
    """Return the one open case of a conversation's customer; None where there are none or many."""
    denied = await denied_cases(tx, row.id)
    known = [
        case
        for case in await cases_of_customer(tx, row.customer_id, closed=False)
        if case.brand_id == row.brand_id and case.id not in denied
    ]
    return known[0] if len(known) == 1 else None


def _shown(case: CaseRow, *, sure: bool) -> RepeatCase:
    return RepeatCase(
        id=case.id, number=case.number, shown=shown_number(case.number), title=case.title,
        state=case.state, priority=case.priority, opened_at=case.opened_at,
        closed_at=case.closed_at, due_at=case.due_at, owner_id=case.owner_id,
        urges=case.urges, repeats=case.repeats, sure=sure,
    )  # fmt: skip


async def came_again(tx: Transaction, case_ids: list[UUID]) -> list[CameAgain]:
    """Return the repeat contacts of cases, the oldest first. Counts: at most 100,000."""
    return await tx.all(CameAgain, _COME_AGAIN, case_ids)
