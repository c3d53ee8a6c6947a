"""Figures: what was measured, what it should be at least, and how they are shown and kept."""

import json
import os
import platform
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results" / "latest.json"
console = Console(highlight=False)


@dataclass
class Figure:
    """One number with its target; `detail` holds what it was made of."""

    what: str
    value: float | None
    unit: str = ""
    target: float | None = None
    better: Literal["more", "less"] = "less"
    detail: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    # The share of the machine that its host gave to others meanwhile.
    stolen: float = 0

    @property
    def met(self) -> bool | None:
        """Say whether the target is met; None where nothing was measured or nothing is asked."""
        if self.value is None or self.target is None:
            return None
        return self.value <= self.target if self.better == "less" else self.value >= self.target


Measure = Callable[[], Awaitable[list[Figure]]]


def mean_of(values: Iterable[float]) -> float:
    """Return the mean."""
    taken = list(values)
    return sum(taken) / len(taken)


def quantile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def stolen_share(before: Any, after: Any) -> float:
    """Return the share of all processor time that went to other machines of the same host."""
    stolen = getattr(after, "steal", 0) - getattr(before, "steal", 0)
    return float(stolen / max(1e-9, sum(after[:8]) - sum(before[:8])))


def shown(figure: Figure) -> tuple[str, str, str]:
    """Return value, target and verdict as the table prints them."""
    sign = "≤" if figure.better == "less" else "≥"
    value = "–" if figure.value is None else f"{_number(figure.value)} {figure.unit}".strip()
    target = "" if figure.target is None else f"{sign} {_number(figure.target)} {figure.unit}"
    verdict = {True: "[green]met[/]", False: "[red]missed[/]", None: "[dim]–[/]"}[figure.met]
    return value, target.strip(), verdict


def _number(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def show(figures: list[Figure]) -> None:
    """Print the table."""
    table = Table(title="make bench", title_justify="left")
    for column in ("what", "value", "target", "", "made of"):
        table.add_column(column, overflow="fold")
    for figure in figures:
        made = ", ".join(f"{k} {_plain(v)}" for k, v in figure.detail.items())
        table.add_row(figure.what, *shown(figure), "; ".join(filter(None, (made, figure.note))))
    console.print(table)


def _plain(value: Any) -> str:
    return _number(value) if isinstance(value, int | float) else str(value)


def keep(figures: list[Figure]) -> None:
    """Write the run as JSON."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    run = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": load,
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }
    RESULTS.write_text(json.dumps(run, indent=1, ensure_ascii=False, default=str))
