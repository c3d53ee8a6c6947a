"""The bytes of files in a folder of backups: once for all backups, as they are or encrypted.

Encrypted, they stand under a keyed hash of their hash: the same bytes are found again by whoever
has the master key, and nobody else can ask whether a file he knows is among them.
"""

import contextlib
import hmac
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyrage.x25519 import Identity

from peakend.kernel.backups import pieces
from peakend.kernel.backups.places import copy_bytes, digest_of, place_in
from peakend.kernel.lockbox import LockDamaged
from peakend.kernel.secrets import key_for


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Where bytes stand; `recipient` is empty where they stand in plain."""

    files: Path
    recipient: str = ""
    key: bytes = b""

    def name(self, sha256: str) -> str:
        """Return under which name bytes of a hash stand."""
        if not self.recipient:
            return sha256
        return hmac.digest(key_for("backup/files", self.key), sha256.encode(), "sha256").hex()

    def at(self, name: str) -> Path | None:
        """Return where the bytes of a name stand; None where they do not."""
        place = place_in(self.files, name)
        if self.recipient:
            return pieces.named(place.parent, name)
        return place if place.is_file() else None

    def whole(self, name: str) -> bool | None:
        """Say whether they are what they were; None where they are gone."""
        place = self.at(name)
        if place is None:
            return None
        return pieces.is_whole(place) if self.recipient else digest_of(place) == name

    def put(self, source: Path) -> bool:
        """Put bytes that stand under their hash, lasting; say no where they are damaged there."""
        if not self.recipient:
            return copy_bytes(source, place_in(self.files, source.name))
        if digest_of(source) != source.name:
            return False
        name = self.name(source.name)
        folder = place_in(self.files, name).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with source.open("rb") as read:
            pieces.put(read, folder, name, self.recipient, summed=True)
        return True

    def fetch(self, sha256: str, target: Path, identities: list[Identity]) -> bool:
        """Put bytes of a hash back under it; say no where they are gone or damaged."""
        source = self.at(self.name(sha256))
        if source is None:
            return False
        if not self.recipient:
            return copy_bytes(source, target)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as out:
                pieces.open_into(source, identities, out)
                out.flush()
                os.fsync(out.fileno())
            if digest_of(Path(temporary)) == sha256:
                os.replace(temporary, target)
                return True
        except LockDamaged:
            pass
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        return False

    def stored(self) -> Iterator[tuple[str, Path]]:
        """Yield what stands there, by name; some may stand there twice."""
        for path in self.files.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            name = path.name.partition(".")[0]
            if len(name) == 64:
                yield name, path
