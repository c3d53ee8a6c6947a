"""How an article lies in a cell: questions on lines of their own, pictures by their ids.

In a file pictures are called by their place beside it, articles by that of their file.
"""

import re
from urllib.parse import unquote
from uuid import UUID

_PICTURE = re.compile(r"(!\[[^\]]*\]\()file:([0-9a-fA-F-]{36})(\))")
_PACKED = re.compile(r"(!\[[^\]]*\]\()pack:([^)\s]+)(\))")
_ARTICLE = re.compile(r"(\]\()article:([a-z0-9-]{1,120})(\))")
_PLAIN = re.compile(r"[^a-z0-9]+")


def questions_of(cell: str) -> list[str]:
    """Return the example questions of a cell: one a line, or parted by semicolons."""
    parts = cell.split("\n") if "\n" in cell else re.split("[;；]", cell)
    return list(dict.fromkeys(one for one in (part.strip() for part in parts) if one))


def pictures_of(body: str) -> list[UUID]:
    """Return the pictures that a text shows, each once, in their order."""
    found: dict[UUID, None] = {}
    for mark in _PICTURE.finditer(body):
        try:
            found[UUID(mark.group(2))] = None
        except ValueError:
            continue
    return list(found)


def with_pictures(body: str, names: dict[UUID, str]) -> str:
    """Return a text whose pictures are called otherwise; those without a name stay."""

    def named(mark: re.Match[str]) -> str:
        try:
            name = names.get(UUID(mark.group(2)))
        except ValueError:
            name = None
        return mark.group() if name is None else f"{mark.group(1)}{name}{mark.group(3)}"

    return _PICTURE.sub(named, body)


def packed_pictures(body: str) -> list[str]:
    """Return the paths of pictures that a text shows out of its folder, each once."""
    return list(dict.fromkeys(unquote(mark.group(2)) for mark in _PACKED.finditer(body)))


def with_packed(body: str, stored: dict[str, UUID]) -> str:
    """Return a text whose pictures are called by their ids instead of their paths."""

    def named(mark: re.Match[str]) -> str:
        return f"{mark.group(1)}file:{stored[unquote(mark.group(2))]}{mark.group(3)}"

    return _PACKED.sub(named, body)


def articles_linked(body: str) -> list[str]:
    """Return the addresses of articles that a text leads to, each once."""
    return list(dict.fromkeys(mark.group(2) for mark in _ARTICLE.finditer(body)))


def with_articles(body: str, places: dict[str, str]) -> str:
    """Return a text whose links to articles lead to other places; those without one stay."""

    def placed(mark: re.Match[str]) -> str:
        place = places.get(mark.group(2))
        return mark.group() if place is None else f"{mark.group(1)}{place}{mark.group(3)}"

    return _ARTICLE.sub(placed, body)


def slug_of(name: str) -> str:
    """Return an address made of a Latin name; empty where nothing is left of it."""
    return _PLAIN.sub("-", name.casefold()).strip("-")[:60].strip("-")
