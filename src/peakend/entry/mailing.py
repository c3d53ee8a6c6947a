"""Mail at the command line: what reading one mail gives, for an operator who wonders why."""

import json
from pathlib import Path
from typing import Annotated

import typer

from peakend.entry.console import complain, say

app = typer.Typer(no_args_is_help=True, help=say("entry.mailing.mail"))


@app.callback()
def root() -> None:
    """Hold the commands of mail, also while there is one of them."""


@app.command(help=say("entry.mailing.parse"))
def parse(
    file: Annotated[Path, typer.Argument(help=say("entry.mailing.parse_file"))],
    strict: Annotated[bool, typer.Option("--strict", help=say("entry.mailing.strict"))] = False,
) -> None:
    """Print a mail's fields as JSON; with --strict exit code 1 where some of it was not read."""
    from peakend.adapters.mail import read
    from peakend.adapters.mail.parts import LARGEST_MAIL

    try:
        with file.open("rb") as opened:
            # One byte more than is ever read tells that it is too large.
            raw = opened.read(LARGEST_MAIL + 1)
    except OSError as problem:
        complain("entry.mailing.unreadable", path=file, reason=problem.strerror or problem)
        raise typer.Exit(2) from None
    mail = read(raw)
    typer.echo(json.dumps(mail.shown(), ensure_ascii=False, indent=2).encode())
    if strict and not mail.whole:
        raise typer.Exit(1)
