"""The process in which mails are read one after another, and which dies of one (`cells.py`).

It speaks frames over its pipes: eight bytes of length, then a mail; back comes what it says, as
JSON.
"""

import re
import signal
import struct
import sys
from pathlib import Path

import msgspec

from peakend.adapters.mail.headers import field, fields_of
from peakend.adapters.mail.letter import Reasons
from peakend.adapters.mail.reading import read
from peakend.mail.ports import ReadMail

CPU_S = 2.0
MEMORY = 256 * 1024 * 1024
_HEAD = struct.Struct(">Q")


def _bound() -> None:
    """Let this process take so much memory more than it has, and not a core's dump."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
    except (ImportError, OSError):
        return
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def summary(raw: bytes) -> ReadMail:
    """Return what a mail says of itself."""
    mail = read(raw)
    head, _ = fields_of(raw.lstrip(b"\r\n"), 0, min(len(raw), 256 * 1024), Reasons())
    named = field(head, "message-id").decode("utf-8", "replace")
    found = re.search(r"<([^<>\s]{1,250})>", named)
    message_id = found[1] if found else "".join(named.split())[:250]
    codes = {reason.code for reason in mail.reasons}
    lost = next((code for code in ("too_large", "empty", "from_none") if code in codes), "")
    return ReadMail(
        message_id="".join(sign for sign in message_id if sign.isprintable()),
        from_email=mail.from_email[:320],
        from_name=mail.from_name[:200],
        subject=mail.subject[:500],
        automatic=mail.automatic,
        whole=mail.whole,
        code=lost,
    )


def main() -> None:
    """Read mails from the standard input until it ends."""
    # All that it needs is there before the bounds are set.
    summary(b"From: a@example.com\r\nSubject: x\r\n\r\n<p>x</p>")
    _bound()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        raw = source.read(_HEAD.unpack(head)[0])
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        answer = msgspec.json.encode(summary(raw))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(_HEAD.pack(len(answer)) + answer)
        sink.flush()


if __name__ == "__main__":
    main()
