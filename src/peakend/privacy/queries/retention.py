"""How long what is kept, and how much would go."""

from datetime import datetime, timedelta

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.personal import AGES, Category
from peakend.privacy.models import RUN_COLUMNS, Rule, Run
from peakend.privacy.rules import SOON_DAYS

MOST_RUNS = 60


class CategoryView(msgspec.Struct, frozen=True, kw_only=True):
    """How long one kind of data is kept, and what can be set. Units: days; None keeps for good."""

    category: Category
    days: int | None
    least: int
    most: int | None
    default: int | None
    version: int


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """How much would go tonight and within thirty days; `oldest` is the time of the first of it."""

    now: int
    soon: int
    oldest: datetime | None


class _Count(msgspec.Struct, frozen=True):
    n: int
    oldest: datetime | None


async def categories(tx: Transaction) -> list[CategoryView]:
    """Return every kind of data with its time."""
    rules = {
        one.category: one
        for one in await tx.all(
            Rule,
            "SELECT category, days, version FROM retention_rule"
            " WHERE organisation_id = current_organisation()",
        )
    }
    found = []
    for age in AGES.values():
        rule = rules.get(age.of)
        found.append(
            CategoryView(
                category=age.of,
                days=rule.days if rule else age.days,
                least=age.least_d,
                most=age.most_d,
                default=age.days,
                version=rule.version if rule else 0,
            )
        )
    return found


async def current_days(tx: Transaction) -> dict[Category, int]:
    """Return the kinds of data that go, and after how many days."""
    return {one.category: one.days for one in await categories(tx) if one.days is not None}


async def amount(tx: Transaction, category: str, days: int) -> Amount:
    """Return how much would go if that time held. Errors: KeyError for an unknown kind."""
    count = AGES[category].count
    before = tx.now - timedelta(days=days)
    now = await tx.one(_Count, count, before)
    soon = await tx.one(_Count, count, before + timedelta(days=SOON_DAYS))
    assert now is not None
    assert soon is not None
    return Amount(now=now.n, soon=soon.n - now.n, oldest=now.oldest)


async def runs(tx: Transaction) -> list[Run]:
    """Return the newest nightly rounds."""
    return await tx.all(
        Run,
        f"SELECT {RUN_COLUMNS} FROM retention_run"  # noqa: S608 (names of columns only)
        " WHERE organisation_id = current_organisation() ORDER BY at DESC LIMIT $1",
        MOST_RUNS,
    )
