"""Setting up: queues, who serves them, business hours."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.routing.events import (
    BusinessHoursChanged,
    QueueChanged,
    QueueClosed,
    QueueOpened,
)
from peakend.routing.models import HoursRow, QueueRow
from peakend.routing.queries.hours import hours_exist, need_hours
from peakend.routing.queries.queues import need_queue, queues
from peakend.routing.rules.hours import BadHours, parse_hours


class WrongHours(Invalid):
    """The intervals or the time zone make no sense."""

    wording = "routing.wrong_hours"


class HoursUnknown(Invalid):
    """A queue points to business hours that are not there."""

    wording = "routing.hours_not_found"


class OverflowToItself(Invalid):
    """A queue overflows to another one."""

    wording = "routing.overflow_to_itself"


class Stale(Conflict):
    """Somebody else changed it first."""

    wording = "routing.stale"


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator decides about a queue; UNSET leaves it as it is."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    brand_id: UUID | msgspec.UnsetType | None = msgspec.UNSET
    hours_id: UUID | msgspec.UnsetType | None = msgspec.UNSET
    skills: list[UUID] | msgspec.UnsetType = msgspec.UNSET
    target_s: int | msgspec.UnsetType = msgspec.UNSET
    priority: int | msgspec.UnsetType = msgspec.UNSET
    offer_s: int | msgspec.UnsetType = msgspec.UNSET
    transfer_limit_s: int | msgspec.UnsetType = msgspec.UNSET
    promise_s: int | msgspec.UnsetType = msgspec.UNSET
    silent_limit_s: int | msgspec.UnsetType = msgspec.UNSET
    wrap_up_s: int | msgspec.UnsetType = msgspec.UNSET
    position: int | msgspec.UnsetType = msgspec.UNSET
    relax_after_s: int | msgspec.UnsetType | None = msgspec.UNSET
    overflow_after_s: int | msgspec.UnsetType | None = msgspec.UNSET
    overflow_over: int | msgspec.UnsetType | None = msgspec.UNSET
    overflow_queue_id: UUID | msgspec.UnsetType | None = msgspec.UNSET


_NEW_QUEUE = "INSERT INTO queue (id, name) VALUES ($1, $2)"
_SAVE_QUEUE = """
UPDATE queue
SET name = $2, brand_id = $3, hours_id = $4, skills = $5::uuid[], target_s = $6, priority = $7,
    offer_s = $8, transfer_limit_s = $9, promise_s = $10, silent_limit_s = $11, wrap_up_s = $12,
    position = $13, relax_after_s = $14, overflow_after_s = $15, overflow_queue_id = $16,
    overflow_over = $17,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


async def add_queue(tx: Transaction, settings: QueueSettings) -> QueueRow:
    """Make a queue. Errors: those of `change_queue`."""
    queue_id = new_id(tx.now)
    await tx.run(_NEW_QUEUE, queue_id, settings.name or "")
    return await _save_queue(tx, queue_id, settings, "created")


async def open_first_queue(tx: Transaction) -> UUID | None:
    """Let a new centre serve at once: a queue that is always open, with everybody in it.

    None where there is a queue already.
    """
    if await queues(tx):
        return None
    language = (await accounts.organisation(tx)).language
    queue = await add_queue(tx, QueueSettings(name=word("routing.first_queue", language)))
    for member in await accounts.members(tx, active_only=True):
        await join_queues(tx, member_id=member.id, queue_ids=[queue.id])
    return queue.id


async def join_only_queue(tx: Transaction, *, member_id: UUID) -> None:
    """Put a member for whom nobody chose a queue into the one that there is."""
    known = await queues(tx)
    if len(known) == 1:
        await join_queues(tx, member_id=member_id, queue_ids=[known[0].id])


async def change_queue(tx: Transaction, queue_id: UUID, settings: QueueSettings) -> QueueRow:
    """Change a queue.

    Errors: QueueNotFound, BrandNotFound, SkillNotFound, HoursUnknown, OverflowToItself.
    """
    return await _save_queue(tx, queue_id, settings, "updated")


