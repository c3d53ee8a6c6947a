"""Articles carried in and out as a folder of Markdown files with their pictures."""

import asyncio
import hashlib
import posixpath
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.kernel.carrying import CarryFault, CarryPack, PackedFile, PackedOut, PackRow
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid, TooLarge
from peakend.kernel.files import save_cleaned
from peakend.kernel.filetypes import SHOWN, mime_of
from peakend.kernel.packs import Pack
from peakend.kernel.pictures import MAX_BYTES, FileBroken, FileTooLarge, clean
from peakend.knowledge.models import ArticleRecord
from peakend.knowledge.queries.carrying import (
    StoredFile,
    article_places,
    articles_after,
    file_hashes,
    stored_files,
)
from peakend.knowledge.queries.reading import Category, categories
from peakend.knowledge.rules.carrying import (
    articles_linked,
    packed_pictures,
    pictures_of,
    with_articles,
    with_packed,
    with_pictures,
)
from peakend.knowledge.rules.front_matter import above
from peakend.knowledge.rules.markdown_files import (
    MOST_ARTICLES,
    MOST_BYTES,
    Folder,
    TooLong,
)
from peakend.knowledge.rules.markdown_heads import KEYS

_HEAD = 8192
_PORTION = 100
_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif",
    "video/mp4": "mp4", "video/webm": "webm",
}  # fmt: skip
# A page of this name would be taken for the one of its category.
_TAKEN = frozenset({"readme", "index"})


class TooManyArticles(TooLarge):
    """A folder has more articles than are taken at once."""

    wording = "knowledge.pack_too_many"


class NoArticles(Invalid):
    """A folder has no Markdown file that is an article."""

    wording = "knowledge.pack_empty"


class NotAPicture(Invalid):
    """What an article shows as a picture or video is none."""

    wording = "knowledge.pack_not_picture"


def read(pack: Pack) -> Iterator[PackRow]:
    """Give the articles of a folder. Errors: NoArticles, TooManyArticles, PackBroken."""

    def text(path: str) -> bytes:
        if pack.size(path) > MOST_BYTES:
            raise TooLong
        return pack.read(path, MOST_BYTES)

    pages = [one for one in pack.paths if one.casefold().endswith((".md", ".markdown"))]
    if len(pages) > MOST_ARTICLES:
        raise TooManyArticles(most=MOST_ARTICLES)
    folder = Folder(pack.paths, text, _refusal(pack))
    if not folder.articles:
        raise NoArticles
    for path in folder.articles:
        found = folder.article(path)
        fault = found.fault
        told = CarryFault(fault.column, fault.why, fault.params) if fault else None
        lines = found.lines | ({fault.column: fault.line} if fault else {})
        yield PackRow(path, found.values, lines, told)


def _refusal(pack: Pack) -> Callable[[str, str], str | None]:
    seen: dict[str, str] = {}

    def why(path: str, key: str) -> str | None:
        if path not in seen:
            seen[path] = SHOWN.get(mime_of(pack.head(path, _HEAD)), "file")
        if pack.size(path) > MAX_BYTES:
            return "knowledge.pack_picture_large"
        wanted = "video" if key == "video" else "image"
        return None if seen[path] == wanted else NotAPicture.wording

    return why


async def unpack(
    tx: Transaction, pack: Pack, values: dict[str, str], old: ArticleRecord | None
) -> dict[str, Any]:
    """Store the pictures and the video of an article, and return what it then holds.

    The same bytes as the article has already are the same file. Errors: FileTooLarge, FileBroken,
    NotAPicture.
    """
    before = [*old.picture_ids, *([old.video_id] if old.video_id else [])] if old else []
    held = {sha256: one for one, sha256 in (await file_hashes(tx, before)).items()}
    body = values.get("body", "")
    beside = [unquote(one.removeprefix("pack:")) for one in values.get("pictures", "").split("\n")]
    video = unquote(values.get("video", "").removeprefix("pack:"))
    stored: dict[str, UUID] = {}
    for path in dict.fromkeys([*packed_pictures(body), *filter(None, [*beside, video])]):
        stored[path] = await _stored(tx, pack, path, held, "video" if path == video else "image")
    found: dict[str, Any] = {"body": with_packed(body, stored)} if body else {}
    if video:
        found["video_id"] = stored[video]
    if body or any(beside):
        shown = [stored[one] for one in packed_pictures(body)]
        ids = list(dict.fromkeys([*shown, *(stored[one] for one in beside if one)]))
        same = old is not None and set(ids) == set(old.picture_ids)
        found["picture_ids"] = old.picture_ids if same and old else ids
    return found


