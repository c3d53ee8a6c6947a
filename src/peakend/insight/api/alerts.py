"""Routes of alerts: what is raised, what was, who takes care of it, and what raises it."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.insight import actions, queries
from peakend.insight.actions import AlertRuleForm
from peakend.insight.queries import Alert, AlertRuleRow
from peakend.insight.rules.alerts import Measure
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Value = Annotated[float, Meta(ge=0, le=86_400)]


class AlertRuleSettings(Struct, forbid_unknown_fields=True, kw_only=True):
    """What raises an alert and clears it. Units: shares 0–1, seconds, people."""

    measure: Measure
    scope: Annotated[str, Meta(pattern="^(floor|each|queue)$")]
    queue_id: UUID | None = None
    raise_at: Value
    clear_at: Value
    hold_s: Annotated[int, Meta(ge=10, le=7200)]
    active: bool = True

    def form(self) -> AlertRuleForm:
        """Return the settings as the action takes them."""
        return AlertRuleForm(
            **{name: getattr(self, name) for name in AlertRuleForm.__struct_fields__}
        )


class AlertRuleChange(AlertRuleSettings, forbid_unknown_fields=True, kw_only=True):
    """A rule that is changed, with the version that was seen."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


@get("/alerts", opt=needs("insight.wallboard"))
async def list_alerts(tx: Transaction) -> list[Alert]:
    """Return what is raised now."""
    return await queries.alerts_now(tx)


@get("/alerts/past", opt=needs("insight.wallboard"))
async def past_alerts(
    tx: Transaction, cursor: Annotated[str | None, Parameter(max_length=200)] = None
) -> Page[Alert]:
    """Return alerts that are over, newest first."""
    return await queries.alerts_before(tx, cursor)


@post("/alerts/{alert_id:uuid}/acknowledgements", opt=needs("insight.wallboard"), status_code=200)
async def acknowledge(tx: Transaction, actor: Actor, alert_id: UUID) -> list[Alert]:
    """Say that I take care of an alert; return what is raised now."""
    await actions.acknowledge(tx, alert_id, by=actor)
    return await queries.alerts_now(tx)


@get("/alert-rules", opt=needs("insight.wallboard"))
async def list_rules(tx: Transaction) -> list[AlertRuleRow]:
    """Return what raises alerts."""
    return await queries.alert_rules(tx)


@post("/alert-rules", opt=needs("routing.manage"))
async def add_rule(tx: Transaction, data: AlertRuleSettings) -> AlertRuleRow:
    """Watch a measure."""
    return await actions.add_alert_rule(tx, data.form())


@patch("/alert-rules/{rule_id:uuid}", opt=needs("routing.manage"))
async def change_rule(tx: Transaction, rule_id: UUID, data: AlertRuleChange) -> AlertRuleRow:
    """Change what raises an alert."""
    return await actions.change_alert_rule(tx, rule_id, data.form(), version=data.version)


@delete("/alert-rules/{rule_id:uuid}", opt=needs("routing.manage"))
async def delete_rule(tx: Transaction, rule_id: UUID) -> None:
    """Watch something no more."""
    await actions.delete_alert_rule(tx, rule_id)


routes = [list_alerts, past_alerts, acknowledge, list_rules, add_rule, change_rule, delete_rule]
