"""One act on many conversations: asked for once, done in portions, put back where nothing changed.

Each portion is a job of its own, so that a worker that dies loses none and does none twice. What
changes anybody's load goes one by one, because locks are taken in one order (decision 0016).
"""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.automation.actions.changing import BulkRefused, act, state_of
from peakend.automation.actions.undoing import put_back
from peakend.automation.events import BulkFinished, BulkMoved, BulkStarted, BulkUndone
from peakend.automation.models import ITEM_COLUMNS, BulkItemRow, BulkRunRow
from peakend.automation.queries.bulk import need_run
from peakend.automation.rules.bulk import (
    GATHERED_AT_ONCE,
    LIGHT,
    MOST_CHOSEN,
    PROGRESS_EVERY,
    RIGHTS,
    Bulk,
    BulkArgs,
    args_fault,
    undo_until,
)
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ViewFilter
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, PeakendError, Refused
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue

_JOB = "automation.bulk_step"
_START = """
INSERT INTO bulk_run (id, member_id, what, args, filter, rights, state, total, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT DO NOTHING
"""
_ADD = """
WITH new AS (
    INSERT INTO bulk_item (run_id, conversation_id, version)
    SELECT $1, c.id, i.version
    FROM unnest($2::uuid[], $3::bigint[]) i (id, version)
    JOIN conversation c ON c.organisation_id = current_organisation() AND c.id = i.id
    ON CONFLICT DO NOTHING
    RETURNING 1
)
UPDATE bulk_run SET total = total + (SELECT count(*) FROM new)
WHERE organisation_id = current_organisation() AND id = $1
RETURNING total
"""
_NEXT = f"""
SELECT {ITEM_COLUMNS} FROM bulk_item
WHERE organisation_id = current_organisation() AND run_id = $1 AND state = $2
ORDER BY conversation_id LIMIT $3
"""  # noqa: S608 (names of columns only)
_ITEM = """
UPDATE bulk_item SET state = $3, why = $4, params = $5, before = $6, after = $7
WHERE organisation_id = current_organisation() AND run_id = $1 AND conversation_id = $2
"""
_COUNT = """
UPDATE bulk_run SET done = done + $2, left_out = left_out + $3, put_back = put_back + $4,
                    kept = kept + $5
WHERE organisation_id = current_organisation() AND id = $1
"""
_STATE = """
UPDATE bulk_run SET state = $2, finished_at = coalesce($3, finished_at), cursor = $4
WHERE organisation_id = current_organisation() AND id = $1
"""


class WrongBulk(Invalid):
    """The act lacks something, has too much, or nothing was chosen."""

    wording = "automation.wrong_bulk"


class NothingToUndo(Conflict):
    """The run cannot be put back, or not any more."""

    wording = "automation.nothing_to_undo"


async def start_bulk(
    tx: Transaction,
    *,
    run_id: UUID,
    what: Bulk,
    args: BulkArgs,
    chosen: list[tuple[UUID, int]],
    given: ViewFilter | None,
    by: Actor,
) -> None:
    """Begin an act on chosen conversations, or on all that fit a filter; once for each run id.

    Counts: up to 5,000 conversations. Errors: WrongBulk, Refused, BulkRunNotFound.
    """
    fault = args_fault(what, args)
    if fault is not None:
        raise WrongBulk(fields={fault: "invalid"})
    if bool(chosen) == (given is not None) or len(chosen) > MOST_CHOSEN:
        raise WrongBulk(fields={"chosen": "invalid"})
    if not by.may(RIGHTS.get(what, "conversations.note")):
        raise Refused
    state = "gathering" if given is not None else "running"
    wanted = msgspec.to_builtins(given) if given is not None else None
    assert by.id is not None
    kept = msgspec.to_builtins(args)
    rights = accounts.rights_to_keep(by)
    if not await tx.run(_START, run_id, by.id, what, kept, wanted, rights, state, tx.now):
        await need_run(tx, run_id, by)
        return
    total = 0
    if given is None:
        ids, versions = [one for one, _ in chosen], [version for _, version in chosen]
        total = await tx.value(_ADD, run_id, ids, versions)
    await record(tx, BulkStarted(run_id=run_id, agent_id=by.id, what=what, total=total))
    await enqueue(tx, _JOB, priority=6, run_id=run_id)


async def undo_bulk(tx: Transaction, *, run_id: UUID, by: Actor) -> None:
    """Put back what a run did, as far as it has not changed since; twice is once.

    Errors: BulkRunNotFound, NothingToUndo.
    """
    run = await need_run(tx, run_id, by, lock=True)
    if run.state in ("undoing", "undone"):
        return
    until = undo_until(run.what, run.finished_at, run.done)
    if run.state != "done" or until is None or until < tx.now:
        raise NothingToUndo
    await tx.run(_STATE, run_id, "undoing", None, None)
    await enqueue(tx, _JOB, priority=6, run_id=run_id)


