"""Deciding what is promised of waits: a draft is kept, started by two, stopped by one.

The surprise: what holds is not changed. A new draft for the same place takes its place.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, proposer, two_people
from peakend.accounts.queries import need_brand
from peakend.complaints.events import WaitRuleChanged
from peakend.complaints.models import WaitRuleRow
from peakend.complaints.queries import DRAFT, need_wait_rule, some_instruments
from peakend.complaints.queries.instruments import of_his_brands
from peakend.complaints.rules.instruments import cost_of, fits_brand
from peakend.complaints.rules.waits import (
    LONGEST_PROMISE_S,
    MOST_GRANT_FEN,
    MOST_RULES,
    MOST_STEPS,
    SHORTEST_PROMISE_S,
    Promise,
    WaitStep,
    steps_fit,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.routing.queries import QueueNotFound, need_queue

_PUT = """
INSERT INTO wait_rule (id, name, brand_id, queue_id, channel, promise_s, instrument_id, steps,
    for_left, most_a_day, most_a_month, day_fen, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (organisation_id, id) DO UPDATE
SET name = $2, brand_id = $3, queue_id = $4, channel = $5, promise_s = $6, instrument_id = $7,
    steps = $8, for_left = $9, most_a_day = $10, most_a_month = $11, day_fen = $12,
    changed_at = $13, changed_by = $14, version = wait_rule.version + 1
"""
_START = """
UPDATE wait_rule SET active = true, started_at = $2, started_by = $3, proposed_by = $4,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_STOP = """
UPDATE wait_rule SET active = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_SAME_PLACE = """
SELECT id FROM wait_rule
WHERE organisation_id = current_organisation() AND active AND removed_at IS NULL AND id <> $1
  AND brand_id IS NOT DISTINCT FROM $2
  AND queue_id IS NOT DISTINCT FROM $3
  AND channel IS NOT DISTINCT FROM $4
FOR UPDATE
"""

Times = Annotated[int, Meta(ge=1, le=1000)]


class WaitRuleStale(Conflict):
    """Somebody else changed the rule first."""

    wording = "complaints.stale"


class WaitRuleHolds(Conflict):
    """What holds is not changed; it is stopped, or another one takes its place."""

    wording = "complaints.wait_rule_holds"


class WaitRuleRests(Conflict):
    """Only what holds can be stopped."""

    wording = "complaints.wait_rule_rests"


class WrongWaitRule(Invalid):
    """What the rule says cannot be; `fields` says what and why."""

    wording = "complaints.wrong_wait_rule"


class TooManyWaitRules(Invalid):
    """There are as many rules as one can oversee."""

    wording = "complaints.too_many_wait_rules"


class WaitRuleText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule as it shall be; an empty place is everywhere, an empty bound is none.

    Units: s, fen; the amounts of the steps in the instrument's.
    """

    name: Annotated[str, Meta(max_length=60)]
    brand_id: UUID | None = None
    queue_id: UUID | None = None
    channel: Annotated[str, Meta(pattern="^[a-z_]{2,20}$")] | None = None
    promise_s: Annotated[int, Meta(ge=SHORTEST_PROMISE_S, le=LONGEST_PROMISE_S)]
    instrument_id: UUID
    steps: Annotated[list[WaitStep], Meta(max_length=MOST_STEPS)]
    for_left: bool = True
    most_a_day: Times | None = 1
    most_a_month: Times | None = 3
    day_fen: Annotated[int, Meta(ge=1, le=10**10)] | None = None


class OfWaitRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule, and which version of it was looked at."""

    rule_id: UUID
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


async def add_wait_rule(tx: Transaction, *, given: WaitRuleText) -> UUID:
    """Keep a draft of what shall be promised. Errors: TooManyWaitRules, WrongWaitRule."""
    count = await tx.value(
        "SELECT count(*) FROM wait_rule"
        " WHERE organisation_id = current_organisation() AND removed_at IS NULL"
    )
    if count >= MOST_RULES:
        raise TooManyWaitRules(most=MOST_RULES)
    await promise_of(tx, given)
    rule_id = new_id()
    await _put(tx, rule_id, given)
    await _changed(tx, rule_id, "created")
    return rule_id


async def change_wait_rule(
    tx: Transaction, *, rule_id: UUID, given: WaitRuleText, version: int
) -> None:
    """Change what does not hold. Errors: WaitRuleNotFound, WaitRuleStale, WaitRuleHolds,
    WrongWaitRule.
    """
    row = await _need(tx, rule_id, version)
    if row.active:
        raise WaitRuleHolds
    await promise_of(tx, given)
    await _put(tx, rule_id, given)
    await _changed(tx, rule_id, "changed")


async def start_wait_rule(tx: Transaction, *, rule_id: UUID, version: int) -> None:
    """Let a rule hold for who comes from now on; what held for the same place stops.

    Errors: WaitRuleNotFound, WaitRuleStale, WrongWaitRule, SecondPersonNeeded.
    """
    await need_second(tx, "wait_rule.start")
    row = await _need(tx, rule_id, version)
    if row.active:
        return
    await promise_of(tx, _as_text(row))
    former = await tx.value(_SAME_PLACE, rule_id, row.brand_id, row.queue_id, row.channel)
    if former is not None:
        await tx.run(_STOP, former)
        await _changed(tx, former, "stopped")
    await tx.run(_START, rule_id, tx.now, tx.actor.id, proposer())
    await _changed(tx, rule_id, "started")


async def stop_wait_rule(tx: Transaction, *, rule_id: UUID, version: int) -> None:
    """Promise nothing any more to who comes from now on.

    Errors: WaitRuleNotFound, WaitRuleStale, WaitRuleRests.
    """
    row = await _need(tx, rule_id, version)
    if not row.active:
        raise WaitRuleRests
    await tx.run(_STOP, rule_id)
    await _changed(tx, rule_id, "stopped")


async def remove_wait_rule(tx: Transaction, *, rule_id: UUID, version: int | None = None) -> None:
    """Throw away what does not hold; what it gave stays.

    Errors: WaitRuleNotFound, WaitRuleStale, WaitRuleHolds.
    """
    row = await _need(tx, rule_id, version)
    if row.active:
        raise WaitRuleHolds
    await tx.run(
        "UPDATE wait_rule SET removed_at = $2, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        rule_id, tx.now,
    )  # fmt: skip
    await _tell(tx, row, "removed")


@two_people("wait_rule.start", "compensation.set_up", OfWaitRule)
async def _start(tx: Transaction, body: OfWaitRule, address: str) -> None:
    await start_wait_rule(tx, rule_id=body.rule_id, version=body.version)


async def promise_of(tx: Transaction, given: WaitRuleText) -> Promise:
    """Return what a text promises, as it is reckoned. Errors: WrongWaitRule, BrandNotFound."""
    if not given.name.strip():
        raise WrongWaitRule(fields={"name": "complaints.wait_rule_nameless"})
    if given.brand_id is not None:
        if not of_his_brands(given.brand_id, tx.actor):
            raise WrongWaitRule(fields={"brand_id": "kernel.invalid"})
        await need_brand(tx, given.brand_id)
    if given.queue_id is not None:
        try:
            await need_queue(tx, given.queue_id)
        except QueueNotFound as gone:
            raise WrongWaitRule(fields={"queue_id": "kernel.invalid"}) from gone
    known = (await some_instruments(tx, [given.instrument_id])).get(given.instrument_id)
    if known is None or not known.active:
        raise WrongWaitRule(fields={"instrument_id": "complaints.instrument_gone"})
    if not fits_brand(known.brand_id, given.brand_id):
        raise WrongWaitRule(fields={"instrument_id": "complaints.other_brand"})
    if not steps_fit(given.steps):
        raise WrongWaitRule(fields={"steps": "complaints.wait_steps"})
    if cost_of(known.unit, known.face_fen, given.steps[-1].amount) > MOST_GRANT_FEN:
        raise WrongWaitRule(fields={"steps": "complaints.too_much"})
    return Promise(
        id=DRAFT, brand_id=given.brand_id, queue_id=given.queue_id, channel=given.channel,
        promise_s=given.promise_s, steps=given.steps,
        unit_fen=cost_of(known.unit, known.face_fen, 1), for_left=given.for_left,
        most_a_day=given.most_a_day, most_a_month=given.most_a_month, day_fen=given.day_fen,
    )  # fmt: skip


async def _need(tx: Transaction, rule_id: UUID, version: int | None) -> WaitRuleRow:
    row = await need_wait_rule(tx, rule_id, tx.actor, lock=True)
    if version is not None and row.version != version:
        raise WaitRuleStale(version=row.version)
    return row


async def _put(tx: Transaction, rule_id: UUID, given: WaitRuleText) -> None:
    await tx.run(
        _PUT, rule_id, given.name.strip(), given.brand_id, given.queue_id, given.channel,
        given.promise_s, given.instrument_id, msgspec.to_builtins(given.steps), given.for_left,
        given.most_a_day, given.most_a_month, given.day_fen, tx.now, tx.actor.id,
    )  # fmt: skip


async def _changed(tx: Transaction, rule_id: UUID, what: str) -> None:
    await _tell(tx, await need_wait_rule(tx, rule_id, tx.actor), what)


async def _tell(tx: Transaction, row: WaitRuleRow, what: str) -> None:
    await record(
        tx, WaitRuleChanged(rule_id=row.id, what=what, promise_s=row.promise_s, active=row.active)
    )
    detail = {"promise_s": row.promise_s, "active": row.active}
    await audit(tx, f"wait_rule.{what}", "wait_rule", row.id, detail)


def _as_text(row: WaitRuleRow) -> WaitRuleText:
    known = {name: getattr(row, name) for name in WaitRuleText.__struct_fields__}
    return WaitRuleText(**known | {"steps": [WaitStep(**one) for one in row.steps]})
