"""A crisis file is opened, led and closed; without a review it is not closed."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.complaints.actions.improvements import ImprovementText, open_improvement
from peakend.complaints.events import CrisisChanged, CrisisClosed, CrisisOpened
from peakend.complaints.models import CrisisRow
from peakend.complaints.queries import need_crisis, statements_of
from peakend.complaints.rules.crises import Kind, People, Title, Words, missing_for_closing
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_OPEN = """
INSERT INTO crisis (id, number, kind, drill, title, summary, brand_id, case_id, complaint_id,
    customer_id, owner_id, speaker_ids, reader_ids, opened_at, opened_by, reason_id, fault)
SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    $15, $16
FROM crisis WHERE organisation_id = current_organisation()
"""
_CHANGE = """
UPDATE crisis SET kind = $3, title = $4, summary = $5, owner_id = $6, speaker_ids = $7,
    reader_ids = $8, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
"""
_CLOSE = """
UPDATE crisis SET state = 'closed', happened = $3, cause = $4, changes = $5, closed_at = $6,
    closed_by = $7, worked = $8, improvement_id = $9, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
"""


class NotTheLead(Refused):
    """Only the owner of a crisis file, or who leads complaints, may do this."""

    wording = "complaints.not_the_lead"


class CrisisStale(Conflict):
    """The crisis file was changed since it was looked at."""

    wording = "complaints.crisis_stale"


class CrisisIsClosed(Conflict):
    """The crisis is over; its file stays as it is."""

    wording = "complaints.crisis_closed"


class WrongCrisis(Invalid):
    """Something of a crisis file cannot be."""

    wording = "complaints.wrong_crisis"


class ReviewMissing(Conflict):
    """A crisis is closed with a review: what happened, why, what we change."""

    wording = "complaints.review_missing"


class CrisisText(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at the top of a crisis file."""

    kind: Kind
    title: Title
    summary: Words = ""
    owner_id: UUID | None = None
    speaker_ids: People = []
    reader_ids: People = []


class CrisisOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """What a crisis file was opened from: a complaint and its case, or nothing."""

    brand_id: UUID | None = None
    reason_id: UUID | None = None
    fault: str | None = None
    case_id: UUID | None = None
    complaint_id: UUID | None = None
    customer_id: UUID | None = None


NOWHERE = CrisisOrigin()


