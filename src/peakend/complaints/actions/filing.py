"""Filing a complaint, saying what it is, and whose it is to settle."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.cases import actions as cases
from peakend.cases import queries as of_cases
from peakend.cases.queries import CaseRow
from peakend.complaints import queries
from peakend.complaints.actions.clock import set_timer, told
from peakend.complaints.actions.contacts import set_for_review
from peakend.complaints.actions.holding_out import draw
from peakend.complaints.events import (
    ComplaintAssigned,
    ComplaintConfirmed,
    ComplaintFiled,
    ComplaintTiered,
)
from peakend.complaints.models import ComplaintRow
from peakend.complaints.rules.recognising import HARD, Kind, Recognised, Tier
from peakend.complaints.rules.recording import Fault, urgency
from peakend.complaints.rules.settling import Liability, warn_at
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_WORDS = 5000

_FILE = """
INSERT INTO complaint (id, case_id, number, customer_id, conversation_id, brand_id, queue_id,
    reason_id, tier, kind, severity, words, suggested_tier, suggested_kind, why, confirmed_by,
    confirmed_at, about_member_id, owner_id, filed_at, filed_by, due_at, warn_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $17,
    $16, $20, $21, $22)
ON CONFLICT (organisation_id, case_id) DO NOTHING
RETURNING id
"""
_CONFIRM = """
UPDATE complaint SET tier = $2, kind = $3, severity = $4, liability = $5, fault = $6,
    about_member_id = $7, owner_id = $8, due_at = $9::timestamptz, warn_at = $10::timestamptz,
    confirmed_by = $11, confirmed_at = $12::timestamptz, version = version + 1,
    warned_at = CASE WHEN $10 > $12 THEN NULL ELSE warned_at END,
    overdue_at = CASE WHEN $9 > $12 THEN NULL ELSE overdue_at END,
    state = CASE WHEN state = 'filed' THEN 'examining' ELSE state END
WHERE organisation_id = current_organisation() AND id = $1
"""
_ASSIGN = """
UPDATE complaint SET owner_id = $2, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class ComplaintWithoutOrigin(Invalid):
    """A complaint comes from a conversation or a case."""

    wording = "complaints.without_origin"


class KindNeeded(Invalid):
    """A complaint is of a kind, which decides its path."""

    wording = "complaints.kind_needed"


class FiledAlready(Conflict):
    """The case has its complaint."""

    wording = "complaints.filed_already"


class OwnerInvolved(Invalid):
    """Nobody settles what is complained of himself."""

    wording = "complaints.owner_involved"


class OwnerUnfit(NotFound):
    """There is nobody like that who settles complaints."""

    wording = "complaints.owner_unfit"


class OnlyManagers(Refused):
    """This is for who leads the settling of complaints."""

    wording = "complaints.only_managers"


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a complaint that he files."""

    tier: Tier
    kind: Kind | None
    severity: int
    title: str
    words: str
    about_member_id: UUID | None = None
    owner_id: UUID | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a person finds a complaint to be."""

    tier: Tier
    kind: Kind | None
    severity: int
    liability: Liability
    fault: Fault
    about_member_id: UUID | None = None


async def open_complaint(
    tx: Transaction,
    *,
    conversation_id: UUID | None,
    case_id: UUID | None = None,
    filing: Filing,
    by: Actor,
) -> UUID:
    """File a complaint from a conversation or for a case, which is opened where there is none.

    Errors: ComplaintWithoutOrigin, ConversationNotFound, CaseNotFound, KindNeeded, FiledAlready,
    OwnerInvolved, OwnerUnfit, MemberNotFound, TitleNeeded.
    """
    _need_kind(filing.tier, filing.kind)
    if conversation_id is None and case_id is None:
        raise ComplaintWithoutOrigin
    owner_id = filing.owner_id
    if owner_id is None and by.kind == "member" and by.id != filing.about_member_id:
        owner_id = by.id
    await _need_people(tx, filing.about_member_id, owner_id)
    case = await _case(tx, conversation_id, case_id, filing, by)
    origin = case.conversation_id or conversation_id
    suggested = await _suggested(tx, origin, filing)
    due_at = await _due(tx, case.queue_id, case.brand_id, filing.tier, tx.now)
    complaint_id = new_id()
    filed_by = by.id if by.kind == "member" else None
    made = await tx.value(
        _FILE, complaint_id, case.id, case.number, case.customer_id, origin, case.brand_id,
        case.queue_id, case.reason_id, filing.tier, filing.kind, filing.severity,
        filing.words.replace("\x00", "").strip()[:MOST_WORDS], suggested.tier, suggested.kind,
        msgspec.to_builtins(suggested.why), filed_by, tx.now, filing.about_member_id, owner_id,
        due_at, warn_at(tx.now, due_at), "examining",
    )  # fmt: skip
    if made is None:
        raise FiledAlready
    row = await queries.complaint_row(tx, complaint_id)
    assert row is not None
    await record(
        tx,
        ComplaintFiled(
            **told(row), tier=row.tier, kind=row.kind, severity=row.severity,
            suggested_tier=row.suggested_tier, suggested_kind=row.suggested_kind,
            about_member_id=row.about_member_id, brand_id=row.brand_id, reason_id=row.reason_id,
            by_id=filed_by, due_at=row.due_at,
        ),
    )  # fmt: skip
    await _tiered(tx, row, None)
    await set_timer(tx, row.id, row.warn_at)
    return complaint_id


