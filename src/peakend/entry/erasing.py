"""Erasures and restored backups: who was erased stays erased, and what still waits is told."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peakend.entry import running
from peakend.entry.beginning import DataDir, run, use
from peakend.entry.console import Steps, complain, console, say
from peakend.kernel import schema
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.doctor import Finding
from peakend.kernel.errors import PeakendError
from peakend.kernel.ledger import Gone, ledger_in, note_erased, read_ledger
from peakend.kernel.settings import settings

if TYPE_CHECKING:
    from peakend.privacy.actions import Repeated

app = typer.Typer(no_args_is_help=True, help=say("entry.erasing.erasures"))

File = Annotated[Path | None, typer.Option("--ledger", help=say("entry.erasing.option_ledger"))]
Key = Annotated[Path | None, typer.Option("--key", help=say("entry.erasing.option_key"))]


@app.callback()
def root() -> None:
    """Hold the commands of erasures, also while there is one of them."""


@app.command(help=say("entry.erasing.repeat"))
def replay(ledger: File = None, key: Key = None, data_dir: DataDir = None) -> None:
    """Erase once more whom a restored database brought back; exit code 1 where some wait."""
    use(data_dir)
    if not take_in(ledger, key):
        raise typer.Exit(1)
    if not shown(run(repeated_anywhere())):
        raise typer.Exit(1)


def take_in(ledger: Path | None, key: Path | None) -> bool:
    """Take the lines of a ledger into our own, sealed anew; say whether it could be read."""
    if ledger is None:
        return True
    try:
        keys = [bytes.fromhex(key.read_text("ascii").strip())] if key else []
        if not ledger.is_file():
            raise FileNotFoundError
        found = read_ledger(ledger, *keys)
        note_erased(ledger_in(settings.files_dir), found.lines)
    except (OSError, ValueError):
        complain("entry.erasing.unreadable", path=ledger)
        return False
    if found.bad:
        complain("entry.health.ledger_damaged", count=found.bad)
    return bool(found.lines) or not found.bad


def shown(found: "Repeated | None") -> bool:
    """Say what was repeated; return whether nothing waits."""
    if found is None:
        return True
    if found.erased:
        console.print("[green]✓[/]", say("entry.erasing.repeated", count=found.erased))
    if found.waiting:
        complain("entry.health.erasures_waiting", count=found.waiting)
        complain("entry.health.erasures_waiting_advice")
    if not found.erased and not found.waiting:
        console.print("[green]✓[/]", say("entry.erasing.none"))
    return not found.waiting


async def after_restore(tables: str, key: bytes) -> "Repeated | None":
    """Erase whom a backup brought back; one with older tables is left to the first start."""
    if not _own(key):
        return None
    if schema.standing(tables, schema.migrations()) != "current":
        console.print(say("entry.erasing.at_first_start"), markup=False, soft_wrap=True)
        return None
    return await repeated_anywhere(key)


async def repeated_anywhere(*keys: bytes) -> "Repeated":
    """Erase whom a restored database brought back, where no centre runs as well."""
    from peakend.entry import wiring

    wiring.load()
    async with running.reached(settings.data_dir) as dsn:
        await schema.need_current(dsn)
        async with running.opened(dsn) as database:
            with Steps() as steps:
                return await repeated(database, steps, *keys)


async def repeated(database: Database, steps: Steps, *keys: bytes) -> "Repeated":
    """Erase whom a restored database brought back, before anybody looks at it."""
    from peakend.privacy.actions import Repeated, repeat_erasures

    lines = await asyncio.to_thread(_own, *keys)
    if not lines:
        return Repeated(erased=0, waiting=0)

    async def tell(done: int, total: int) -> None:
        steps.begin("entry.erasing.repeating", done / max(1, total))

    return await repeat_erasures(database, lines, tell)


def _own(*keys: bytes) -> list[Gone]:
    return read_ledger(ledger_in(settings.files_dir), *keys).lines


async def findings_of(tx: Transaction) -> list[Finding]:
    """Return what is to be said of erasures that a restored database does not know of."""
    from peakend.privacy.queries import repeats

    ledger = await asyncio.to_thread(read_ledger, ledger_in(settings.files_dir))
    found: list[Finding] = []
    if waiting := await repeats(tx, ledger.lines):
        held = sum(one.why == "on_hold" for one in waiting)
        told: dict[str, Any] = {"count": len(waiting), "held": held}
        found.append(Finding("doubtful", "entry.health.erasures_waiting", told))
    if ledger.bad:
        found.append(Finding("doubtful", "entry.health.ledger_damaged", {"count": ledger.bad}))
    return found


async def findings(dsn: str) -> list[Finding]:
    """Return the same for every organisation; nothing where the tables are not today's."""
    from peakend.accounts.queries import organisation_ids

    try:
        await schema.need_current(dsn)
    except PeakendError:
        return []
    found: dict[str, Finding] = {}
    async with running.opened(dsn) as database:
        for organisation_id in await organisation_ids(database):
            async with database.transaction(Actor.system(organisation_id)) as tx:
                for one in await findings_of(tx):
                    found[f"{one.wording} {one.params}"] = one
    return list(found.values())
