"""What a customer is owed who waited longer than was promised. All pure."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

# How a wait in a line ended: somebody answered, the customer left, nobody took a transfer, or the
# conversation was closed by the house before anybody answered.
Outcome = Literal["answered", "left", "returned", "closed"]
# What came of it: granted, or why not. In an extreme complaint a person decides; of one contact
# nobody gets something twice; `stopped` is a rule, or what it gives, that is not in use any more.
Result = Literal[
    "granted", "customer_cap", "month_cap", "day_cap", "left", "within", "contact", "extreme",
    "budget", "stopped",
]  # fmt: skip
SHORTEST_PROMISE_S, LONGEST_PROMISE_S = 10, 24 * 3600
MOST_GRANT_FEN = 1_000_000
MOST_STEPS = 10
MOST_RULES = 100
PROOF_D = 90


class WaitStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is given from so many minutes over the promise on. Units: the instrument's."""

    from_minutes: int
    amount: int


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule promises and gives; an empty place holds for everybody.

    `unit_fen` is what one unit costs the house, `most_a_day` and `most_a_month` how often a
    customer gets something, `day_fen` what all customers together get in a day; None is without
    bound.
    """

    id: UUID
    brand_id: UUID | None = None
    queue_id: UUID | None = None
    channel: str | None = None
    promise_s: int
    steps: Sequence[WaitStep]
    unit_fen: int = 1
    for_left: bool = True
    most_a_day: int | None = 1
    most_a_month: int | None = None
    day_fen: int | None = None


class Already(msgspec.Struct, frozen=True):
    """What was given: how often to this customer today and this month, how much to all today."""

    grants: int
    day_fen: int
    month_grants: int = 0


class PastWait(msgspec.Struct, frozen=True, kw_only=True):
    """A wait that is over, for reckoning what it would have been worth; `day` is the house's."""

    customer: UUID | None
    conversation: UUID
    day: date
    waited_s: int
    outcome: Outcome


