"""What runs in a process apart: frames are answered one after another, within a budget each.

A frame is eight bytes of length and then its bytes; an answer is one, too.
"""

import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path

CPU_S = 2.0
MEMORY = 256 * 1024 * 1024
_HEAD = struct.Struct(">Q")


def serve(answered: Callable[[bytes], bytes], memory: int = MEMORY) -> None:
    """Answer frames from the standard input until it ends, or one costs too much."""
    _bound(memory)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        frame = source.read(_HEAD.unpack(head)[0])
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        answer = answered(frame)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(_HEAD.pack(len(answer)) + answer)
        sink.flush()


def _bound(memory: int) -> None:
    """Let this process take so much memory more than it has, and not a core's dump."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
    except (ImportError, OSError):
        return
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
