"""`peakend backup`: create, list, verify and restore, for the embedded database with its files."""

import asyncio
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pyrage.x25519 import Identity

from peakend.entry import erasing, running
from peakend.entry.beginning import DataDir, run, use
from peakend.entry.console import Steps, complain, console, say, show_rows
from peakend.entry.identities import (
    Encrypt,
    MadeIn,
    Opens,
    Recipient,
    Secret,
    identities_in,
    recipient_for,
)
from peakend.kernel import backups
from peakend.kernel.backups import BackupProblem, Depot, Record
from peakend.kernel.settings import settings

app = typer.Typer(no_args_is_help=True, help=say("entry.backup.backup"))

To = Annotated[Path | None, typer.Option("--to", help=say("entry.backup.option_to"))]
From = Annotated[Path | None, typer.Option("--from", help=say("entry.backup.option_from"))]
Name = Annotated[str | None, typer.Argument(help=say("entry.backup.name"))]


@app.command(help=say("entry.backup.create"))
def create(
    data_dir: DataDir = None,
    to: To = None,
    keep: Annotated[int, typer.Option(min=1, help=say("entry.backup.option_keep"))] = 7,
    with_key: Annotated[
        bool, typer.Option("--with-key", help=say("entry.backup.option_with_key"))
    ] = False,
    encrypt: Encrypt = False,
    identity_file: MadeIn = None,
    recipient: Recipient = None,
    passphrase_file: Secret = None,
) -> None:
    """Back up the database and the files while the centre runs."""
    use(data_dir)
    _need_embedded()
    depot = depot_of(to)
    given = recipient_for(
        depot, encrypt=encrypt, recipient=recipient, file=identity_file, secret=passphrase_file
    )
    record = run(_created(depot, keep, with_key, given))
    told = {"folder": depot.backup(record.name), "files": record.files, "keep": keep}
    _good("entry.backup.created", size=_size(_bytes_of(depot, record)), **told)
    if record.recipient:
        told = {"recipient": record.recipient}
        console.print(say("entry.backup.encrypted_for", **told), markup=False, soft_wrap=True)
    console.print(say("entry.backup.archive_begins", folder=depot.wal(record.run)), markup=False)
    if record.files_damaged:
        complain("entry.backup.files_damaged", count=record.files_damaged)
    if not with_key:
        where = "PEAKEND_SECRET_KEY" if _key_given() else settings.data_dir / "secret.key"
        console.print(say("entry.backup.keep_the_key", where=where), markup=False)


@app.command("list", help=say("entry.backup.list"))
def listed(data_dir: DataDir = None, source: From = None) -> None:
    """Show which backups there are."""
    use(data_dir)
    depot = depot_of(source)
    depot.need(None)
    rows = []
    for one in depot.records():
        found = backups.last_check(depot, one.name)
        mark = "not_checked" if found is None else "good" if found.good else "faulty"
        size = _size(_bytes_of(depot, one))
        closed = say(f"entry.backup.is_{'encrypted' if one.recipient else 'plain'}")
        checked = say(f"entry.backup.is_{mark}")
        rows.append((one.name, _shown(one.ended_at), size, closed, checked))
    columns = ("name", "at", "size", "encrypted", "checked")
    show_rows("entry.backup.list_title", [f"entry.backup.col_{one}" for one in columns], rows)


@app.command(help=say("entry.backup.verify"))
def verify(
    name: Name = None,
    data_dir: DataDir = None,
    source: From = None,
    start: Annotated[bool, typer.Option("--start", help=say("entry.backup.option_start"))] = False,
    key: Annotated[Path | None, typer.Option(help=say("entry.backup.option_key"))] = None,
    identity: Opens = None,
    passphrase_file: Secret = None,
) -> None:
    """Read a backup to its end, and start it where that is wanted; exit code 1 for a bad one."""
    use(data_dir)
    depot = depot_of(source)
    record = depot.need(name)
    opens = identities_in(identity, passphrase_file)
    if start:
        backups.need_identity(record, opens)
    found = run(_checked(depot, record, _key(depot, record, key, opens) if start else None, opens))
    for wording, what in found.faults:
        complain(wording, what=what)
    if not found.good:
        complain("entry.backup.bad", name=record.name)
        raise typer.Exit(1)
    reaches = _shown(found.reaches_at or record.ended_at)
    told = {"name": record.name, "files": found.files, "segments": found.segments}
    if not found.opened:
        _good("entry.backup.good_unopened", **told)
        return
    _good("entry.backup.started_good" if start else "entry.backup.good", reaches=reaches, **told)


