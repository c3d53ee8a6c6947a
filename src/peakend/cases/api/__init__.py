"""Routes of cases, by noun."""

from typing import Any

routes: list[Any] = []
