"""Routes of crisis files."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post, put
from msgspec import UNSET, Meta, Struct, UnsetType

from peakend.complaints import actions, queries
from peakend.complaints.actions import CrisisOrigin, CrisisText, FollowedBy
from peakend.complaints.queries import Crisis, CrisisLine, CrisisReport
from peakend.complaints.rules.crises import (
    CrisisState,
    EntryKind,
    Kind,
    Line,
    Linked,
    Minutes,
    People,
    PlaybookStep,
    StepState,
    Title,
    Words,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Moment = Annotated[datetime, Meta(tz=True)]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class CrisisLinkGiven(Struct, forbid_unknown_fields=True):
    """What belongs to a crisis."""

    kind: Linked
    id: UUID


class CrisisGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new crisis file, or a drill."""

    kind: Kind
    title: Title
    summary: Words = ""
    drill: bool = False
    brand_id: UUID | None = None
    owner_id: UUID | None = None
    speaker_ids: People = []
    reader_ids: People = []
    playbook_id: UUID | None = None
    links: Annotated[list[CrisisLinkGiven], Meta(max_length=20)] = []


class CrisisChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes at the top of a crisis file."""

    version: Version
    kind: Kind | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    summary: Words | UnsetType = UNSET
    owner_id: UUID | UnsetType = UNSET
    speaker_ids: People | UnsetType = UNSET
    reader_ids: People | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given."""
        given = {name: getattr(self, name) for name in CrisisText.__struct_fields__}
        return {name: value for name, value in given.items() if value is not UNSET}


class CrisisEntryGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """What happened, or what somebody asks of us and until when."""

    kind: EntryKind
    at: Moment
    words: Words
    source: Line = ""
    answer_by: Moment | None = None


class CrisisAnswer(Struct, forbid_unknown_fields=True):
    """What was answered."""

    answer: Words


class CrisisStepGiven(Struct, forbid_unknown_fields=True):
    """A step of its own."""

    title: Title
    role: Line = ""
    minutes: Minutes = 0


class CrisisStepState(Struct, forbid_unknown_fields=True):
    """What became of a step; a skipped one says why."""

    state: StepState
    note: Annotated[str, Meta(max_length=1000)] = ""


class PlaybookChosen(Struct, forbid_unknown_fields=True):
    """Which playbook is laid onto the file."""

    playbook_id: UUID


class CrisisReview(Struct, forbid_unknown_fields=True):
    """The review at the end."""

    version: Version
    happened: Words
    cause: Words
    changes: Words
    worked: Words = ""
    improvement: FollowedBy | None = None


@get("/crises", opt=needs("complaints.read"))
async def list_crises(
    tx: Transaction, actor: Actor, standing: CrisisState | None = None, drill: bool | None = None
) -> list[CrisisLine]:
    """Return the crisis files that name me, or all where I lead complaints; open ones first."""
    return await queries.crises_seen(tx, actor, state=standing, drill=drill)


@post("/crises", opt=needs("complaints.manage"))
async def open_crisis(tx: Transaction, actor: Actor, data: CrisisGiven) -> Crisis:
    """Open a crisis file, or a drill."""
    text = CrisisText(
        kind=data.kind,
        title=data.title,
        summary=data.summary,
        owner_id=data.owner_id,
        speaker_ids=data.speaker_ids,
        reader_ids=data.reader_ids,
    )
    origin = CrisisOrigin(brand_id=data.brand_id)
    made = await actions.open_crisis(tx, text=text, drill=data.drill, by=actor, origin=origin)
    if data.playbook_id is not None:
        await actions.lay_playbook(tx, crisis_id=made, playbook_id=data.playbook_id, by=actor)
    for one in data.links:
        await actions.link_crisis(tx, crisis_id=made, kind=one.kind, target_id=one.id, by=actor)
    return await queries.crisis_file(tx, made, actor)


@get("/crises/{crisis_id:uuid}", opt=needs("complaints.read"))
async def read_crisis(tx: Transaction, actor: Actor, crisis_id: UUID) -> Crisis:
    """Return all that stands in a crisis file."""
    return await queries.crisis_file(tx, crisis_id, actor)


@patch("/crises/{crisis_id:uuid}", opt=needs("complaints.work"))
async def change_crisis(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: CrisisChange
) -> Crisis | None:
    """Change the top of a crisis file; nothing comes back to who is no longer named."""
    await actions.change_crisis(
        tx, crisis_id=crisis_id, changes=data.changes(), version=data.version, by=actor
    )
    try:
        return await queries.crisis_file(tx, crisis_id, actor)
    except queries.CrisisNotFound:
        return None


