"""Alerts: their rules, what is open, what was, and what the measures are now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.insight.models import NO_QUEUE, AlertRow, AlertRuleRow
from peakend.insight.queries.counts import intervals
from peakend.insight.rules import Counts, abandonment, service_level, total
from peakend.insight.rules.alerts import ENOUGH, RECENT
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.routing import queries as routing

MOST_RULES = 100
PAGE = 50
_RULE = "SELECT " + ", ".join(AlertRuleRow.__struct_fields__) + " FROM alert_rule"  # noqa: S608 (names of columns only)
_ALERT = "SELECT " + ", ".join(AlertRow.__struct_fields__) + " FROM alert"  # noqa: S608 (names of columns only)


class AlertNotFound(NotFound):
    """There is no such alert here."""

    wording = "insight.alert_not_found"


class AlertRuleNotFound(NotFound):
    """There is no such rule here."""

    wording = "insight.alert_rule_not_found"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with the names it is shown with. Units: shares 0–1, seconds, people."""

    id: UUID
    measure: str
    queue_id: UUID | None
    queue_name: str | None
    value: float
    threshold: float
    raised_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    cleared_at: datetime | None


class Readings(msgspec.Struct, frozen=True):
    """What the measures are now, of the floor and of each queue; None where nothing says."""

    by_place: dict[UUID, dict[str, float | None]]

    def of(self, measure: str, queue_id: UUID) -> float | None:
        """Return the value of a measure at a place."""
        return self.by_place.get(queue_id, {}).get(measure)


async def alert_rules(tx: Transaction) -> list[AlertRuleRow]:
    """Return what raises alerts, in the order in which it was set up. Counts: at most 100."""
    where = " WHERE organisation_id = current_organisation() ORDER BY id LIMIT 100"
    return await tx.all(AlertRuleRow, _RULE + where)


async def need_alert_rule(tx: Transaction, rule_id: UUID) -> AlertRuleRow:
    """Return a rule. Errors: AlertRuleNotFound."""
    where = " WHERE organisation_id = current_organisation() AND id = $1"
    found = await tx.one(AlertRuleRow, _RULE + where, rule_id)
    if found is None:
        raise AlertRuleNotFound
    return found


async def need_alert(tx: Transaction, alert_id: UUID, *, lock: bool = False) -> AlertRow:
    """Return an alert. Errors: AlertNotFound."""
    where = " WHERE organisation_id = current_organisation() AND id = $1"
    found = await tx.one(AlertRow, _ALERT + where + (" FOR UPDATE" if lock else ""), alert_id)
    if found is None:
        raise AlertNotFound
    return found


async def open_alerts(tx: Transaction) -> list[AlertRow]:
    """Return what is raised now, oldest first. Counts: at most 500."""
    where = " WHERE organisation_id = current_organisation() AND cleared_at IS NULL"
    return await tx.all(AlertRow, _ALERT + where + " ORDER BY raised_at, id LIMIT 500")


async def alerts_now(tx: Transaction) -> list[Alert]:
    """Return what is raised now as it is shown, oldest first."""
    return await _shown(tx, await open_alerts(tx))


async def alerts_before(tx: Transaction, cursor: str | None) -> Page[Alert]:
    """Return alerts that are over, newest first, a page of 50. Errors: WrongCursor."""
    at, after = None, None
    if cursor is not None:
        said, last = cursor_decode(cursor, 2)
        at, after = msgspec.convert((said, last), tuple[datetime, UUID], strict=False)
    rows = await tx.all(
        AlertRow,
        _ALERT + " WHERE organisation_id = current_organisation() AND cleared_at IS NOT NULL"
        " AND ($1::timestamptz IS NULL OR (raised_at, id) < ($1, $2::uuid))"
        " ORDER BY raised_at DESC, id DESC LIMIT $3",
        at,
        after,
        PAGE + 1,
    )
    page = rows[:PAGE]
    more = cursor_encode(page[-1].raised_at, page[-1].id) if len(rows) > PAGE else None
    return Page(await _shown(tx, page), more)


async def _shown(tx: Transaction, rows: list[AlertRow]) -> list[Alert]:
    names = await routing.queue_names(tx, [row.queue_id for row in rows])
    people = await accounts.member_names(
        tx, [row.acknowledged_by for row in rows if row.acknowledged_by]
    )
    return [
        Alert(
            id=row.id,
            measure=row.measure,
            queue_id=None if row.queue_id == NO_QUEUE else row.queue_id,
            queue_name=names.get(row.queue_id),
            value=row.value,
            threshold=row.threshold,
            raised_at=row.raised_at,
            acknowledged_by=people.get(row.acknowledged_by) if row.acknowledged_by else None,
            acknowledged_at=row.acknowledged_at,
            cleared_at=row.cleared_at,
        )
        for row in rows
    ]


async def readings(tx: Transaction) -> Readings:
    """Return what the measures of alerts are now.

    Counts: shares over the last hour, None below ten contacts; agents while a queue is open only.
    """
    queues = await routing.queues(tx)
    lines = await routing.lines(tx)
    counted: dict[UUID, list[Counts]] = defaultdict(list)
    for row in await intervals(tx, tx.now - RECENT, tx.now):
        counted[row.queue_id].append(row.counts)
    staff = [seat for seat in await routing.seats(tx) if seat.presence.state == "ready"]
    opened = await routing.live_queues(tx, queues)
    found: dict[UUID, dict[str, float | None]] = {}
    for queue in queues:
        ready = sum(queue.id in seat.queue_ids for seat in staff)
        found[queue.id] = _place(
            tx.now,
            [lines[queue.id]] if queue.id in lines else [],
            total(counted[queue.id]),
            ready if queue.id in opened else None,
        )
    everybody = len([seat for seat in staff if seat.queue_ids]) if opened else None
    every = total(counts for some in counted.values() for counts in some)
    found[NO_QUEUE] = _place(tx.now, list(lines.values()), every, everybody)
    return Readings(found)


def _place(
    now: datetime, lines: Iterable[routing.Line], counts: Counts, ready: int | None
) -> dict[str, float | None]:
    lines = list(lines)
    oldest = min((line.oldest_at for line in lines if line.oldest_at), default=None)
    level = service_level(counts).value if counts.offered >= ENOUGH else None
    return {
        "waiting": sum(line.waiting for line in lines),
        "longest_s": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        "service_level": level,
        "service_level_high": level,
        "abandonment": abandonment(counts).value if counts.offered >= ENOUGH else None,
        "agents_ready": ready,
    }