async def bulk_step(tx: Transaction, *, run_id: UUID) -> None:
    """Do the next portion of a run, and ask for the one after it."""
    run = await need_run(tx, run_id, Actor.system(tx.organisation_id), lock=True)
    if run.state in ("done", "undone"):
        return
    by = await accounts.actor_later(tx, run.member_id, run.rights)
    # What happens is this person's doing, in facts and in the audit log.
    tx.actor = by
    if run.state == "gathering":
        await _gather(tx, run, by)
    else:
        await _portion(tx, run, by)


async def _gather(tx: Transaction, run: BulkRunRow, by: Actor) -> None:
    given = msgspec.convert(run.filter, ViewFilter)
    cursor, found, total = run.cursor, 0, run.total
    while found < GATHERED_AT_ONCE:
        room = min(100, MOST_CHOSEN - total)
        page = await conversations.found_conversations(tx, by, given, cursor=cursor, limit=room)
        if page.items:
            ids = [row.id for row in page.items]
            total = await tx.value(_ADD, run.id, ids, [row.version for row in page.items])
        found += max(1, len(page.items))
        cursor = page.next
        if cursor is None or total >= MOST_CHOSEN:
            cursor = None
            break
    await tx.run(_STATE, run.id, "running" if cursor is None else "gathering", None, cursor)
    await record(
        tx,
        BulkMoved(
            run_id=run.id, agent_id=run.member_id, what=run.what, total=total, done=0, left_out=0
        ),
    )
    await enqueue(tx, _JOB, priority=6, run_id=run.id)


async def _portion(tx: Transaction, run: BulkRunRow, by: Actor) -> None:
    undoing = run.state == "undoing"
    wanted = "done" if undoing else "waiting"
    items = await tx.all(BulkItemRow, _NEXT, run.id, wanted, LIGHT.get(run.what, 1))
    good = 0
    for item in items:
        good += await (_put_back(tx, run, item, by) if undoing else _do(tx, run, item, by))
    bad = len(items) - good
    counts = (0, 0, good, bad) if undoing else (good, bad, 0, 0)
    await tx.run(_COUNT, run.id, *counts)
    if items:
        await enqueue(tx, _JOB, priority=6, run_id=run.id)
    else:
        await tx.run(_STATE, run.id, "undone" if undoing else "done", tx.now, None)
    await _tell(tx, run, counts, over=not items)


async def _tell(
    tx: Transaction, run: BulkRunRow, counts: tuple[int, int, int, int], *, over: bool
) -> None:
    """Say how far it is: now and then, and at the end."""
    about: dict[str, Any] = {
        "run_id": run.id, "agent_id": run.member_id, "what": run.what, "total": run.total,
    }  # fmt: skip
    if run.state == "undoing":
        if over:
            await record(tx, BulkUndone(**about, put_back=run.put_back, kept=run.kept))
        return
    done, left = run.done + counts[0], run.left_out + counts[1]
    if over:
        await record(tx, BulkFinished(**about, done=done, left_out=left))
    elif (done + left) // PROGRESS_EVERY != (run.done + run.left_out) // PROGRESS_EVERY:
        await record(tx, BulkMoved(**about, done=done, left_out=left))


async def _do(tx: Transaction, run: BulkRunRow, item: BulkItemRow, by: Actor) -> bool:
    args = msgspec.convert(run.args, BulkArgs)
    before = await state_of(tx, run.what, item.conversation_id)
    refused = await _alone(tx, act(tx, run.id, run.what, args, item, by))
    if refused is not None:
        why = _why(refused)
        await tx.run(_ITEM, run.id, item.conversation_id, "left", *why, before, None)
        return False
    after = await state_of(tx, run.what, item.conversation_id)
    await tx.run(_ITEM, run.id, item.conversation_id, "done", None, None, before, after)
    return True


async def _put_back(tx: Transaction, run: BulkRunRow, item: BulkItemRow, by: Actor) -> bool:
    refused = await _alone(tx, put_back(tx, run.what, item, by))
    why = _why(refused) if refused is not None else (None, None)
    state = "kept" if refused is not None else "undone"
    await tx.run(_ITEM, run.id, item.conversation_id, state, *why, item.before, item.after)
    return refused is None


async def _alone(tx: Transaction, work: Any) -> PeakendError | None:
    """Do one thing so that it leaves nothing behind where it is refused; return the refusal."""
    facts, jobs = len(tx.records), len(tx.jobs)
    await tx.run("SAVEPOINT bulk")
    try:
        await work
    except PeakendError as error:
        await tx.run("ROLLBACK TO SAVEPOINT bulk")
        del tx.records[facts:], tx.jobs[jobs:]
        return error
    await tx.run("RELEASE SAVEPOINT bulk")
    return None


def _why(error: PeakendError) -> tuple[str, dict[str, Any] | None]:
    """Return the wording of a refusal; what changed in between has words of its own here."""
    if isinstance(error, conversations.ConversationStale):
        return "automation.bulk_stale", None
    if isinstance(error, BulkRefused):
        return error.why, None
    plain = {name: value for name, value in error.params.items() if isinstance(value, str | int)}
    return error.wording, plain or None
