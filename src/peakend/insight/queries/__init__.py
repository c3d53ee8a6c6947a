"""Reading measures: the wallboard, what stands behind a value, counts of a period."""

from peakend.insight.metrics import METRICS, Metric
from peakend.insight.queries.board import Wallboard, wallboard
from peakend.insight.queries.counts import day_of, intervals, recounted, watermark
from peakend.insight.queries.explaining import Explanation, MetricNotFound, explanation

__all__ = [
    "METRICS",
    "Explanation",
    "Metric",
    "MetricNotFound",
    "Wallboard",
    "day_of",
    "explanation",
    "intervals",
    "recounted",
    "wallboard",
    "watermark",
]
