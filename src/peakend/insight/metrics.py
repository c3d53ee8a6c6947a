"""The measures of the boards, declared: what they count, from which facts, by whose definition."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Literal

from peakend.insight.rules import (
    HIGH,
    LOW,
    SHORT_S,
    Counts,
    Estimate,
    Formula,
    abandonment,
    answer_wait_s,
    digital_share,
    service_level,
)

Unit = Literal["share", "s"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A measure; its words stand in `insight.<key>.name`, `.definition`, `.formula`, `.example`."""

    key: str
    unit: Unit
    better: Literal["higher", "lower", "neither"]
    from_facts: tuple[str, ...]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    attribution: Literal["queue_entry", "closing"]
    source: str
    aim_low: float | None = None
    aim_high: float | None = None
    short_s: float | None = None

    @property
    def version(self) -> str:
        """Return the version of the definition: a digest of everything that defines it."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:12]

    def of(self, counts: Counts) -> Estimate:
        """Return the value with its interval."""
        if self.key == "abandonment":
            return abandonment(counts)
        if self.key == "abandonment.excl_short":
            return abandonment(counts, exclude_short=True)
        if self.key == "digital.share":
            return digital_share(counts)
        if self.key == "asa.answered":
            return Estimate(answer_wait_s(counts), counts.answered, None, None)
        return service_level(counts, SERVICE_LEVELS[self.key])


SERVICE_LEVELS: dict[str, Formula] = {
    "sla.abn_good": "sla.abn_good",
    "sla.answered": "sla.answered",
    "sla.offered": "sla.offered",
    "sla.excl_within": "sla.excl_within",
    "sla.short_good": "sla.short_good",
    "sla.excl_short": "sla.excl_short",
}
_ENDS = ("WorkAnswered", "WorkAbandoned")
_ALL = ("answered", "abandoned")


def _level(
    key: Formula, numerator: tuple[str, ...], denominator: tuple[str, ...], source: str
) -> Metric:
    return Metric(
        key=key,
        unit="share",
        better="higher",
        from_facts=_ENDS,
        numerator=numerator,
        denominator=denominator,
        attribution="queue_entry",
        source=source,
        aim_low=LOW,
        aim_high=HIGH,
        short_s=SHORT_S if "short" in key else None,
    )


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        _level("sla.offered", ("answered_within",), _ALL, "measures 1.1 F3; ICMI 3"),
        _level(
            "sla.abn_good",
            ("answered_within", "abandoned_within"),
            _ALL,
            "measures 1.1 F1; ICMI 1",
        ),
        _level("sla.answered", ("answered_within",), ("answered",), "measures 1.1 F2; ICMI 2"),
        _level(
            "sla.excl_within",
            ("answered_within",),
            ("answered", "abandoned", "-abandoned_within"),
            "measures 1.1 F4; ICMI 4",
        ),
        _level(
            "sla.short_good",
            ("answered_within", "abandoned_short"),
            _ALL,
            "measures 1.1 F5; ICMI 5",
        ),
        _level(
            "sla.excl_short",
            ("answered_within",),
            ("answered", "abandoned", "-abandoned_short"),
            "measures 1.1 F6",
        ),
        Metric(
            key="abandonment",
            unit="share",
            better="lower",
            from_facts=_ENDS,
            numerator=("abandoned",),
            denominator=_ALL,
            attribution="queue_entry",
            source="measures 1.3",
        ),
        Metric(
            key="abandonment.excl_short",
            unit="share",
            better="lower",
            from_facts=_ENDS,
            numerator=("abandoned", "-abandoned_short"),
            denominator=("answered", "abandoned", "-abandoned_short"),
            attribution="queue_entry",
            source="measures 1.3",
            short_s=SHORT_S,
        ),
        Metric(
            key="asa.answered",
            unit="s",
            better="lower",
            from_facts=("WorkAnswered",),
            numerator=("answered_wait_ms",),
            denominator=("answered",),
            attribution="queue_entry",
            source="measures 1.3",
        ),
        Metric(
            key="digital.share",
            unit="share",
            better="neither",
            from_facts=("ConversationClosed", "ConversationReopened"),
            numerator=("ended_digital",),
            denominator=("ended",),
            attribution="closing",
            source="features F108-F112",
        ),
    )
}
FOLDED = (
    "WorkQueued",
    "WorkAnswered",
    "WorkAbandoned",
    "ConversationClosed",
    "ConversationReopened",
)
