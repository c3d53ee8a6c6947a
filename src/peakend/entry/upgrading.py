"""`peakend upgrade`: look, back up, migrate, look again, and say how to go back."""

import shlex
from typing import Annotated

import typer

from peakend.entry import backing, running
from peakend.entry.beginning import DataDir, run, use
from peakend.entry.console import Steps, complain, console, say
from peakend.kernel import doctor, schema
from peakend.kernel.backups import Record
from peakend.kernel.doctor import Finding
from peakend.kernel.settings import VERSION, settings

KEEP = 7
_SIGNS = {"good": "[green]✓[/]", "doubtful": "[yellow]![/]", "bad": "[red]✗[/]"}


def upgrade(
    data_dir: DataDir = None,
    check: Annotated[bool, typer.Option("--check", help=say("entry.upgrade.option_check"))] = False,
    backed_up: Annotated[
        bool, typer.Option("--backed-up", help=say("entry.upgrade.option_backed_up"))
    ] = False,
) -> None:
    """Bring the data to this version of the program, with a way back."""
    use(data_dir)
    if not run(upgraded(check=check, backed_up=backed_up)):
        raise typer.Exit(1)


async def upgraded(*, check: bool, backed_up: bool) -> bool:
    """Do it, or only look; say no where it must not go on."""
    own = not settings.database_url
    async with running.reached(settings.data_dir) as dsn:
        findings = await _seen(dsn, new=False)
        left = await schema.pending(dsn)
        _tell_pending(left)
        if doctor.worst(findings) == "bad":
            complain("entry.upgrade.not_now")
            return False
        if check or not left.steps:
            return True
        if own:
            record = await backing.created(dsn, backing.depot_of(None), KEEP)
            _good("entry.upgrade.backed_up", name=record.name)
        elif not backed_up:
            complain("entry.upgrade.back_up_first")
            return False
        with Steps() as steps:
            await schema.prepare(dsn, own=own, heard=steps.begin)
        _good("entry.upgrade.migrated", version=await schema.need_current(dsn))
        after = await _seen(dsn, new=True)
        if own:
            folder = backing.depot_of(None).folder
            _back("entry.upgrade.way_back", name=record.name, folder=folder, more=_more(record))
        else:
            _back("entry.upgrade.way_back_external")
        return doctor.worst(after) != "bad"


async def _seen(dsn: str, *, new: bool) -> list[Finding]:
    """Examine the installation and say what was seen."""
    console.print(say(f"entry.upgrade.{'after' if new else 'before'}", version=VERSION))
    findings = await doctor.examine(dsn, settings.data_dir)
    # Which tables there are is told by itself, and the web app is no matter of the data.
    told = [one for one in findings if not one.wording.endswith((".tables", ".no_tables", "web"))]
    for one in told:
        console.print(_SIGNS[one.verdict], say(one.wording, **one.params))
        if one.verdict != "good":
            console.print(f"   → {say(f'{one.wording}_advice', **one.params)}", markup=False)
    return told


def _more(record: Record) -> str:
    """Return what a restore into an empty folder needs to be told.

    The moment, too: the archive goes on after the backup, and the migrations are in it.
    """
    more = f" --at {record.ended_at.isoformat()}"
    key = settings.data_dir.absolute() / "secret.key"
    more += f" --key {shlex.quote(str(key))}" if key.is_file() else ""
    return more + (f" --identity {say('entry.upgrade.identity')}" if record.recipient else "")


def _tell_pending(left: schema.Pending) -> None:
    if not left.steps:
        _good("entry.upgrade.nothing_to_do", version=left.found)
        return
    console.print(say("entry.upgrade.pending", count=len(left.steps), found=left.found or "–"))
    for revision, sentence in left.steps:
        console.print(f"   {revision}  {sentence}", markup=False)


def _good(wording: str, **params: object) -> None:
    console.print(_SIGNS["good"], say(wording, **params))


def _back(wording: str, **params: object) -> None:
    console.print(say(wording, **params), markup=False, soft_wrap=True)
