"""Who is plugged into whom: routes, reactions, jobs and ports of every context."""

import importlib
from importlib.util import find_spec
from typing import Any

CONTEXTS = (
    "accounts",
    "customers",
    "knowledge",
    "conversations",
    "routing",
    "assist",
    "feedback",
    "portal",
    "insight",
)


def load() -> None:
    """Import every reaction and job, so that facts written here find who reacts to them."""
    for context in CONTEXTS:
        for room in ("events", "reactions", "jobs"):
            if find_spec(f"peakend.{context}.{room}") is not None:
                importlib.import_module(f"peakend.{context}.{room}")
    _ports()


def routes() -> list[Any]:
    """Return the routes of every context's API."""
    found: list[Any] = []
    for context in CONTEXTS:
        if find_spec(f"peakend.{context}.api") is not None:
            found += importlib.import_module(f"peakend.{context}.api").routes
    return found


def _ports() -> None:
    """Join the ports that lower contexts declare with what upper contexts provide."""