class WouldPay(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have paid. Counts: waits it holds for, those over its promise, grants."""

    waits: int
    over: int
    grants: int
    customers: int
    capped: int
    amount: int
    cost_fen: int


class Owed(msgspec.Struct, frozen=True):
    """What a wait is worth, or why nothing."""

    result: Result
    amount: int = 0
    cost_fen: int = 0


def holding(
    rules: Iterable[Promise], *, brand_id: UUID | None, queue_id: UUID | None, channel: str
) -> Promise | None:
    """Return the rule that holds for a wait: that of its queue before its brand and its channel."""
    fitting = [
        rule
        for rule in rules
        if rule.queue_id in (None, queue_id)
        and rule.brand_id in (None, brand_id)
        and rule.channel in (None, channel)
    ]
    return max(fitting, key=_nearness, default=None)


def _nearness(rule: Promise) -> tuple[bool, bool, bool, str]:
    return (
        rule.queue_id is not None,
        rule.brand_id is not None,
        rule.channel is not None,
        # Two that are equally near: always the same one.
        str(rule.id),
    )


def over_s(waited_s: int, promise_s: int) -> int:
    """Return by how much a wait was longer than was promised; 0 where it was not."""
    return max(0, waited_s - promise_s)


def worth(steps: Sequence[WaitStep], minutes_over: int) -> int:
    """Return what so many whole minutes over the promise are worth: the highest step reached."""
    return max((one.amount for one in steps if one.from_minutes <= minutes_over), default=0)


def owed(rule: Promise, waited_s: int, outcome: Outcome, already: Already) -> Owed:
    """Return what is owed for a wait.

    A cap never makes a grant smaller: who gets something gets what everybody gets.
    """
    if outcome == "left" and not rule.for_left:
        return Owed("left")
    over = over_s(waited_s, rule.promise_s)
    amount = worth(rule.steps, over // 60) if over else 0
    if not amount:
        return Owed("within")
    cost = amount * rule.unit_fen
    if rule.most_a_day is not None and already.grants >= rule.most_a_day:
        return Owed("customer_cap", amount, cost)
    if rule.most_a_month is not None and already.month_grants >= rule.most_a_month:
        return Owed("month_cap", amount, cost)
    if rule.day_fen is not None and already.day_fen + cost > rule.day_fen:
        return Owed("day_cap", amount, cost)
    return Owed("granted", amount, cost)


def would_pay(rule: Promise, waits: Iterable[PastWait]) -> WouldPay:
    """Return what a rule would have paid for waits, told in the order in which they ended.

    Counts: of one contact only the first grant.
    """
    seen = over = capped = amount = cost_fen = 0
    paid: set[UUID] = set()
    of_day: Counter[tuple[UUID | None, date]] = Counter()
    of_month: Counter[tuple[UUID | None, int, int]] = Counter()
    spent: Counter[date] = Counter()
    for one in waits:
        seen += 1
        over += one.waited_s > rule.promise_s
        if one.conversation in paid:
            continue
        who, month = one.customer, (one.customer, one.day.year, one.day.month)
        already = Already(of_day[who, one.day], spent[one.day], of_month[month])
        found = owed(rule, one.waited_s, one.outcome, already)
        if found.result not in ("granted", "within", "left"):
            capped += 1
        if found.result != "granted":
            continue
        paid.add(one.conversation)
        of_day[who, one.day] += 1
        of_month[month] += 1
        spent[one.day] += found.cost_fen
        amount += found.amount
        cost_fen += found.cost_fen
    customers = len({who for who, _ in of_day})
    return WouldPay(
        waits=seen, over=over, grants=len(paid), customers=customers, capped=capped,
        amount=amount, cost_fen=cost_fen,
    )  # fmt: skip


def outcome_of(state: str, ended: str | None, answered_at: datetime | None) -> Outcome | None:
    """Return how the wait of a leg ended, by its state as routing keeps it; None while it lasts."""
    if answered_at is not None:
        return "answered"
    if state in ("waiting", "offered"):
        return None
    if state == "abandoned":
        return "left"
    return "returned" if ended == "returned" else "closed"


def steps_fit(steps: Sequence[WaitStep]) -> bool:
    """Say whether longer waits are worth more, and none nothing."""
    minutes = [one.from_minutes for one in steps]
    amounts = [one.amount for one in steps]
    return (
        0 < len(steps) <= MOST_STEPS
        and minutes == sorted(set(minutes))
        and amounts == sorted(set(amounts))
        and minutes[0] >= 0
        and amounts[0] > 0
    )


def proof_token(organisation_id: UUID, wait_id: UUID, number: int, signature: str) -> str:
    """Return the token of a link: whose wait, which one, which of its links, and the signature."""
    raw = organisation_id.bytes + wait_id.bytes + number.to_bytes(4, "big")
    return f"{base64.urlsafe_b64encode(raw).decode()}.{signature}"


def parts_of_proof(token: str) -> tuple[UUID, UUID, int, str] | None:
    """Return organisation, wait, number and signature of a token; None for what cannot be one."""
    raw, dot, signature = token.partition(".")
    if not dot or len(token) > 120 or not token.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(raw)
    except (binascii.Error, ValueError):
        return None
    if len(plain) != 36:
        return None
    number = int.from_bytes(plain[32:], "big")
    return UUID(bytes=plain[:16]), UUID(bytes=plain[16:32]), number, signature


def spans(seconds: int) -> list[tuple[int, Literal["hours", "minutes", "seconds"]]]:
    """Return a duration as one says it: hours and minutes, seconds only while it is short."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, left = divmod(minutes, 60)
    said: list[tuple[int, Literal["hours", "minutes", "seconds"]]] = [
        (hours, "hours"),
        (left, "minutes"),
        (rest if minutes < 5 else 0, "seconds"),
    ]
    return [one for one in said if one[0]] or [(0, "seconds")]


def yuan(fen: int) -> str:
    """Return an amount as prices are written: ¥12,480, ¥12.50."""
    return f"¥{fen // 100:,}" + (f".{fen % 100:02}" if fen % 100 else "")
