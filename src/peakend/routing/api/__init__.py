"""Routes of routing."""

from peakend.routing.api import desk, inviting, settings, targets, work

routes = [*settings.routes, *targets.routes, *desk.routes, *work.routes, *inviting.routes]
