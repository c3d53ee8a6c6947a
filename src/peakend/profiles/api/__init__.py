"""Routes of fields, companies and what belongs to them."""

from typing import Any

from peakend.profiles.api import companies, fields, links, objects

routes: list[Any] = [*fields.routes, *companies.routes, *objects.routes, *links.routes]
