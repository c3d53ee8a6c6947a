"""Routes of assist."""

from peakend.assist.api import digital, side, watching

routes = [*digital.routes, *watching.routes, *side.routes]
