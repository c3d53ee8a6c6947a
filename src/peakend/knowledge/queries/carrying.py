"""Articles and categories as they are carried in and out."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.scans import scans_of_files
from peakend.knowledge.models import ARTICLE_COLUMNS, ArticleRecord
from peakend.knowledge.queries.editing import brands_of

_OURS = """
FROM article a
WHERE a.organisation_id = current_organisation()
    AND ($1::uuid[] IS NULL OR a.brand_id IS NULL OR a.brand_id = ANY($1))
"""
_HASHES = """
SELECT id, sha256 FROM file
WHERE organisation_id = current_organisation() AND id = ANY($1) AND NOT withdrawn
"""


class _Hash(msgspec.Struct, frozen=True):
    id: UUID
    sha256: str


async def articles_named(
    tx: Transaction, actor: Actor, slugs: Sequence[str], titles: Sequence[str]
) -> list[ArticleRecord]:
    """Return the articles of these addresses and of these titles."""
    return await tx.all(
        ArticleRecord,
        f"SELECT {ARTICLE_COLUMNS} {_OURS}"
        " AND (a.slug = ANY($2::text[]) OR lower(a.title) = ANY($3::text[])) ORDER BY a.id",
        brands_of(actor),
        list(slugs),
        [one.lower() for one in titles],
    )


async def articles_after(
    tx: Transaction, actor: Actor, after: UUID | None, most: int, search: str
) -> list[ArticleRecord]:
    """Return the next articles that this person may see, in the order of their ids."""
    return await tx.all(
        ArticleRecord,
        f"SELECT {ARTICLE_COLUMNS} {_OURS}"
        " AND ($2::uuid IS NULL OR a.id > $2)"
        " AND ($3 = '' OR strpos(lower(a.title), lower($3)) > 0) ORDER BY a.id LIMIT $4",
        brands_of(actor),
        after,
        search,
        most,
    )


async def file_hashes(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return which bytes each of these files has; what is not here is left out."""
    return {one.id: one.sha256 for one in await tx.all(_Hash, _HASHES, list(ids))}


class StoredFile(msgspec.Struct, frozen=True):
    """A file of an article: which bytes it has, and of what kind."""

    id: UUID
    sha256: str
    mime: str


class _Place(msgspec.Struct, frozen=True):
    slug: str
    category_id: UUID | None


async def stored_files(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, StoredFile]:
    """Return the files of these ids that can be shown; none that a scanner holds."""
    found = await tx.all(
        StoredFile,
        "SELECT id, sha256, mime FROM file"
        " WHERE organisation_id = current_organisation() AND id = ANY($1) AND NOT withdrawn",
        list(set(ids)),
    )
    scans = await scans_of_files(tx, [one.id for one in found])
    return {one.id: one for one in found if one.id not in scans or not scans[one.id].held}


async def article_places(tx: Transaction, actor: Actor) -> dict[str, UUID | None]:
    """Return the category of every article that this person may see, by its address."""
    found = await tx.all(_Place, f"SELECT a.slug, a.category_id {_OURS}", brands_of(actor))
    return {one.slug: one.category_id for one in found}
