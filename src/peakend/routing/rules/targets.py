"""Targets (SLA clocks): which policy applies, and when what is owed to a customer is due.

A clock counts open time while the customer waits for us. Waiting for the customer, being put aside
and being closed do not count. What counts is kept as spans, so that a change of policy, queue or
hours can be answered as if the new ones had held from the beginning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from peakend.routing.rules.hours import REMEDY_S, Hours, add_open_time, open_time_between

Target = Literal["first_reply", "next_reply", "resolve", "promised"]
Span = tuple[datetime, datetime | None]
WARN_SHARE = 0.75
"""How much of the time is gone when the warning comes."""
SAME_S = 0.002
"""Moments that are told in milliseconds are the same within this."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is promised to whom; an empty condition holds for everybody. Units: seconds."""

    id: UUID
    channels: frozenset[str] = frozenset()
    queue_ids: frozenset[UUID] = frozenset()
    brand_ids: frozenset[UUID] = frozenset()
    tiers: frozenset[str] = frozenset()
    reason_ids: frozenset[UUID] = frozenset()
    first_reply_s: int | None = None
    next_reply_s: int | None = None
    resolve_s: int | None = None
    round_the_clock: bool = False

    def target_s(self, target: Target) -> int | None:
        """Return how long a target may take; None where it is not promised."""
        return {
            "promised": None,
            "first_reply": self.first_reply_s,
            "next_reply": self.next_reply_s,
            "resolve": self.resolve_s,
        }[target]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What policies look at; `reason_ids` are the reason and those above it in the tree.

    `channel` is the kind of channel by which the customer wrote last.
    """

    channel: str | None = None
    queue_id: UUID | None = None
    brand_id: UUID | None = None
    tier: str | None = None
    reason_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something to remember of a conversation.

    turn: the customer waited from `at` until `until`. aside, back: put aside and taken up again.
    promised: at `at` the customer was told to hear from us by `until`.
    warned_…, breached_…: what has been said of the turn that began at `at`.
    """

    kind: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One target of one turn: when it is due, and when a quarter of its time is left."""

    target: Target
    since: datetime
    target_s: int
    warn_at: datetime
    due_at: datetime


def applying(policies: Iterable[Policy], case: Case) -> Policy | None:
    """Return the first policy, in their order, whose conditions all hold."""
    return next((policy for policy in policies if _applies(policy, case)), None)


def _applies(policy: Policy, case: Case) -> bool:
    return (
        (not policy.channels or case.channel in policy.channels)
        and (not policy.queue_ids or case.queue_id in policy.queue_ids)
        and (not policy.brand_ids or case.brand_id in policy.brand_ids)
        and (not policy.tiers or case.tier in policy.tiers)
        and (not policy.reason_ids or not policy.reason_ids.isdisjoint(case.reason_ids))
    )


def unreached(policies: Sequence[Policy], parents: dict[UUID, UUID | None]) -> dict[UUID, UUID]:
    """Return which policies never come to hold, each with the one above that takes all it is for.

    What several above take only together is not seen: nobody is warned of what may hold.
    """
    found: dict[UUID, UUID] = {}
    for at, policy in enumerate(policies):
        above = next((one for one in policies[:at] if _takes_all(one, policy, parents)), None)
        if above is not None:
            found[policy.id] = above.id
    return found


def _takes_all(above: Policy, policy: Policy, parents: dict[UUID, UUID | None]) -> bool:
    """Return whether whatever fits a policy fits the one above it, too."""
    reasons = [lineage(parents, one) & above.reason_ids for one in policy.reason_ids]
    return (
        (not above.channels or _within(policy.channels, above.channels))
        and (not above.queue_ids or _within(policy.queue_ids, above.queue_ids))
        and (not above.brand_ids or _within(policy.brand_ids, above.brand_ids))
        and (not above.tiers or _within(policy.tiers, above.tiers))
        and (not above.reason_ids or (bool(reasons) and all(reasons)))
    )


def _within(few: frozenset[Any], many: frozenset[Any]) -> bool:
    return bool(few) and few <= many


def lineage(parents: dict[UUID, UUID | None], reason_id: UUID | None) -> frozenset[UUID]:
    """Return a reason and those above it."""
    found: set[UUID] = set()
    while reason_id is not None and reason_id not in found:
        found.add(reason_id)
        reason_id = parents.get(reason_id)
    return frozenset(found)


def turns(marks: Iterable[Mark], since: datetime | None = None) -> list[Span]:
    """Return when the customer waited for us, in order; the last turn is open if one runs."""
    done = sorted((mark.at, mark.until) for mark in marks if mark.kind == "turn")
    spans: list[Span] = []
    for start, end in done:
        begun = max(start, spans[-1][1]) if spans and spans[-1][1] is not None else start
        if end is not None and begun < end:
            spans.append((begun, end))
    return [*spans, (since, None)] if since is not None else spans


def pauses(marks: Iterable[Mark]) -> list[Span]:
    """Return when a conversation was put aside, in order; the last one may still last."""
    spans: list[Span] = []
    steps = sorted((mark.at, mark.kind) for mark in marks if mark.kind in ("aside", "back"))
    begun: datetime | None = None
    for at, kind in steps:
        if kind == "aside":
            begun = begun or at
        elif begun is not None:
            spans.append((begun, at))
            begun = None
    return [*spans, (begun, None)] if begun is not None else spans


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return spans without what lies in others; both in order, only the last may be open."""
    found: list[Span] = []
    for start, end in spans:
        begun: datetime | None = start
        for off, on in taken:
            if begun is None or (end is not None and off >= end):
                break
            if on is not None and on <= begun:
                continue
            if off > begun:
                found.append((begun, off))
            begun = on
        if begun is not None and (end is None or begun < end):
            found.append((begun, end))
    return found


