"""Routes of what is carried in and out."""

from typing import Any

from peakend.exchange.api import archives, exports, homecoming, imports

routes: list[Any] = [*imports.routes, *exports.routes, *archives.routes, *homecoming.routes]
