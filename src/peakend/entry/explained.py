"""What `peakend explain` prints: the definition of a measure and the facts behind today's value."""

import difflib

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from peakend.accounts import queries as accounts
from peakend.insight.queries import METRICS, Explanation, explanation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.words import word

NOTHING = "–"
FACTS_SHOWN = 12


def known(key: str) -> bool:
    """Say whether there is such a measure."""
    return key in METRICS


def near(key: str) -> list[str]:
    """Return measures that may have been meant."""
    begun = [name for name in METRICS if name.startswith(key) or key.startswith(name)]
    return list(dict.fromkeys([*begun, *difflib.get_close_matches(key, METRICS, n=3)]))


def listed(language: str) -> Table:
    """Return every measure with its name."""
    table = Table(box=None, pad_edge=False)
    for column in ("key", "name", "facts"):
        table.add_column(word(f"entry.explain.{column}", language))
    for key, metric in METRICS.items():
        table.add_row(key, word(f"insight.{key}.name", language), ", ".join(metric.from_facts))
    return table


async def explanations(
    database: Database, key: str, language: str
) -> list[tuple[str, Explanation]]:
    """Return the measure of every organisation of this installation, with its name."""
    found = []
    for organisation_id in await accounts.organisation_ids(database):
        async with database.transaction(Actor.system(organisation_id)) as tx:
            name = (await accounts.organisation(tx)).name
            found.append((name, await explanation(tx, key, language)))
    return found


def shown(organisation: str, told: Explanation, language: str) -> RenderableType:
    """Return the explanation as it is printed."""
    title = f"[bold]{told.name}[/]  [dim]{told.key}[/]"
    return Panel(
        Group(_definition(told, language), "", _days(told, language), "", _facts(told, language)),
        title=title,
        title_align="left",
        subtitle=f"[dim]{organisation}[/]",
        subtitle_align="right",
    )


def value(unit: str, number: float | None) -> str:
    """Return a value with its unit; shares become percent here."""
    if number is None:
        return NOTHING
    return f"{number:.1%}" if unit == "share" else f"{number:.1f} s"


def _definition(told: Explanation, language: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    aim = (
        f"{value(told.unit, told.aim_low)} – {value(told.unit, told.aim_high)}"
        if told.aim_low is not None
        else NOTHING
    )
    rows = {
        "definition": told.definition,
        "formula": told.formula,
        "example": told.example,
        "aim": aim,
        "counted": " · ".join(
            f"{term.lstrip('-')} {told.counts[term.lstrip('-')]}"
            for term in dict.fromkeys((*told.numerator, *told.denominator))
        ),
        "from_facts": ", ".join(told.from_facts),
        "source": told.source,
        "version": told.version,
        "watermark": told.watermark_at.astimezone().isoformat(sep=" ", timespec="seconds"),
    }
    for name, text in rows.items():
        table.add_row(word(f"entry.explain.{name}", language), text)
    return table


def _days(told: Explanation, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(word("entry.explain.day", language))
    for column in ("value", "cases", "interval"):
        table.add_column(word(f"entry.explain.{column}", language), justify="right")
    for day in told.last:
        reach = (
            f"{value(told.unit, day.low)} – {value(told.unit, day.high)}"
            if day.low is not None
            else NOTHING
        )
        table.add_row(day.day, value(told.unit, day.value), str(day.n), reach)
    return table


def _facts(told: Explanation, language: str) -> RenderableType:
    if not told.facts:
        return f"[dim]{word('entry.explain.no_facts', language)}[/]"
    table = Table(box=None, pad_edge=False)
    for column in ("fact", "at", "above", "below", "id"):
        table.add_column(word(f"entry.explain.{column}", language))
    for fact in told.facts[:FACTS_SHOWN]:
        at = fact.at.astimezone().isoformat(sep=" ", timespec="seconds")
        table.add_row(fact.type, at, str(fact.above), str(fact.below), f"[dim]{fact.id}[/]")
    return table
