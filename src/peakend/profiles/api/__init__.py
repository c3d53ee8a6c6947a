"""Routes of fields, companies and what belongs to them."""

from typing import Any

from peakend.profiles.api import fields

routes: list[Any] = [*fields.routes]
