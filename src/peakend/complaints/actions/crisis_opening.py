"""An extreme complaint opens a crisis file, or joins the open one about the same matter."""

from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.complaints.actions.crises import (
    CrisisOrigin,
    CrisisText,
    lock_crises,
    open_crisis,
)
from peakend.complaints.actions.crisis_links import put_to
from peakend.complaints.actions.crisis_room import lay_playbook
from peakend.complaints.models import ComplaintRow
from peakend.complaints.queries import case_of as the_case_of
from peakend.complaints.queries import complaint_row, crisis_about, need_crisis, playbooks
from peakend.complaints.rules.crises import fitting, kind_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

LEADS = "complaints.manage"
MOST_TOLD = 50
MOST_TITLE = 120


async def meet_extreme(tx: Transaction, *, complaint_id: UUID) -> UUID | None:
    """Open or join a crisis file for what a person found to be extreme; twice is harmless.

    Nothing happens where nobody has said so yet, where it is over, or where nobody leads
    complaints. The playbook that fits is laid, and who leads complaints is told.
    """
    await lock_crises(tx)
    row = await complaint_row(tx, complaint_id, lock=True)
    if row is None or row.tier != "extreme" or row.confirmed_at is None or row.state == "closed":
        return None
    system = Actor.system(tx.organisation_id)
    there = await crisis_about(tx, row)
    if there is None:
        leads = await leads_of(tx, row.brand_id)
        if not leads:
            return None
        there = await _open(tx, row, leads, system)
    file, _ = await need_crisis(tx, there, system, lock=True)
    await put_to(tx, file, "complaint", row.id, system)
    return there


async def leads_of(tx: Transaction, brand_id: UUID | None) -> list[UUID]:
    """Return who leads complaints of a brand. Counts: at most 50."""
    members = await accounts.members(tx, active_only=True)
    rights = await accounts.rights_of(tx, [one.id for one in members])
    return [
        one.id
        for one in members
        if LEADS in rights[one.id].permissions
        and (brand_id is None or rights[one.id].every_brand
             or brand_id in rights[one.id].seen_brand_ids)
    ][:MOST_TOLD]  # fmt: skip


async def _open(tx: Transaction, row: ComplaintRow, leads: list[UUID], system: Actor) -> UUID:
    case = await the_case_of(tx, row)
    kind = kind_of([one["code"] for one in row.why if "code" in one], row.fault)
    owner_id = next((one for one in (row.owner_id, row.confirmed_by) if one in leads), leads[0])
    book = fitting(await playbooks(tx), kind)
    made = await open_crisis(
        tx,
        text=CrisisText(
            kind=kind,
            title=(case.title if case else "")[:MOST_TITLE] or f"W-{row.number}",
            summary=row.words[:4000],
            owner_id=owner_id,
        ),
        drill=False,
        by=system,
        origin=CrisisOrigin(
            brand_id=row.brand_id,
            reason_id=row.reason_id,
            fault=row.fault,
            case_id=row.case_id,
            complaint_id=row.id,
            customer_id=row.customer_id,
        ),
        told=leads,
    )
    if book is not None:
        await lay_playbook(tx, crisis_id=made, playbook_id=book.id, by=system)
    return made
