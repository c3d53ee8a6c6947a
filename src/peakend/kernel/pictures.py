"""Pictures: decoded within bounds, shrunk, and written again without what was hidden in them."""

import contextlib
import io
from collections.abc import Iterator

import msgspec
from PIL import Image, ImageOps

from peakend.kernel.errors import Invalid, TooLarge
from peakend.kernel.filetypes import SHOWN, Kind, mime_of

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2560
MAX_MARK_BYTES = 1024 * 1024
THUMB_SIDE = 480
LOGO_BOX = (480, 120)
ICON_BOX = (180, 180)
PORTRAIT_SIDE = 256
MAX_STILL_SIDE = 1600

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class FileTooLarge(TooLarge):
    """A file has more bytes or pixels than are taken."""

    wording = "kernel.file_too_large"


class FileBroken(Invalid):
    """A picture cannot be read."""

    wording = "kernel.file_broken"


class Cleaned(msgspec.Struct):
    """Bytes as they are kept, and what they are."""

    data: bytes
    mime: str
    kind: Kind
    width: int | None = None
    height: int | None = None
    thumb: bytes | None = None


def clean(data: bytes) -> Cleaned:
    """Return bytes as they are kept: a picture written anew, with a small one beside it."""
    mime = mime_of(data)
    kind = SHOWN.get(mime, "file")
    if kind != "image":
        return Cleaned(data, mime, kind)
    with _opened(data) as picture:
        if mime == "image/gif" and getattr(picture, "n_frames", 1) > 1:
            return Cleaned(data, mime, kind, picture.width, picture.height)
        return _rewrite(ImageOps.exif_transpose(picture), mime)


def portrait(data: bytes) -> Cleaned:
    """Return the middle square of a picture. Errors: FileTooLarge, FileBroken."""
    if SHOWN.get(mime_of(data)) != "image":
        raise FileBroken
    with _opened(data) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        square = ImageOps.fit(upright, (PORTRAIT_SIDE, PORTRAIT_SIDE))
        on_white = Image.new("RGB", square.size, "white")
        on_white.paste(square, mask=square)
        return Cleaned(_encoded(on_white, "JPEG"), "image/jpeg", "image", *square.size)


def mark(data: bytes, *, square: bool) -> Cleaned:
    """Return a logo within its box, what is clear in it kept; a square one is filled with clear.

    Errors: FileTooLarge, FileBroken.
    """
    if len(data) > MAX_MARK_BYTES:
        raise FileTooLarge(limit_mb=MAX_MARK_BYTES // 1024 // 1024)
    if SHOWN.get(mime_of(data)) != "image":
        raise FileBroken
    with _opened(data) as picture:
        whole = ImageOps.exif_transpose(picture).convert("RGBA")
        whole.thumbnail(ICON_BOX if square else LOGO_BOX)
        if square:
            whole = ImageOps.pad(whole, (max(whole.size),) * 2, color=(0, 0, 0, 0))
        return Cleaned(_encoded(whole, "PNG"), "image/png", "image", *whole.size)


def still(data: bytes) -> Cleaned:
    """Return a picture written anew whatever it is, the first of one that moves.

    Counts: 1600 pixels a side. Errors: FileTooLarge, FileBroken; also where it is no picture.
    """
    mime = mime_of(data)
    if SHOWN.get(mime) != "image":
        raise FileBroken
    with _opened(data) as picture:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((MAX_STILL_SIDE, MAX_STILL_SIDE))
        return _rewrite(upright, mime)


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture within bounds. Errors: FileTooLarge, FileBroken."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024)
            yield picture
    except Image.DecompressionBombError as error:
        raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileBroken from error


def _rewrite(picture: Image.Image, mime: str) -> Cleaned:
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    clear = picture.mode in ("RGBA", "LA", "P") and mime != "image/jpeg"
    picture = picture.convert("RGBA" if clear else "RGB")
    shape, kept = ("PNG", "image/png") if mime == "image/png" else ("JPEG", "image/jpeg")
    if mime in ("image/webp", "image/gif") and clear:
        shape, kept = "PNG", "image/png"
    whole = _encoded(picture, shape)
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    thumb = _encoded(small, shape) if small.size != picture.size else None
    return Cleaned(whole, kept, "image", picture.width, picture.height, thumb)


def _encoded(picture: Image.Image, shape: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, shape, quality=85, optimize=shape == "PNG" and picture.width < 1200)
    return out.getvalue()
