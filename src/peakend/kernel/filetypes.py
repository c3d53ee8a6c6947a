"""What kind of file bytes are: read from the bytes themselves, never from a name."""

from typing import Literal

import puremagic

Kind = Literal["image", "video", "audio", "file"]

# What may be shown in place; everything else is a download.
SHOWN: dict[str, Kind] = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "image",
    "video/mp4": "video",
    "video/webm": "video",
    "audio/mpeg": "audio",
    "audio/ogg": "audio",
    "audio/webm": "audio",
}
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
)


# What the first brand of an ISO file says; whatever stands here not is a download.
_BRANDS = {
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ",
         b"MSNV", b"mmp4", b"3gp4", b"3gp5", b"3gp6"),
        "video/mp4",
    ),
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"avif"), "image/heif"),
}  # fmt: skip


def mime_of(data: bytes) -> str:
    """Return the type that the bytes themselves show."""
    for signature, mime in _SIGNATURES:
        if data.startswith(signature):
            return mime
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "application/mp4")
    if data.startswith(b"\x1aE\xdf\xa3"):
        # The same container holds Matroska, which browsers do not play; its head says which it is.
        return "video/webm" if b"webm" in data[:64] else "video/x-matroska"
    try:
        return puremagic.from_string(data[:8192], mime=True) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
