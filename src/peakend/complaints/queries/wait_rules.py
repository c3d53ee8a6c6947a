"""What is promised of waits, and what is given beyond it, as it is shown and as it is reckoned."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import WAIT_RULE_COLUMNS, WaitRuleRow
from peakend.complaints.queries.instruments import of_his_brands, some_instruments
from peakend.complaints.rules.instruments import Unit, cost_of
from peakend.complaints.rules.waits import (
    MOST_RULES,
    Outcome,
    PastWait,
    Promise,
    WaitStep,
    WouldPay,
    holding,
    would_pay,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.routing import queries as routing

LOOKED_BACK = timedelta(days=30)
MOST_PAST = 50_000
# What a draft is reckoned as: no rule has this id.
DRAFT = UUID(int=0)

_ALL = f"""
SELECT {WAIT_RULE_COLUMNS} FROM wait_rule
WHERE organisation_id = current_organisation() AND removed_at IS NULL
ORDER BY active DESC, id DESC LIMIT {MOST_RULES}
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {WAIT_RULE_COLUMNS} FROM wait_rule
WHERE organisation_id = current_organisation() AND removed_at IS NULL AND id = $1
"""  # noqa: S608
_IN_FORCE = f"""
SELECT {WAIT_RULE_COLUMNS} FROM wait_rule
WHERE organisation_id = current_organisation() AND removed_at IS NULL
  AND active AND started_at <= $1
LIMIT {MOST_RULES}
"""  # noqa: S608
_PAST = """
SELECT customer_id, conversation_id, brand_id, queue_id, channel, until_at, waited_s, outcome
FROM wait_record
WHERE organisation_id = current_organisation() AND entered_at >= $1 AND outcome IS NOT NULL
ORDER BY entered_at DESC, id DESC LIMIT $2
"""


class WaitRuleNotFound(NotFound):
    """There is no such rule here."""

    wording = "complaints.wait_rule_not_found"


class WaitRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it is shown: what is promised where, and what is given beyond it.

    Units: s, fen; the amounts of the steps in `unit`, of which one costs `unit_fen`.
    """

    id: UUID
    name: str
    brand_id: UUID | None
    brand_name: str | None
    queue_id: UUID | None
    queue_name: str | None
    channel: str | None
    promise_s: int
    instrument_id: UUID
    instrument_zh: str
    instrument_en: str
    unit: Unit
    unit_fen: int
    steps: list[WaitStep]
    for_left: bool
    most_a_day: int | None
    most_a_month: int | None
    day_fen: int | None
    active: bool
    changed_at: datetime
    changed_by: str | None
    started_at: datetime | None
    started_by: str | None
    proposed_by: str | None
    version: int


class _Past(msgspec.Struct, frozen=True):
    customer_id: UUID | None
    conversation_id: UUID
    brand_id: UUID | None
    queue_id: UUID | None
    channel: str
    until_at: datetime
    waited_s: int
    outcome: Outcome


async def wait_rules(tx: Transaction, actor: Actor) -> list[WaitRule]:
    """Return what is promised of waits, what holds first. Counts: at most 100."""
    rows = [one for one in await tx.all(WaitRuleRow, _ALL) if of_his_brands(one.brand_id, actor)]
    return await _shown(tx, rows)


async def wait_rule(tx: Transaction, rule_id: UUID, actor: Actor) -> WaitRule:
    """Return a rule as it is shown. Errors: WaitRuleNotFound."""
    return (await _shown(tx, [await need_wait_rule(tx, rule_id, actor)]))[0]


async def need_wait_rule(
    tx: Transaction, rule_id: UUID, actor: Actor, *, lock: bool = False
) -> WaitRuleRow:
    """Return a rule of brands that exist for the actor. Errors: WaitRuleNotFound."""
    found = await tx.one(WaitRuleRow, f"{_ONE} FOR UPDATE" if lock else _ONE, rule_id)
    if found is None or not of_his_brands(found.brand_id, actor):
        raise WaitRuleNotFound
    return found


