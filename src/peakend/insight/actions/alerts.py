"""Alerts of the floor: rules are set up, measures watched, alerts raised, cleared, acknowledged."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.insight.events import (
    AlertAcknowledged,
    AlertCleared,
    AlertRaised,
    AlertRuleChanged,
)
from peakend.insight.models import NO_QUEUE, AlertRow, AlertRuleRow
from peakend.insight.queries.alerts import (
    MOST_RULES,
    alert_rules,
    need_alert,
    need_alert_rule,
    open_alerts,
    readings,
)
from peakend.insight.rules import FLOOR, HIGH, LOW, WARN
from peakend.insight.rules.alerts import Standing, Thresholds, sensible, step
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.routing import queries as routing


class ThresholdsTogether(Invalid):
    """The threshold that clears lies on the good side of the one that raises."""

    wording = "insight.thresholds_together"


class AlertRuleStale(Conflict):
    """Somebody else changed the rule first."""

    wording = "insight.alert_rule_stale"


class TooManyAlertRules(Conflict):
    """There are as many rules as there may be."""

    wording = "insight.too_many_alert_rules"


class AlertOver(Conflict):
    """The alert has cleared."""

    wording = "insight.alert_over"


class AlertRuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decides about a rule."""

    measure: str
    scope: str
    queue_id: UUID | None = None
    raise_at: float
    clear_at: float
    hold_s: int
    active: bool = True


FIRST_RULES = (
    AlertRuleForm(measure="longest_s", scope="each", raise_at=180, clear_at=60, hold_s=30),
    AlertRuleForm(measure="waiting", scope="each", raise_at=10, clear_at=5, hold_s=60),
    AlertRuleForm(
        measure="service_level", scope="floor", raise_at=FLOOR, clear_at=LOW, hold_s=300
    ),
    AlertRuleForm(measure="abandonment", scope="floor", raise_at=0.1, clear_at=0.05, hold_s=300),
    AlertRuleForm(measure="agents_ready", scope="each", raise_at=0, clear_at=1, hold_s=120),
    # More people hardly help any more: worth knowing, not worth waking anybody.
    AlertRuleForm(
        measure="service_level_high", scope="floor", raise_at=WARN, clear_at=HIGH, hold_s=1800,
        active=False,
    ),
)  # fmt: skip

_SAVE = """
UPDATE alert_rule
SET measure = $2, scope = $3, queue_id = $4, raise_at = $5, clear_at = $6, hold_s = $7,
    active = $8, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $9
"""
_RAISE = """
INSERT INTO alert (id, rule_id, queue_id, measure, value, threshold, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organisation_id, rule_id, queue_id) WHERE cleared_at IS NULL DO NOTHING
"""
_CLEAR = """
UPDATE alert SET cleared_at = $2
WHERE organisation_id = current_organisation() AND id = $1 AND cleared_at IS NULL
"""
_WATCH = """
INSERT INTO alert_watch (rule_id, queue_id, turning_since) VALUES ($1, $2, $3)
ON CONFLICT (organisation_id, rule_id, queue_id) DO UPDATE SET turning_since = $3
"""
_UNWATCH = """
DELETE FROM alert_watch
WHERE organisation_id = current_organisation() AND rule_id = $1 AND queue_id = $2
"""


async def add_first_alert_rules(tx: Transaction) -> None:
    """Let a new centre be warned sensibly; nothing where there is a rule already."""
    if not await alert_rules(tx):
        for form in FIRST_RULES:
            await _insert(tx, form)


async def add_alert_rule(tx: Transaction, form: AlertRuleForm) -> AlertRuleRow:
    """Watch a measure. Errors: ThresholdsTogether, TooManyAlertRules, QueueNotFound."""
    if len(await alert_rules(tx)) >= MOST_RULES:
        raise TooManyAlertRules(most=MOST_RULES)
    await _check(tx, form)
    return await _insert(tx, form)


async def _insert(tx: Transaction, form: AlertRuleForm) -> AlertRuleRow:
    rule_id = new_id(tx.now)
    await tx.run(
        "INSERT INTO alert_rule (id, measure, scope, queue_id, raise_at, clear_at, hold_s, active)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        rule_id,
        *_values(form),
    )
    await _tell(tx, rule_id, "created")
    return await need_alert_rule(tx, rule_id)


async def change_alert_rule(
    tx: Transaction, rule_id: UUID, form: AlertRuleForm, *, version: int
) -> AlertRuleRow:
    """Change what raises an alert; what it raised is cleared and looked at anew.

    Errors: AlertRuleNotFound, AlertRuleStale, ThresholdsTogether, QueueNotFound.
    """
    known = await need_alert_rule(tx, rule_id)
    await _check(tx, form)
    if not await tx.run(_SAVE, rule_id, *_values(form), version):
        raise AlertRuleStale(version=known.version)
    await _let_go(tx, rule_id)
    await _tell(tx, rule_id, "updated")
    return await need_alert_rule(tx, rule_id)


async def delete_alert_rule(tx: Transaction, rule_id: UUID) -> None:
    """Watch something no more; what it raised is cleared and stays in the history.

    Errors: AlertRuleNotFound.
    """
    await need_alert_rule(tx, rule_id)
    await _let_go(tx, rule_id)
    await tx.run(
        "DELETE FROM alert_rule WHERE organisation_id = current_organisation() AND id = $1", rule_id
    )
    await _tell(tx, rule_id, "deleted")


