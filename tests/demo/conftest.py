"""A demo centre with a few of its articles, in a database of the test's own."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from peakend.entry.demo import kept, material, seed
from peakend.entry.demo.kept import Kept
from peakend.kernel import clock
from peakend.kernel.ids import new_id
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker

if TYPE_CHECKING:
    from peakend.kernel.db import Database

FEW = ("hob-does-not-light", "water-heater-codes", "refund-time", "agent-refund-authority")
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, on a Friday."""


@pytest.fixture
def few_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(article for article in material.articles() if article.slug in FEW)
    monkeypatch.setattr(seed, "articles", lambda: few)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a demo opens for itself, the next test finds closed again."""
    for name in ("mail_door", "outgoing_allowed"):
        monkeypatch.setattr(settings, name, getattr(settings, name))


@pytest.fixture
async def notes(database: "Database", few_articles: None) -> Kept:
    """The notes of a demo that was just made."""
    made = Kept(password=kept.new_password(), organisation_id=new_id(), done_until=clock.now())
    await seed.seed(
        database,
        organisation_id=made.organisation_id,
        password=made.password,
        now=clock.now(),
    )
    await Worker(database).drain()
    kept.write(made)
    return made


@pytest.fixture
def organisation_id(notes: Kept) -> UUID:
    return notes.organisation_id
