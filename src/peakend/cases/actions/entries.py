"""Writing down in a case: notes, progress, the outcome; and the time that it took."""

from typing import get_args
from uuid import UUID

from peakend.cases.actions.clock import told
from peakend.cases.events import CaseEntryAdded, CaseTimeSpent
from peakend.cases.models import EntryKind, Visible
from peakend.cases.queries.access import CaseNotFound, case_row, need_case
from peakend.cases.queries.steps import StepNotFound, step_row
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.files import own_files
from peakend.kernel.ids import new_id

MOST_WORDS = 5000
MOST_FILES = 10
MOST_SPENT_S = 24 * 3600

_ADD = """
INSERT INTO case_entry (id, case_id, kind, words, visible, files, by, by_kind, at, client_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ADDED = """
SELECT id FROM case_entry
WHERE organisation_id = current_organisation() AND client_id = $1 AND case_id = $2
"""
_TOUCH = """
UPDATE service_case SET updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_SPENT = """
UPDATE service_case SET spent_s = greatest(0, spent_s + $2)
WHERE organisation_id = current_organisation() AND id = $1
"""


class NothingWritten(Invalid):
    """An entry has words or a file."""

    wording = "cases.nothing_written"


class WrongTime(Invalid):
    """Somebody works on a case for a minute at least, and for a day at most."""

    wording = "cases.wrong_spent"


async def add_entry(
    tx: Transaction,
    case_id: UUID,
    kind: EntryKind,
    words: str,
    visible: Visible = "staff",
    *,
    by: Actor | None = None,
    files: list[UUID] | None = None,
    client_id: UUID | None = None,
) -> UUID:
    """Write something down in a case, once for each `client_id`, and return the entry's id.

    `visible` is for whom it is: staff, the departments too, or the customer too. What the house
    writes by itself has no `by`. Also a closed case can be written in.
    Errors: CaseNotFound, NothingWritten, FileNotFound.
    """
    row = await case_row(tx, case_id) if by is None else await need_case(tx, case_id, by)
    if row is None or kind not in get_args(EntryKind) or visible not in get_args(Visible):
        raise CaseNotFound
    if client_id is not None and (made := await tx.value(_ADDED, client_id, case_id)) is not None:
        return UUID(int=made.int)
    words = words.strip()[:MOST_WORDS]
    if not words and not files:
        raise NothingWritten(fields={"words": "cases.nothing_written"})
    kept = [
        {"id": str(file.id), "name": file.name, "kind": file.kind, "mime": file.mime,
         "size": file.size}
        for file in await own_files(tx, list(dict.fromkeys(files or ()))[:MOST_FILES])
    ]  # fmt: skip
    actor = by or tx.actor
    entry_id = new_id()
    await tx.run(
        _ADD, entry_id, case_id, kind, words, visible, kept, actor.id, actor.kind, tx.now,
        client_id,
    )  # fmt: skip
    await tx.run(_TOUCH, case_id, tx.now)
    await record(
        tx,
        CaseEntryAdded(**told(row), entry_id=entry_id, kind=kind, visible=visible, files=len(kept)),
    )
    return entry_id


async def add_time(
    tx: Transaction, *, case_id: UUID, spent_s: int, by: Actor, step_id: UUID | None = None
) -> UUID:
    """Note how long the actor worked on a case, or on a step of it.

    Errors: CaseNotFound, StepNotFound, WrongTime.
    """
    row = await need_case(tx, case_id, by, lock=True)
    if step_id is not None:
        step = await step_row(tx, step_id)
        if step is None or step.case_id != case_id:
            raise StepNotFound
    if not 60 <= spent_s <= MOST_SPENT_S or by.id is None:
        raise WrongTime(fields={"spent_s": "cases.wrong_spent"})
    time_id = new_id()
    await tx.run(
        "INSERT INTO case_time (id, case_id, step_id, member_id, spent_s, at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        time_id, case_id, step_id, by.id, spent_s, tx.now,
    )  # fmt: skip
    await tx.run(_SPENT, case_id, spent_s)
    await record(
        tx, CaseTimeSpent(**(told(row) | {"agent_id": by.id}), step_id=step_id, spent_s=spent_s)
    )
    return time_id


async def let_see(tx: Transaction, *, case_id: UUID, member_id: UUID, why: str) -> None:
    """Let somebody who has a part of a case see it, such as whoever has a step of it."""
    await tx.run(
        "INSERT INTO case_party (case_id, member_id, why, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (organisation_id, case_id, member_id) DO NOTHING",
        case_id, member_id, why, tx.now,
    )  # fmt: skip
