"""The ledger of erasures: who must be gone, kept outside the database, so that a restored one
can be told.

A line is appended and synced, never changed. It holds ids and codes only, and a seal under the
master key: whoever can write into a folder of backups must not be able to have anybody erased.
"""

import fcntl
import hmac
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from peakend.kernel.lasting import sync_folder
from peakend.kernel.secrets import key_for

NAME = "erasures.ledger"
_MOST_BYTES = 256 << 20


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an erasure was about: the customer first, then everybody merged into it by then."""

    kind: Literal["erasure"] = "erasure"
    organisation_id: UUID
    erasure_id: UUID
    people: list[UUID]
    identity: str
    ground: str
    at: datetime


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What a ledger says; `bad` counts lines that are damaged or sealed by nobody we know."""

    lines: list[Gone]
    bad: int


def ledger_in(folder: Path) -> Path:
    """Return where the ledger stands in a store of files or a folder of backups."""
    return folder / NAME


def read_ledger(path: Path, *keys: bytes) -> Ledger:
    """Return what a ledger says, each line once; without one nobody was erased.

    `keys` are master keys beside ours. Errors: OSError where it is there but cannot be read.
    """
    lines: dict[tuple[UUID, tuple[UUID, ...]], Gone] = {}
    good: list[bytes] = []
    rest: list[bytes] = []
    for raw in _raw(path):
        found = _opened(raw, keys)
        if found is None:
            rest.append(raw)
        else:
            good.append(raw)
            lines[found.erasure_id, tuple(sorted(found.people))] = found
    # Who died while writing wrote the same line again: nothing is missing.
    bad = [one for one in rest if not any(line.startswith(one) for line in good)]
    return Ledger(lines=list(lines.values()), bad=len(bad))


def note_erased(path: Path, lines: Iterable[Gone]) -> int:
    """Append what is not there yet, lasting; return how many lines that were."""
    return _append(path, [_sealed(one) for one in lines])


def carry_ledger(source: Path, target: Path) -> int:
    """Append to one ledger the lines of another as they are; return how many were new."""
    found = list(_raw(source))
    return _append(target, found) if found else 0


def _append(path: Path, lines: list[bytes]) -> int:
    if not lines:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    begins = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = file.read(_MOST_BYTES)
        there = set(known.splitlines())
        new = [one for one in dict.fromkeys(lines) if one not in there]
        if new:
            # What was cut short stays a line of its own, and spoils none that comes after it.
            torn = b"" if not known or known.endswith(b"\n") else b"\n"
            file.write(torn + b"".join(one + b"\n" for one in new))
            file.flush()
            os.fsync(file.fileno())
    if begins:
        sync_folder(path.parent)
    return len(new)


def _raw(path: Path) -> Iterable[bytes]:
    try:
        with path.open("rb") as file:
            return [one for one in file.read(_MOST_BYTES).splitlines() if one.strip()]
    except FileNotFoundError:
        return []


def _seal(text: bytes, master: bytes | None = None) -> bytes:
    return hmac.digest(key_for("ledger", master), text, "sha256").hex()[:40].encode()


def _sealed(line: Gone) -> bytes:
    text = msgspec.json.encode(line)
    return text + b" " + _seal(text)


def _opened(raw: bytes, keys: tuple[bytes, ...]) -> Gone | None:
    text, _, seal = raw.rpartition(b" ")
    if not any(hmac.compare_digest(_seal(text, one), seal) for one in (None, *keys)):
        return None
    try:
        found = msgspec.json.decode(text, type=Gone)
    except msgspec.MsgspecError:
        return None
    return found if found.people else None