async def wait_rule_row(tx: Transaction, rule_id: UUID) -> WaitRuleRow | None:
    """Return a rule, whoever asks; None where it was removed."""
    return await tx.one(WaitRuleRow, _ONE, rule_id)


async def rules_in_force(tx: Transaction, at: datetime) -> list[Promise]:
    """Return the promises that held at a moment, as far as they hold today."""
    return await as_promises(tx, await tx.all(WaitRuleRow, _IN_FORCE, at))


async def as_promises(tx: Transaction, rows: Sequence[WaitRuleRow]) -> list[Promise]:
    """Return rules as they are reckoned; one whose instrument is gone is left out."""
    if not rows:
        return []
    known = await some_instruments(tx, {one.instrument_id for one in rows})
    return [
        Promise(
            id=one.id,
            brand_id=one.brand_id,
            queue_id=one.queue_id,
            channel=one.channel,
            promise_s=one.promise_s,
            steps=[WaitStep(**step) for step in one.steps],
            unit_fen=cost_of(known[one.instrument_id].unit, known[one.instrument_id].face_fen, 1),
            for_left=one.for_left,
            most_a_day=one.most_a_day,
            most_a_month=one.most_a_month,
            day_fen=one.day_fen,
        )
        for one in rows
        if one.instrument_id in known
    ]


async def would_have_paid(tx: Transaction, draft: Promise) -> WouldPay:
    """Return what a draft would have paid for the waits of the last 30 days.

    Counts: the latest 50,000 waits, as far as no nearer rule holds for them.
    """
    others = [one for one in await rules_in_force(tx, tx.now) if _place(one) != _place(draft)]
    zone = ZoneInfo((await accounts.organisation(tx)).time_zone)
    rows = await tx.all(_Past, _PAST, tx.now - LOOKED_BACK, MOST_PAST)
    known = [*others, draft]
    past = [
        PastWait(
            customer=one.customer_id,
            conversation=one.conversation_id,
            day=one.until_at.astimezone(zone).date(),
            waited_s=one.waited_s,
            outcome=one.outcome,
        )
        for one in sorted(rows, key=lambda row: row.until_at)
        if holding(known, brand_id=one.brand_id, queue_id=one.queue_id, channel=one.channel)
        is draft
    ]
    return would_pay(draft, past)


def _place(rule: Promise) -> tuple[UUID | None, UUID | None, str | None]:
    return rule.brand_id, rule.queue_id, rule.channel


async def _shown(tx: Transaction, rows: Sequence[WaitRuleRow]) -> list[WaitRule]:
    known = await some_instruments(tx, {one.instrument_id for one in rows})
    brands = await accounts.brand_names(tx)
    queues = await routing.queue_names(tx, {one.queue_id for one in rows if one.queue_id})
    people = await accounts.member_names(
        tx,
        [
            who
            for one in rows
            for who in (one.changed_by, one.started_by, one.proposed_by)
            if who is not None
        ],
    )
    plain = {"id", "name", "brand_id", "queue_id", "channel", "promise_s", "instrument_id",
             "for_left", "most_a_day", "most_a_month", "day_fen", "active", "changed_at",
             "started_at", "version"}  # fmt: skip
    shown = []
    for one in rows:
        what = known.get(one.instrument_id)
        shown.append(
            WaitRule(
                **{name: getattr(one, name) for name in plain},
                brand_name=brands.get(one.brand_id) if one.brand_id else None,
                queue_name=queues.get(one.queue_id) if one.queue_id else None,
                instrument_zh=what.name_zh if what else "",
                instrument_en=what.name_en if what else "",
                unit=what.unit if what else "piece",
                unit_fen=cost_of(what.unit, what.face_fen, 1) if what else 0,
                steps=[WaitStep(**step) for step in one.steps],
                changed_by=people.get(one.changed_by) if one.changed_by else None,
                started_by=people.get(one.started_by) if one.started_by else None,
                proposed_by=people.get(one.proposed_by) if one.proposed_by else None,
            )
        )
    return shown