async def confirm(
    tx: Transaction, *, complaint_id: UUID, judgement: Judgement, by: Actor, version: int
) -> None:
    """Say what a complaint is; its clock and its path follow.

    Errors: ComplaintNotFound, ComplaintStale, ComplaintIsClosed, KindNeeded, MemberNotFound.
    """
    row = await queries.need_complaint_version(tx, complaint_id, by, version)
    _need_kind(judgement.tier, judgement.kind)
    owner_id = None if row.owner_id == judgement.about_member_id else row.owner_id
    await _need_people(tx, judgement.about_member_id, None)
    due_at = row.due_at
    if judgement.tier != row.tier:
        due_at = await _due(tx, row.queue_id, row.brand_id, judgement.tier, row.filed_at)
    await tx.run(
        _CONFIRM, row.id, judgement.tier, judgement.kind, judgement.severity, judgement.liability,
        judgement.fault, judgement.about_member_id, owner_id, due_at,
        warn_at(row.filed_at, due_at), by.id, tx.now,
    )  # fmt: skip
    now = await queries.complaint_row(tx, row.id)
    assert now is not None
    await record(
        tx,
        ComplaintConfirmed(
            **told(now), tier=now.tier, kind=now.kind, severity=now.severity,
            liability=now.liability, fault=now.fault, by_id=by.id,
            corrected=(now.tier, now.kind) != (row.suggested_tier, row.suggested_kind),
        ),
    )  # fmt: skip
    if owner_id != row.owner_id:
        await record(tx, ComplaintAssigned(**told(now), former_id=row.owner_id))
    await _tiered(tx, now, row)
    await draw(tx, now)
    await set_timer(tx, now.id, now.warn_at)


async def assign(
    tx: Transaction, *, complaint_id: UUID, owner_id: UUID | None, by: Actor, version: int
) -> None:
    """Let somebody settle a complaint, or nobody; oneself without asking, others for who leads.

    Errors: ComplaintNotFound, ComplaintStale, ComplaintIsClosed, OwnerInvolved, OwnerUnfit,
    OnlyManagers.
    """
    row = await queries.need_complaint_version(tx, complaint_id, by, version)
    if row.owner_id == owner_id:
        return
    if owner_id != by.id and not by.may("complaints.manage"):
        raise OnlyManagers
    await _need_people(tx, row.about_member_id, owner_id)
    await tx.run(_ASSIGN, row.id, owner_id)
    now = msgspec.structs.replace(row, owner_id=owner_id)
    await record(tx, ComplaintAssigned(**told(now), former_id=row.owner_id))


def _need_kind(tier: Tier, kind: Kind | None) -> None:
    if tier in HARD and kind is None:
        raise KindNeeded(fields={"kind": "complaints.kind_needed"})


async def _need_people(tx: Transaction, about_id: UUID | None, owner_id: UUID | None) -> None:
    if about_id is not None:
        await accounts.need_member(tx, about_id)
        if about_id == owner_id:
            raise OwnerInvolved(fields={"owner_id": "complaints.owner_involved"})
    if owner_id is not None:
        rights = (await accounts.rights_of(tx, [owner_id])).get(owner_id)
        if rights is None or "complaints.work" not in rights.permissions:
            raise OwnerUnfit(fields={"owner_id": "complaints.owner_unfit"})


async def _case(
    tx: Transaction, conversation_id: UUID | None, case_id: UUID | None, filing: Filing, by: Actor
) -> CaseRow:
    if case_id is None:
        case_id = await cases.open_case(
            tx, conversation_id=conversation_id, title=filing.title, description=filing.words,
            priority=urgency(filing.tier), by=by,
        )  # fmt: skip
    return await of_cases.need_case(tx, case_id, by, lock=True)


async def _suggested(tx: Transaction, conversation_id: UUID | None, filing: Filing) -> Recognised:
    """Return what a machine makes of the conversation; without one it has nothing to say."""
    if conversation_id is None:
        return Recognised(filing.tier, filing.kind, 1, [])
    system = Actor.system(tx.organisation_id)
    return await queries.judged(tx, await timeline.need_conversation(tx, conversation_id, system))


async def _due(
    tx: Transaction, queue_id: UUID | None, brand_id: UUID | None, tier: Tier, at: datetime
) -> datetime:
    rules, _ = await queries.house_rules(tx)
    time = await of_cases.open_time(tx, queue_id, brand_id)
    return time.after(at, rules.clocks.of(tier).total_seconds())


async def _tiered(tx: Transaction, row: ComplaintRow, before: ComplaintRow | None) -> None:
    """Do what follows from a tier and a kind: told, more urgent, before quality review."""
    if before is None or (before.tier, before.kind, before.severity) != (
        row.tier, row.kind, row.severity
    ):  # fmt: skip
        former = before.tier if before else None
        await record(
            tx,
            ComplaintTiered(
                **told(row), tier=row.tier, former=former, kind=row.kind, severity=row.severity
            ),
        )
    await cases.raise_priority(tx, row.case_id, urgency(row.tier), "complaint")
    if row.conversation_id is not None and row.tier in HARD:
        await raise_conversation(tx, row.conversation_id, row.tier)
    if row.kind == "attitude" and row.conversation_id is not None:
        await set_for_review(tx, row)


async def raise_conversation(tx: Transaction, conversation_id: UUID, tier: Tier) -> None:
    """Make a conversation as urgent as its complaint, never less."""
    system = Actor.system(tx.organisation_id)
    row = await timeline.need_conversation(tx, conversation_id, system)
    order = ("low", "normal", "high", "urgent")
    to = urgency(tier)
    if row.state != "closed" and order.index(to) > order.index(row.priority):
        await conversations.set_priority(
            tx, conversation_id=conversation_id, priority=to, by=system
        )