@app.command(help=say("entry.backup.restore"))
def restore(
    name: Name = None,
    data_dir: DataDir = None,
    source: From = None,
    at: Annotated[str | None, typer.Option("--at", help=say("entry.backup.option_at"))] = None,
    key: Annotated[Path | None, typer.Option(help=say("entry.backup.option_key"))] = None,
    identity: Opens = None,
    passphrase_file: Secret = None,
) -> None:
    """Put a backup and its archive into an empty data directory."""
    use(data_dir)
    _need_embedded()
    depot = depot_of(source)
    moment = _moment(at)
    record = backups.chosen(depot, name, moment)
    opens = identities_in(identity, passphrase_file)
    backups.need_identity(record, opens)
    if moment is not None:
        console.print(say("entry.backup.going_to", at=_shown(moment)), markup=False)
    key_of_it = _key(depot, record, key, opens)
    found = run(_restored(depot, record, key_of_it, moment, opens))
    reached = _shown(found.reached_at or record.ended_at)
    told = {"folder": settings.data_dir, "name": record.name, "reached": reached}
    _good("entry.backup.restored", files=found.files, **told)
    if moment is not None and found.whole_archive:
        console.print(say("entry.backup.archive_ended", reached=reached), markup=False)
    if found.files_missing:
        complain("entry.backup.files_missing", count=found.files_missing)
    erasing.shown(run(erasing.after_restore(record.tables, key_of_it)))
    for variable, value in sorted(backups.settings_of(depot, record, opens).items()):
        console.print(f"  {variable}={value}", markup=False, soft_wrap=True)
    following = f"entry.backup.restored_next{'_encrypted' if record.recipient else ''}"
    console.print(say(following, folder=depot.folder), markup=False, soft_wrap=True)


async def _created(depot: Depot, keep: int, with_key: bool, recipient: str) -> Record:
    async with running.reached(settings.data_dir) as dsn:
        return await created(dsn, depot, keep, with_key=with_key, recipient=recipient)


async def created(
    dsn: str, depot: Depot, keep: int, *, with_key: bool = False, recipient: str = ""
) -> Record:
    """Take a backup and say how far it is; by the folder's own rule without a recipient.

    Errors: BackupProblem.
    """
    wanted = backups.Wanted(
        dsn=dsn, data_dir=settings.data_dir, depot=depot, key=settings.key,
        key_inside=with_key, keep=keep, recipient=recipient,
    )  # fmt: skip
    with Steps() as steps:
        return await backups.take(wanted, steps.begin)


async def _checked(
    depot: Depot, record: Record, key: bytes | None, opens: list[Identity]
) -> backups.Checked:
    with Steps() as steps:
        found = await backups.check(depot, record, steps.begin, opens)
        if key is None or not found.good:
            return found
        scratch = await asyncio.to_thread(_scratch)
        try:
            await backups.restore(
                depot, record, scratch / "d", key, None, steps.begin, files_too=False,
                identities=opens,
            )  # fmt: skip
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        return backups.keep_started(depot, found)


async def _restored(
    depot: Depot, record: Record, key: bytes, at: datetime | None, opens: list[Identity]
) -> backups.Restored:
    with Steps() as steps:
        return await backups.restore(
            depot, record, settings.data_dir, key, at, steps.begin, identities=opens
        )


def _scratch() -> Path:
    made = Path(tempfile.mkdtemp(prefix="peakend-verify-"))
    made.chmod(0o711)  # as root the server is another user, which must get to its folder below
    return made


def _need_embedded() -> None:
    if settings.database_url:
        raise BackupProblem("kernel.backups.external")


def depot_of(given: Path | None) -> Depot:
    """Return the folder of backups: named, of the settings, where the archive goes, or usual."""
    if given is None and (named := os.environ.get("PEAKEND_BACKUP_DIR")):
        given = Path(named)
    known = backups.archiving(settings.data_dir)
    if given is None and known is not None:
        given = Path(known.depot)
    return Depot((given or settings.data_dir / "backups").expanduser().absolute())


def _key_given() -> bool:
    return bool(os.environ.get("PEAKEND_SECRET_KEY"))


def _key(depot: Depot, record: Record, named: Path | None, opens: list[Identity]) -> bytes:
    """Return the master key that belongs to a backup. Errors: BackupProblem."""
    texts = [os.environ.get("PEAKEND_SECRET_KEY", "")] if named is None else []
    path = named or settings.data_dir / "secret.key"
    texts += [path.read_text("ascii", "replace")] if path.is_file() else []
    if named is None:
        texts.append(backups.small(depot, record, opens, "secret.key").decode("ascii", "replace"))
    for text in texts:
        try:
            key = bytes.fromhex(text.strip())
        except ValueError:
            continue
        if key and backups.fingerprint(key) == record.key:
            return key
    wording = "kernel.backups.other_key" if any(texts) else "kernel.backups.no_key"
    raise BackupProblem(wording, name=record.name)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # Without an offset it is the time of this machine.
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        complain("entry.backup.not_a_moment", text=text)
        raise typer.Exit(2) from None


def _good(wording: str, **params: Any) -> None:
    console.print("[green]✓[/]", say(wording, **params), soft_wrap=True)


def _bytes_of(depot: Depot, record: Record) -> int:
    return sum(path.stat().st_size for path in depot.backup(record.name).iterdir())


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _shown(at: datetime) -> str:
    return backups.shown(at)
