"""Routes of complaints, by noun."""

from typing import Any

routes: list[Any] = []
