"""Insight is tested on a real floor."""

from tests.routing.conftest import floor

__all__ = ["floor"]