class FollowedBy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The improvement in which what a review changes is followed."""

    title: Title
    owner_id: UUID | None = None
    due_on: date | None = None


def facts_of(row: CrisisRow) -> dict[str, Any]:
    """Return what every fact of a crisis file says."""
    named = {row.owner_id, *row.speaker_ids, *row.reader_ids}
    return {"crisis_id": row.id, "drill": row.drill, "member_ids": sorted(named)}


async def need_open(
    tx: Transaction, crisis_id: UUID, by: Actor, *, lead: bool = False
) -> CrisisRow:
    """Return an open crisis file, locked. Errors: CrisisNotFound, CrisisIsClosed, NotTheLead."""
    row, may = await need_crisis(tx, crisis_id, by, lock=True)
    if row.state == "closed":
        raise CrisisIsClosed
    if lead and not may.leads:
        raise NotTheLead
    return row


async def open_crisis(
    tx: Transaction,
    *,
    text: CrisisText,
    drill: bool,
    by: Actor,
    origin: CrisisOrigin = NOWHERE,
    told: Collection[UUID] = (),
) -> UUID:
    """Open a crisis file; who opens it owns it and speaks unless others are named.

    Besides whom the file names, `told` hear that it was opened. A drill is marked as such from
    here on, and counts nowhere. Errors: WrongCrisis, BrandNotFound.
    """
    if not by.may("complaints.manage"):
        raise NotTheLead
    owner_id = text.owner_id or by.id
    if owner_id is None:
        raise WrongCrisis(fields={"owner_id": "required"})
    text = await _checked(tx, text)
    if origin.brand_id is not None:
        await accounts.need_brand(tx, origin.brand_id)
    await lock_crises(tx)
    crisis_id = new_id()
    await tx.run(
        _OPEN, crisis_id, text.kind, drill, text.title, text.summary, origin.brand_id,
        origin.case_id, origin.complaint_id, origin.customer_id, owner_id,
        text.speaker_ids or [owner_id], text.reader_ids, tx.now, by.id,
        origin.reason_id, origin.fault,
    )  # fmt: skip
    row, _ = await need_crisis(tx, crisis_id, Actor.system(tx.organisation_id))
    facts = facts_of(row)
    facts["member_ids"] = sorted({*facts["member_ids"], *told})
    await record(
        tx, CrisisOpened(**facts, kind=row.kind, owner_id=owner_id, case_id=origin.case_id)
    )
    await audit(tx, "crisis.opened", "crisis", crisis_id, {"drill": drill})
    return crisis_id


async def change_crisis(
    tx: Transaction, *, crisis_id: UUID, changes: dict[str, Any], version: int, by: Actor
) -> None:
    """Change the top of a crisis file, or whom it names.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, CrisisStale, WrongCrisis.
    """
    row = await need_open(tx, crisis_id, by, lead=True)
    before = CrisisText(**{name: getattr(row, name) for name in CrisisText.__struct_fields__})
    text = await _checked(tx, msgspec.structs.replace(before, **changes), before)
    owner_id = text.owner_id or row.owner_id
    changed = await tx.run(
        _CHANGE, crisis_id, version, text.kind, text.title, text.summary, owner_id,
        text.speaker_ids, text.reader_ids,
    )  # fmt: skip
    if not changed:
        raise CrisisStale(version=row.version)
    named = msgspec.structs.replace(
        row, owner_id=owner_id, speaker_ids=text.speaker_ids, reader_ids=text.reader_ids
    )
    # Who is named no longer hears it, too: the room closes for him.
    facts = facts_of(named)
    facts["member_ids"] = sorted({*facts["member_ids"], *facts_of(row)["member_ids"]})
    await record(tx, CrisisChanged(**facts, owner_id=owner_id))
    await audit(tx, "crisis.changed", "crisis", crisis_id, {"people": len(facts["member_ids"])})


async def close_crisis(
    tx: Transaction,
    *,
    crisis_id: UUID,
    happened: str,
    cause: str,
    changes: str,
    version: int,
    by: Actor,
    worked: str = "",
    improvement: FollowedBy | None = None,
) -> None:
    """Close a crisis file with its review; what changes is followed as an improvement.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, ReviewMissing, CrisisStale, and those of
    `open_improvement`.
    """
    row = await need_open(tx, crisis_id, by, lead=True)
    asked = sum(one.state == "asked" for one in await statements_of(tx, crisis_id))
    missing = missing_for_closing(happened, cause, changes, asked)
    if missing:
        raise ReviewMissing(fields=missing)
    followed = await _followed(tx, row, changes.strip(), improvement, by) if improvement else None
    closed = await tx.run(
        _CLOSE, crisis_id, version, happened.strip(), cause.strip(), changes.strip(), tx.now, by.id,
        worked.strip(), followed,
    )  # fmt: skip
    if not closed:
        raise CrisisStale(version=row.version)
    open_s = int((tx.now - row.opened_at).total_seconds())
    await record(tx, CrisisClosed(**facts_of(row), open_s=open_s))
    await audit(tx, "crisis.closed", "crisis", crisis_id, {"drill": row.drill})


async def _followed(
    tx: Transaction, row: CrisisRow, changes: str, given: FollowedBy, by: Actor
) -> UUID:
    item = ImprovementText(
        title=given.title, words=changes, kind="root_cause", reason_id=row.reason_id,
        brand_id=row.brand_id, complaint_id=row.complaint_id, owner_id=given.owner_id,
        due_on=given.due_on,
    )  # fmt: skip
    return await open_improvement(tx, item, by=by)


async def lock_crises(tx: Transaction) -> None:
    """Let nobody else of the house open a crisis file until this transaction ends."""
    await tx.run(_LOCK, f"crisis/{tx.organisation_id}")


async def _checked(
    tx: Transaction, text: CrisisText, before: CrisisText | None = None
) -> CrisisText:
    plain = msgspec.structs.replace(
        text,
        title=text.title.strip(),
        summary=text.summary.strip(),
        speaker_ids=list(dict.fromkeys(text.speaker_ids)),
        reader_ids=list(dict.fromkeys(text.reader_ids)),
    )
    wrong = {} if plain.title else {"title": "required"}
    named = {plain.owner_id, *plain.speaker_ids, *plain.reader_ids} - {None}
    known = {before.owner_id, *before.speaker_ids, *before.reader_ids} if before else set()
    there = await accounts.member_briefs(tx, [one for one in named if one is not None])
    for field in ("owner_id", "speaker_ids", "reader_ids"):
        given = getattr(plain, field)
        for one in given if isinstance(given, list) else [given]:
            if one is None or one in known:
                continue
            if one not in there or not there[one].active:
                wrong[field] = "unknown"
    if wrong:
        raise WrongCrisis(fields=wrong)
    return plain
