"""What belongs to a crisis, as far as the reader may see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.cases import queries as cases
from peakend.complaints.models import CRISIS_LINK_COLUMNS, ComplaintRow, CrisisLinkRow
from peakend.complaints.queries.access import complaints_by_id, sees
from peakend.complaints.rules.crises import MOST_LINKED, Linked
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

_LINKS = f"""
SELECT {CRISIS_LINK_COLUMNS} FROM crisis_link
WHERE organisation_id = current_organisation() AND crisis_id = $1
ORDER BY at DESC, id DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_ABOUT = """
SELECT id FROM crisis
WHERE organisation_id = current_organisation() AND NOT drill AND state = 'open'
  AND brand_id IS NOT DISTINCT FROM $1 AND reason_id = $2
  AND (fault = $3 OR fault = 'unknown' OR $3 = 'unknown')
ORDER BY number DESC LIMIT 1
"""


class CrisisLink(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a crisis; who may not see it learns only that it is there."""

    id: UUID
    kind: Linked
    target_id: UUID
    seen: bool
    number: int | None
    title: str
    who: str
    standing: str
    at: datetime
    by_name: str | None


async def crisis_link_rows(tx: Transaction, crisis_id: UUID) -> list[CrisisLinkRow]:
    """Return what belongs to a crisis file that was checked, newest first. Counts: 100."""
    return await tx.all(CrisisLinkRow, _LINKS, crisis_id, MOST_LINKED)


async def crisis_about(tx: Transaction, row: ComplaintRow) -> UUID | None:
    """Return the crisis file in which a complaint stands, a drill, too, else the open real one
    about the same brand, reason and fault.
    """
    there: UUID | None = await tx.value(
        "SELECT crisis_id FROM crisis_link WHERE organisation_id = current_organisation()"
        " AND kind = 'complaint' AND target_id = $1 ORDER BY at DESC LIMIT 1",
        row.id,
    )
    if there is not None or row.reason_id is None:
        return there
    found: UUID | None = await tx.value(_ABOUT, row.brand_id, row.reason_id, row.fault)
    return found


async def crisis_links(
    tx: Transaction, rows: Sequence[CrisisLinkRow], actor: Actor
) -> list[CrisisLink]:
    """Return links with what the reader may know of them."""
    found = await complaints_by_id(tx, [one.target_id for one in rows if one.kind == "complaint"])
    seen_cases = {
        one.case_id
        for one in rows
        if one.case_id is not None
        and (row := await cases.case_row(tx, one.case_id)) is not None
        and await cases.sees(tx, row, actor)
    }
    items = {one.id: one for one in await cases.case_items(tx, list(seen_cases))}
    wanted = [one.conversation_id for one in rows if one.kind == "conversation"]
    talks = {
        one.id: one for one in await conversations.rows(tx, [one for one in wanted if one], actor)
    }
    names = await accounts.member_names(tx, [one.by for one in rows if one.by is not None])

    def shown(row: CrisisLinkRow) -> CrisisLink:
        number, title, who, standing = None, "", "", ""
        item = items.get(row.case_id) if row.case_id else None
        if row.kind == "conversation":
            talk = talks.get(row.target_id)
            if talk is not None:
                number, title, who = talk.number, talk.preview, talk.customer.name
                standing = talk.state
        elif row.kind == "complaint":
            told = found.get(row.target_id)
            if told is not None and sees(actor, told):
                number, standing = told.number, told.state
                title, who = (item.title, item.customer_name) if item else ("", "")
        elif item is not None:
            number, title, who, standing = item.number, item.title, item.customer_name, item.state
        return CrisisLink(
            id=row.id, kind=row.kind, target_id=row.target_id, seen=number is not None,
            number=number, title=title, who=who, standing=standing, at=row.at,
            by_name=names.get(row.by) if row.by else None,
        )  # fmt: skip

    return [shown(one) for one in rows]
