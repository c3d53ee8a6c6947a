"""Counting facts, and watching what the counts and the floor say."""

from peakend.insight.actions.alerts import (
    AlertOver,
    AlertRuleForm,
    AlertRuleStale,
    ThresholdsTogether,
    TooManyAlertRules,
    acknowledge,
    add_alert_rule,
    add_first_alert_rules,
    change_alert_rule,
    delete_alert_rule,
    watch,
)
from peakend.insight.actions.folding import add_up, differences, fold, forget_old

__all__ = [
    "AlertOver",
    "AlertRuleForm",
    "AlertRuleStale",
    "ThresholdsTogether",
    "TooManyAlertRules",
    "acknowledge",
    "add_alert_rule",
    "add_first_alert_rules",
    "add_up",
    "change_alert_rule",
    "delete_alert_rule",
    "differences",
    "fold",
    "forget_old",
    "watch",
]
