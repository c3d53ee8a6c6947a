"""How much memory the embedded server may fill with pages of its tables."""

import os
from collections.abc import Sequence
from pathlib import Path

LEAST_MB = 64
MOST_MB = 512
# Of a machine that also does other things; the pages beyond are in the system's cache.
_PART = 32
_MB = 1024 * 1024
# What a container may take: version 2 and version 1 of control groups.
_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def buffers_mb(memory: int) -> int:
    """Return how many megabytes of so many bytes of memory are for shared buffers."""
    return min(MOST_MB, max(LEAST_MB, memory // _PART // _MB))


def memory_bytes(limits: Sequence[Path] = _LIMITS) -> int:
    """Return the memory of this machine, or of its container where that has less."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in limits:
        try:
            memory = min(memory, int(limit.read_text()))
        except (OSError, ValueError):  # There is no such file, or it says "max".
            continue
    return memory
