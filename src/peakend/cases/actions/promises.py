"""Promises: made, moved, kept, withdrawn; warned of before their end, and broken at it.

Timers do not belong to promises but to moments: whatever is due by then is found in one look,
so that a clock that jumped, or ten thousand due at once, take no more than their rows.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import organisation
from peakend.cases.actions.opening import OtherCustomer, need_owner
from peakend.cases.actions.promised_answers import keep_answered, told_of
from peakend.cases.events.promises import (
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseMoved,
    PromiseWarned,
    PromiseWithdrawn,
)
from peakend.cases.models.promises import PROMISE_COLUMNS, PromiseRow
from peakend.cases.queries.access import cases_of_conversation, need_case
from peakend.cases.queries.leads import leads_of
from peakend.cases.queries.promises import need_promise, open_spans
from peakend.cases.rules.promises import LONGEST_PROMISE, PromiseKind, fits, warn_at
from peakend.conversations.queries import need_conversation
from peakend.customers.queries import CustomerNotFound, current_customer, need_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue

Why = Literal["customer", "mistake", "replaced"]
# So many at a look; where there are more, the next look follows at once.
AT_ONCE = 1_000

_MAKE = """
INSERT INTO promise (id, brand_id, customer_id, conversation_id, case_id, kind, words, made_at,
    made_by, owner_id, due_at, warn_at, client_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
_MADE = """
SELECT id FROM promise WHERE organisation_id = current_organisation() AND client_id = $1
"""
_MOVE = """
UPDATE promise SET due_at = $2, warn_at = $3, owner_id = $4, moved = moved + $5,
    warned_at = CASE WHEN $3::timestamptz > $6::timestamptz THEN NULL ELSE warned_at END,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_SETTLE = """
UPDATE promise SET state = $2, settled_at = $3, settled_by = $4, withdrawn_why = $5,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_BREAK = f"""
UPDATE promise p SET state = 'broken', broken_at = $1, version = version + 1
WHERE p.organisation_id = current_organisation() AND p.state = 'open' AND p.id IN (
    SELECT id FROM promise
    WHERE organisation_id = current_organisation() AND state = 'open' AND due_at <= $1
    ORDER BY due_at, id LIMIT $2 FOR NO KEY UPDATE)
RETURNING {PROMISE_COLUMNS}
"""  # noqa: S608 (names of columns only)
_WARN = f"""
UPDATE promise p SET warned_at = $1, version = version + 1
WHERE p.organisation_id = current_organisation() AND p.state = 'open'
  AND p.warned_at IS NULL AND p.id IN (
    SELECT id FROM promise
    WHERE organisation_id = current_organisation() AND state = 'open' AND warned_at IS NULL
      AND warn_at <= $1 AND due_at > $1
    ORDER BY warn_at, id LIMIT $2 FOR NO KEY UPDATE)
RETURNING {PROMISE_COLUMNS}
"""  # noqa: S608 (names of columns only)


class PromiseWordsNeeded(Invalid):
    """A promise says what is promised."""

    wording = "cases.promise_words_needed"


class PromiseTooLong(Invalid):
    """What is promised is said in a sentence or two."""

    wording = "cases.promise_too_long"


class WrongPromiseTime(Invalid):
    """The time is over already, or more than half a year away."""

    wording = "cases.wrong_promise_time"


class PromiseSettled(Conflict):
    """It was kept, withdrawn or broken by now."""

    wording = "cases.promise_settled"


class NotYourPromise(Refused):
    """Moving or taking back a promise is for who made it, who has to keep it, or who leads."""

    wording = "cases.not_your_promise"


class _About(msgspec.Struct, frozen=True):
    customer_id: UUID
    brand_id: UUID | None
    queue_id: UUID | None
    case_id: UUID | None
    leg_id: UUID | None


async def make_promise(
    tx: Transaction,
    *,
    kind: PromiseKind,
    words: str,
    due_at: datetime,
    by: Actor,
    conversation_id: UUID | None = None,
    case_id: UUID | None = None,
    customer_id: UUID | None = None,
    owner_id: UUID | None = None,
    client_id: UUID | None = None,
) -> UUID:
    """Promise something to a customer, once for each `client_id`; who promises keeps it.

    A time without an offset is the organisation's own. In a conversation it belongs to the open
    case of that conversation. Errors: ConversationNotFound, CaseNotFound, CustomerNotFound,
    OtherCustomer, PromiseWordsNeeded, PromiseTooLong, WrongPromiseTime, OwnerUnfit, OnlyLeads.
    """
    if client_id is not None and (made := await tx.value(_MADE, client_id)) is not None:
        return (await need_promise(tx, made, by)).id
    words = words.replace("\x00", "").strip()
    if not words:
        raise PromiseWordsNeeded(fields={"words": "missing"})
    if len(words) > LONGEST_PROMISE:
        raise PromiseTooLong(longest=LONGEST_PROMISE, fields={"words": "too_long"})
    due_at = await _moment(tx, due_at)
    about = await _about(tx, conversation_id, case_id, customer_id, by)
    maker = by.id if by.kind == "member" else None
    keeper = owner_id or maker
    if keeper != maker:
        await need_owner(tx, keeper, None, by)
    warned = warn_at(tx.now, due_at, await open_spans(tx, about.queue_id, about.brand_id, due_at))
    promise_id = new_id()
    await tx.run(
        _MAKE, promise_id, about.brand_id, about.customer_id, conversation_id, about.case_id,
        kind, words, tx.now, maker, keeper, due_at, warned, client_id,
    )  # fmt: skip
    await record(
        tx,
        PromiseMade(
            promise_id=promise_id, customer_id=about.customer_id, conversation_id=conversation_id,
            case_id=about.case_id, agent_id=keeper, kind=kind, by_id=maker, leg_id=about.leg_id,
            due_at=due_at,
        ),
    )  # fmt: skip
    await _set_timers(tx, warned, due_at)
    return promise_id


async def move_promise(
    tx: Transaction,
    *,
    promise_id: UUID,
    by: Actor,
    due_at: datetime | None = None,
    owner_id: UUID | None = None,
    version: int | None = None,
) -> None:
    """Let a promise be kept at another time, or by somebody else, while its time is not over.

    Errors: PromiseNotFound, PromiseStale, PromiseSettled, NotYourPromise, WrongPromiseTime,
    OwnerUnfit, OnlyLeads.
    """
    row = await need_promise(tx, promise_id, by, version=version)
    if row.state != "open" or tx.now >= row.due_at:
        raise PromiseSettled
    _need_own(row, by)
    keeper = owner_id or row.owner_id
    if keeper != row.owner_id:
        await need_owner(tx, keeper, row.owner_id, by)
    due = row.due_at if due_at is None else await _moment(tx, due_at)
    if due == row.due_at and keeper == row.owner_id:
        return
    warned = row.warn_at
    if due != row.due_at:
        queue_id = None
        if row.conversation_id is not None:
            system = Actor.system(tx.organisation_id)
            queue_id = (await need_conversation(tx, row.conversation_id, system)).queue_id
        warned = warn_at(tx.now, due, await open_spans(tx, queue_id, row.brand_id, due))
    await tx.run(_MOVE, promise_id, due, warned, keeper, int(due != row.due_at), tx.now)
    await record(
        tx,
        PromiseMoved(
            **told_of(row) | {"agent_id": keeper}, due_at=due, former_due_at=row.due_at,
            former_id=row.owner_id,
        ),
    )  # fmt: skip
    await _set_timers(tx, warned, due)


async def keep_promise(
    tx: Transaction, *, promise_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Say that it was done; what was broken before stays so, but is settled.

    Whoever sees it may: a colleague can keep it. Errors: PromiseNotFound, PromiseStale,
    PromiseSettled.
    """
    row = await need_promise(tx, promise_id, by, version=version)
    if row.settled_at is not None:
        raise PromiseSettled
    # Its time may be over a moment before anybody has looked.
    late = row.state == "broken" or tx.now >= row.due_at
    if late and row.state == "open":
        await _broken(tx, [row])
    await tx.run(_SETTLE, promise_id, "broken" if late else "kept", tx.now, by.id, None)
    if late and row.state == "open":
        await tx.run(
            "UPDATE promise SET broken_at = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            promise_id, tx.now,
        )  # fmt: skip
    await record(tx, PromiseKept(**told_of(row), in_time=not late))


async def withdraw_promise(
    tx: Transaction, *, promise_id: UUID, why: Why, by: Actor, version: int | None = None
) -> None:
    """Take back a promise whose time is not over; what was broken cannot be taken back.

    Errors: PromiseNotFound, PromiseStale, PromiseSettled, NotYourPromise.
    """
    row = await need_promise(tx, promise_id, by, version=version)
    if row.state != "open" or tx.now >= row.due_at:
        raise PromiseSettled
    _need_own(row, by)
    await tx.run(_SETTLE, promise_id, "withdrawn", tx.now, by.id, why)
    await record(tx, PromiseWithdrawn(**told_of(row), why=why))


async def look_at_promises(tx: Transaction) -> None:
    """Say of all whose time is over that they are broken, and warn of those that soon will be."""
    await keep_answered(tx, most=AT_ONCE)
    broken = await tx.all(PromiseRow, _BREAK, tx.now, AT_ONCE)
    await _broken(tx, broken)
    warned = await tx.all(PromiseRow, _WARN, tx.now, AT_ONCE)
    for row in warned:
        await record(tx, PromiseWarned(**told_of(row), due_at=row.due_at))
    if len(broken) == AT_ONCE or len(warned) == AT_ONCE:
        await enqueue(tx, "cases.look_at_promises", unique_key="more", priority=3)


async def _broken(tx: Transaction, rows: list[PromiseRow]) -> None:
    if not rows:
        return
    leads = await leads_of(tx, {row.owner_id for row in rows})
    for row in rows:
        await record(
            tx,
            PromiseBroken(**told_of(row), due_at=row.due_at, member_ids=leads[row.owner_id]),
            occurred_at=row.due_at,
        )


async def _about(
    tx: Transaction,
    conversation_id: UUID | None,
    case_id: UUID | None,
    customer_id: UUID | None,
    by: Actor,
) -> _About:
    case = await need_case(tx, case_id, by) if case_id is not None else None
    if conversation_id is not None:
        row = await need_conversation(tx, conversation_id, by)
        if case is not None and not await _same(tx, case.customer_id, row.customer_id):
            raise OtherCustomer(fields={"case_id": "cases.other_customer"})
        if case is None:
            known = await cases_of_conversation(tx, conversation_id)
            case = next((one for one in known if one.state != "closed"), None)
        leg_id = row.leg_id if row.agent_id == by.id else None
        today = await current_customer(tx, row.customer_id, hold=True)
        return _About(today, row.brand_id, row.queue_id, case.id if case else None, leg_id)
    if case is not None:
        today = await current_customer(tx, case.customer_id, hold=True)
        return _About(today, case.brand_id, case.queue_id, case.id, None)
    if customer_id is None:
        raise CustomerNotFound
    await need_customer(tx, customer_id)
    today = await current_customer(tx, customer_id, hold=True)
    return _About(today, None, None, None, None)


async def _same(tx: Transaction, one: UUID, other: UUID) -> bool:
    return one == other or await current_customer(tx, one) == await current_customer(tx, other)


async def _moment(tx: Transaction, at: datetime) -> datetime:
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo((await organisation(tx)).time_zone))
    if not fits(at, tx.now):
        raise WrongPromiseTime(fields={"due_at": "wrong"})
    return at


def _need_own(row: PromiseRow, by: Actor) -> None:
    own = by.kind != "member" or by.id in (row.owner_id, row.made_by)
    if not own and not by.may("cases.manage"):
        raise NotYourPromise


async def _set_timers(tx: Transaction, *moments: datetime) -> None:
    """Have promises looked at then; all that are due within the same second share a look."""
    for at in moments:
        second = at.replace(microsecond=0)
        if second < at:
            second += timedelta(seconds=1)
        await enqueue(
            tx,
            "cases.look_at_promises",
            run_at=second,
            unique_key=str(int(second.timestamp())),
            priority=3,
        )
