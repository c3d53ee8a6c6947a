"""Encrypted backups at the command line: for whom they are, and the identity that opens them."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from pyrage.x25519 import Identity

from peakend.entry.console import complain, console, say
from peakend.entry.housing import passphrase_in
from peakend.kernel import backups
from peakend.kernel.backups import BackupProblem, Depot
from peakend.kernel.settings import settings

Encrypt = Annotated[bool, typer.Option("--encrypt", help=say("entry.backup.option_encrypt"))]
Recipient = Annotated[
    str | None, typer.Option("--recipient", help=say("entry.backup.option_recipient"))
]
MadeIn = Annotated[
    Path | None, typer.Option("--identity-file", help=say("entry.backup.option_identity_file"))
]
Opens = Annotated[Path | None, typer.Option("--identity", help=say("entry.backup.option_identity"))]
Secret = Annotated[
    Path | None, typer.Option("--passphrase-file", help=say("entry.backup.option_passphrase"))
]


def recipient_for(
    depot: Depot, *, encrypt: bool, recipient: str | None, file: Path | None, secret: Path | None
) -> str:
    """Return for whom backups shall be, where that is new: given, of a file, or made now.

    Errors: BackupProblem.
    """
    if recipient and file:
        complain("entry.backup.one_of_both")
        raise typer.Exit(2)
    asked = backups.need_recipient(recipient) if recipient else ""
    if file is not None and (file := file.expanduser().absolute()).exists():
        # Of an attempt that came no further, or made with age: its public half is what we need.
        asked = str(identities_in(file, secret)[0].to_public())
    chosen = backups.chosen_recipient(depot, settings.data_dir, asked)
    if asked or not (encrypt or file):
        return chosen
    if backups.settled_recipient(depot, settings.data_dir):
        complain("entry.backup.already_encrypted", folder=depot.folder, recipient=chosen)
        return chosen
    return _made(depot, file, passphrase_in(secret))


def identities_in(path: Path | None, secret: Path | None) -> list[Identity]:
    """Return the identities in a file, and ask for its passphrase where it has one.

    Errors: BackupProblem.
    """
    if path is None:
        return []
    path = path.expanduser().absolute()
    try:
        return backups.read_identities(path, passphrase_in(secret))
    except backups.PassphraseAsked:
        if not sys.stdin.isatty():
            raise BackupProblem("kernel.backups.identity_locked", path=path) from None
        asked = typer.prompt(say("entry.backup.ask_passphrase"), hide_input=True)
        return backups.read_identities(path, asked)


def _made(depot: Depot, file: Path | None, passphrase: str) -> str:
    """Make an identity, and write or show it this once."""
    with depot.held():
        backups.need_no_plain(depot)
        if file is None and not sys.stdout.isatty():
            raise BackupProblem("kernel.backups.identity_where")
        recipient, text = backups.new_identity(passphrase)
        if file is not None:
            _write(depot, file, text)
        backups.keep_recipient(depot, recipient)
    if file is None:
        console.print(say("entry.backup.identity_shown"), markup=False, soft_wrap=True)
        console.print(f"\n{text}", markup=False, soft_wrap=True)
    else:
        console.print(say("entry.backup.identity_written", path=file), markup=False, soft_wrap=True)
    return recipient


def _write(depot: Depot, file: Path, text: str) -> None:
    """Write an identity for its owner alone, lasting, where there is nothing yet."""
    for folder in (depot.folder, settings.data_dir):
        if file.resolve().is_relative_to(folder.resolve()):
            raise BackupProblem("kernel.backups.identity_beside", path=file)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise BackupProblem(
            "kernel.backups.identity_unwritten", path=file, reason=error.strerror
        ) from error