def passed_at(hours: Hours | None, spans: Iterable[Span], duration_s: float) -> datetime | None:
    """Return when so much open time has passed inside the spans; None if it never does.

    Without hours every hour counts.
    """
    left_s = duration_s
    for start, end in spans:
        if end is None:
            return _later(hours, start, left_s)
        inside_s = _between_s(hours, start, end)
        if left_s <= inside_s:
            return _later(hours, start, left_s)
        left_s -= inside_s
    return None


def _later(hours: Hours | None, at: datetime, duration_s: float) -> datetime | None:
    if hours is None:
        return at + timedelta(seconds=duration_s)
    return add_open_time(hours, at, duration_s)


def _between_s(hours: Hours | None, start: datetime, end: datetime) -> float:
    if hours is None:
        return (end - start).total_seconds()
    return open_time_between(hours, start, end)


def promises(
    policy: Policy,
    hours: Hours | None,
    marks: Sequence[Mark],
    *,
    since: datetime,
    until: datetime | None = None,
    replied: bool,
) -> list[Promise]:
    """Return what is owed in a turn that began at `since`, the soonest due first.

    With `until` the turn is over: what would have been due later is left out.
    """
    aside = pauses(marks)
    this = [(since, until)]
    before = [span for span in turns(marks) if span[0] < since - timedelta(seconds=SAME_S)]
    reply: Target = "next_reply" if replied else "first_reply"
    owed: list[tuple[Target, list[Span]]] = [
        (reply, without(this, aside)),
        ("resolve", without([*before, *this], aside)),
    ]
    found = []
    for target, spans in owed:
        target_s = policy.target_s(target)
        if target_s is None:
            continue
        due_at = passed_at(hours, spans, target_s)
        warn_at = passed_at(hours, spans, target_s * WARN_SHARE)
        if due_at is not None and warn_at is not None:
            found.append(
                Promise(
                    target=target,
                    since=since,
                    target_s=target_s,
                    warn_at=warn_at,
                    due_at=due_at,
                )
            )
    return sorted(found, key=lambda one: (one.due_at, one.target))


def owed_in(
    policy: Policy | None,
    hours: Hours | None,
    marks: Sequence[Mark],
    *,
    since: datetime,
    until: datetime | None = None,
    replied: bool,
) -> list[Promise]:
    """Return all that is owed in a turn: by the policy, and as it was told to the customer."""
    told = told_in(marks, since, until)
    owed = [] if policy is None else promises(
        policy, hours, marks, since=since, until=until, replied=replied
    )  # fmt: skip
    if told is None:
        return owed
    return sorted([told, *owed], key=lambda one: (one.due_at, one.target))


def told_in(marks: Iterable[Mark], since: datetime, until: datetime | None) -> Promise | None:
    """Return the newest reply that was promised in a turn in so many words."""
    begun = since - timedelta(seconds=SAME_S)
    made = [
        mark
        for mark in marks
        if mark.kind == "promised" and mark.at >= begun and (until is None or mark.at <= until)
    ]
    newest = max(made, key=lambda mark: mark.at, default=None)
    if newest is None or newest.until is None:
        return None
    last = timedelta(seconds=REMEDY_S * (1 - WARN_SHARE))
    return Promise(
        target="promised",
        since=newest.at,
        target_s=REMEDY_S,
        warn_at=max(newest.at, newest.until - last),
        due_at=newest.until,
    )


def said(marks: Iterable[Mark], what: Literal["warned", "breached"], promise: Promise) -> bool:
    """Return whether a warning or a breach is known: of this turn, or of the solution ever."""
    kind = f"{what}_{promise.target}"
    return any(
        mark.kind == kind
        and (
            promise.target == "resolve" or abs((mark.at - promise.since).total_seconds()) <= SAME_S
        )
        for mark in marks
    )


def shown(owed: Sequence[Promise], now: datetime) -> Promise | None:
    """Return what people look at: the soonest due; a solution that is late hides no answer due.

    What was told to the customer stands before what is owed without their knowing.
    """
    told = [one for one in owed if one.target == "promised"]
    others = [one for one in owed if one.target != "resolve" or one.due_at > now]
    return next(iter(told or others or owed), None)
