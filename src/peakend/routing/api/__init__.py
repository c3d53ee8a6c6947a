"""Routes of routing."""

from peakend.routing.api import desk, settings, work

routes = [*settings.routes, *desk.routes, *work.routes]
