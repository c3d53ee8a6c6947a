"""Routes of automation: macros, acts on many, webhooks."""

from typing import Any

from peakend.automation.api import bulk, macros, webhooks

routes: list[Any] = [*macros.routes, *bulk.routes, *webhooks.routes]
