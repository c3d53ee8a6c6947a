"""A folder of files carried in: gone through once, then one line for each thing, as of a table."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from peakend.exchange.rules import PACK, PACK_CELLS
from peakend.kernel.carrying import CarryFault, CarryPack, PackRow
from peakend.kernel.packs import DAMAGED, opened_pack
from peakend.kernel.sheets import Spool

_SHOWN = 20


def is_folder(path: Path, *, damaged: bool = True) -> bool:
    """Say whether a file is a zip that is no workbook; what holds of one that cannot be read."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.NameToInfo
    except DAMAGED:
        return damaged


def spooled_folder(path: Path, spool: Path, kept: Path, kind: CarryPack) -> Spool:
    """Write the things of a folder as lines of JSON, and keep the folder itself.

    Errors: PackBroken, PackTooLarge, PackUnsafe, PackLocked, and those of the kind.
    """
    heads = [*PACK_CELLS, *kind.columns]
    shown: list[list[str]] = []
    count = 0
    encoder = msgspec.json.Encoder()
    with opened_pack(path) as pack, spool.open("wb") as target:
        for row in kind.read(pack):
            count += 1
            cells = _cells(row, kind.columns)
            if len(shown) < _SHOWN:
                shown.append([cell[:200] for cell in cells])
            target.write(encoder.encode([count, *cells]) + b"\n")
    shutil.copyfile(path, kept)
    return Spool(heads=heads, shown=shown, rows=count, encoding=PACK, delimiter="")


def _cells(row: PackRow, columns: Sequence[str]) -> list[str]:
    lines = msgspec.json.encode(row.lines).decode()
    fault = msgspec.json.encode(row.fault).decode() if row.fault else ""
    return [row.path, lines, fault, *(row.values.get(key, "") for key in columns)]


def fault_in(values: dict[str, str]) -> CarryFault | None:
    """Return what was seen to be wrong with a file when it was read."""
    told = values.get(PACK_CELLS[2], "")
    return msgspec.json.decode(told, type=CarryFault) if told else None
