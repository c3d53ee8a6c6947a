"""Reading measures: the wallboard, what stands behind a value, counts of a period."""

from peakend.insight.metrics import METRICS, Metric
from peakend.insight.models import AlertRuleRow
from peakend.insight.queries.alerts import (
    Alert,
    AlertNotFound,
    AlertRuleNotFound,
    alert_rules,
    alerts_before,
    alerts_now,
)
from peakend.insight.queries.board import InLine, Wallboard, in_line, wallboard
from peakend.insight.queries.counts import day_of, intervals, recounted, watermark
from peakend.insight.queries.effects import SchemeEffect, scheme_effects
from peakend.insight.queries.explaining import Explanation, MetricNotFound, explanation
from peakend.insight.queries.overflow import OverflowPreview, overflow_preview

__all__ = [
    "METRICS",
    "Alert",
    "AlertNotFound",
    "AlertRuleNotFound",
    "AlertRuleRow",
    "Explanation",
    "InLine",
    "Metric",
    "MetricNotFound",
    "OverflowPreview",
    "SchemeEffect",
    "Wallboard",
    "alert_rules",
    "alerts_before",
    "alerts_now",
    "day_of",
    "explanation",
    "in_line",
    "intervals",
    "overflow_preview",
    "recounted",
    "scheme_effects",
    "wallboard",
    "watermark",
]
