"""Which heading means which column, what may follow what, how long things are kept."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

ImportState = Literal["ready", "checking", "checked", "running", "done", "stopped"]
ExportState = Literal["making", "made", "failed"]
# Tables, or a folder of Markdown files in a zip.
Form = Literal["csv", "xlsx", "md"]
ArchiveState = Literal["making", "made", "failed"]

# How the encoding of a folder is called, and what stands before the columns of each of its things:
# the path, on which lines the columns stand, and what is wrong.
PACK = "zip"
PACK_CELLS = ("file", "lines", "fault")
KEPT = timedelta(days=7)
FETCHED_WITHIN = timedelta(hours=24)
MOST_FAULTS = 50_000
MOST_UPLOAD = 300 * 1024 * 1024
# Larger ones are laid into the folder by hand.
MOST_ARCHIVE = 4 * 1024 * 1024 * 1024
# Whoever packs an archive is heard of every few seconds.
SILENT = timedelta(minutes=2)
BEGINNABLE: frozenset[ImportState] = frozenset({"ready", "checked"})


def heading(text: str) -> str:
    """Return a heading as it is compared: width, case, gaps and marks do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def guessed(heads: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return at which place of the headings each column stands, the plainest name first."""
    places: dict[str, int] = {}
    taken: set[int] = set()
    plain = [heading(one) for one in heads]
    most = max((len(one) for one in names.values()), default=0)
    for turn in range(most):
        for key, known in names.items():
            if key in places or turn >= len(known):
                continue
            wanted = heading(known[turn])
            for at, head in enumerate(plain):
                if head and head == wanted and at not in taken:
                    places[key] = at
                    taken.add(at)
                    break
    return places


def fitting_mapping(mapping: dict[str, int], keys: Sequence[str], width: int) -> bool:
    """Say whether a mapping names known columns and places that there are, none twice."""
    places = list(mapping.values())
    return (
        bool(mapping)
        and set(mapping) <= set(keys)
        and len(set(places)) == len(places)
        and all(0 <= place < width for place in places)
    )


def heads_digest(heads: Sequence[str]) -> str:
    """Return what tables with the same headings are known by."""
    return sha256("\x1f".join(heading(one) for one in heads).encode()).hexdigest()[:32]


def fetch_until(now: datetime) -> datetime:
    """Return until when a table that was carried out may be fetched."""
    return now + FETCHED_WITHIN
