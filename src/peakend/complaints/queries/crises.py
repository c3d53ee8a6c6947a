"""Reading crisis files: who is not named in one does not learn that it is there."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import (
    CRISIS_COLUMNS,
    CRISIS_ENTRY_COLUMNS,
    CRISIS_STEP_COLUMNS,
    STATEMENT_COLUMNS,
    CrisisRow,
    CrisisStepRow,
    EntryRow,
    StatementRow,
)
from peakend.complaints.queries.crisis_links import CrisisLink, crisis_link_rows, crisis_links
from peakend.complaints.queries.spoken import (
    Publication,
    StatementVersion,
    in_force,
    named_versions,
    people_of,
    publications,
    uses_of,
    versions_of,
)
from peakend.complaints.rules.crises import (
    MOST_ENTRIES,
    MOST_LISTED,
    MOST_STATEMENTS,
    MOST_STEPS_LAID,
    CrisisState,
    Standing,
    is_late,
    standing,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

# Columns' names only; $1 leads complaints, $2 and $3 the brands he leads them of, $4 who he is.
_SEEN = """
($1::boolean AND ($2::boolean OR brand_id IS NULL OR brand_id = ANY($3::uuid[]))
 OR owner_id = $4 OR $4 = ANY(speaker_ids) OR $4 = ANY(reader_ids))
"""
_LIST = f"""
SELECT {CRISIS_COLUMNS} FROM crisis
WHERE organisation_id = current_organisation() AND {_SEEN}
  AND ($5::text IS NULL OR state = $5) AND ($6::boolean IS NULL OR drill = $6)
ORDER BY state = 'closed', number DESC LIMIT $7
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {CRISIS_COLUMNS} FROM crisis
WHERE organisation_id = current_organisation() AND {_SEEN} AND id = $5
"""  # noqa: S608 (names of columns only)
_ENTRIES = f"""
SELECT {CRISIS_ENTRY_COLUMNS} FROM crisis_entry
WHERE organisation_id = current_organisation() AND crisis_id = $1
ORDER BY at DESC, id DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_ENTRY = f"""
SELECT {CRISIS_ENTRY_COLUMNS} FROM crisis_entry
WHERE organisation_id = current_organisation() AND crisis_id = $1 AND id = $2
FOR UPDATE
"""  # noqa: S608 (names of columns only)
_STATEMENTS = f"""
SELECT {STATEMENT_COLUMNS} FROM crisis_statement
WHERE organisation_id = current_organisation() AND crisis_id = $1
ORDER BY drafted_at, id LIMIT $2
"""  # noqa: S608 (names of columns only)
_STATEMENT = f"""
SELECT {STATEMENT_COLUMNS} FROM crisis_statement
WHERE organisation_id = current_organisation() AND id = $1
FOR UPDATE
"""  # noqa: S608 (names of columns only)
_STEPS = f"""
SELECT {CRISIS_STEP_COLUMNS} FROM crisis_step
WHERE organisation_id = current_organisation() AND crisis_id = $1
ORDER BY due_at, place, id LIMIT $2
"""  # noqa: S608 (names of columns only)
_STEP = f"""
SELECT {CRISIS_STEP_COLUMNS} FROM crisis_step
WHERE organisation_id = current_organisation() AND id = $1
FOR UPDATE
"""  # noqa: S608 (names of columns only)
_COUNTS = """
SELECT c.id,
    (SELECT count(*) FROM crisis_step s WHERE s.organisation_id = c.organisation_id
        AND s.crisis_id = c.id) AS steps,
    (SELECT count(*) FROM crisis_step s WHERE s.organisation_id = c.organisation_id
        AND s.crisis_id = c.id AND s.state <> 'open') AS done,
    (SELECT count(*) FROM crisis_step s WHERE s.organisation_id = c.organisation_id
        AND s.crisis_id = c.id AND s.state = 'open' AND s.due_at < $2) AS late,
    (SELECT count(*) FROM crisis_statement s WHERE s.organisation_id = c.organisation_id
        AND s.crisis_id = c.id AND s.state = 'asked') AS asked,
    (SELECT count(*) FROM crisis_entry e WHERE e.organisation_id = c.organisation_id
        AND e.crisis_id = c.id AND e.kind <> 'event' AND e.answered_at IS NULL) AS questions
FROM crisis c
WHERE c.organisation_id = current_organisation() AND c.id = ANY($1::uuid[])
"""


