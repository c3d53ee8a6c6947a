"""Zips from outside: looked at whole before anything in them is opened, then read file by file.

Names are those that were meant: UTF-8, or GB18030 as Windows in China writes them. A zip that lies,
hides or climbs out of its folder is refused whole.
"""

import contextlib
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from peakend.kernel.errors import Invalid, TooLarge

MOST_FILES = 20_000
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_DIRECTORY = 16 * 1024 * 1024
MOST_RATIO = 200
DEEPEST = 12
LONGEST_NAME = 300
# What a zip that is damaged, lies or wants a password may raise when it is opened or read.
DAMAGED = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip
_LOOKED_AT = 1024 * 1024
_TAIL = 66_000
_UTF8 = 0x800
_LOCKED = 0x1


class PackBroken(Invalid):
    """A file is no zip, or a damaged one."""

    wording = "kernel.pack_broken"


class PackTooLarge(TooLarge):
    """A zip has more files than are taken, or unpacks to more."""

    wording = "kernel.pack_too_large"


class PackUnsafe(Invalid):
    """A file in a zip leads out of its folder, is no plain file, or is there twice."""

    wording = "kernel.pack_unsafe"


class PackLocked(Invalid):
    """A zip wants a password."""

    wording = "kernel.pack_locked"


class Pack:
    """A zip that was looked at; its files by their paths, with `/` between."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = _parts(archive)
        # Hashes of what was stored of it: who undoes that lets the bytes go.
        self.stored: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Return the paths of all files, in order."""
        return sorted(self._parts)

    def size(self, path: str) -> int:
        """Return how many bytes a file says it has."""
        return self._parts[path].file_size

    def head(self, path: str, most: int) -> bytes:
        """Return how a file begins. Errors: PackBroken, KeyError."""
        try:
            with self._archive.open(self._parts[path]) as source:
                return source.read(most)
        except DAMAGED as error:
            raise PackBroken from error

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of a file. Errors: PackBroken, PackTooLarge, KeyError."""
        part = self._parts[path]
        if part.file_size > most:
            raise PackTooLarge(limit_mb=max(1, most // 1024 // 1024))
        try:
            with self._archive.open(part) as source:
                # One more than it says: who unpacks to more lied.
                data = source.read(part.file_size + 1)
        except DAMAGED as error:
            raise PackBroken from error
        if len(data) != part.file_size:
            raise PackBroken
        return data


@contextlib.contextmanager
def opened_pack(path: Path) -> Iterator[Pack]:
    """Open a zip. Errors: PackBroken, PackTooLarge, PackUnsafe, PackLocked."""
    need_small_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise PackBroken from error
    with archive:
        yield Pack(archive)


def need_small_directory(path: Path) -> None:
    """Make sure that the list of files at the end fits into memory. Errors: PackTooLarge."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _TAIL))
        tail = file.read(_TAIL)
    sizes = [0]
    for mark, at, shape in ((b"PK\x05\x06", 12, "<L"), (b"PK\x06\x06", 40, "<Q")):
        place = tail.find(mark)
        while place >= 0:
            with contextlib.suppress(struct.error):
                found = struct.unpack_from(shape, tail, place + at)[0]
                # All ones mean that the longer record says it.
                sizes.append(0 if found == 0xFFFFFFFF else found)
            place = tail.find(mark, place + 1)
    if max(sizes) > MOST_DIRECTORY:
        raise PackTooLarge(limit_mb=MOST_UNPACKED // 1024 // 1024)


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    if len(archive.infolist()) > MOST_FILES:
        raise PackTooLarge(limit_mb=MOST_UNPACKED // 1024 // 1024)
    for part in archive.infolist():
        name = _name(part)
        if part.flag_bits & _LOCKED:
            raise PackLocked
        _need_safe(name, part)
        if part.is_dir() or name.endswith("/"):
            continue
        total += part.file_size
        bomb = part.file_size > _LOOKED_AT and part.file_size > MOST_RATIO * part.compress_size
        if total > MOST_UNPACKED or bomb:
            raise PackTooLarge(limit_mb=MOST_UNPACKED // 1024 // 1024)
        if name in found:
            raise PackUnsafe(name=name[:80])
        found[name] = part
    return found


def _name(part: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: without a mark it is UTF-8 all the same, or GB18030."""
    name = part.filename
    if not part.flag_bits & _UTF8:
        raw = part.orig_filename.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeError):
                name = raw.decode(encoding)
                break
    return name.replace("\\", "/").removeprefix("./")


def _need_safe(name: str, part: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(part.external_attr >> 16)
    steps = name.rstrip("/").split("/")
    if (
        not name
        or len(name) > LONGEST_NAME
        or len(steps) > DEEPEST
        or any(step in ("", ".", "..") for step in steps)
        or ":" in steps[0]
        or any(ord(char) < 32 for char in name)
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
    ):
        raise PackUnsafe(name=name[:80])
