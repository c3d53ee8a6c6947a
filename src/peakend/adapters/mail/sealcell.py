"""The process in which signatures are proven, and which dies of a mail that costs too much."""

import msgspec

from peakend.adapters.mail.bounded import serve
from peakend.adapters.mail.sealcells import Asked
from peakend.adapters.mail.seals import heads, signed

# dkimpy holds a mail several times over.
MEMORY = 512 * 1024 * 1024


_asked = msgspec.msgpack.Decoder(Asked)


def answered(frame: bytes) -> bytes:
    """Return what the head of a mail says, or which of its signatures hold."""
    asked = _asked.decode(frame)
    found = heads(asked.raw) if asked.keys is None else signed(asked.raw, asked.keys)
    return msgspec.msgpack.encode(found)


def main() -> None:
    """Answer until there is nothing more to be answered."""
    # All that it needs is there before the bounds are set.
    raw = b"From: a@example.com\r\nAuthentication-Results: x; spf=pass\r\n\r\nx"
    heads(raw)
    serve(answered, MEMORY)


if __name__ == "__main__":
    main()