async def _save_queue(
    tx: Transaction, queue_id: UUID, settings: QueueSettings, what: str
) -> QueueRow:
    queue = await need_queue(tx, queue_id)
    given = {
        name: value
        for name in settings.__struct_fields__
        if (value := getattr(settings, name)) is not msgspec.UNSET
    }
    after = msgspec.structs.replace(queue, **given)
    if after.brand_id is not None:
        await accounts.need_brand(tx, after.brand_id)
    if after.skills:
        await accounts.need_skills(tx, after.skills)
    if after.hours_id is not None and not await hours_exist(tx, after.hours_id):
        raise HoursUnknown(fields={"hours_id": "routing.hours_not_found"})
    if after.overflow_queue_id is not None:
        if after.overflow_queue_id == queue_id:
            raise OverflowToItself(fields={"overflow_queue_id": "routing.overflow_to_itself"})
        await need_queue(tx, after.overflow_queue_id)
    await tx.run(
        _SAVE_QUEUE,
        queue_id,
        after.name,
        after.brand_id,
        after.hours_id,
        after.skills,
        after.target_s,
        after.priority,
        after.offer_s,
        after.transfer_limit_s,
        after.promise_s,
        after.silent_limit_s,
        after.wrap_up_s,
        after.position,
        after.relax_after_s,
        after.overflow_after_s if after.overflow_queue_id else None,
        after.overflow_queue_id,
        after.overflow_over if after.overflow_queue_id else None,
    )
    await record(tx, QueueChanged(queue_id=queue_id, what=what))
    await audit(tx, f"queue.{what}", "queue", queue_id)
    return await need_queue(tx, queue_id)


async def set_queue_members(
    tx: Transaction,
    queue_id: UUID,
    *,
    member_ids: Collection[UUID],
    team_ids: Collection[UUID],
) -> None:
    """Let exactly these members and teams serve a queue. Errors: QueueNotFound, TeamNotFound."""
    await need_queue(tx, queue_id)
    await accounts.need_teams(tx, team_ids)
    for member_id in set(member_ids):
        await accounts.need_member(tx, member_id)
    for table in ("queue_member", "queue_team"):
        await tx.run(
            f"DELETE FROM {table} WHERE organisation_id = current_organisation()"  # noqa: S608
            " AND queue_id = $1",
            queue_id,
        )
    await tx.run(
        "INSERT INTO queue_member (queue_id, member_id) SELECT $1::uuid, unnest($2::uuid[])",
        queue_id,
        sorted(set(member_ids)),
    )
    await tx.run(
        "INSERT INTO queue_team (queue_id, team_id) SELECT $1::uuid, unnest($2::uuid[])",
        queue_id,
        sorted(set(team_ids)),
    )
    await record(tx, QueueChanged(queue_id=queue_id, what="members"))
    await audit(tx, "queue.members", "queue", queue_id)


async def join_queues(tx: Transaction, *, member_id: UUID, queue_ids: Collection[UUID]) -> None:
    """Put a member into queues besides those already served; unknown queues are left out."""
    await tx.run(
        """
        INSERT INTO queue_member (queue_id, member_id)
        SELECT id, $2 FROM queue
        WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
        ON CONFLICT DO NOTHING
        """,
        list(queue_ids),
        member_id,
    )
    for queue_id in sorted(set(queue_ids)):
        await record(tx, QueueChanged(queue_id=queue_id, what="members"))


async def open_or_close(tx: Transaction, queue_id: UUID, *, is_open: bool) -> QueueRow:
    """Open or close a queue; closed, it promises an answer instead of live help.

    Errors: QueueNotFound.
    """
    queue = await need_queue(tx, queue_id)
    changed = await tx.run(
        "UPDATE queue SET open = $2, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1 AND open <> $2",
        queue_id,
        is_open,
    )
    if changed:
        fact = QueueOpened if is_open else QueueClosed
        await record(tx, fact(queue_id=queue_id))
        await audit(tx, "queue.opened" if is_open else "queue.closed", "queue", queue_id)
        queue = await need_queue(tx, queue_id)
    return queue


async def save_hours(
    tx: Transaction,
    *,
    name: str,
    time_zone: str,
    week: dict[str, list[list[str]]],
    holidays: list[dict[str, Any]],
    hours_id: UUID | None = None,
    version: int | None = None,
) -> HoursRow:
    """Make or change business hours. Errors: WrongHours, HoursNotFound, Stale."""
    try:
        days = [(date.fromisoformat(day["on"]), day.get("intervals") or []) for day in holidays]
        parse_hours(time_zone, week, days)
    except (BadHours, ValueError) as wrong:
        raise WrongHours(fields={"week": str(wrong)}) from wrong
    what = "updated" if hours_id else "created"
    if hours_id is None:
        hours_id = new_id(tx.now)
        await tx.run(
            "INSERT INTO business_hours (id, name, time_zone, week, holidays)"
            " VALUES ($1, $2, $3, $4, $5)",
            hours_id,
            name,
            time_zone,
            week,
            holidays,
        )
    else:
        known = await need_hours(tx, hours_id)
        saved = await tx.run(
            """
            UPDATE business_hours
            SET name = $2, time_zone = $3, week = $4, holidays = $5, version = version + 1
            WHERE organisation_id = current_organisation() AND id = $1 AND version = $6
            """,
            hours_id,
            name,
            time_zone,
            week,
            holidays,
            known.version if version is None else version,
        )
        if not saved:
            raise Stale(version=known.version)
    await record(tx, BusinessHoursChanged(hours_id=hours_id, what=what))
    await audit(tx, f"business_hours.{what}", "business_hours", hours_id)
    return await need_hours(tx, hours_id)
