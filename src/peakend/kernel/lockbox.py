"""A large file behind a passphrase, in the age format, written and read as a stream.

A zip of two parts: `key.age` is an age identity under the passphrase, `archive.zip.age` the file
for that identity. So whoever only writes needs the public half, the passphrase is never kept, and
the program `age` opens it without us.
"""

import contextlib
import os
import secrets
import unicodedata
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import msgspec
import pyrage
from pyrage import passphrase as under_passphrase
from pyrage import x25519

from peakend.kernel.errors import Invalid
from peakend.kernel.packs import DAMAGED
from peakend.kernel.words import LANGUAGES, word

KEY, INSIDE, TOLD = "key.age", "archive.zip.age", "HOW-TO-OPEN.txt"
SHORTEST = 12
LONGEST = 200
_MOST_KEY = 16_000
# Without letters and digits that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class BadLock(Invalid):
    """What is given as a lock is none, or the passphrase is too short."""

    wording = "kernel.lock_bad"


class WrongPassphrase(Exception):
    """The passphrase does not open it."""


class LockDamaged(Exception):
    """It was cut or changed."""


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What closes a file: whom it is for, and the identity of that one under a passphrase."""

    recipient: str
    key: str


def a_passphrase() -> str:
    """Return a new passphrase of 123 bits that can be read aloud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(5))


def new_lock(passphrase: str) -> Lock:
    """Return a lock that this passphrase opens; takes about a second. Errors: BadLock."""
    text = plain_passphrase(passphrase)
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadLock(fields={"passphrase": "short"}, least=SHORTEST)
    identity = x25519.Identity.generate()
    key = under_passphrase.encrypt(str(identity).encode(), text, armored=True)
    return Lock(str(identity.to_public()), key.decode())


def plain_passphrase(text: str) -> str:
    """Return a passphrase as every keyboard types it."""
    return unicodedata.normalize("NFC", text.strip())


def need_lock(lock: Lock) -> None:
    """Make sure that something is a lock. Errors: BadLock."""
    try:
        x25519.Recipient.from_str(lock.recipient)
    except pyrage.RecipientError as error:
        raise BadLock(fields={"lock": "invalid"}, least=SHORTEST) from error
    if not lock.key.startswith("-----BEGIN AGE ENCRYPTED FILE-----") or len(lock.key) > 4000:
        raise BadLock(fields={"lock": "invalid"}, least=SHORTEST)


def is_locked(path: Path) -> bool:
    """Say whether a file is one of these."""
    try:
        with zipfile.ZipFile(path) as outer:
            return {KEY, INSIDE} <= set(outer.NameToInfo)
    except DAMAGED:
        return False


@contextlib.contextmanager
def locking(path: Path, lock: Lock) -> Iterator[IO[bytes]]:
    """Give a stream; what is written to it stands in the file encrypted, and nowhere in plain."""
    recipient = x25519.Recipient.from_str(lock.recipient)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as outer:
        outer.writestr(KEY, lock.key)
        outer.writestr(TOLD, "\n".join(word("kernel.lock_how", one) for one in LANGUAGES))
        with outer.open(INSIDE, "w", force_zip64=True) as out, ThreadPoolExecutor(1) as pool:
            read, write = os.pipe()
            source, sink = os.fdopen(read, "rb"), os.fdopen(write, "wb")

            def encrypt() -> None:
                # Closed at once where it fails, or whoever writes would wait for ever.
                with source:
                    pyrage.encrypt_io(source, out, [recipient])

            done = pool.submit(encrypt)
            try:
                with sink:
                    yield sink
            except BrokenPipeError:
                done.result()
                raise
            done.result()


def unlock(path: Path, passphrase: str, target: Path) -> None:
    """Write what is in a locked file in plain. Errors: WrongPassphrase, LockDamaged."""
    try:
        with zipfile.ZipFile(path) as outer:
            if outer.getinfo(KEY).file_size > _MOST_KEY:
                raise LockDamaged
            identity = _identity(outer.read(KEY), passphrase)
            with outer.open(INSIDE) as source, target.open("wb") as out:
                target.chmod(0o600)
                pyrage.decrypt_io(source, out, [identity])
    except (KeyError, pyrage.DecryptError, *DAMAGED) as error:
        raise LockDamaged from error


def _identity(locked: bytes, passphrase: str) -> x25519.Identity:
    try:
        opened = under_passphrase.decrypt(locked, plain_passphrase(passphrase))
    except pyrage.DecryptError as error:
        raise WrongPassphrase from error
    try:
        return x25519.Identity.from_str(opened.decode())
    except (pyrage.IdentityError, UnicodeError) as error:
        raise LockDamaged from error
