"""What every command begins with: its data directory and its loop."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from peakend.entry.console import say
from peakend.kernel.settings import settings

DataDir = Annotated[Path | None, typer.Option("--data-dir", help=say("entry.cli.option_data_dir"))]


def use(data_dir: Path | None, suffix: str = "") -> None:
    """Settle the data directory of this process; root's home is closed to the database's user."""
    if data_dir is not None:
        settings.data_dir = data_dir.expanduser().absolute()
    elif not os.environ.get("PEAKEND_DATA_DIR"):
        usual = settings.data_dir
        if os.geteuid() == 0 and os.access("/var/lib", os.W_OK):
            usual = Path("/var/lib/peakend")
        settings.data_dir = usual.with_name(usual.name + suffix)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a command's work to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
