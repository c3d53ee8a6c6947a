"""Routes of automation: macros and webhooks."""

from typing import Any

from peakend.automation.api import macros, webhooks

routes: list[Any] = [*macros.routes, *webhooks.routes]
