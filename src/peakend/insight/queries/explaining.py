"""How a measure came about: its definition, its last values and the facts behind them."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.conversations import queries as conversations
from peakend.insight.metrics import METRICS, Metric
from peakend.insight.queries.counts import LoggedFact, day_of, intervals, watermark
from peakend.insight.rules import COUNTED, Counts, increment, total
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.words import has_word, word

SAMPLE = 50


class MetricNotFound(NotFound):
    """There is no such measure."""

    wording = "insight.metric_not_found"


class Past(msgspec.Struct, frozen=True):
    """A value of a past day."""

    day: str
    value: float | None
    n: int
    low: float | None
    high: float | None


class CountedFact(msgspec.Struct, frozen=True):
    """A fact of today with what it adds."""

    id: UUID
    type: str
    at: datetime
    conversation_id: UUID | None
    leg_id: UUID | None
    agent_id: UUID | None
    queue_id: UUID | None
    above: int
    below: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure means, how it is calculated, from what, and its last values."""

    key: str
    name: str
    definition: str
    formula: str
    example: str
    unit: str
    better: str
    attribution: str
    source: str
    version: str
    aim_low: float | None
    aim_high: float | None
    short_s: float | None
    from_facts: tuple[str, ...]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    counts: dict[str, int]
    today: Past
    last: list[Past]
    facts: list[CountedFact]
    watermark_at: datetime


async def explanation(tx: Transaction, key: str, language: str) -> Explanation:
    """Return everything that stands behind a measure. Errors: MetricNotFound."""
    metric = METRICS.get(key)
    if metric is None:
        raise MetricNotFound(measure=key)
    start, end = await day_of(tx, tx.now)
    past = [await _past(tx, metric, start - timedelta(days=days, hours=-12)) for days in range(7)]
    day = total(row.counts for row in await intervals(tx, start, end))
    said = {
        part: word(f"insight.{key}.{part}", language)
        for part in ("name", "definition", "formula", "example")
        if has_word(f"insight.{key}.{part}")
    }
    return Explanation(
        key=key,
        name=said.get("name", key),
        definition=said.get("definition", ""),
        formula=said.get("formula", ""),
        example=said.get("example", ""),
        unit=metric.unit,
        better=metric.better,
        attribution=metric.attribution,
        source=metric.source,
        version=metric.version,
        aim_low=metric.aim_low,
        aim_high=metric.aim_high,
        short_s=metric.short_s,
        from_facts=metric.from_facts,
        numerator=metric.numerator,
        denominator=metric.denominator,
        counts={name: getattr(day, name) for name in COUNTED},
        today=past[0],
        last=past,
        facts=await _facts(tx, metric, start, end),
        watermark_at=await watermark(tx),
    )


async def _past(tx: Transaction, metric: Metric, at: datetime) -> Past:
    start, end = await day_of(tx, at)
    value = metric.of(total(row.counts for row in await intervals(tx, start, end)))
    return Past(start.date().isoformat(), value.value, value.n, value.low, value.high)


async def _facts(
    tx: Transaction, metric: Metric, start: datetime, end: datetime
) -> list[CountedFact]:
    rows = await tx.all(
        LoggedFact,
        """
        SELECT id, type, occurred_at, conversation_id, leg_id, agent_id, queue_id, payload
        FROM event
        WHERE organisation_id = current_organisation()
          AND type = ANY($1::text[])
          AND occurred_at >= $2
        ORDER BY occurred_at DESC
        LIMIT $3
        """,
        list(metric.from_facts),
        start,
        SAMPLE,
    )
    # A figure counts everything; which conversations it counted is told as far as one sees them.
    ids = {fact.conversation_id for fact in rows if fact.conversation_id}
    seen = {row.id for row in await conversations.rows(tx, ids, tx.actor)}
    found = []
    for fact in rows:
        added = increment(fact.type, fact.occurred_at, fact.queue_id, fact.payload)
        if added is None or not start <= added.interval_at < end:
            continue
        found.append(
            CountedFact(
                fact.id,
                fact.type,
                fact.occurred_at,
                fact.conversation_id if fact.conversation_id in seen else None,
                fact.leg_id if fact.conversation_id in seen else None,
                fact.agent_id,
                fact.queue_id,
                _sum(added.counts, metric.numerator),
                _sum(added.counts, metric.denominator),
            )
        )
    return found


def _sum(counts: Counts, terms: tuple[str, ...]) -> int:
    return sum(
        -getattr(counts, term[1:]) if term.startswith("-") else getattr(counts, term)
        for term in terms
    )