async def _check(tx: Transaction, form: AlertRuleForm) -> None:
    if not sensible(_thresholds(form)):
        raise ThresholdsTogether(fields={"clear_at": "insight.thresholds_together"})
    if form.scope == "queue":
        if form.queue_id is None:
            raise Invalid(fields={"queue_id": "required"})
        await routing.need_queue(tx, form.queue_id)


def _values(form: AlertRuleForm) -> tuple[Any, ...]:
    queue_id = form.queue_id if form.scope == "queue" else None
    return (
        form.measure, form.scope, queue_id, form.raise_at, form.clear_at, form.hold_s, form.active,
    )  # fmt: skip


def _thresholds(rule: AlertRuleRow | AlertRuleForm) -> Thresholds:
    return Thresholds(
        measure=rule.measure, raise_at=rule.raise_at, clear_at=rule.clear_at, hold_s=rule.hold_s
    )


async def _tell(tx: Transaction, rule_id: UUID, what: str) -> None:
    await record(tx, AlertRuleChanged(rule_id=rule_id, what=what))
    await audit(tx, f"alert_rule.{what}", "alert_rule", rule_id)


async def _let_go(tx: Transaction, rule_id: UUID) -> None:
    """Clear what a rule raised and forget what it was about to."""
    for row in await open_alerts(tx):
        if row.rule_id == rule_id:
            await _clear(tx, row, None, "rule")
    await tx.run(
        "DELETE FROM alert_watch WHERE organisation_id = current_organisation() AND rule_id = $1",
        rule_id,
    )


class _Watched(msgspec.Struct, frozen=True):
    rule_id: UUID
    queue_id: UUID
    turning_since: datetime


async def watch(tx: Transaction) -> int:
    """Look at every measure that is watched and return how many alerts turned."""
    rules = [rule for rule in await alert_rules(tx) if rule.active]
    if not rules:
        return 0
    now = await readings(tx)
    raised = {(row.rule_id, row.queue_id): row for row in await open_alerts(tx)}
    rows = await tx.all(
        _Watched,
        "SELECT rule_id, queue_id, turning_since FROM alert_watch"
        " WHERE organisation_id = current_organisation()",
    )
    turning = {(row.rule_id, row.queue_id): row.turning_since for row in rows}
    turned = 0
    for rule in rules:
        for place in _places(rule, now.by_place):
            key = (rule.id, place)
            value = now.of(rule.measure, place)
            before = Standing(raised=key in raised, turning_since=turning.get(key))
            after, turn = step(_thresholds(rule), before, value, tx.now)
            if after.turning_since != before.turning_since:
                await _remember(tx, rule.id, place, after.turning_since)
            if turn == "raised" and value is not None:
                turned += await _raise(tx, rule, place, value)
            elif turn == "cleared":
                turned += await _clear(tx, raised[key], value, "good")
    return turned


def _places(rule: AlertRuleRow, known: dict[UUID, Any]) -> list[UUID]:
    if rule.scope == "floor":
        return [NO_QUEUE]
    if rule.scope == "queue":
        return [rule.queue_id] if rule.queue_id in known else []
    return [place for place in known if place != NO_QUEUE]


async def _remember(tx: Transaction, rule_id: UUID, place: UUID, since: datetime | None) -> None:
    if since is None:
        await tx.run(_UNWATCH, rule_id, place)
    else:
        await tx.run(_WATCH, rule_id, place, since)


async def _raise(tx: Transaction, rule: AlertRuleRow, place: UUID, value: float) -> int:
    alert_id = new_id(tx.now)
    new = await tx.run(_RAISE, alert_id, rule.id, place, rule.measure, value, rule.raise_at, tx.now)
    if new:
        await record(
            tx,
            AlertRaised(
                alert_id=alert_id,
                rule_id=rule.id,
                queue_id=_queue(place),
                measure=rule.measure,
                value=value,
                threshold=rule.raise_at,
            ),
        )
    return new


async def _clear(tx: Transaction, row: AlertRow, value: float | None, why: str) -> int:
    done = await tx.run(_CLEAR, row.id, tx.now)
    if done:
        await record(
            tx,
            AlertCleared(
                alert_id=row.id,
                rule_id=row.rule_id,
                queue_id=_queue(row.queue_id),
                measure=row.measure,
                value=value,
                lasted_s=max(0.0, (tx.now - row.raised_at).total_seconds()),
                why=why,
            ),
        )
    return done


async def acknowledge(tx: Transaction, alert_id: UUID, *, by: Actor) -> None:
    """Say that somebody takes care of an alert; the first one counts, saying it twice is harmless.

    Errors: AlertNotFound, AlertOver.
    """
    assert by.id is not None
    row = await need_alert(tx, alert_id, lock=True)
    if row.acknowledged_by is not None:
        return
    if row.cleared_at is not None:
        raise AlertOver
    await tx.run(
        "UPDATE alert SET acknowledged_by = $2, acknowledged_at = $3"
        " WHERE organisation_id = current_organisation() AND id = $1",
        alert_id,
        by.id,
        tx.now,
    )
    await record(
        tx,
        AlertAcknowledged(
            alert_id=alert_id,
            rule_id=row.rule_id,
            queue_id=_queue(row.queue_id),
            measure=row.measure,
            member_id=by.id,
        ),
    )
    await audit(tx, "alert.acknowledged", "alert", alert_id)


def _queue(place: UUID) -> UUID | None:
    return None if place == NO_QUEUE else place
