"""Routes of complaints: filing, looking for, saying what it is, the rules of the house."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.cases.queries import need_case
from peakend.complaints import actions, queries
from peakend.complaints.rules.recognising import Kind, Tier
from peakend.complaints.rules.recording import ComplaintRules, Fault
from peakend.complaints.rules.settling import Clocks, Liability, State
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Severity = Annotated[int, Meta(ge=1, le=4)]
Words = Annotated[str, Meta(max_length=5000)]
OwnWords = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=100)]
Minutes = Annotated[int, Meta(ge=5, le=43_200)]


class ComplaintGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A complaint as somebody files it: from a conversation, or for a case."""

    conversation_id: UUID | None = None
    case_id: UUID | None = None
    tier: Tier
    kind: Kind | None = None
    severity: Severity
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    words: Words = ""
    about_member_id: UUID | None = None
    owner_id: UUID | None = None


class JudgementGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody finds a complaint to be, and the version that he saw."""

    tier: Tier
    kind: Kind | None = None
    severity: Severity
    liability: Liability
    fault: Fault
    about_member_id: UUID | None = None
    version: Version


class OwnerGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who is to settle a complaint; nobody named is nobody."""

    owner_id: UUID | None
    version: Version


class ClocksGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Minutes of business time by tier."""

    inquiry: Minutes
    business: Minutes
    ordinary: Minutes
    extreme: Minutes


class ComplaintRulesGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the house decides about complaints, and the version that was looked at."""

    clocks: ClocksGiven
    extreme_words: OwnWords = []
    ordinary_words: OwnWords = []
    version: Version


class ComplaintRulesShown(ComplaintRules, frozen=True, kw_only=True):
    """What the house has decided; version 0 is what nobody has changed yet."""

    version: int


@get(
    "/conversations/{conversation_id:uuid}/complaint",
    summary="The complaint beside a conversation, else what it would be",
    opt=needs("complaints.read"),
)
async def complaint_beside(
    tx: Transaction, actor: Actor, conversation_id: UUID
) -> queries.ComplaintBeside:
    return await queries.beside(tx, conversation_id, actor)


@get(
    "/cases/{case_id:uuid}/complaint",
    summary="The complaint of a case, if there is one",
    opt=needs("complaints.read"),
)
async def complaint_in_case(
    tx: Transaction, actor: Actor, case_id: UUID
) -> queries.Complaint | None:
    await need_case(tx, case_id, actor)
    row = await queries.complaint_of_case(tx, case_id)
    return await queries.complaint(tx, row.id, actor) if row and queries.sees(actor, row) else None


@get("/complaints", summary="Complaints, the newest first", opt=needs("complaints.read"))
async def complaints(
    tx: Transaction,
    actor: Actor,
    which: queries.Wanted = "open",
    tier: Tier | None = None,
    kind: Kind | None = None,
    complaint_state: Annotated[State | None, Parameter(query="state")] = None,
    owner_id: UUID | None = None,
    brand_id: UUID | None = None,
    overdue: bool = False,
    number: Annotated[int | None, Parameter(ge=1, le=2**53)] = None,
    cursor: Annotated[str | None, Parameter(max_length=400)] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
) -> Page[queries.ComplaintItem]:
    filters = queries.ComplaintFilters(
        which=which,
        tier=tier,
        kind=kind,
        state=complaint_state,
        owner_id=owner_id,
        brand_id=brand_id,
        overdue=overdue,
        number=number,
    )
    return await queries.complaint_list(tx, actor, filters, cursor=cursor, limit=limit)


@post("/complaints", summary="File a complaint", opt=needs("complaints.work"), status_code=201)
async def file_complaint(tx: Transaction, actor: Actor, data: ComplaintGiven) -> queries.Complaint:
    complaint_id = await actions.open_complaint(
        tx,
        conversation_id=data.conversation_id,
        case_id=data.case_id,
        filing=actions.Filing(
            tier=data.tier,
            kind=data.kind,
            severity=data.severity,
            title=data.title,
            words=data.words,
            about_member_id=data.about_member_id,
            owner_id=data.owner_id,
        ),
        by=actor,
    )
    return await queries.complaint(tx, complaint_id, actor)


@get(
    "/complaints/{complaint_id:uuid}",
    summary="A complaint with its steps",
    opt=needs("complaints.read"),
)
async def complaint(tx: Transaction, actor: Actor, complaint_id: UUID) -> queries.Complaint:
    return await queries.complaint(tx, complaint_id, actor)


@put(
    "/complaints/{complaint_id:uuid}/judgement",
    summary="Say what a complaint is",
    opt=needs("complaints.work"),
)
async def confirm_complaint(
    tx: Transaction, actor: Actor, complaint_id: UUID, data: JudgementGiven
) -> queries.Complaint:
    given = msgspec.structs.asdict(data)
    version = given.pop("version")
    await actions.confirm(
        tx,
        complaint_id=complaint_id,
        judgement=actions.Judgement(**given),
        by=actor,
        version=version,
    )
    return await queries.complaint(tx, complaint_id, actor)


@put(
    "/complaints/{complaint_id:uuid}/owner",
    summary="Let somebody settle a complaint",
    opt=needs("complaints.work"),
)
async def assign_complaint(
    tx: Transaction, actor: Actor, complaint_id: UUID, data: OwnerGiven
) -> queries.ComplaintItem:
    await actions.assign(
        tx, complaint_id=complaint_id, owner_id=data.owner_id, by=actor, version=data.version
    )
    # Who gives it away may see it no longer; he is told once how it stands.
    return await queries.item_of(tx, complaint_id, actor)


@get(
    "/complaint-rules",
    summary="How long complaints may take, and words of the house",
    opt=needs("complaints.manage"),
)
async def complaint_rules(tx: Transaction) -> ComplaintRulesShown:
    rules, version = await queries.house_rules(tx)
    return ComplaintRulesShown(**msgspec.structs.asdict(rules), version=version)


@put(
    "/complaint-rules",
    summary="Decide how long complaints may take, and words of the house",
    opt=needs("complaints.manage"),
)
async def set_complaint_rules(tx: Transaction, data: ComplaintRulesGiven) -> ComplaintRulesShown:
    rules = ComplaintRules(
        clocks=Clocks(**msgspec.structs.asdict(data.clocks)),
        extreme_words=data.extreme_words,
        ordinary_words=data.ordinary_words,
    )
    await actions.set_rules(tx, rules=rules, version=data.version)
    kept, version = await queries.house_rules(tx)
    return ComplaintRulesShown(**msgspec.structs.asdict(kept), version=version)


routes = [
    complaint_beside,
    complaint_in_case,
    complaints,
    file_complaint,
    complaint,
    confirm_complaint,
    assign_complaint,
    complaint_rules,
    set_complaint_rules,
]
