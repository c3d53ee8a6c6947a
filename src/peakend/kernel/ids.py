"""Identifiers made in the application, so that no database feature is needed for them."""

import os
import threading
import time
from datetime import datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id(at: datetime | None = None) -> UUID:
    """Return a UUIDv7 that sorts by time, strictly rising within one process.

    Source: RFC 9562, section 5.7, method 3 (sub-millisecond fraction in rand_a).
    """
    global _last
    ticks = time.time_ns() if at is None else int(at.timestamp() * 1_000_000) * 1_000
    stamp = _stamp(ticks)
    if at is None:
        with _lock:
            stamp = _last = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    high = ((stamp >> 12) << 16) | 0x7000 | (stamp & 0xFFF)
    return UUID(int=(high << 64) | (0b10 << 62) | random)


def _stamp(nanoseconds: int) -> int:
    """Return milliseconds in the upper 48 bits and a 12-bit fraction below them."""
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    return (milliseconds << 12) | (rest * 4096 // 1_000_000)
