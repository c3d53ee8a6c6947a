"""How an article lies in a cell: questions on lines of their own, pictures by their ids."""

import re
from uuid import UUID

_PICTURE = re.compile(r"(!\[[^\]]*\]\()file:([0-9a-fA-F-]{36})(\))")
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


def slug_of(name: str) -> str:
    """Return an address made of a Latin name; empty where nothing is left of it."""
    return _PLAIN.sub("-", name.casefold()).strip("-")[:60].strip("-")
