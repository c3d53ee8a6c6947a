"""A folder of Markdown files as articles: which file is which, where pictures and links lead.

Files are as common tools write them: `category/page.md`, `_index.md`, `README.md` or `index.md` for
the category itself, a folder with only an `index.md` for one article with its pictures.
"""

import contextlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from urllib.parse import unquote

import msgspec

from peakend.knowledge.rules.carrying import slug_of
from peakend.knowledge.rules.front_matter import Front, FrontWrong, front_of
from peakend.knowledge.rules.markdown_heads import (
    KEYS,
    first_of,
    given_in,
    language_of,
    line_of,
    status_of,
    text_of,
    titled,
)
from peakend.knowledge.rules.text import SLUG

MOST_ARTICLES = 5_000
MOST_BYTES = 1024 * 1024
LONGEST_BODY = 40_000
_CATEGORY_PAGES = frozenset({"readme.md", "index.md", "_index.md"})
_STATIC = ("", "static/", "public/", "docs/.vuepress/public/", ".vuepress/public/", "assets/")
_SKIPPED = frozenset({"__macosx", "node_modules"})
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}-")
_TITLE_LONGEST = 120
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_DEST = (
    r"\(\s*(?P<{0}><[^<>\n]{{0,600}}>|[^()\s<>]{{0,600}}(?:\([^()\s]{{0,200}}\)[^()\s]{{0,200}}){{0,5}})"
    r"(?:\s+(?:\"[^\"\n]{{0,300}}\"|'[^'\n]{{0,300}}'))?\s*\)"
)
_MARK = re.compile(
    r"(?P<code>`+[^`\n]{0,600}`+)"
    r"|!\[\[(?P<wiki>[^\]|\n]{1,300})(?:\|(?P<wiki_alt>[^\]\n]{0,300}))?\]\]"
    r"|!\[(?P<alt>[^\]\n]{0,600})\]"
    + _DEST.format("source")
    + r"|\[\[(?P<page>[^\]|\n]{1,300})(?:\|(?P<page_text>[^\]\n]{0,300}))?\]\]"
    r"|<img\s(?P<img>[^>\n]{0,1000})>"
    r"|(?<!!)\[(?P<text>[^\]\n]{1,600})\]" + _DEST.format("target")
)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)


class TooLong(ValueError):
    """A file has more than an article may have."""


_UNREAD = (UnicodeError, FrontWrong, TooLong)


class FileFault(msgspec.Struct, frozen=True):
    """What is wrong in a file: the line, the column, the wording and what belongs into it."""

    line: int
    column: str
    why: str
    params: dict[str, str | int] = {}


class MarkdownFile(msgspec.Struct, frozen=True):
    """A file as an article: values by column, and the lines they stand on.

    Pictures are called `pack:` and their path in the folder.
    """

    path: str
    values: dict[str, str]
    lines: dict[str, int]
    fault: FileFault | None = None


class _Head(msgspec.Struct):
    """What is kept of a file while others are read."""

    path: str
    slug: str
    told: bool
    category: "_Category | None"


class _Category(msgspec.Struct):
    slug: str
    name: str
    name_en: str = ""
    position: str = ""
    brand: str = ""


