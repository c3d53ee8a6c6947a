"""How long what is kept: set by a person, done every night in portions."""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import sweep_bytes
from peakend.kernel.personal import AGES, Category
from peakend.privacy.events import RetentionChanged, RetentionRan
from peakend.privacy.models import RUN_COLUMNS, Run
from peakend.privacy.queries import categories, current_days
from peakend.privacy.rules import SWEEP_AT_ONCE, good_days, rows_of

ACT = "retention.change"


class RetentionStale(Conflict):
    """Somebody else changed this time first."""

    wording = "privacy.retention_stale"


class WrongDays(Invalid):
    """So short or so long a time cannot be set for this kind of data."""

    wording = "privacy.wrong_days"


class RetentionAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time for one kind of data, and the version that was changed; no days keep it for good."""

    category: Category
    days: int | None
    version: int


async def set_retention(tx: Transaction, asked: RetentionAsked) -> None:
    """Set how long one kind of data is kept. Errors: WrongDays, RetentionStale, SecondPersonNeeded.

    A shorter time deletes, so it may need two people; a longer one never does.
    """
    old = next((one for one in await categories(tx) if one.category == asked.category), None)
    if old is None or not good_days(asked.days, old.least, old.most):
        raise WrongDays(fields={"days": "privacy.wrong_days"})
    shorter = asked.days is not None and (old.days is None or asked.days < old.days)
    if shorter:
        await need_second(tx, ACT)
    written = await tx.run(
        """
        INSERT INTO retention_rule AS r (category, days, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, category)
            DO UPDATE SET days = $2, changed_at = $3, version = r.version + 1
            WHERE r.version = $4
        """
        if asked.version
        else """
        INSERT INTO retention_rule (category, days, changed_at)
        SELECT $1, $2, $3 WHERE $4 = 0 ON CONFLICT DO NOTHING
        """,
        asked.category,
        asked.days,
        tx.now,
        asked.version,
    )
    if not written:
        raise RetentionStale
    by = tx.actor.id
    await record(tx, RetentionChanged(decided_by=by, category=asked.category, days=asked.days))
    detail = {"category": asked.category, "days": asked.days, "before": old.days}
    await audit(tx, "privacy.retention_changed", "organisation", tx.organisation_id, detail)


@two_people(ACT, "privacy.manage", RetentionAsked)
async def _set_confirmed(tx: Transaction, body: RetentionAsked, address: str) -> None:
    await set_retention(tx, body)


async def start_retention(tx: Transaction) -> UUID:
    """Begin the round of a night, unless one is not done yet; return it."""
    running: UUID | None = await tx.value(
        "SELECT id FROM retention_run WHERE organisation_id = current_organisation()"
        " AND finished_at IS NULL ORDER BY at DESC LIMIT 1"
    )
    if running is None:
        running = new_id()
        await tx.run(
            'INSERT INTO retention_run (id, at, "left") VALUES ($1, $2, $3)',
            running,
            tx.now,
            sorted(await current_days(tx)),
        )
    await enqueue(tx, "privacy.retain_step", unique_key=str(running), run_id=running)
    return running


async def retain_step(tx: Transaction, *, run_id: UUID) -> None:
    """Remove the next portion of what is too old; once done, nothing more."""
    run = await tx.one(
        Run,
        f"SELECT {RUN_COLUMNS} FROM retention_run"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        run_id,
    )
    if run is None or run.finished_at is not None:
        return
    days = await current_days(tx)
    if not run.left:
        await sweep_bytes(tx.organisation_id)
        await tx.run(
            "UPDATE retention_run SET finished_at = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            run_id,
            tx.now,
        )
        removed = rows_of(run.removed)
        await record(tx, RetentionRan(run_id=run_id, removed=removed, categories=len(run.removed)))
        return
    category, *rest = run.left
    removed = 0
    # A time that was lengthened in the meantime holds from here on.
    if category in days and category in AGES:
        before = run.at - timedelta(days=days[category])
        removed = await AGES[category].sweep(tx, before, SWEEP_AT_ONCE)
    done = dict(run.removed)
    if removed:
        done[category] = done.get(category, 0) + removed
    await tx.run(
        'UPDATE retention_run SET "left" = $2, removed = $3'
        " WHERE organisation_id = current_organisation() AND id = $1",
        run_id,
        [category, *rest] if removed else rest,
        done,
    )
    await enqueue(tx, "privacy.retain_step", run_id=run_id)
