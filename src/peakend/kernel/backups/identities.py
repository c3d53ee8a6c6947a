"""For whom a folder of backups is encrypted, and the identity that opens it again.

A folder is for one recipient or for none, from its first backup on. The server keeps the
recipient only: whoever takes it, or the backups, opens nothing (decision 0053).
"""

import contextlib
from pathlib import Path

import pyrage
from pyrage import passphrase as under_passphrase
from pyrage.x25519 import Identity, Recipient

from peakend.kernel.backups.places import BackupProblem, Depot, archiving
from peakend.kernel.lasting import write_whole
from peakend.kernel.lockbox import new_lock, plain_passphrase
from peakend.kernel.words import LANGUAGES, word

RECIPIENTS = "recipients.txt"
_MOST_BYTES = 64_000
_LOCKED = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/v1")


class PassphraseAsked(Exception):
    """The identity is under a passphrase, and none was given."""


def new_identity(passphrase: str = "") -> tuple[str, str]:
    """Return a recipient and the file of its identity, under a passphrase where one is given.

    Errors: BadLock where the passphrase is too short.
    """
    if passphrase:
        lock = new_lock(passphrase)
        return lock.recipient, lock.key
    identity = Identity.generate()
    recipient = str(identity.to_public())
    return recipient, f"# public key: {recipient}\n{identity}\n"


def read_identities(path: Path, passphrase: str = "") -> list[Identity]:
    """Return the identities in a file, as age keeps them.

    Errors: PassphraseAsked, BackupProblem.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES)
    except OSError as error:
        raise BackupProblem(
            "kernel.backups.identity_unreadable", path=path, reason=error.strerror
        ) from error
    if raw.lstrip().startswith(_LOCKED):
        if not passphrase:
            raise PassphraseAsked
        try:
            raw = under_passphrase.decrypt(raw, plain_passphrase(passphrase))
        except pyrage.DecryptError as error:
            raise BackupProblem("kernel.backups.identity_closed", path=path) from error
    found = []
    for line in raw.decode("utf-8", "replace").splitlines():
        with contextlib.suppress(pyrage.IdentityError):
            found.append(Identity.from_str(line.strip()))
    if not found:
        raise BackupProblem("kernel.backups.identity_none", path=path)
    return found


def need_recipient(text: str) -> str:
    """Return a recipient as it is written. Errors: BackupProblem."""
    try:
        return str(Recipient.from_str(text.strip()))
    except pyrage.RecipientError as error:
        raise BackupProblem("kernel.backups.recipient_bad", recipient=text[:100]) from error


def recipient_of(depot: Depot) -> str:
    """Return for whom a folder of backups is; nothing where it is in plain.

    Errors: BackupProblem where it says so in a way that nobody understands.
    """
    path = depot.folder / RECIPIENTS
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise BackupProblem(
            "kernel.backups.folder_refused", folder=depot.folder, reason=error.strerror
        ) from error
    said = [line for line in map(str.strip, lines) if line and not line.startswith("#")]
    return need_recipient(said[0] if said else "–")


def chosen_recipient(depot: Depot, data_dir: Path, asked: str) -> str:
    """Return for whom the next backup in a folder is; nothing for a folder in plain.

    What the data directory remembers counts more than what lies beside the backups: there
    somebody might put his own. Errors: BackupProblem where the two, or the wish, do not agree.
    """
    there = recipient_of(depot)
    known = archiving(data_dir)
    same = known is not None and known.depot == str(depot.folder)
    remembered = known.recipient if known is not None else ""
    told = {"folder": depot.folder}
    if there and ((asked and asked != there) or (same and remembered != there)):
        wording = "recipient_other" if asked else "recipient_exchanged"
        raise BackupProblem(f"kernel.backups.{wording}", recipient=there, **told)
    if same and remembered and asked and asked != remembered:
        raise BackupProblem("kernel.backups.recipient_other", recipient=remembered, **told)
    wanted = there or asked or remembered
    if wanted and not there and not (same and remembered):
        need_no_plain(depot)
    return wanted


def settled_recipient(depot: Depot, data_dir: Path) -> str:
    """Return for whom a folder is already; nothing for a new one. Errors: BackupProblem."""
    known = archiving(data_dir)
    same = known is not None and known.depot == str(depot.folder)
    return recipient_of(depot) or (known.recipient if known is not None and same else "")


def need_no_plain(depot: Depot) -> None:
    """Make sure that nothing lies there that was not encrypted. Errors: BackupProblem."""
    if depot.records() or any(depot.folder.glob("wal/*/*")) or any(depot.files.glob("*")):
        raise BackupProblem("kernel.backups.plain_already", folder=depot.folder)


def keep_recipient(depot: Depot, recipient: str) -> None:
    """Write beside the backups for whom they are, and how one opens them by hand."""
    path = depot.folder / RECIPIENTS
    if not path.exists():
        how = "\n".join(word("kernel.backups.how_to_open", one) for one in LANGUAGES)
        lines = [f"# {line}".rstrip() for line in how.splitlines()]
        write_whole(path, "\n".join([*lines, recipient, ""]).encode())
