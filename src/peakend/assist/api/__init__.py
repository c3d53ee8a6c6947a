"""Routes of assist."""

from peakend.assist.api import approvals, digital, helps, side, watching, wording

routes = [
    *digital.routes,
    *watching.routes,
    *side.routes,
    *wording.routes,
    *helps.routes,
    *approvals.routes,
]
