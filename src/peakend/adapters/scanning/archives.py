"""Whether a ZIP, or one inside it, holds something encrypted: clamd finds that clean by default."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

MOST_DEPTH = 3
# Of what is opened in memory, over all that lie in each other; of the list of what is inside.
MOST_BYTES = 64 * 1024 * 1024
MOST_LIST_BYTES = 4 * 1024 * 1024
_END = struct.Struct("<4s4H2LH")


def is_encrypted(path: Path) -> bool:
    """Say whether something in a ZIP is encrypted; also of one too crowded to be gone through."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK" and _encrypted(file, MOST_DEPTH, [MOST_BYTES])
    except OSError:
        return False


def _encrypted(file: IO[bytes], depth: int, left: list[int]) -> bool:
    if _list_bytes(file) > MOST_LIST_BYTES:
        return True
    try:
        with zipfile.ZipFile(file) as archive:
            inside = archive.infolist()
            if any(one.flag_bits & 1 for one in inside):
                return True
            return any(
                _encrypted(io.BytesIO(_opened(archive, one, left)), depth - 1, left)
                for one in inside
                if depth and one.filename.lower().endswith(".zip")
            )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError):
        # What is broken opens nowhere; what a scanner makes of it stands.
        return False
    except _TooMuch:
        return True


class _TooMuch(Exception):
    """More lies inside than is opened."""


def _opened(archive: zipfile.ZipFile, one: zipfile.ZipInfo, left: list[int]) -> bytes:
    # What it says of its own size is not believed: no more is read than may be.
    with archive.open(one) as file:
        data = file.read(left[0] + 1)
    if len(data) > left[0]:
        raise _TooMuch
    left[0] -= len(data)
    return data


def _list_bytes(file: IO[bytes]) -> int:
    """Return how long a ZIP's list of what is inside says that it is."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65536 - _END.size))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        return 0
    length: int = _END.unpack_from(tail, at)[5]
    return length