@post("/crises/{crisis_id:uuid}/entries", opt=needs("complaints.work"))
async def add_crisis_entry(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: CrisisEntryGiven
) -> Crisis:
    """Write down what happened, or what the press, an authority or a campaign asks of us."""
    await actions.add_crisis_entry(
        tx,
        crisis_id=crisis_id,
        kind=data.kind,
        at=data.at,
        source=data.source,
        words=data.words,
        answer_by=data.answer_by,
        by=actor,
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post("/crises/{crisis_id:uuid}/entries/{entry_id:uuid}/answers", opt=needs("complaints.work"))
async def answer_crisis_entry(
    tx: Transaction, actor: Actor, crisis_id: UUID, entry_id: UUID, data: CrisisAnswer
) -> Crisis:
    """Write down what was answered."""
    await actions.answer_crisis_entry(
        tx, crisis_id=crisis_id, entry_id=entry_id, answer=data.answer, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post("/crises/{crisis_id:uuid}/playbooks", opt=needs("complaints.work"))
async def lay_playbook(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: PlaybookChosen
) -> Crisis:
    """Lay a playbook onto a crisis file; the clocks of its steps run from now."""
    await actions.lay_playbook(tx, crisis_id=crisis_id, playbook_id=data.playbook_id, by=actor)
    return await queries.crisis_file(tx, crisis_id, actor)


@post("/crises/{crisis_id:uuid}/steps", opt=needs("complaints.work"))
async def add_crisis_step(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: CrisisStepGiven
) -> Crisis:
    """Add a step; its clock runs from now."""
    step = PlaybookStep(data.title, data.role, data.minutes)
    await actions.add_crisis_step(tx, crisis_id=crisis_id, step=step, by=actor)
    return await queries.crisis_file(tx, crisis_id, actor)


@put("/crises/{crisis_id:uuid}/steps/{step_id:uuid}", opt=needs("complaints.work"))
async def set_crisis_step(
    tx: Transaction, actor: Actor, crisis_id: UUID, step_id: UUID, data: CrisisStepState
) -> Crisis:
    """Tick a step off, skip it with a word why, or open it again."""
    await actions.set_crisis_step(
        tx, crisis_id=crisis_id, step_id=step_id, state=data.state, note=data.note, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post("/crises/{crisis_id:uuid}/closings", opt=needs("complaints.work"), status_code=200)
async def close_crisis(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: CrisisReview
) -> Crisis:
    """Close a crisis file with its review."""
    await actions.close_crisis(
        tx,
        crisis_id=crisis_id,
        happened=data.happened,
        cause=data.cause,
        changes=data.changes,
        version=data.version,
        by=actor,
        worked=data.worked,
        improvement=data.improvement,
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post("/crises/{crisis_id:uuid}/links", opt=needs("complaints.work"))
async def link_crisis(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: CrisisLinkGiven
) -> Crisis:
    """Put a complaint, a case or a conversation to a crisis file."""
    await actions.link_crisis(tx, crisis_id=crisis_id, kind=data.kind, target_id=data.id, by=actor)
    return await queries.crisis_file(tx, crisis_id, actor)


@delete(
    "/crises/{crisis_id:uuid}/links/{link_id:uuid}",
    opt=needs("complaints.work"),
    status_code=200,
)
async def unlink_crisis(tx: Transaction, actor: Actor, crisis_id: UUID, link_id: UUID) -> Crisis:
    """Take something out of a crisis file again."""
    await actions.unlink_crisis(tx, crisis_id=crisis_id, link_id=link_id, by=actor)
    return await queries.crisis_file(tx, crisis_id, actor)


@get("/crises/{crisis_id:uuid}/report", opt=needs("complaints.read"))
async def report_crisis(tx: Transaction, actor: Actor, crisis_id: UUID) -> CrisisReport:
    """Return how long each step took against the time it had."""
    return await queries.crisis_report(tx, crisis_id, actor)


routes = [
    list_crises,
    open_crisis,
    read_crisis,
    change_crisis,
    add_crisis_entry,
    answer_crisis_entry,
    lay_playbook,
    add_crisis_step,
    set_crisis_step,
    close_crisis,
    link_crisis,
    unlink_crisis,
    report_crisis,
]
