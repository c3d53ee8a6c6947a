"""Routes of insight."""

from peakend.insight.api import alerts, boards

routes = [*boards.routes, *alerts.routes]
