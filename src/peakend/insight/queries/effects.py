"""What compensation does, by version of the scheme and by line."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.cases import queries as cases
from peakend.complaints import queries as complaints
from peakend.complaints.queries import DrawnCase
from peakend.conversations import queries as conversations
from peakend.feedback import queries as feedback
from peakend.insight.rules.effects import Effect, Followed, effect
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

# How long after the draw is looked at; who was drawn later is not over yet.
AFTER = timedelta(days=30)
# Who writes again on the same day goes on with the same matter.
SETTLES = timedelta(days=1)


class LineEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What came after the draws of one line of a version."""

    scheme_id: UUID
    liability: str
    severity: int | None
    reason_id: UUID | None
    instrument_id: UUID
    effect: Effect


class SchemeEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What came after the draws of one version; `share` was held out.

    Counts: `waiting` are draws whose 30 days are not over; they stand in no measure.
    """

    table_id: UUID
    version: int
    brand_id: UUID | None
    share: float
    waiting: int
    effect: Effect
    lines: list[LineEffect]


async def scheme_effects(tx: Transaction, actor: Actor, *, days: int) -> list[SchemeEffect]:
    """Return what came after the complaints judged in the last days, newest version first.

    Counts: the latest 20,000 draws; what came within 30 days after each.
    """
    drawn = [
        one
        for one in await complaints.draws_since(tx, tx.now - timedelta(days=days) - AFTER)
        if actor.sees_all or one.brand_id is None or one.brand_id in actor.seen_brands
    ]
    over = [one for one in drawn if one.at + AFTER <= tx.now]
    followed = await _followed(tx, over)
    return [
        _of_table(table_id, [one for one in drawn if one.table_id == table_id], followed)
        for table_id in dict.fromkeys(one.table_id for one in drawn)
    ]


def _of_table(
    table_id: UUID, drawn: Sequence[DrawnCase], followed: dict[UUID, Followed]
) -> SchemeEffect:
    first = drawn[0]
    known = [one for one in drawn if one.complaint_id in followed]
    by_line: dict[UUID, list[DrawnCase]] = defaultdict(list)
    for one in known:
        by_line[one.scheme_id].append(one)
    return SchemeEffect(
        table_id=table_id,
        version=first.version,
        brand_id=first.brand_id,
        share=first.share,
        waiting=len(drawn) - len(known),
        effect=effect([followed[one.complaint_id] for one in known]),
        lines=[
            LineEffect(
                scheme_id=scheme_id,
                liability=of[0].liability,
                severity=of[0].severity,
                reason_id=of[0].reason_id,
                instrument_id=of[0].instrument_id,
                effect=effect([followed[one.complaint_id] for one in of]),
            )
            for scheme_id, of in by_line.items()
        ],
    )


async def _followed(tx: Transaction, drawn: Sequence[DrawnCase]) -> dict[UUID, Followed]:
    if not drawn:
        return {}
    people = sorted({one.customer_id for one in drawn})
    since = min(one.at for one in drawn)
    came = await conversations.openings_of(tx, people, since)
    again = await complaints.complaints_after(tx, people, since)
    repeats = await cases.came_again(tx, [one.case_id for one in drawn])
    own = [one.conversation_id for one in drawn if one.conversation_id]
    rated = await feedback.ratings_of(tx, [one.id for one in came] + own)
    same_matter = {one.conversation_id for one in repeats} | {
        one.conversation_id for one in again if one.conversation_id
    }
    others = _by((one.customer_id, one.opened_at) for one in came if one.id not in same_matter)
    complained = _by((one.customer_id, one.at) for one in again)
    repeated = _by((one.case_id, one.at) for one in repeats)
    ratings: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for one in rated:
        ratings[one.customer_id].append((one.answered_at, one.rating))
    return {
        one.complaint_id: Followed(
            held=one.held,
            repeat=_within(repeated[one.case_id], one.at, one.at + AFTER),
            complained=_within(complained[one.customer_id], one.at, one.at + AFTER),
            back=_within(others[one.customer_id], one.at + SETTLES, one.at + AFTER),
            rating=_first(ratings[one.customer_id], one.at),
            given_fen=one.given_fen,
        )
        for one in drawn
    }


def _by(pairs: Iterable[tuple[UUID, datetime]]) -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for who, at in pairs:
        found[who].append(at)
    return found


def _within(moments: Sequence[datetime], after: datetime, until: datetime) -> bool:
    return any(after < at <= until for at in moments)


def _first(ratings: Sequence[tuple[datetime, int]], after: datetime) -> int | None:
    return next((rating for at, rating in ratings if after < at <= after + AFTER), None)
