"""A piece of an encrypted backup: one age file, written whole and lasting, read as a stream.

Its name may say the SHA-256 of what lies there, `NAME.SHA256.age`: whoever cannot open it can
still see whether it is whole, and no list of sums can be out of step with the pieces.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pyrage
from pyrage.x25519 import Identity, Recipient

from peakend.kernel.backups.places import digest_of
from peakend.kernel.lasting import sync_folder
from peakend.kernel.lockbox import LockDamaged

END = ".age"
HEARD_BYTES = 1 << 20
_DIGEST = 64


class _Summed:
    """Passes on what is written, and sums it up."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self.sum = hashlib.sha256()

    def write(self, part: bytes) -> int:
        """Write on."""
        self.sum.update(part)
        return self._sink.write(part)

    def flush(self) -> None:
        """Write what waits."""
        self._sink.flush()


def put(
    source: IO[bytes], folder: Path, name: str, recipient: str, *, summed: bool = False
) -> Path:
    """Encrypt a stream into a piece, lasting; return where it stands.

    Errors: OSError, also where there is no such folder: a disk that is not mounted is not filled
    beneath its mount point.
    """
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as out:
            summing = _Summed(out)
            pyrage.encrypt_io(source, summing, [Recipient.from_str(recipient)])
            out.flush()
            os.fsync(out.fileno())
        said = f".{summing.sum.hexdigest()}" if summed else ""
        target = folder / f"{name}{said}{END}"
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, pyrage.EncryptError):  # it hides why the disk did not take it
            raise OSError(str(error)) from error
        raise
    sync_folder(folder)
    return target


def named(folder: Path, name: str) -> Path | None:
    """Return the piece of a name whose sum is in it; None where there is none."""
    return next(iter(sorted(folder.glob(f"{name}.{'?' * _DIGEST}{END}"))), None)


def is_whole(piece: Path) -> bool:
    """Say whether a piece is what its name says; no identity is needed."""
    return digest_of(piece) == piece.name[: -len(END)][-_DIGEST:]


def open_into(piece: Path, identities: list[Identity], sink: IO[bytes]) -> None:
    """Write what is in a piece. Errors: LockDamaged, OSError."""
    with piece.open("rb") as locked:
        _open(locked, piece, identities, sink)


@contextlib.contextmanager
def opened(
    piece: Path, identities: list[Identity], passed: Callable[[int], None] = lambda _: None
) -> Iterator[IO[bytes]]:
    """Give what is in a piece as a stream; `passed` hears how many bytes of the piece were read.

    Errors: LockDamaged, also where what was read did not look damaged to its reader.
    """
    read, write = os.pipe()
    with (
        os.fdopen(read, "rb") as stream,
        ThreadPoolExecutor(1) as pool,
    ):

        def decrypt() -> None:
            with os.fdopen(write, "wb") as sink, piece.open("rb") as locked:
                _open(_Heard(locked, passed), piece, identities, sink)

        done = pool.submit(decrypt)
        try:
            yield stream
            while stream.read(1 << 20):  # the end of it is checked as well
                pass
        except BaseException:
            stream.close()
            if isinstance(error := done.exception(), LockDamaged):
                raise error from None  # what its reader saw follows from it
            raise
        done.result()


class _Heard:
    """Reads on, and says how far it is."""

    def __init__(self, source: IO[bytes], passed: Callable[[int], None]) -> None:
        self._source, self._passed, self._next = source, passed, 0

    def read(self, count: int = -1) -> bytes:
        """Read on."""
        part = self._source.read(count)
        if (at := self._source.tell()) >= self._next:
            self._passed(at)
            self._next = at + HEARD_BYTES
        return part


def _open(
    locked: "IO[bytes] | _Heard", piece: Path, identities: list[Identity], sink: IO[bytes]
) -> None:
    try:
        pyrage.decrypt_io(locked, sink, identities)
    except pyrage.DecryptError as error:
        raise LockDamaged(piece.name) from error
    except OSError as error:
        if error.errno is None:  # a cut or changed part, as against a disk that fails
            raise LockDamaged(piece.name) from error
        raise
