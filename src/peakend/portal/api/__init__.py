"""Routes of the help centre."""

from typing import Any

from peakend.portal.api import crawlers, pages

routes: list[Any] = [*crawlers.routes, *pages.routes]
