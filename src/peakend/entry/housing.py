"""`peakend organisation`: a whole house as one archive, and a house out of one."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peakend.entry import erasing, running
from peakend.entry.beginning import DataDir, run, use
from peakend.entry.console import Steps, complain, console, say
from peakend.kernel import schema
from peakend.kernel.lockbox import Lock, a_passphrase, is_locked, new_lock
from peakend.kernel.postgres import EmbeddedPostgres, kept_dsn
from peakend.kernel.settings import settings

if TYPE_CHECKING:
    from peakend.exchange.actions import Restored
    from peakend.exchange.models import Manifest

app = typer.Typer(no_args_is_help=True, help=say("entry.house.house"))

To = Annotated[Path, typer.Option("--to", help=say("entry.house.option_to"))]
Named = Annotated[str | None, typer.Option("--name", help=say("entry.house.option_name"))]
Key = Annotated[Path | None, typer.Option("--key", help=say("entry.house.option_key"))]
Secret = Annotated[
    Path | None, typer.Option("--passphrase-file", help=say("entry.house.option_passphrase"))
]
Source = Annotated[Path, typer.Argument(help=say("entry.house.archive"))]


@app.command("export", help=say("entry.house.export"))
def export(
    to: To,
    name: Named = None,
    plain: Annotated[bool, typer.Option("--plain", help=say("entry.house.option_plain"))] = False,
    passphrase_file: Secret = None,
    data_dir: DataDir = None,
) -> None:
    """Write an organisation as one archive."""
    use(data_dir)
    path = to.expanduser().absolute()
    if path.exists():
        complain("entry.house.there_already", path=path)
        raise typer.Exit(1)
    passphrase = "" if plain else passphrase_in(passphrase_file) or a_passphrase()
    lock = new_lock(passphrase) if passphrase else None
    found = run(_exported(path, name, lock))
    if found is None:
        complain("entry.house.which")
        raise typer.Exit(1)
    told = {"rows": sum(one.rows for one in found.tables), "files": len(found.files)}
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    console.print(
        "[green]✓[/]", say("entry.house.exported", name=found.organisation, size=size, **told)
    )
    console.print(f"   {path}", markup=False, soft_wrap=True)
    if found.missing:
        complain("entry.house.missing", count=len(found.missing))
    if lock is None:
        complain("entry.house.in_plain")
    elif passphrase_file is None:
        console.print(say("entry.house.passphrase"), markup=False, soft_wrap=True)
        console.print(f"   {passphrase}", markup=False, soft_wrap=True)
    console.print(say("entry.house.keep_safe"), markup=False)


def passphrase_in(path: Path | None) -> str:
    """Return the passphrase that stands in a file, without its end of line."""
    if path is None:
        return ""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeError):
        complain("entry.house.no_passphrase", path=path)
        raise typer.Exit(1) from None


@app.command("add", help=say("entry.house.add"))
def add(data_dir: DataDir = None) -> None:
    """Print a link by which one more organisation is set up in this database."""
    use(data_dir)
    link = run(_offered())
    console.print("[green]✓[/]", say("entry.house.offered"))
    console.print(f"   {link}", markup=False, soft_wrap=True)


@app.command("restore", help=say("entry.house.restore"))
def restore(
    archive: Source,
    key: Key = None,
    ledger: erasing.File = None,
    passphrase_file: Secret = None,
    data_dir: DataDir = None,
) -> None:
    """Put an organisation into a database that does not know it."""
    use(data_dir)
    old = None
    if key is not None:
        try:
            old = bytes.fromhex(key.read_text("ascii").strip())
        except (OSError, ValueError):
            complain("exchange.archive_wrong_key")
            raise typer.Exit(1) from None
    if not erasing.take_in(ledger, key):
        raise typer.Exit(1)
    path = archive.expanduser().absolute()
    passphrase = passphrase_in(passphrase_file)
    if not passphrase and is_locked(path) and sys.stdin.isatty():
        passphrase = typer.prompt(say("entry.house.ask_passphrase"), hide_input=True)
    found = run(_restored(path, old, passphrase))
    told = {"name": found.organisation, "rows": found.rows, "files": found.files}
    console.print("[green]✓[/]", say("entry.house.restored", **told))
    if found.missing:
        complain("entry.house.missing", count=found.missing)
    if found.audit_seal:
        seal = say("entry.house.seal", seal=found.audit_seal)
        console.print(seal, markup=False, soft_wrap=True)
    erasing.shown(run(erasing.repeated_anywhere()))
    console.print(say("entry.house.next"), markup=False, soft_wrap=True)


async def _exported(path: Path, name: str | None, lock: Lock | None) -> "Manifest | None":
    from peakend.accounts import queries as accounts
    from peakend.entry import wiring
    from peakend.exchange import actions
    from peakend.kernel.actors import Actor

    wiring.load()
    async with running.reached(settings.data_dir) as dsn, running.opened(dsn) as database:
        houses = await accounts.houses(database)
        wanted = [one for one in houses if name is None or name in (one.name, str(one.id))]
        if len(wanted) != 1:
            return None
        with Steps() as steps:

            async def tell(total: int, done: int) -> None:
                steps.begin("entry.house.packing", done / max(1, total))

            actor = Actor.system(wanted[0].id)
            manifest = await actions.pack(database, actor, path, tell, lock)
            await actions.note_export(database, actor, manifest)
            return manifest


async def _offered() -> str:
    from peakend.accounts import actions

    async with running.reached(settings.data_dir) as dsn, running.opened(dsn) as database:
        secret = await actions.offer_set_up(database, another=True)
    return f"{running.Plan().url}/setup/{secret}"


@contextlib.asynccontextmanager
async def _place() -> AsyncIterator[str]:
    """Give the address of a database; an empty data directory gets one of its own."""
    if settings.database_url or kept_dsn(settings.data_dir) is not None:
        async with running.reached(settings.data_dir) as dsn:
            yield dsn
        return
    postgres = EmbeddedPostgres(settings.data_dir)
    try:
        yield await postgres.start()
    finally:
        await postgres.stop()


async def _restored(path: Path, key: bytes | None, passphrase: str) -> "Restored":
    from peakend.entry import wiring
    from peakend.exchange import actions

    wiring.load()
    # What is wrong with the archive itself is said before a database is made for it.
    with Steps() as steps:

        def tell(step: str, done: int, total: int) -> None:
            steps.begin(f"entry.house.{step}", done / max(1, total))

        with actions.unlocked(path, passphrase, tell) as plain:
            await asyncio.to_thread(actions.checked, plain, tell)
            async with _place() as dsn:
                await schema.prepare(dsn, own=not settings.database_url)
                async with running.opened(dsn) as database:
                    return await actions.restore(database, plain, tell, other_key=key)
