"""What the command line says: in the terminal's language, with progress while something works."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from peakend.kernel.progress import Done
from peakend.kernel.words import has_word, word

LINE_S = 10.0
console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def language() -> str:
    """Return the terminal's language, or PEAKEND_LANGUAGE; English unless they say Chinese."""
    for name in ("PEAKEND_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if found := os.environ.get(name):
            return "zh-CN" if found.lower().startswith("zh") else "en"
    return "en"


def say(key: str, **params: object) -> str:
    """Return a text in the terminal's language."""
    return word(key, language(), **params)


def complain(key: str, **params: object) -> None:
    """Print what went wrong and what to do."""
    complaints.print(say(key, **params), style="red", markup=False, soft_wrap=True)


def show_rows(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a small table; title and columns are wording keys."""
    table = Table(title=say(title), title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(say(column))
    for row in rows:
        table.add_row(*row)
    console.print(table)


class Steps:
    """The progress of a start: a bar at a terminal, plain lines elsewhere.

    Of what takes long a line comes every ten seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar: Progress | None = None
        self._clock, self._told_at = clock, 0.0
        if sys.stdout.isatty():
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=None)
        self._said = ""

    def __enter__(self) -> "Steps":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, step: str, done: float | Done | None = None) -> None:
        """Say what works now (a wording key or a text), and how much of it is done."""
        text = say(step) if has_word(step) else step
        amount = f"  {_amount(done)}" if isinstance(done, Done) else ""
        if self._bar is not None:
            share = done.share if isinstance(done, Done) else done
            total = None if share is None else 1.0
            if text != self._said:
                # A bar of its own for each step, with the time since the first.
                task = self._bar.tasks[0]
                task.total = task.finished_time = None
            shown = text + amount
            self._bar.update(self._task, description=shown, total=total, completed=share or 0.0)
        elif text != self._said:
            console.print(f"· {text}", markup=False)
            self._told_at = self._clock()
        elif amount and self._clock() - self._told_at >= LINE_S:
            console.print(f"· {text}{amount}", markup=False)
            self._told_at = self._clock()
        self._said = text


def _amount(done: Done) -> str:
    count, total = str(done.count), str(done.total)
    if done.unit == "bytes":
        size, unit = (1e9, "GB") if done.total >= 1e9 else (1e6, "MB")
        count, total = f"{done.count / size:.1f}", f"{done.total / size:.1f} {unit}"
    return say(f"entry.cli.done_{done.unit}", count=count, total=total)
