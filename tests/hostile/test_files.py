"""Hostile files: kept as what their bytes are, given back only as what cannot run."""

import struct
import time
import zlib

import httpx
import pytest

from tests.hostile.served import Served, send

QUICK_S = 10


def _bomb() -> bytes:
    """Return a PNG of 30,000 × 30,000 pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packed = zlib.compressobj(9)
    row = b"\0" * (30_000 // 8 + 1)
    body = b"".join(packed.compress(row) for _ in range(30_000)) + packed.flush()
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<html><script>alert(1)</script></html>"
FILES = {
    "svg": ("a.svg", SVG, "image/svg+xml"),
    "html": ("a.html", HTML, "text/html"),
    "html as png": ("a.png", HTML, "image/png"),
    "gif and script": ("a.gif", b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)//", "image/gif"),
    "pdf with script": ("a.pdf", b"%PDF-1.4 /JS (app.alert(1))", "application/pdf"),
    "xml": ("a.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "text/xml"),
    "double ending": ("a.php.jpg", b"<?php system('id');", "image/jpeg"),
    "htaccess": (".htaccess", b"Options +Indexes", "text/plain"),
    "traversal": ("../../../etc/cron.d/x", b"x", "text/plain"),
    "long name": ("a" * 300 + ".txt", b"x", "text/plain"),
    "right to left": ("invoice\u202egpj.exe", b"MZ", "image/jpeg"),
    "zip bomb": ("a.zip", zlib.compress(b"\0" * 10_000_000), "application/zip"),
    "pixel bomb": ("a.png", _bomb(), "image/png"),
    "half a picture": ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
    "empty": ("a.txt", b"", "text/plain"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_are_never_shown_as_pages(site: Served, name: str) -> None:
    began = time.monotonic()
    answer = send(site, "admin", "POST", "/api/files", files={"file": FILES[name]})
    assert answer.status_code in (201, 413, 422), answer.text
    assert time.monotonic() - began < QUICK_S
    if answer.status_code != 201:
        return
    kept = answer.json()
    assert "/" not in kept["name"]
    assert "\u202e" not in kept["name"]
    assert len(kept["name"]) <= 100
    got = site.browser.get(kept["url"])
    assert got.status_code == 200
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    kind = got.headers["content-type"]
    assert not any(bad in kind for bad in ("html", "svg", "xml", "script"))
    if not kind.startswith(("image/", "video/", "audio/")):
        assert got.headers["content-disposition"].startswith("attachment")
    _link_must_be_whole(site, kept["url"])


MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 3_000_000
FILMS = {
    "mp4": (MP4[:100], "video/mp4", "video"),
    "webm": (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 80, "video/webm", "video"),
    "matroska": (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska" + b"\0" * 80, "video/x-matroska", "file"),
    "quicktime": (b"\0\0\0\x14ftypqt  " + b"\0" * 80, "video/quicktime", "file"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 80, "image/heif", "file"),
    "page": (HTML, "text/html", "file"),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_is_what_its_bytes_say(site: Served, name: str) -> None:
    data, mime, kind = FILMS[name]
    answer = send(site, "admin", "POST", "/api/files", files={"file": ("a.mp4", data, "video/mp4")})
    kept = answer.json()
    assert (kept["mime"], kept["kind"]) == (mime, kind)
    got = site.browser.get(kept["url"]).headers
    shown = got["content-disposition"] == "inline"
    assert shown == (kind == "video")
    whole = site.browser.get(f"{kept['url']}&d=1").headers
    assert whole["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert whole["content-type"] == "application/octet-stream"


def test_a_film_is_given_in_parts(site: Served) -> None:
    answer = send(site, "admin", "POST", "/api/files", files={"file": ("a.mp4", MP4, "video/mp4")})
    url, size = answer.json()["url"], len(MP4)

    def part(asked: str) -> httpx.Response:
        return site.browser.get(url, headers={"Range": asked})

    first = part("bytes=0-")
    assert (first.status_code, len(first.content)) == (206, 2 * 1024 * 1024)
    assert first.headers["content-range"] == f"bytes 0-{2 * 1024 * 1024 - 1}/{size}"
    assert part(f"bytes={size - 10}-").content == MP4[-10:]
    assert part("bytes=4-11").content == b"ftypisom"
    assert part("bytes=-5").headers["content-range"] == f"bytes {size - 5}-{size - 1}/{size}"
    beyond = part(f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for strange in ("bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2"):
        assert part(strange).status_code == 200


def _link_must_be_whole(site: Served, url: str) -> None:
    path, _, query = url.partition("?")
    expires, _, signature = query.partition("&")
    for wrong in ("", f"{expires}&s=", f"e=1&{signature}", f"e=99999999999&{signature}",
                  f"e=²&{signature}", f"{expires}&{signature[:-1]}"):  # fmt: skip
        assert site.browser.get(f"{path}?{wrong}").status_code == 404, wrong
