"""The text of an article: its pieces for the index, its beginning as an answer, its safe HTML."""

import re
from collections.abc import Callable
from typing import Literal
from uuid import UUID

import mistune
import msgspec
import nh3

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
AUDIENCES = ("customer", "agent")
State = Literal["draft", "published", "retired"]
Audience = Literal["customer", "agent"]
STATES = ("draft", "published", "retired")

_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_MARKS = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[*_`>#|]|^\s*(?:[-+]|\d+[.、])\s+", re.M
)


# The last part of a body may be the article over again in another language.
_OTHER = re.compile(r"^##[ \t]+(English|中文)[ \t]*[:：][ \t]*(\S.*)$", re.M)
_NAMED = {"English": "en", "中文": "zh-CN"}


class Told(msgspec.Struct, frozen=True):
    """An article in one of its languages."""

    language: str
    title: str
    body: str


def told(title: str, body: str, language: str) -> list[Told]:
    """Return an article in each language it is written in, the one of its editor first.

    A body may end with `## English: Title` or `## 中文：标题` and the article over again below it.
    """
    body = body.replace("\r\n", "\n")
    marks = list(_OTHER.finditer(body))
    ends = [mark.start() for mark in marks] + [len(body)]
    parts = [Told(language, title, body[: ends[0]].strip())]
    for mark, end in zip(marks, ends[1:], strict=True):
        text = body[mark.end() : end].strip()
        if text:
            parts.append(Told(_NAMED[mark.group(1)], mark.group(2).strip(), text))
    return parts


def told_in(parts: list[Told], language: str) -> Told:
    """Return the part in a language; what the editor wrote first where there is none."""
    return next((part for part in parts if part.language == language), parts[0])


def pieces(title: str, questions: list[str], body: str, language: str) -> list[tuple[str, str]]:
    """Return kind and text of everything that an article is found by, in all its languages."""
    parts = told(title, body, language)
    found = [("title", part.title) for part in parts]
    found += [("question", question) for question in questions]
    return found + [("paragraph", text) for part in parts for text in paragraphs(part.body)]


def plain(markdown: str) -> str:
    """Return Markdown as text to be read: no marks, links by their words."""
    return _MARKS.sub(lambda match: match.group(1) or "", markdown).strip()


def paragraphs(body: str, longest: int = 320) -> list[str]:
    """Return the pieces of a body that are indexed: blocks joined under their heading."""
    pieces: list[str] = []
    heading = ""
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n")):
        lines = block.strip()
        title = _HEADING.match(lines)
        if title and "\n" not in lines:
            heading = plain(title.group(1))
            continue
        text = plain(lines)
        if not text:
            continue
        whole = f"{heading} {text}".strip() if heading else text
        pieces.extend(whole[at : at + longest] for at in range(0, len(whole), longest))
    return pieces


def extract(body: str, longest: int = 420) -> str:
    """Return the beginning of an answer: first paragraph and first list, up to the next heading.

    Markdown stays Markdown; a list is never cut inside one of its points.
    Counts: `longest` in Han characters; a Latin letter says less, so there may be twice as many.
    """
    if sum(char.isascii() for char in body) * 2 > len(body):
        longest *= 2
    taken: list[str] = []
    size = 0
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        block = block.strip()
        if not block or block.startswith(("![", "|")):
            continue
        if _HEADING.match(block):
            if taken:
                break
            continue
        if taken and size + len(block) > longest:
            if re.match(r"\d+[.、]|[-*+]\s", block):
                taken.append(_fitting_points(block, longest - size))
            break
        taken.append(block)
        size += len(block)
    return "\n\n".join(piece for piece in taken if piece)


_BULLET = re.compile(r"^(\s*)[-*+]\s+", re.M)
_DECORATION = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|\*\*|__|`|^#{1,6}\s+|^>\s?", re.M
)

# A full-width mark brings its own gap.
_WIDE_GAP = re.compile(r"(?<=[，。：；？！）」])[ \t]+(?=\S)")


def readable(markdown: str) -> str:
    """Return Markdown as plain text for a chat: steps keep their numbers, marks are gone."""
    text = _DECORATION.sub(lambda match: match.group(1) or "", markdown)
    text = _WIDE_GAP.sub("", text)
    return re.sub(r"\n{3,}", "\n\n", _BULLET.sub(r"\1· ", text)).strip()


def _fitting_points(block: str, room: int) -> str:
    """Return the points of a list that fit; at least two, because one step is no answer."""
    points = re.split(r"\n(?=\s*(?:\d+[.、]|[-*+])\s)", block)
    kept: list[str] = []
    for point in points:
        if len(kept) >= 2 and sum(map(len, kept)) + len(point) > room:
            break
        kept.append(point)
    return "\n".join(kept)


class Heading(msgspec.Struct, frozen=True):
    """A line of the table of contents."""

    anchor: str
    text: str


TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "del", "code", "pre",
    "blockquote", "hr", "a", "img", "figure", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "h2": {"id"},
    "h3": {"id"},
    "ol": {"start"},
}
_FILE = re.compile(r"file:([0-9a-fA-F-]{36})")
_PHONE = re.compile(r"(?<![\d-])(?:400-\d{3}-\d{4}|0\d{2,3}-\d{7,8})(?![\d-])")
_ARTICLE = re.compile(r"article:([a-z0-9-]{1,120})")


class Picture(msgspec.Struct, frozen=True):
    """Where a picture of an article is fetched, and its size, so that nothing jumps."""

    url: str
    name: str = ""
    width: int | None = None
    height: int | None = None


class _Renderer(mistune.HTMLRenderer):
    def __init__(self, picture: Callable[[UUID], Picture | None]) -> None:
        super().__init__(escape=True)
        self.picture = picture
        self.headings: list[Heading] = []

    def text(self, text: str) -> str:
        # A number to call is one tap away, and is never broken over two lines.
        return _PHONE.sub(
            lambda found: f'<a href="tel:{found.group().replace("-", "")}">{found.group()}</a>',
            super().text(text),
        )

    def heading(self, text: str, level: int, **attrs: object) -> str:
        # The title of the page is the only h1.
        level = min(4, max(2, level))
        if level > 2:
            return f"<h{level}>{text}</h{level}>\n"
        anchor = f"s{len(self.headings) + 1}"
        self.headings.append(Heading(anchor, re.sub(r"<[^>]+>", "", text)))
        return f'<h2 id="{anchor}">{text}</h2>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        article = _ARTICLE.fullmatch(url)
        return super().link(text, f"/help/a/{article.group(1)}" if article else url)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        named = _FILE.fullmatch(url)
        found = self.picture(UUID(named.group(1))) if named else None
        return figure(found, text) if found else ""


def figure(picture: Picture, text: str) -> str:
    """Return the HTML of a picture with its words."""
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    return (
        f'<img src="{mistune.escape(picture.url)}" alt="{mistune.escape(text)}"{size}'
        ' loading="lazy">'
    )


def _safe(element: str, attribute: str, value: str) -> str | None:
    if (element, attribute) == ("img", "src"):
        return value if value.startswith("/files/") else None
    if (element, attribute) == ("a", "href"):
        if value.startswith("//") or "\\" in value:
            return None
        return value if value.startswith(("/", "https://", "http://", "tel:", "mailto:")) else None
    return value


def html(
    markdown: str, picture: Callable[[UUID], Picture | None] = lambda _: None
) -> tuple[str, list[Heading]]:
    """Return Markdown as HTML that is safe to show, and its headings.

    Pictures are only those of our own store; anything from elsewhere is left out.
    """
    renderer = _Renderer(picture)
    made = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])(markdown)
    clean = nh3.clean(
        str(made),
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_safe,
        url_schemes={"http", "https", "tel", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return clean, renderer.headings


def like(text: str) -> str:
    """Return a LIKE pattern that finds the text itself, whatever signs it holds."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
