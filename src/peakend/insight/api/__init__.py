"""Routes of insight."""

from peakend.insight.api import alerts, boards, effects

routes = [*boards.routes, *alerts.routes, *effects.routes]