class _Counts(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    steps: int
    done: int
    late: int
    asked: int
    questions: int


class CrisisNotFound(NotFound):
    """There is no such crisis file for this actor."""

    wording = "complaints.crisis_not_found"


class CrisisPartNotFound(NotFound):
    """There is no such entry, statement or step in this crisis file."""

    wording = "complaints.crisis_part_not_found"


class CrisisEntry(EntryRow, frozen=True, kw_only=True):
    """What happened or was asked, with the names of who wrote it down and who answered."""

    added_by_name: str | None
    answered_by_name: str | None
    late: bool


class CrisisStatement(StatementRow, frozen=True, kw_only=True):
    """A statement with who had a hand in it, its versions, and where it was used.

    `in_force` is the version that holds; `taken` counts the conversations it was taken into.
    """

    in_force: int | None
    versions: list[StatementVersion]
    published: list[Publication]
    taken: int

    drafted_by_name: str | None
    asked_by_name: str | None
    decided_by_name: str | None
    published_by_name: str | None


class CrisisStep(CrisisStepRow, frozen=True, kw_only=True):
    """A step, who did it, and whether in time."""

    done_by_name: str | None
    late: bool


class CrisisPerson(msgspec.Struct, frozen=True):
    """Somebody a crisis file names."""

    id: UUID
    name: str


class CrisisLine(msgspec.Struct, frozen=True, kw_only=True):
    """A crisis file in a list: its steps, statements that wait, questions without an answer."""

    crisis: CrisisRow
    owner_name: str
    brand_name: str | None
    steps: int
    done: int
    late: int
    asked: int
    questions: int


class Crisis(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a crisis file: all that stands in the crisis room."""

    crisis: CrisisRow
    owner_name: str
    brand_name: str | None
    speakers: list[CrisisPerson]
    readers: list[CrisisPerson]
    entries: list[CrisisEntry]
    statements: list[CrisisStatement]
    steps: list[CrisisStep]
    links: list[CrisisLink]
    leads: bool
    speaks: bool


def _eyes(actor: Actor) -> tuple[object, ...]:
    return actor.may("complaints.manage"), actor.sees_all, actor.seen_brands, actor.id


async def need_crisis(
    tx: Transaction, crisis_id: UUID, actor: Actor, *, lock: bool = False
) -> tuple[CrisisRow, Standing]:
    """Return a crisis file that the actor may see, and what he may do. Errors: CrisisNotFound."""
    sql = _ONE + (" FOR NO KEY UPDATE" if lock else "")
    row = await tx.one(CrisisRow, sql, *_eyes(actor), crisis_id)
    if row is None:
        raise CrisisNotFound
    found = standing(
        actor.id,
        manages=actor.may("complaints.manage"),
        owner_id=row.owner_id,
        speakers=row.speaker_ids,
        readers=row.reader_ids,
    )
    if found is None:
        raise CrisisNotFound
    return row, found


async def crises_seen(
    tx: Transaction, actor: Actor, *, state: CrisisState | None = None, drill: bool | None = None
) -> list[CrisisLine]:
    """Return crisis files that the actor may see, open ones first. Counts: at most 200."""
    rows = await tx.all(CrisisRow, _LIST, *_eyes(actor), state, drill, MOST_LISTED)
    names = await accounts.member_names(tx, [row.owner_id for row in rows])
    brands = await accounts.brand_names(tx)
    ids = [row.id for row in rows]
    counts = {one.id: one for one in await tx.all(_Counts, _COUNTS, ids, tx.now)} if ids else {}
    none = _Counts(id=UUID(int=0), steps=0, done=0, late=0, asked=0, questions=0)
    return [
        CrisisLine(
            **{
                name: getattr(counts.get(row.id, none), name)
                for name in ("steps", "done", "late", "asked", "questions")
            },
            crisis=row,
            owner_name=names.get(row.owner_id, ""),
            brand_name=brands.get(row.brand_id) if row.brand_id else None,
        )
        for row in rows
    ]


async def crisis_file(tx: Transaction, crisis_id: UUID, actor: Actor) -> Crisis:
    """Return all that stands in a crisis file. Errors: CrisisNotFound."""
    row, may = await need_crisis(tx, crisis_id, actor)
    entries = await tx.all(EntryRow, _ENTRIES, row.id, MOST_ENTRIES)
    statements = await statements_of(tx, row.id)
    steps = await tx.all(CrisisStepRow, _STEPS, row.id, MOST_STEPS_LAID)
    versions = await versions_of(tx, [one.id for one in statements])
    uses = await uses_of(tx, [one.id for one in statements])
    links = await crisis_links(tx, await crisis_link_rows(tx, row.id), actor)
    names = await accounts.member_names(
        tx, [*_people(row, entries, statements, steps), *people_of(versions, uses)]
    )
    brands = await accounts.brand_names(tx)

    def name(one: UUID | None) -> str | None:
        return names.get(one) if one else None

    return Crisis(
        crisis=row,
        owner_name=names.get(row.owner_id, ""),
        brand_name=brands.get(row.brand_id) if row.brand_id else None,
        speakers=_known(names, row.speaker_ids),
        readers=_known(names, row.reader_ids),
        entries=[
            CrisisEntry(
                **msgspec.structs.asdict(one),
                added_by_name=name(one.added_by),
                answered_by_name=name(one.answered_by),
                late=one.answer_by is not None and is_late(one.answer_by, one.answered_at, tx.now),
            )
            for one in entries
        ],
        statements=[
            CrisisStatement(
                **msgspec.structs.asdict(one),
                drafted_by_name=name(one.drafted_by),
                asked_by_name=name(one.asked_by),
                decided_by_name=name(one.decided_by),
                published_by_name=name(one.published_by),
                in_force=in_force(versions, one.id),
                versions=named_versions(versions, one.id, names),
                published=publications(uses, one.id, names),
                taken=sum(use.statement_id == one.id and not use.place for use in uses),
            )
            for one in statements
        ],
        steps=[
            CrisisStep(
                **msgspec.structs.asdict(one),
                done_by_name=name(one.done_by),
                late=one.state != "skipped" and is_late(one.due_at, one.done_at, tx.now),
            )
            for one in steps
        ],
        links=links,
        leads=may.leads,
        speaks=may.speaks,
    )


def _known(names: dict[UUID, str], ids: list[UUID]) -> list[CrisisPerson]:
    return [CrisisPerson(one, names[one]) for one in ids if one in names]


def _people(
    row: CrisisRow,
    entries: Iterable[EntryRow],
    statements: Iterable[StatementRow],
    steps: Iterable[CrisisStepRow],
) -> list[UUID]:
    wanted: set[UUID | None] = {row.owner_id, *row.speaker_ids, *row.reader_ids}
    for entry in entries:
        wanted |= {entry.added_by, entry.answered_by}
    for one in statements:
        wanted |= {one.drafted_by, one.asked_by, one.decided_by, one.published_by}
    wanted |= {step.done_by for step in steps}
    return [one for one in wanted if one is not None]


async def statements_of(tx: Transaction, crisis_id: UUID) -> list[StatementRow]:
    """Return the statements of a crisis file that was checked, in the order they were begun."""
    return await tx.all(StatementRow, _STATEMENTS, crisis_id, MOST_STATEMENTS)


async def statement_row(tx: Transaction, statement_id: UUID) -> StatementRow:
    """Return a statement, locked. Errors: CrisisPartNotFound."""
    found = await tx.one(StatementRow, _STATEMENT, statement_id)
    if found is None:
        raise CrisisPartNotFound
    return found


async def crisis_step_row(tx: Transaction, step_id: UUID) -> CrisisStepRow:
    """Return a step, locked. Errors: CrisisPartNotFound."""
    found = await tx.one(CrisisStepRow, _STEP, step_id)
    if found is None:
        raise CrisisPartNotFound
    return found


async def crisis_entry_row(tx: Transaction, crisis_id: UUID, entry_id: UUID) -> EntryRow:
    """Return an entry, locked. Errors: CrisisPartNotFound."""
    found = await tx.one(EntryRow, _ENTRY, crisis_id, entry_id)
    if found is None:
        raise CrisisPartNotFound
    return found