async def _stored(tx: Transaction, pack: Pack, path: str, held: dict[str, UUID], kind: str) -> UUID:
    data = await asyncio.to_thread(pack.read, path, MAX_BYTES)
    if not data:
        raise FileBroken
    # As it was carried out: nothing is written anew.
    if (same := held.get(hashlib.sha256(data).hexdigest())) is not None:
        return same
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024)
    cleaned = await asyncio.to_thread(clean, data)
    if cleaned.kind != kind:
        raise NotAPicture(name=path[-80:])
    hashes = [hashlib.sha256(one).hexdigest() for one in (cleaned.data, cleaned.thumb) if one]
    if (same := held.get(hashes[0])) is not None:
        return same
    pack.stored += hashes
    name = posixpath.basename(path)
    made = await save_cleaned(tx, cleaned, name, purpose="article", public=False)
    held[hashes[0]] = made.id
    return made.id


async def give(tx: Transaction, cursor: str | None, most: int, search: str) -> PackedOut:
    """Return a portion of working copies as files, with their categories before the first."""
    own = {one.id: one for one in await categories(tx)}
    brands = {one.id: one.slug for one in await accounts.brands(tx)}
    known = await article_places(tx, tx.actor)
    most = min(most, _PORTION)
    found = await articles_after(tx, tx.actor, UUID(cursor) if cursor else None, most, search)
    ids = [i for one in found for i in (*one.picture_ids, one.video_id) if i]
    ids += [i for one in found for i in pictures_of(one.body)]
    kept = await stored_files(tx, ids)
    slugs = {one: own[category].slug if category in own else "" for one, category in known.items()}
    out: list[PackedFile] = []
    if cursor is None:
        used = set(known.values())
        out += [_category(one, brands) for one in own.values() if one.id in used]
    for one in found:
        out += _article(one, slugs, brands, kept)
    return PackedOut(out, len(found), str(found[-1].id) if len(found) == most else None)


def _category(one: Category, brands: dict[UUID, str]) -> PackedFile:
    fields = {
        "title": one.name_zh or one.name_en,
        "title_en": one.name_en,
        "slug": one.slug,
        "brand": brands.get(one.brand_id, "") if one.brand_id else "",
        "position": str(one.position) if one.position else "",
    }
    return PackedFile(f"{one.slug}/README.md", above(fields))


def _article(
    one: ArticleRecord, slugs: dict[str, str], brands: dict[UUID, str], kept: dict[UUID, StoredFile]
) -> list[PackedFile]:
    folder = slugs.get(one.slug, "")
    files: list[PackedFile] = []
    names: dict[UUID, str] = {}
    shown = pictures_of(one.body)
    for file_id in dict.fromkeys(
        [*shown, *one.picture_ids, *([one.video_id] if one.video_id else [])]
    ):
        if (file := kept.get(file_id)) is not None:
            ending = _ENDINGS.get(file.mime, "bin")
            names[file_id] = f"images/{one.slug}-{len(names) + 1}.{ending}"
            files.append(PackedFile(posixpath.join(folder, names[file_id]), sha256=file.sha256))
    links = {
        slug: posixpath.relpath(_path(slugs[slug], slug), folder or ".")
        for slug in articles_linked(one.body)
        if slug in slugs
    }
    unread = one.state == "published" and one.published_edit != one.version
    fields = {
        "title": one.title,
        "slug": one.slug,
        "language": one.language,
        "audience": one.audience,
        "status": "draft" if unread else one.state,
        "brand": brands.get(one.brand_id, "") if one.brand_id else "",
        "position": str(one.position) if one.position else "",
        "questions": one.questions,
        "pictures": [names[i] for i in one.picture_ids if i in names and i not in shown],
        "video": names.get(one.video_id, "") if one.video_id else "",
    }
    body = with_articles(with_pictures(one.body, names), links)
    text = f"{above(fields)}\n{body.strip(chr(10))}\n"
    return [PackedFile(_path(folder, one.slug), text), *files]


def _path(folder: str, slug: str) -> str:
    name = f"article-{slug}" if slug in _TAKEN else slug
    return posixpath.join(folder, f"{name}.md")


PACK = CarryPack(
    columns=(
        *KEYS, "category_slug", "category_position", "category_brand", "body",
    ),
    read=read,
    give=give,
)  # fmt: skip
