"""From the spool to an encrypted archive: what `pg_receivewal` has written goes out as pieces.

The stream is written in plain beside the database, which it is a copy of. A finished segment
leaves the spool when its encrypted copy is synced and named; the one that is still being written
is copied in parts, of which each look writes only those that grew.
"""

import hashlib
import io
from pathlib import Path

from peakend.kernel.backups import pieces, segments

PART_BYTES = 1 << 20
MOST_AT_ONCE = 16
TAIL = ".partial"


def spool_in(data_dir: Path, run: str) -> Path:
    """Return where the stream of a run waits to be encrypted."""
    return data_dir / "archive" / run


class Shipper:
    """Carries one run of the archive from its spool into the folder of backups."""

    def __init__(self, spool: Path, run: Path, recipient: str) -> None:
        self._spool, self._run, self._recipient = spool, run, recipient
        self._tail, self._at, self._sum = "", 0, b""

    def ship(self, most: int = MOST_AT_ONCE) -> int:
        """Carry what is there; return how many finished segments are left. Errors: OSError."""
        left = self.finish(most)
        if not left:
            self._copy_tail()
        return left

    def finish(self, most: int = MOST_AT_ONCE) -> int:
        """Carry finished segments only; return how many are left. Errors: OSError."""
        waiting = sorted(path for path in self._spool.iterdir() if _finished(path.name))
        for path in waiting[:most]:
            self._finish(path)
        return max(0, len(waiting) - most)

    def _finish(self, path: Path) -> None:
        # Who was killed after the piece was named begins here: it is there, and stays one.
        if pieces.named(self._run, path.name) is None:
            # The rest of a segment that was left early is zeros: restoring writes them anew.
            content = io.BytesIO(path.read_bytes().rstrip(b"\0"))
            pieces.put(content, self._run, path.name, self._recipient, summed=True)
        for part in self._run.glob(f"{path.name}{TAIL}.*"):
            part.unlink()
        path.unlink()

    def _copy_tail(self) -> None:
        open_ones = sorted(self._spool.glob(f"*{TAIL}"))
        if not open_ones:
            return
        path = open_ones[-1]
        if path.name != self._tail:
            self._tail, self._at, self._sum = path.name, 0, b""
        with path.open("rb") as source:
            last = self._last_part(source)
            # Seen to be begun, a part means that those before it are full by now.
            for index in range(self._at, last + 1):
                source.seek(index * PART_BYTES)
                content = source.read(PART_BYTES).rstrip(b"\0")
                digest = hashlib.sha256(content).digest()
                if content and not (index == self._at and digest == self._sum):
                    name = f"{path.name}.{index:04d}"
                    pieces.put(io.BytesIO(content), self._run, name, self._recipient)
                    self._at, self._sum = index, digest

    def _last_part(self, source: io.BufferedReader) -> int:
        """Return the last part that something stands in; a written page is never all zeros."""
        index = self._at
        while True:
            source.seek((index + 1) * PART_BYTES)
            if not source.read(PART_BYTES).strip(b"\0"):
                return index
            index += 1


def drop_unfinished(run: Path) -> None:
    """Remove pieces whose writing was cut short."""
    for path in run.glob(".*"):
        path.unlink()


def _finished(name: str) -> bool:
    return bool(segments.NAME.fullmatch(name)) or name.endswith(".history")


def segment_pieces(run: Path, first: str) -> tuple[dict[str, Path], dict[str, list[Path]]]:
    """Return the pieces of a run from a segment on: of finished ones, and the parts of others."""
    whole: dict[str, Path] = {}
    parts: dict[str, list[Path]] = {}
    for path in sorted(run.iterdir()) if run.is_dir() else ():
        name, _, rest = path.name.partition(".")
        if path.name.startswith(".") or not rest.endswith(pieces.END):
            continue
        if rest.startswith("history."):
            whole[f"{name}.history"] = path
        elif segments.NAME.fullmatch(name) and name >= first:
            if rest.startswith(TAIL[1:]):
                parts.setdefault(name, []).append(path)
            else:
                whole[name] = path
    return whole, {name: found for name, found in parts.items() if name not in whole}
