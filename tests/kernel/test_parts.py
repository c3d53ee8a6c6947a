"""Small parts of the kernel: ids, secrets, paging, names of files, limits, words."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from peakend.kernel import files, paging, pictures, secrets, words
from peakend.kernel.errors import NotFound, PeakendError
from peakend.kernel.ids import new_id
from peakend.kernel.limits import allow


def test_ids_rise_and_carry_their_time():
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 10_000
    assert {i.version for i in ids} == {7}
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert new_id(at).int >> 80 == int(at.timestamp() * 1000)


def test_a_sealed_value_opens_only_in_its_place():
    sealed = secrets.seal(b"13800000001", "org/identity/value/1")
    assert secrets.unseal(sealed, "org/identity/value/1") == b"13800000001"
    with pytest.raises(InvalidTag):
        secrets.unseal(sealed, "org/identity/value/2")
    assert b"1380000" not in sealed


def test_signatures_are_bound_to_purpose_and_parts():
    good = secrets.sign("file", 1, "a")
    assert secrets.verify(good, "file", 1, "a")
    for wrong in ("", "x" * 5000, good[:-1], good + "=", "é"):
        assert not secrets.verify(wrong, "file", 1, "a")
    assert not secrets.verify(good, "resume", 1, "a")
    assert not secrets.verify(good, "file", "1a")


@given(st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=4))
def test_cursors_come_back(values):
    assert paging.cursor_decode(paging.cursor_encode(*values), len(values)) == values


@given(st.text(max_size=60))
def test_foreign_cursors_are_refused(text):
    try:
        values = paging.cursor_decode(text, 3)
    except PeakendError:
        return
    assert len(values) == 3


NAMES = ["../../etc/passwd", "..\\..\\x.exe", "a\x00b.png", "%2e%2e/x", "CON", "x" * 300 + ".jpg",
         "photo\u202egnp.exe", "\u200bempty", "", ".", "..", "照片 1.jpg", "a/b/c", "\ud800.png",
         ".htaccess", "a\r\nSet-Cookie: x"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_made_harmless(name):
    clean = files.clean_name(name)
    assert 1 <= len(clean) <= 100
    assert not re.search(r"[\x00-\x1f/\\\u202e\u200b]", clean)
    assert clean not in (".", "..")
    assert not clean.startswith(".")
    clean.encode()


def picture(shape: str = "JPEG", size: tuple[int, int] = (64, 48), **extra) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, shape, **extra)
    return out.getvalue()


def test_pictures_lose_their_exif_and_their_size():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    data = picture(size=(4000, 3000), exif=exif)
    assert b"SecretCamera" in data
    cleaned = pictures.clean(data + b"<script>alert(1)</script>")
    assert b"SecretCamera" not in cleaned.data
    assert b"<script>" not in cleaned.data
    assert max(cleaned.width, cleaned.height) == pictures.MAX_SIDE
    assert cleaned.thumb is not None


HOSTILE = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7 /JS (app.alert(1))",
    "zip": b"PK\x03\x04" + b"0" * 64,
    "exe": b"MZ" + b"\x00" * 64,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_a_browser_might_run_is_only_a_download(data):
    assert pictures.clean(data).mime not in pictures.SHOWN


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"\xff\xd8\xff", b"GIF89a"])
def test_broken_pictures_are_refused(data):
    with pytest.raises(files.FileBroken):
        pictures.clean(data)


async def test_a_link_to_a_file_ends(database, organisation):
    from peakend.kernel.actors import Actor

    async with database.transaction(Actor.system(organisation)) as tx:
        file = await files.save_file(tx, picture("PNG"), "灶台.png", purpose="message")
        now = tx.now
    query = dict(part.split("=", 1) for part in file.url.split("?")[1].split("&"))
    async with database.system() as tx:
        row = await files.need_file(tx, file.id, query["e"], query["s"] + "", now)
        assert files.path_of(row.sha256).is_file()
        later = now + timedelta(hours=4)
        wrong = [
            (file.id, query["e"], query["s"], later),
            (file.id, query["e"], "", now),
            (file.id, "", "", now),
            (file.id, str(int(query["e"]) + 9999), query["s"], now),
            (new_id(), query["e"], query["s"], now),
        ]
        for file_id, expires, signature, at in wrong:
            with pytest.raises(NotFound):
                await files.need_file(tx, file_id, expires, signature, at)


async def test_a_bucket_empties_and_fills(database):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    taken = [await allow("x", rate=1, burst=3, now=now) for _ in range(5)]
    assert taken == [True, True, True, False, False]
    assert await allow("x", rate=1, burst=3, now=now + timedelta(seconds=1.1))
    assert not await allow("x", rate=1, burst=3, now=now + timedelta(seconds=1.2))
    assert await allow("y", rate=1, burst=3, now=now)


def _word_files():
    for context in resources.files("peakend").iterdir():
        for language in words.LANGUAGES:
            file = context / f"words.{language}.json"
            if context.is_dir() and file.is_file():
                yield context.name, language, json.loads(file.read_text("utf-8"))


def test_both_languages_say_the_same_things():
    keys: dict[str, dict[str, dict[str, str]]] = {}
    for context, language, texts in _word_files():
        keys.setdefault(context, {})[language] = texts
    assert "kernel" in keys
    for context, both in keys.items():
        assert set(both) == set(words.LANGUAGES), context
        zh, en = both["zh-CN"], both["en"]
        assert set(zh) == set(en), context
        for key in zh:
            slots = [sorted(set(re.findall(r"{(\w+)", t[key]))) for t in (zh, en)]
            assert slots[0] == slots[1], key


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff]\s*[,:;?!()]|[,:;?!()]\s*[\u4e00-\u9fff]")


def test_chinese_uses_full_width_punctuation():
    for context, language, texts in _word_files():
        if language == "zh-CN":
            wrong = {k: v for k, v in texts.items() if HALF_WIDTH.search(v)}
            assert not wrong, context


def test_every_error_has_its_words():
    import peakend.entry.tables  # noqa: F401  (loads the contexts)
    from peakend.entry import wiring

    wiring.load()
    wiring.routes()
    stack = [PeakendError]
    while stack:
        kind = stack.pop()
        stack += kind.__subclasses__()
        if kind.__module__.startswith("peakend."):
            assert words.has_word(kind.wording), f"{kind.__qualname__}: {kind.wording}"
