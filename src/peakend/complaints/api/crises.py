"""Routes of crisis files and playbooks."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post, put
from msgspec import UNSET, Meta, Struct, UnsetType

from peakend.complaints import actions, queries
from peakend.complaints.actions import CrisisOrigin, CrisisText, PlaybookText
from peakend.complaints.queries import Crisis, CrisisLine, Playbook
from peakend.complaints.rules.crises import (
    CrisisState,
    EntryKind,
    Kind,
    Line,
    Minutes,
    People,
    PlaybookStep,
    PlaybookWords,
    StepState,
    Title,
    Words,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Moment = Annotated[datetime, Meta(tz=True)]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


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


class StatementGiven(Struct, forbid_unknown_fields=True):
    """A draft."""

    title: Title
    words: Words = ""


class StatementChange(Struct, forbid_unknown_fields=True):
    """A draft as it is now, and which version was looked at."""

    version: Version
    title: Title
    words: Words = ""


class StatementSeen(Struct, forbid_unknown_fields=True):
    """Which version of a statement is asked for."""

    version: Version


class StatementPublished(Struct, forbid_unknown_fields=True):
    """Where a statement was published."""

    where: Line


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


class PlaybookGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a playbook says."""

    name: Title
    kind: Kind | None = None
    steps: Annotated[list[PlaybookStep], Meta(max_length=50)] = []
    statements: Annotated[list[PlaybookWords], Meta(max_length=10)] = []

    def text(self) -> PlaybookText:
        """Return what the action takes."""
        return PlaybookText(
            name=self.name, kind=self.kind, steps=self.steps, statements=self.statements
        )


class PlaybookChange(PlaybookGiven, forbid_unknown_fields=True, kw_only=True):
    """What a playbook says now, and which version was looked at."""

    version: Version


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


@post("/crises/{crisis_id:uuid}/statements", opt=needs("complaints.work"))
async def draft_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: StatementGiven
) -> Crisis:
    """Begin a statement."""
    await actions.draft_statement(
        tx, crisis_id=crisis_id, title=data.title, words=data.words, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@put("/crises/{crisis_id:uuid}/statements/{statement_id:uuid}", opt=needs("complaints.work"))
async def change_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementChange
) -> Crisis:
    """Change a draft, or begin anew from what was refused."""
    await actions.change_statement(
        tx,
        crisis_id=crisis_id,
        statement_id=statement_id,
        title=data.title,
        words=data.words,
        version=data.version,
        by=actor,
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post(
    "/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/requests",
    opt=needs("complaints.work"),
)
async def ask_for_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementSeen
) -> Crisis:
    """Put a draft before whoever lets statements pass."""
    await actions.ask_for_statement(
        tx, crisis_id=crisis_id, statement_id=statement_id, version=data.version, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post(
    "/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/publications",
    opt=needs("complaints.work"),
)
async def publish_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementPublished
) -> Crisis:
    """Write down where an approved statement was published; nothing is sent from here."""
    await actions.publish_statement(
        tx, crisis_id=crisis_id, statement_id=statement_id, where=data.where, by=actor
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
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@get("/playbooks", opt=needs("complaints.read"))
async def list_playbooks(tx: Transaction) -> list[Playbook]:
    """Return what is to be done in a crisis, by name."""
    return await queries.playbooks(tx)


@post("/playbooks", opt=needs("complaints.manage"))
async def add_playbook(tx: Transaction, data: PlaybookGiven) -> Playbook:
    """Add a playbook."""
    return await queries.need_playbook(tx, await actions.add_playbook(tx, text=data.text()))


@put("/playbooks/{playbook_id:uuid}", opt=needs("complaints.manage"))
async def change_playbook(tx: Transaction, playbook_id: UUID, data: PlaybookChange) -> Playbook:
    """Change a playbook; what was laid from it stays as it was."""
    await actions.change_playbook(
        tx, playbook_id=playbook_id, text=data.text(), version=data.version
    )
    return await queries.need_playbook(tx, playbook_id)


@delete("/playbooks/{playbook_id:uuid}", opt=needs("complaints.manage"))
async def remove_playbook(tx: Transaction, playbook_id: UUID) -> None:
    """Take a playbook away."""
    await actions.remove_playbook(tx, playbook_id=playbook_id)


routes = [
    list_crises,
    open_crisis,
    read_crisis,
    change_crisis,
    add_crisis_entry,
    answer_crisis_entry,
    draft_statement,
    change_statement,
    ask_for_statement,
    publish_statement,
    lay_playbook,
    add_crisis_step,
    set_crisis_step,
    close_crisis,
    list_playbooks,
    add_playbook,
    change_playbook,
    remove_playbook,
]
