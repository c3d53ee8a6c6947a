"""What editors see: working copies, their versions, and categories."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.files import File, files
from peakend.kernel.naming import called
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.knowledge.models import (
    ARTICLE_COLUMNS,
    CATEGORY_COLUMNS,
    ArticleRecord,
    CategoryRecord,
)
from peakend.knowledge.rules.text import Audience, Picture, State, html, like


class ArticleNotFound(NotFound):
    """There is no such article, or not for this person."""

    wording = "knowledge.article_not_found"


class CategoryNotFound(NotFound):
    """There is no such category."""

    wording = "knowledge.category_not_found"


class ArticleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the editors' list."""

    id: UUID
    slug: str
    title: str
    category_id: UUID | None
    brand_id: UUID | None
    audience: Audience
    state: State
    language: str
    position: int
    questions: int
    version: int
    published_version: int | None
    changed: bool
    helpful: int
    unhelpful: int
    updated_at: datetime
    published_at: datetime | None


class Version(msgspec.Struct, frozen=True):
    """One published version of an article."""

    version: int
    title: str
    body: str
    audience: Audience
    published_at: datetime
    published_by: UUID | None
    published_by_name: str = ""


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """A working copy with everything its editor shows."""

    id: UUID
    slug: str
    title: str
    body: str
    body_html: str
    category_id: UUID | None
    brand_id: UUID | None
    audience: Audience
    state: State
    language: str
    position: int
    questions: list[str]
    picture_ids: list[UUID]
    video_id: UUID | None
    files: list[File]
    version: int
    published_version: int | None
    changed: bool
    helpful: int
    unhelpful: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    versions: list[Version]


class _VersionRow(msgspec.Struct, frozen=True):
    version: int
    title: str
    body: str
    audience: str
    published_at: datetime
    published_by: UUID | None


def brands_of(actor: Actor) -> list[UUID] | None:
    """Return the brands a member is limited to; None when not limited."""
    return None if actor.every_brand else sorted(actor.brand_ids)


async def need_article(tx: Transaction, article_id: UUID, actor: Actor) -> ArticleRecord:
    """Return the working copy of an article. Errors: ArticleNotFound."""
    found = await tx.one(
        ArticleRecord,
        f"""
        SELECT {ARTICLE_COLUMNS}
        FROM article a
        WHERE a.organisation_id = current_organisation()
            AND a.id = $1
            AND ($2::uuid[] IS NULL OR a.brand_id IS NULL OR a.brand_id = ANY($2))
        """,  # noqa: S608
        article_id,
        brands_of(actor),
    )
    if found is None:
        raise ArticleNotFound
    if found.state != "published" and not actor.may("knowledge.edit"):
        raise ArticleNotFound
    return found


async def need_category(tx: Transaction, category_id: UUID) -> CategoryRecord:
    """Return a category. Errors: CategoryNotFound."""
    found = await tx.one(
        CategoryRecord,
        f"""
        SELECT {CATEGORY_COLUMNS}
        FROM article_category
        WHERE organisation_id = current_organisation() AND id = $1
        """,  # noqa: S608
        category_id,
    )
    if found is None:
        raise CategoryNotFound
    return found


async def article_page(
    tx: Transaction,
    actor: Actor,
    *,
    state: str | None = None,
    category_id: UUID | None = None,
    audience: str | None = None,
    brand_id: UUID | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ArticleRow]:
    """Return a page of working copies, last changed first; readers see published ones only."""
    if not actor.may("knowledge.edit"):
        state = "published"
    after_at, after_id = _after(cursor)
    rows = await tx.all(
        ArticleRecord,
        f"""
        SELECT {ARTICLE_COLUMNS}
        FROM article a
        WHERE a.organisation_id = current_organisation()
            AND ($1::text IS NULL OR a.state = $1)
            AND ($2::uuid IS NULL OR a.category_id = $2)
            AND ($3::text IS NULL OR a.audience = $3)
            AND ($4::uuid IS NULL OR a.brand_id = $4)
            AND ($5::text IS NULL OR a.title ILIKE $5 OR array_to_string(a.questions, ' ') ILIKE $5)
            AND ($6::uuid[] IS NULL OR a.brand_id IS NULL OR a.brand_id = ANY($6))
            AND ($7::timestamptz IS NULL OR (a.updated_at, a.id) < ($7, $8))
        ORDER BY a.updated_at DESC, a.id DESC
        LIMIT $9
        """,  # noqa: S608
        state,
        category_id,
        audience,
        brand_id,
        like(q) if q else None,
        brands_of(actor),
        after_at,
        after_id,
        limit + 1,
    )
    more = rows[limit - 1] if len(rows) > limit else None
    following = cursor_encode(more.updated_at.isoformat(), str(more.id)) if more else None
    return Page([_row(row) for row in rows[:limit]], following)


def _after(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    at, identifier = cursor_decode(cursor, 2)
    try:
        return msgspec.convert(at, datetime), msgspec.convert(identifier, UUID)
    except msgspec.ValidationError as error:
        raise ArticleNotFound from error


def _row(row: ArticleRecord) -> ArticleRow:
    return ArticleRow(
        **{
            name: getattr(row, name)
            for name in ArticleRow.__struct_fields__
            if name not in ("questions", "changed")
        },
        questions=len(row.questions),
        changed=row.published_edit != row.version,
    )


async def article_for_editor(tx: Transaction, article_id: UUID, actor: Actor) -> Article:
    """Return everything about one article. Errors: ArticleNotFound."""
    row = await need_article(tx, article_id, actor)
    found = await files(tx, [*row.picture_ids, *([row.video_id] if row.video_id else [])])
    names = {i: f for i, f in found.items() if f.kind == "image"}
    made, _ = html(row.body, lambda i: _picture(names.get(i)))
    return Article(
        **{name: getattr(row, name) for name in _SAME},
        body_html=made,
        files=list(found.values()),
        changed=row.published_edit != row.version,
        versions=await _versions(tx, row.id),
    )


_SAME = [
    name
    for name in Article.__struct_fields__
    if name not in ("body_html", "files", "changed", "versions")
]


def _picture(file: File | None) -> Picture | None:
    return Picture(file.url, file.name, file.width, file.height) if file else None


async def _versions(tx: Transaction, article_id: UUID) -> list[Version]:
    rows = await tx.all(
        _VersionRow,
        """
        SELECT version, title, body, audience, published_at, published_by
        FROM article_version
        WHERE organisation_id = current_organisation() AND article_id = $1
        ORDER BY version DESC
        LIMIT 50
        """,
        article_id,
    )
    names = await accounts.member_names(tx, {r.published_by for r in rows if r.published_by})
    return [
        Version(
            **{name: getattr(row, name) for name in _VersionRow.__struct_fields__},
            published_by_name=names.get(row.published_by, "") if row.published_by else "",
        )
        for row in rows
    ]


called(
    "article",
    "SELECT id, title AS name FROM article"
    " WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