class Folder:
    """All files of a zip, and which article each of them is."""

    def __init__(
        self,
        paths: Sequence[str],
        read: Callable[[str], bytes],
        refused: Callable[[str, str], str | None],
    ) -> None:
        """Look at all files; `refused` says why one cannot be shown as a picture or video."""
        self._read = read
        self._refused = refused
        kept = [one for one in paths if not _is_hidden(one)]
        self._files = set(paths)
        self._by_name: dict[str, list[str]] = {}
        for one in paths:
            self._by_name.setdefault(posixpath.basename(one).casefold(), []).append(one)
        pages = sorted(one for one in kept if one.casefold().endswith((".md", ".markdown")))
        folders = {posixpath.dirname(one) for one in pages}
        self._top = posixpath.commonpath(list(folders)) if folders else ""
        self._own = {one for one in pages if self._is_category_page(one, folders)}
        self.articles = [one for one in pages if one not in self._own]
        self._categories = {
            posixpath.dirname(one): self._category_of_page(one) for one in self._own
        }
        self._heads = self._named([self._head(one) for one in self.articles])
        self._by_slug: dict[str, list[str]] = {}
        for one, head in self._heads.items():
            self._by_slug.setdefault(head.slug, []).append(one)

    def article(self, path: str) -> MarkdownFile:
        """Return a file as an article."""
        try:
            front = front_of(text_of(self._read(path)))
        except UnicodeError:
            return _unread(path, FileFault(1, "body", "knowledge.pack_no_text"))
        except TooLong:
            most: dict[str, str | int] = {"most": LONGEST_BODY}
            return _unread(path, FileFault(1, "body", "knowledge.carry_too_long", most))
        except FrontWrong as error:
            return _unread(path, FileFault(error.line, "title", "knowledge.pack_front_wrong"))
        values = {key: told for key in KEYS if (told := given_in(front, key))}
        lines = {key: line_of(front, key) for key in KEYS}
        body, more = titled(front.body, values)
        lines["body"] = front.body_line + more
        head = self._heads[path]
        values["slug"] = head.slug
        values.setdefault("title", _stem(path)[:_TITLE_LONGEST])
        if head.category is not None:
            _placed(values, head.category)
        if (state := status_of(front)) and "status" not in values:
            values["status"], lines["status"] = state
        if language := values.get("language"):
            values["language"] = language_of(language)
        faults = [self._twice(path, lines["slug"])]
        faults += [self._beside(path, key, values, lines) for key in ("video", "pictures")]
        values["body"], wrong = self._rewritten(path, body, lines["body"])
        kept = {key: value for key, value in values.items() if value}
        return MarkdownFile(path, kept, lines, next(filter(None, [*faults, wrong]), None))

    def _twice(self, path: str, line: int) -> FileFault | None:
        other = next((one for one in self._by_slug[self._heads[path].slug] if one != path), None)
        if other is None:
            return None
        return FileFault(line, "slug", "knowledge.pack_twice", {"file": other})

    def _is_category_page(self, path: str, folders: set[str]) -> bool:
        folder, name = posixpath.split(path)
        if name.casefold() not in _CATEGORY_PAGES:
            return False
        # Alone in its folder it is one article with its pictures, unless it is named otherwise.
        inner = [one for one in folders if one == folder or one.startswith(f"{folder}/")]
        beside = sum(
            posixpath.dirname(one) == folder and one.casefold().endswith((".md", ".markdown"))
            for one in self._files
        )
        return name.casefold() == "_index.md" or beside > 1 or len(inner) > 1 or not folder

    def _category_of_page(self, path: str) -> _Category:
        folder = posixpath.basename(posixpath.dirname(path))
        try:
            front = front_of(text_of(self._read(path)))
        except _UNREAD:
            front = Front({}, {}, "", 1)
        values = {key: told for key in KEYS if (told := given_in(front, key))}
        titled(front.body, values)
        name = values.get("title") or folder
        name_en = first_of(front.fields.get("title_en", "")) or (name if name.isascii() else "")
        slug = first_of(front.fields.get("slug", "")).strip("/").rpartition("/")[2]
        slug = slug if SLUG.fullmatch(slug) else _slug(folder, posixpath.dirname(path), "category")
        return _Category(slug, name[:60], name_en[:60], values.get("position", ""),
                         values.get("brand", ""))  # fmt: skip

    def _category(self, folder: str) -> _Category | None:
        if not folder or (folder == self._top and self._deeper()):
            return self._categories.get(folder) if folder and not self._deeper() else None
        if folder not in self._categories:
            name = posixpath.basename(folder)
            slug = _slug(name, folder, "category")
            english = name.replace("-", " ").replace("_", " ") if name.isascii() else ""
            shown = english[:1].upper() + english[1:] if english else name
            self._categories[folder] = _Category(slug, shown[:60], shown[:60] if english else "")
        return self._categories[folder]

    def _deeper(self) -> bool:
        return any(posixpath.dirname(one) != self._top for one in self.articles)

    def _head(self, path: str) -> _Head:
        folder, name = posixpath.split(path)
        if name.casefold() in _CATEGORY_PAGES and folder:
            folder = posixpath.dirname(folder)
        told = ""
        with contextlib.suppress(*_UNREAD):
            told = given_in(front_of(text_of(self._read(path))), "slug")
        told = unquote(told).strip("/").rpartition("/")[2].removesuffix(".html")
        if told:
            return _Head(path, told, True, self._category(folder))
        return _Head(path, _slug(_stem(path), path, "article"), False, self._category(folder))

    def _named(self, heads: list[_Head]) -> dict[str, _Head]:
        """Give addresses to files that say none: with the category where two would be the same."""
        many = Counter(one.slug for one in heads)
        taken = {one.slug for one in heads if one.told}
        for one in heads:
            if one.told:
                continue
            slug = one.slug
            if (many[slug] > 1 or slug in taken) and one.category is not None:
                slug = f"{one.category.slug}-{slug}"[:110].strip("-")
            base, number = slug, 1
            while slug in taken:
                number += 1
                slug = f"{base}-{number}"
            one.slug = slug
            taken.add(slug)
        return {one.path: one for one in heads}

    def _beside(
        self, path: str, key: str, values: dict[str, str], lines: dict[str, int]
    ) -> FileFault | None:
        """Turn what stands beside an article into paths in the folder."""
        found = []
        for one in filter(None, values.get(key, "").split("\n")):
            place = self._found(path, one)
            if place is None:
                return FileFault(lines[key], key, "knowledge.pack_no_file", {"name": one[:80]})
            if why := self._refused(place, key):
                return FileFault(lines[key], key, why, {"name": one[:80]})
            found.append(f"pack:{_quoted(place)}")
        values[key] = "\n".join(found)
        return None

    def _found(self, path: str, told: str) -> str | None:
        """Return where in the folder a picture is that a file shows, or None."""
        name = unquote(told.strip().strip("<>")).partition("#")[0].partition("?")[0]
        name = name.replace("\\", "/")
        if not name:
            return None
        here = posixpath.normpath(posixpath.join(posixpath.dirname(path), name.lstrip("/")))
        tries = [] if name.startswith("/") else [here]
        for top in dict.fromkeys(("", f"{self._top}/" if self._top else "")):
            tries += [posixpath.normpath(f"{top}{one}{name.lstrip('/')}") for one in _STATIC]
        for one in tries:
            if one in self._files:
                return one
        # Notes often name a picture only, wherever it lies.
        same = self._by_name.get(posixpath.basename(name).casefold(), [])
        return same[0] if len(same) == 1 else None

    def _rewritten(self, path: str, body: str, first: int) -> tuple[str, FileFault | None]:
        """Return a text whose pictures and links lead to files and articles of ours."""
        faults: list[FileFault] = []
        if len(body) > LONGEST_BODY:
            return body, None
        lines = body.split("\n")
        fenced = ""
        for at, line in enumerate(lines):
            fence = _FENCE.match(line)
            if fence and not fenced:
                fenced = fence.group(1)
            elif fence and fence.group(1) == fenced:
                fenced = ""
            elif not fenced and ("[" in line or "<" in line):
                mark = partial(self._mark, path=path, line=first + at, faults=faults)
                lines[at] = _MARK.sub(mark, line)
        return "\n".join(lines), faults[0] if faults else None

    def _mark(self, mark: re.Match[str], path: str, line: int, faults: list[FileFault]) -> str:
        found = mark.groupdict()
        if found["code"]:
            return mark.group()
        if found["page"]:
            return self._link(path, found["page"], found["page_text"] or found["page"])
        if found["text"]:
            return self._link(path, found["target"], found["text"], mark.group())
        source, alt = found["source"], found["alt"] or ""
        if found["wiki"]:
            source, alt = found["wiki"], found["wiki_alt"] or ""
            # What stands behind the bar of a note's picture is mostly its width.
            alt = "" if alt.isdigit() else alt
        elif found["img"]:
            told = {one[0].casefold(): one[1] or one[2] for one in _ATTRIBUTE.findall(found["img"])}
            source, alt = told.get("src", ""), told.get("alt", "")
        source = (source or "").strip().strip("<>")
        if source.startswith(("file:", "pack:")):
            return mark.group()
        if source.startswith(("https://", "http://", "//")):
            # Pictures of other houses are not shown: who reads would be told to them.
            name = alt or posixpath.basename(source.partition("?")[0]) or source
            return f"[{name}]({source if ':' in source else 'https:' + source})"
        place = self._found(path, source)
        why = "knowledge.pack_no_picture" if place is None else self._refused(place, "pictures")
        if place is None or why:
            why = why or ""
            faults.append(FileFault(line, "body", why, {"name": source[:80]}))
            return mark.group()
        return f"![{alt}](pack:{_quoted(place)})"

    def _link(self, path: str, target: str, text: str, old: str = "") -> str:
        """Return a link to another file as one to its article; others stay, a note's is plain."""
        name = unquote(target.strip("<>")).partition("#")[0]
        here = posixpath.dirname(path)
        bare = name.removesuffix(".md").removesuffix("/")
        for one in (name, f"{bare}.md", f"{bare}/index.md"):
            place = posixpath.normpath(posixpath.join(here, one))
            if place in self._heads:
                return f"[{text}](article:{self._heads[place].slug})"
        if old:
            return old
        same = self._by_name.get(f"{posixpath.basename(name)}.md".casefold(), [])
        known = [one for one in same if one in self._heads]
        return f"[{text}](article:{self._heads[known[0]].slug})" if len(known) == 1 else text


def _unread(path: str, fault: FileFault) -> MarkdownFile:
    return MarkdownFile(path, {}, {fault.column: fault.line}, fault)


def _placed(values: dict[str, str], category: _Category) -> None:
    """Put an article into the category of its folder, where it does not say another one."""
    if values.setdefault("category", category.name) == category.name:
        values.setdefault("category_en", category.name_en)
        values["category_slug"] = category.slug
        values["category_position"] = category.position
        values["category_brand"] = category.brand


def _is_hidden(path: str) -> bool:
    return any(step.startswith(".") or step.casefold() in _SKIPPED for step in path.split("/"))


def _stem(path: str) -> str:
    folder, name = posixpath.split(path)
    if name.casefold() in _CATEGORY_PAGES and folder:
        return posixpath.basename(folder)
    return _DATE.sub("", name.rpartition(".")[0])


def _slug(name: str, path: str, of: str) -> str:
    """Return an address for a name; one made of the path where the name is not Latin."""
    slug = slug_of(name) if name.isascii() else ""
    return slug or f"{of}-{sha256(path.encode()).hexdigest()[:10]}"


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("(", "%28").replace(")", "%29").replace(" ", "%20")
