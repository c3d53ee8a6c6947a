"""What the world sees of the knowledge base: published versions, by brand and audience."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.files import File, files
from peakend.knowledge.models import (
    CATEGORY_COLUMNS,
    PUBLISHED,
    PUBLISHED_COLUMNS,
    CategoryRecord,
    PublishedRecord,
)
from peakend.knowledge.rules.text import Heading, Picture, Told, html, told, told_in

PublishedArticle = PublishedRecord
Category = CategoryRecord

# Each condition on its own line; agents see customers' articles too, customers never agents'.
_VISIBLE = """
    AND ($1::text = 'agent' OR v.audience = 'customer')
    AND ($2::uuid IS NULL OR v.brand_id IS NULL OR v.brand_id = $2)
"""


class Rendered(msgspec.Struct, frozen=True):
    """An article ready to be shown: HTML, headings, and the files that stand beside the text."""

    html: str
    headings: list[Heading]
    pictures: list[File]
    video: File | None


async def published(
    tx: Transaction, article_ids: Sequence[UUID], *, audience: str, brand_id: UUID | None
) -> dict[UUID, PublishedArticle]:
    """Return published articles by id, only those that this audience of this brand may see."""
    rows = await tx.all(
        PublishedRecord,
        f"SELECT {PUBLISHED_COLUMNS} {PUBLISHED} {_VISIBLE} AND a.id = ANY($3)",
        audience,
        brand_id,
        list(article_ids),
    )
    return {row.article_id: row for row in rows}


async def published_by_slug(
    tx: Transaction, slug: str, *, audience: str = "customer"
) -> PublishedArticle | None:
    """Return the published article of an address, or None."""
    return await tx.one(
        PublishedRecord,
        f"SELECT {PUBLISHED_COLUMNS} {PUBLISHED} {_VISIBLE} AND a.slug = $3",
        audience,
        None,
        slug,
    )


async def published_list(
    tx: Transaction,
    *,
    audience: str = "customer",
    brand_id: UUID | None = None,
    category_id: UUID | None = None,
    limit: int = 500,
) -> list[PublishedArticle]:
    """Return published articles in the order of their categories, without their bodies' order."""
    return await tx.all(
        PublishedRecord,
        f"""
        SELECT {PUBLISHED_COLUMNS} {PUBLISHED} {_VISIBLE}
            AND ($3::uuid IS NULL OR v.category_id = $3)
        ORDER BY v.position, v.title, a.id
        LIMIT $4
        """,
        audience,
        brand_id,
        category_id,
        limit,
    )


def in_language(article: PublishedArticle, language: str) -> Told:
    """Return an article in a language; in the one it was written in where it is not translated."""
    return told_in(told(article.title, article.body, article.language), language)


async def categories(tx: Transaction) -> list[Category]:
    """Return all categories in their order."""
    return await tx.all(
        CategoryRecord,
        f"""
        SELECT {CATEGORY_COLUMNS}
        FROM article_category
        WHERE organisation_id = current_organisation()
        ORDER BY position, id
        LIMIT 500
        """,  # noqa: S608
    )


async def category_by_slug(tx: Transaction, slug: str) -> Category | None:
    """Return the category of an address, or None."""
    return await tx.one(
        CategoryRecord,
        f"""
        SELECT {CATEGORY_COLUMNS}
        FROM article_category
        WHERE organisation_id = current_organisation() AND slug = $1
        """,  # noqa: S608
        slug,
    )


async def rendered(
    tx: Transaction, body: str, picture_ids: Sequence[UUID], video_id: UUID | None
) -> Rendered:
    """Return a body as HTML with links to its files; pictures not in the text stand beside it."""
    wanted = [*picture_ids, *([video_id] if video_id else [])]
    found = await files(tx, wanted)
    used: set[UUID] = set()

    def picture(file_id: UUID) -> Picture | None:
        file = found.get(file_id)
        if file is None or file.kind != "image":
            return None
        used.add(file_id)
        return Picture(file.url, file.name, file.width, file.height)

    made, headings = html(body, picture)
    beside = [found[i] for i in picture_ids if i in found and i not in used]
    video = found.get(video_id) if video_id else None
    return Rendered(made, headings, beside, video)
