"""The command `peakend`.

What needs every context is imported by the command that needs it: help is there at once, and the
database comes up while the contexts are read.
"""

import contextlib
import difflib
import hashlib
import os
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import asyncpg
import typer
from rich.tree import Tree

from peakend import __version__
from peakend.entry import backing, erasing, housing, mail_door, mailing, running, upgrading
from peakend.entry.beginning import DataDir, run, use
from peakend.entry.console import complain, console, language, say
from peakend.entry.running import Plan
from peakend.kernel import doctor as doctor_room
from peakend.kernel import logs, schema, tracing
from peakend.kernel.errors import PeakendError
from peakend.kernel.events import FACTS
from peakend.kernel.settings import settings
from peakend.kernel.words import word

if TYPE_CHECKING:
    from peakend.entry import audited, explained, rescued

app = typer.Typer(
    name="peakend",
    help=say("entry.cli.peakend"),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

audit_app = typer.Typer(no_args_is_help=True, help=say("entry.cli.audit"))
app.add_typer(audit_app, name="audit")
accounts_app = typer.Typer(no_args_is_help=True, help=say("entry.cli.accounts"))
app.add_typer(accounts_app, name="accounts")
app.add_typer(backing.app, name="backup")
app.add_typer(housing.app, name="organisation")
app.add_typer(erasing.app, name="erasures")
app.add_typer(mailing.app, name="mail")

Host = Annotated[str, typer.Option("--host", help=say("entry.cli.option_host"))]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=say("entry.cli.option_port"))]


def main() -> None:
    """Run the command line; expected problems become one clear message and exit code 1."""
    logs.configure()
    try:
        app()
    except PeakendError as problem:
        complain(problem.wording, **problem.params)
        raise SystemExit(1) from None
    except schema.WrongLocale:
        complain("kernel.doctor.no_chinese")
        complain("kernel.doctor.no_chinese_advice")
        raise SystemExit(1) from None
    except (asyncpg.PostgresError, ConnectionError) as problem:
        complain("kernel.doctor.unreachable", reason=f"{type(problem).__name__}: {problem}")
        complain("kernel.doctor.unreachable_advice")
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[
        bool, typer.Option("--version", help=say("entry.cli.option_version"))
    ] = False,
) -> None:
    """Answer the options that stand without a command."""
    if version:
        console.print(__version__)
        raise typer.Exit


