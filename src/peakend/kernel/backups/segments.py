"""Names and places of the write-ahead log's segments. Pure arithmetic."""

import itertools
import re

NAME = re.compile(r"[0-9A-F]{24}")


def lsn(text: str) -> int:
    """Return a place in the log as a number; `0/2000028` is how PostgreSQL writes it."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def name_at(timeline: int, place: int, size: int) -> str:
    """Return the name of the segment that holds a place."""
    return _named(timeline, place // size, size)


def following(name: str, size: int) -> str:
    """Return the name of the segment after one."""
    return _named(int(name[:8], 16), _number(name, size) + 1, size)


def start_of(name: str, size: int) -> int:
    """Return the first place of a segment."""
    return _number(name, size) * size


def missing(names: list[str], size: int) -> str | None:
    """Return the first segment that is not there between the first and the last of some."""
    for one, two in itertools.pairwise(names):
        if (wanted := following(one, size)) != two:
            return wanted
    return None


def _number(name: str, size: int) -> int:
    return int(name[8:16], 16) * (0x1_0000_0000 // size) + int(name[16:24], 16)


def _named(timeline: int, number: int, size: int) -> str:
    high, low = divmod(number, 0x1_0000_0000 // size)
    return f"{timeline:08X}{high:08X}{low:08X}"
