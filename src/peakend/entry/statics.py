"""Built files and stored files: the desk's app, the widget's parts, attachments."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from litestar.response import Redirect

from peakend.kernel import clock
from peakend.kernel.built import built_folder
from peakend.kernel.db import Database
from peakend.kernel.files import FileNotFound, need_file, path_of
from peakend.kernel.filetypes import SHOWN
from peakend.kernel.permissions import public
from peakend.kernel.scans import is_looked_at, need_unheld, scan_at

YEAR = "public, max-age=31536000, immutable"
# Of a sound or a film so much at once. Units: bytes.
LONGEST_PART = 2 * 1024 * 1024
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
DESK_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MARK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    b'<rect width="32" height="32" rx="7" fill="#0b6b75"/><path d="M11 24V8h6a5 5 0 0 1 0 10h-6" '
    b'fill="none" stroke="#fff" stroke-width="3"/></svg>'
)
mimetypes.add_type("application/manifest+json", ".webmanifest")
_TEXT = (".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".map")


@lru_cache(maxsize=256)
def _bytes(path: Path, stamp: float, zipped: bool) -> bytes:
    data = path.read_bytes()
    return gzip.compress(data, 6) if zipped else data


def built(request: Request[Any, Any, Any], folder: str, name: str) -> Response[bytes]:
    """Return a built file, zipped where that helps. Errors: NotFoundException."""
    root = built_folder(folder).resolve()
    try:
        path = (root / name).resolve()
        there = path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        there = False
    if not there:
        raise NotFoundException
    zipped = path.suffix in _TEXT and "gzip" in request.headers.get("accept-encoding", "")
    data = _bytes(path, path.stat().st_mtime, zipped)
    hashed = "assets" in path.parts[len(root.parts) :]
    headers = {"Cache-Control": YEAR if hashed else "no-cache", "Vary": "Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = DESK_POLICY
    return Response(data, media_type=kind, headers=headers)


@get("/", opt=public("the front door"), include_in_schema=False)
async def front_door() -> Redirect:
    """Lead to the desk."""
    return Redirect("/desk/")


@get("/favicon.ico", opt=public("the mark in the browser's tab"), include_in_schema=False)
async def favicon() -> Response[bytes]:
    """Return the mark that pages without one of their own show in the browser's tab."""
    headers = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": SANDBOX}
    return Response(MARK, media_type="image/svg+xml", headers=headers)


@get(
    ["/desk", "/desk/{path:path}"],
    opt=public("the app itself holds no data"),
    include_in_schema=False,
)
async def desk(request: Request[Any, Any, Any], path: str = "") -> Response[bytes]:
    """Return a file of the desk, or its page for every address inside the app."""
    name = path.lstrip("/")
    if name.startswith(("assets/", "icons/")) or "." in name.rsplit("/", 1)[-1]:
        return built(request, "desk", name)
    return built(request, "desk", "index.html")


@get(
    ["/setup/{token:str}", "/invitation/{token:str}"],
    opt=public("leads to the app"),
    include_in_schema=False,
)
async def to_desk(request: Request[Any, Any, Any], token: str) -> Redirect:
    """Lead a link that people were given to its page in the app."""
    return Redirect(f"/desk{request.url.path}")


@get(
    "/files/{file_id:uuid}/{name:str}",
    opt=public("a signature and its expiry stand in the link"),
    include_in_schema=False,
)
async def stored_file(
    request: Request[Any, Any, Any],
    file_id: UUID,
    name: str,
    database: Database,
    expires: Annotated[str, Parameter(query="e")] = "",
    signature: Annotated[str, Parameter(query="s")] = "",
    thumb: Annotated[str, Parameter(query="t")] = "",
) -> Response[bytes]:
    """Return the bytes of an attachment; only pictures, sound and video are shown in place."""
    async with database.system() as tx:
        row = await need_file(tx, file_id, expires, signature, clock.now())
        if is_looked_at(row.kind, row.mime):
            need_unheld(await scan_at(tx, row.organisation_id, row.sha256))
    path = path_of(row.thumb_sha256 if thumb and row.thumb_sha256 else row.sha256)
    if not path.is_file():
        raise FileNotFound
    shown = row.mime in SHOWN and "d" not in request.query_params
    headers = {
        "Content-Disposition": "inline" if shown else _attachment(row.name),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin" if row.public else "same-site",
        "Cache-Control": YEAR if row.public else "private, max-age=3600",
        "Accept-Ranges": "bytes",
        "Referrer-Policy": "no-referrer",
    }
    size = path.stat().st_size
    kind = row.mime if shown else "application/octet-stream"
    span = _span(request.headers.get("range"), size)
    if span is None:
        return Response(path.read_bytes(), media_type=kind, headers=headers)
    start, end = span
    if start >= size:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(b"", status_code=416, media_type=kind, headers=headers)
    # Who plays or seeks asks again for what follows: one answer never fills the memory.
    end = min(end, start + LONGEST_PART - 1)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Response(_part(path, start, end), status_code=206, media_type=kind, headers=headers)


def _part(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as kept:
        kept.seek(start)
        return kept.read(end - start + 1)


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and last byte that a Range header asks for; None where it asks for all."""
    unit, _, part = (header or "").partition("=")
    first, dash, last = part.partition("-")
    if unit.strip() != "bytes" or not dash or "," in part:
        return None
    if not _is_number(first):
        count = int(last) if _is_number(last) else 0
        return (max(0, size - count), size - 1) if count else None
    start = int(first)
    end = min(int(last), size - 1) if _is_number(last) else size - 1
    return (start, end) if start <= end or start >= size else None


routes = [front_door, favicon, desk, to_desk, stored_file]


def _is_number(text: str) -> bool:
    # isdigit alone lets ² pass, which int() does not read; int() reads no thousands of digits.
    return text.strip().isascii() and text.strip().isdigit() and len(text) <= 15