@app.command(help=say("entry.cli.serve"))
def serve(data_dir: DataDir = None, host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Run web, worker and the embedded database."""
    use(data_dir)
    run(running.run(Plan(host=host, port=port)))


@app.command(help=say("entry.cli.demo"))
def demo(
    data_dir: DataDir = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    quiet: Annotated[bool, typer.Option("--quiet", help=say("entry.cli.option_quiet"))] = False,
) -> None:
    """Run everything with a living demo centre."""
    use(data_dir, suffix="-demo")
    if data_dir is None:
        _stay_clear_of_other_tables()
    settings.demo = True
    os.environ["PEAKEND_DEMO"] = "1"
    if "PEAKEND_LOG_LEVEL" not in os.environ:
        # The sign-in data stay the last that stands there.
        logs.configure("warning")
    run(running.run(Plan(host=host, port=port, demo=True, simulation=not quiet)))


@app.command(help=say("entry.cli.web"))
def web(data_dir: DataDir = None, host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Run the web part alone, against a database that runs already."""
    use(data_dir)
    run(running.run(Plan(host=host, port=port, worker=False, embedded=False)))


@app.command(help=say("entry.cli.worker"))
def worker(data_dir: DataDir = None) -> None:
    """Run the worker alone, against a database that runs already."""
    use(data_dir)
    run(running.run(Plan(web=False, embedded=False)))


@app.command(help=say("entry.cli.migrate"))
def migrate(data_dir: DataDir = None) -> None:
    """Bring the tables up to date and end."""
    use(data_dir)
    console.print(say("entry.cli.migrated", version=run(_migrated())))


app.command(help=say("entry.upgrade.upgrade"))(upgrading.upgrade)


@app.command(help=say("entry.cli.why"))
def why(fact: Annotated[str | None, typer.Argument(help=say("entry.cli.why_fact"))] = None) -> None:
    """Print who records a fact and who reacts to it."""
    from peakend.entry import wiring

    wiring.load()
    if fact is None:
        for name in sorted(FACTS):
            console.print(f"{name}  [dim]{_first_line(name)}[/]")
        return
    if fact not in FACTS:
        near = ", ".join(difflib.get_close_matches(fact, FACTS, n=3)) or "–"
        complain("entry.cli.unknown_fact", fact=fact, near=near)
        raise typer.Exit(1)
    tree = Tree(f"[bold]{fact}[/]  [dim]{_first_line(fact)}[/]")
    for title, places in (
        ("entry.cli.recorded_by", tracing.recorders(fact)),
        ("entry.cli.reacted_by", tracing.reactors(fact)),
    ):
        branch = tree.add(say(title))
        for place in places:
            branch.add(f"{place.function}  [dim]{place.file}:{place.line}[/]")
        if not places:
            branch.add(f"[dim]{say('entry.cli.nobody')}[/]")
    console.print(tree)


@app.command(help=say("entry.cli.trace"))
def trace(
    event_id: Annotated[str, typer.Argument(help=say("entry.cli.trace_event"))],
    data_dir: DataDir = None,
) -> None:
    """Print the chain of causes that a fact belongs to."""
    use(data_dir)
    try:
        identifier = UUID(event_id)
    except ValueError:
        complain("entry.cli.not_an_id", id=event_id)
        raise typer.Exit(1) from None
    links, waiting = run(_chain(identifier))
    if not links:
        complain("entry.cli.unknown_event", id=event_id)
        raise typer.Exit(1)
    branches: dict[UUID | None, Tree] = {}
    for link in links:
        mark = "bold" if link.id == identifier else "default"
        at = link.occurred_at.astimezone().isoformat(sep=" ", timespec="milliseconds")
        text = f"[{mark}]{link.type}[/]  {at}  [dim]{link.actor}  {link.id}[/]"
        parent = branches.get(link.caused_by)
        branch = branches[link.id] = parent.add(text) if parent else Tree(text)
        for job in waiting:
            if job.fact_id == link.id:
                state = say(f"entry.cli.job_{job.state}", attempt=job.attempt)
                branch.add(f"[yellow]{job.name}[/]  [dim]{state}[/]")
    console.print(branches[links[0].id])


@app.command(help=say("entry.cli.explain"))
def explain(
    metric: Annotated[str | None, typer.Argument(help=say("entry.cli.explain_metric"))] = None,
    data_dir: DataDir = None,
) -> None:
    """Print what a measure means and how its value of today came about."""
    from peakend.entry import explained

    if metric is None:
        console.print(explained.listed(language()))
        return
    if not explained.known(metric):
        near = ", ".join(explained.near(metric)) or "–"
        complain("entry.cli.unknown_metric", metric=metric, near=near)
        raise typer.Exit(1)
    use(data_dir)
    for name, explanation in run(_explanations(metric)):
        console.print(explained.shown(name, explanation, language()))


@audit_app.command(help=say("entry.cli.audit_verify"))
def verify(
    data_dir: DataDir = None,
    seal: Annotated[list[str] | None, typer.Option("--seal", help=say("entry.cli.seal"))] = None,
) -> None:
    """Go through the audit log and its chain, and fail where anything was changed."""
    from peakend.entry import audited

    use(data_dir)
    seals = [audited.noted_seal(text) for text in seal or ()]
    if None in seals:
        complain("entry.cli.not_a_seal")
        raise typer.Exit(2)
    found, known = run(_audited([one for one in seals if one is not None]))
    for one in found:
        told = {"name": one.name, "sealed": one.verdict.sealed, "waiting": one.verdict.waiting}
        if one.verdict.broken_at is not None:
            complain("entry.cli.audit_broken", place=one.verdict.broken_at, **told)
        elif not one.noted:
            complain("entry.cli.audit_cut", **told)
        else:
            console.print("[green]✓[/]", say("entry.cli.audit_good", **told))
        if one.verdict.begins_at > 1:
            console.print(
                say("entry.cli.audit_begins", place=one.verdict.begins_at), soft_wrap=True
            )
        # The seal of a log that is not as it was is nothing to hold on to.
        if one.verdict.sealed and one.good:
            noted = f"{one.id}:{one.verdict.sealed}:{one.verdict.digest}"
            console.print(say("entry.cli.audit_seal", seal=noted), markup=False, soft_wrap=True)
    if not known:
        complain("entry.cli.audit_unknown")
    if not known or not all(one.good for one in found):
        raise typer.Exit(1)


@accounts_app.command(help=say("entry.cli.rescue"))
def rescue(
    login: Annotated[str, typer.Argument(help=say("entry.cli.rescue_login"))],
    data_dir: DataDir = None,
    any_network: Annotated[
        bool, typer.Option("--any-network", help=say("entry.cli.rescue_networks"))
    ] = False,
) -> None:
    """Let an administrator in again who is locked out."""
    use(data_dir)
    found = run(_rescued(login, any_network))
    if not found:
        complain("entry.cli.rescue_nobody", login=login)
        raise typer.Exit(1)
    for one in found:
        told = say("entry.cli.rescued", name=one.name, organisation=one.organisation)
        console.print("[green]✓[/]", told)
        console.print(f"   {one.link}", markup=False, soft_wrap=True)


@app.command(help=say("entry.cli.doctor"))
def doctor(data_dir: DataDir = None) -> None:
    """Say what is wrong with this installation and what to do."""
    use(data_dir)
    findings = run(_examine())
    signs = {"good": "[green]✓[/]", "doubtful": "[yellow]![/]", "bad": "[red]✗[/]"}
    for finding in findings:
        console.print(signs[finding.verdict], say(finding.wording, **finding.params))
        if finding.verdict != "good":
            advice = say(f"{finding.wording}_advice", **finding.params)
            console.print(f"   → {advice}", markup=False)
    if doctor_room.worst(findings) == "bad":
        raise typer.Exit(1)


async def _migrated() -> str:
    own = not settings.database_url
    async with running.reached(settings.data_dir) as dsn:
        await schema.prepare(dsn, own=own)
        return await schema.need_current(dsn)


async def _chain(event_id: UUID) -> tuple[list[tracing.Link], list[tracing.Pending]]:
    async with (
        running.reached(settings.data_dir) as dsn,
        running.opened(dsn) as database,
        database.system() as tx,
    ):
        return await tracing.chain(tx, event_id)


async def _explanations(metric: str) -> list[tuple[str, "explained.Explanation"]]:
    from peakend.entry import explained

    async with running.reached(settings.data_dir) as dsn, running.opened(dsn) as database:
        return await explained.explanations(database, metric, language())


async def _audited(
    seals: list[tuple[UUID, int, str]],
) -> tuple[list["audited.Audited"], bool]:
    from peakend.entry import audited

    async with running.reached(settings.data_dir) as dsn, running.opened(dsn) as database:
        return await audited.audited(database, seals)


async def _rescued(login: str, any_network: bool) -> list["rescued.Rescued"]:
    from peakend.entry import rescued

    async with running.reached(settings.data_dir) as dsn, running.opened(dsn) as database:
        return await rescued.rescued(
            database, login, any_network=any_network, base=running.Plan().url
        )


async def scanner_finding() -> doctor_room.Finding:
    """Say whether the scanner answers that the operator named."""
    from peakend.adapters.scanning import Clamd

    if not settings.scanner:
        return doctor_room.Finding("good", "entry.doctor.no_scanner")
    told = {"address": settings.scanner}
    if await Clamd().knock(settings.scanner):
        return doctor_room.Finding("good", "entry.doctor.scanner", told)
    return doctor_room.Finding("bad", "entry.doctor.scanner_silent", told)


async def _examine() -> list[doctor_room.Finding]:
    try:
        async with running.reached(settings.data_dir) as dsn:
            found = await doctor_room.examine(dsn, settings.data_dir)
            found += await erasing.findings(dsn) + await mail_door.findings(dsn)
            return [*found, await scanner_finding()]
    except PeakendError as problem:
        reason = word(problem.wording, language(), **problem.params)
        return await doctor_room.examine(None, settings.data_dir, reason)


def _first_line(fact: str) -> str:
    return (FACTS[fact].__doc__ or "").strip().split("\n")[0]


def _stay_clear_of_other_tables() -> None:
    """Choose another folder where a demo of a build with other tables has lived.

    Until the first release the first migration is written anew, and such tables cannot be mended.
    """
    first = (schema.MIGRATIONS / "versions" / "0001_first.sql").read_bytes()
    tables = hashlib.sha256(first).hexdigest()[:8]
    folder = settings.data_dir
    mark = folder.with_name(f"{folder.name}.tables")
    if folder.exists() and (not mark.exists() or mark.read_text() != tables):
        settings.data_dir = folder.with_name(f"{folder.name}-{tables}")
        return
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(tables)
