"""Writing articles, publishing and retiring them, judging them, keeping the index true."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.files import FileNotFound, files
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import token_hash
from peakend.knowledge import queries
from peakend.knowledge.events import (
    ArticleEdited,
    ArticleJudged,
    ArticlePublished,
    ArticleRemoved,
    ArticleRetired,
    ArticleWritten,
    CategoryChanged,
)
from peakend.knowledge.models import ArticleRecord
from peakend.knowledge.rules.text import AUDIENCES, SLUG
from peakend.language import queries as language


class ArticleStale(Conflict):
    """Somebody else saved this article in between."""

    wording = "knowledge.stale"


class SlugTaken(Conflict):
    """Another article or category has this address."""

    wording = "knowledge.slug_taken"


class SlugWrong(Invalid):
    """An address is of small letters, digits and single dashes."""

    wording = "knowledge.slug_wrong"


class ArticleEmpty(Conflict):
    """An article without a title or text cannot be published."""

    wording = "knowledge.empty"


class CategoryInUse(Conflict):
    """A category with articles cannot be taken away."""

    wording = "knowledge.category_in_use"


# Fields of a working copy that an editor may set; anything else is refused by the route.
EDITABLE = (
    "title",
    "slug",
    "category_id",
    "brand_id",
    "audience",
    "language",
    "body",
    "questions",
    "picture_ids",
    "video_id",
    "position",
)


async def write_article(
    tx: Transaction, *, title: str, slug: str | None = None, by: Actor, **fields: Any
) -> UUID:
    """Begin an article as a draft and return its id. Errors: SlugTaken, SlugWrong."""
    article_id = new_id()
    slug = slug or f"article-{article_id.hex[-10:]}"
    await _check(tx, {**fields, "slug": slug, "title": title})
    if await _slug_taken(tx, "article", slug):
        raise SlugTaken(slug=slug)
    await tx.run(
        """
        INSERT INTO article (id, slug, title, category_id, brand_id, audience, language, body,
            questions, picture_ids, video_id, position, author_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
        """,
        article_id,
        slug,
        title.strip(),
        fields.get("category_id"),
        fields.get("brand_id"),
        fields.get("audience", "customer"),
        fields.get("language") or language.detected_language(title),
        fields.get("body", ""),
        _questions(fields.get("questions", ())),
        list(fields.get("picture_ids", ())),
        fields.get("video_id"),
        fields.get("position", 0),
        by.id if by.kind == "member" else None,
        tx.now,
    )
    await record(tx, ArticleWritten(article_id=article_id))
    return article_id


async def edit_article(
    tx: Transaction, *, article_id: UUID, version: int, by: Actor, **fields: Any
) -> None:
    """Change the working copy; what is published stays until it is published again.

    Errors: ArticleNotFound, ArticleStale, SlugTaken, SlugWrong.
    """
    article = await queries.need_article(tx, article_id, by)
    await _check(tx, fields)
    slug = fields.get("slug", article.slug)
    if slug != article.slug and await _slug_taken(tx, "article", slug):
        raise SlugTaken(slug=slug)
    if "questions" in fields:
        fields["questions"] = _questions(fields["questions"])
    values = {name: fields.get(name, getattr(article, name)) for name in EDITABLE}
    changed = await tx.run(
        """
        UPDATE article
        SET title = $3, slug = $4, category_id = $5, brand_id = $6, audience = $7, language = $8,
            body = $9, questions = $10, picture_ids = $11, video_id = $12, position = $13,
            version = version + 1, updated_at = $14
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        article_id,
        version,
        *values.values(),
        tx.now,
    )
    if not changed:
        raise ArticleStale
    await record(tx, ArticleEdited(article_id=article_id, edition=version + 1))


async def publish(tx: Transaction, *, article_id: UUID, by: Actor) -> int:
    """Let the world see the working copy as it is now; return the number of the version.

    Errors: ArticleNotFound, ArticleEmpty.
    """
    article = await queries.need_article(tx, article_id, by)
    if not article.title.strip() or not article.body.strip():
        raise ArticleEmpty
    number = (article.published_version or 0) + 1
    await _keep_version(tx, article, number, by)
    changed = await tx.run(
        """
        UPDATE article
        SET state = 'published', published_version = $2, published_edit = version,
            published_at = $3, updated_at = $3
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $4
        """,
        article_id,
        number,
        tx.now,
        article.version,
    )
    if not changed:
        raise ArticleStale
    await audit(tx, "article.published", "article", article_id, {"version": number})
    await record(
        tx,
        ArticlePublished(
            article_id=article_id,
            published_version=number,
            audience=article.audience,
            first=number == 1,
        ),
    )
    return number


async def retire(tx: Transaction, *, article_id: UUID, by: Actor) -> None:
    """Take an article out of sight; versions are kept. Errors: ArticleNotFound."""
    await queries.need_article(tx, article_id, by)
    changed = await tx.run(
        """
        UPDATE article SET state = 'retired', updated_at = $2
        WHERE organisation_id = current_organisation() AND id = $1 AND state <> 'retired'
        """,
        article_id,
        tx.now,
    )
    if changed:
        await audit(tx, "article.retired", "article", article_id)
        await record(tx, ArticleRetired(article_id=article_id))


async def remove_article(tx: Transaction, *, article_id: UUID, by: Actor) -> None:
    """Take an article away with its versions and votes. Errors: ArticleNotFound."""
    await queries.need_article(tx, article_id, by)
    await tx.run(
        "DELETE FROM article WHERE organisation_id = current_organisation() AND id = $1",
        article_id,
    )
    await audit(tx, "article.removed", "article", article_id)
    await record(tx, ArticleRemoved(article_id=article_id))


async def judge(
    tx: Transaction, *, article_id: UUID, helpful: bool, voter: str, place: str
) -> bool:
    """Note whether an article helped; one reader counts once. Returns whether it counted."""
    counted = await tx.run(
        """
        WITH vote AS (
            INSERT INTO article_vote (article_id, voter, helpful, at)
            SELECT id, $2, $3, $4 FROM article
            WHERE organisation_id = current_organisation() AND id = $1 AND state = 'published'
            ON CONFLICT DO NOTHING
            RETURNING article_id, helpful
        )
        UPDATE article a
        SET helpful = a.helpful + CASE WHEN vote.helpful THEN 1 ELSE 0 END,
            unhelpful = a.unhelpful + CASE WHEN vote.helpful THEN 0 ELSE 1 END
        FROM vote
        WHERE a.organisation_id = current_organisation() AND a.id = vote.article_id
        """,
        article_id,
        token_hash(voter),
        helpful,
        tx.now,
    )
    if counted:
        await record(tx, ArticleJudged(article_id=article_id, helpful=helpful, place=place))
    return counted > 0


async def save_category(
    tx: Transaction,
    *,
    slug: str,
    name_zh: str,
    name_en: str = "",
    position: int = 0,
    brand_id: UUID | None = None,
    category_id: UUID | None = None,
) -> UUID:
    """Make or change a category and return its id. Errors: SlugWrong, SlugTaken."""
    await _check(tx, {"slug": slug, "brand_id": brand_id})
    if await _slug_taken(tx, "article_category", slug, category_id):
        raise SlugTaken(slug=slug)
    if category_id is None:
        category_id = new_id()
    else:
        await queries.need_category(tx, category_id)
    await tx.run(
        """
        INSERT INTO article_category (id, slug, name_zh, name_en, position, brand_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organisation_id, id) DO UPDATE
        SET slug = $2, name_zh = $3, name_en = $4, position = $5, brand_id = $6
        """,
        category_id,
        slug,
        name_zh.strip(),
        name_en.strip(),
        position,
        brand_id,
    )
    await record(tx, CategoryChanged(category_id=category_id, removed=False))
    return category_id


async def remove_category(tx: Transaction, *, category_id: UUID) -> None:
    """Take an empty category away. Errors: CategoryNotFound, CategoryInUse."""
    await queries.need_category(tx, category_id)
    used = await tx.value(
        """
        SELECT EXISTS (SELECT FROM article
            WHERE organisation_id = current_organisation() AND category_id = $1)
            OR EXISTS (SELECT FROM article_version
            WHERE organisation_id = current_organisation() AND category_id = $1)
        """,
        category_id,
    )
    if used:
        raise CategoryInUse
    await tx.run(
        "DELETE FROM article_category WHERE organisation_id = current_organisation() AND id = $1",
        category_id,
    )
    await record(tx, CategoryChanged(category_id=category_id, removed=True))


async def index_article(tx: Transaction, *, article_id: UUID, vectors: Mapping[str, bytes]) -> None:
    """Make what is found of an article equal to what is published of it now.

    `vectors` holds those of its texts as they were a moment ago.
    """
    rows = await queries.published(tx, [article_id], audience="agent", brand_id=None)
    article = rows.get(article_id)
    pieces = queries.passages_of(article) if article else []
    changed = [text for _, text in pieces if text not in vectors]
    known = {**vectors, **await queries.vectors_of(changed)}
    # The revision's row is locked first: two articles indexed at once wait for one another here,
    # so that no reader can see a revision whose passages are not all there.
    await tx.run(
        """
        INSERT INTO knowledge_revision AS k (revision) VALUES (1)
        ON CONFLICT (organisation_id) DO UPDATE SET revision = k.revision + 1
        """
    )
    await tx.run(
        "DELETE FROM article_passage "
        "WHERE organisation_id = current_organisation() AND article_id = $1",
        article_id,
    )
    if article is None:
        return
    name = language.embedder_name()
    await tx.many(
        """
        INSERT INTO article_passage
            (article_id, position, kind, text, vector, embedder, brand_id, audience)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [
            (article_id, at, kind, text, known.get(text), name if text in known else "",
             article.brand_id, article.audience)
            for at, (kind, text) in enumerate(pieces)
        ],
    )  # fmt: skip


async def _keep_version(tx: Transaction, article: ArticleRecord, number: int, by: Actor) -> None:
    await tx.run(
        """
        INSERT INTO article_version (article_id, version, category_id, brand_id, audience,
            language, title, body, questions, picture_ids, video_id, position, published_by,
            published_at)
        SELECT id, $2, category_id, brand_id, audience, language, title, body, questions,
            picture_ids, video_id, position, $3, $4
        FROM article
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        article.id,
        number,
        by.id if by.kind == "member" else None,
        tx.now,
    )


async def _check(tx: Transaction, fields: dict[str, Any]) -> None:
    """Refuse what does not exist here. Errors: SlugWrong, CategoryNotFound, FileNotFound."""
    slug = fields.get("slug")
    if slug is not None and (len(slug) > 120 or not SLUG.fullmatch(slug)):
        raise SlugWrong(slug=slug[:120])
    if fields.get("audience", "customer") not in AUDIENCES:
        raise Invalid
    if fields.get("category_id") is not None:
        await queries.need_category(tx, fields["category_id"])
    if fields.get("brand_id") is not None:
        await accounts.need_brand(tx, fields["brand_id"])
    wanted = {*(fields.get("picture_ids") or ()), fields.get("video_id")} - {None}
    if wanted and len(await files(tx, list(wanted))) != len(wanted):
        raise FileNotFound


async def _slug_taken(
    tx: Transaction, table: str, slug: str, except_id: UUID | None = None
) -> bool:
    statements = {
        "article": "SELECT EXISTS (SELECT FROM article WHERE organisation_id = "
        "current_organisation() AND slug = $1 AND id IS DISTINCT FROM $2::uuid)",
        "article_category": "SELECT EXISTS (SELECT FROM article_category WHERE organisation_id = "
        "current_organisation() AND slug = $1 AND id IS DISTINCT FROM $2::uuid)",
    }
    return bool(await tx.value(statements[table], slug, except_id))


def _questions(given: Sequence[str]) -> list[str]:
    """Return example questions without blanks and repeats, in their order."""
    return list(dict.fromkeys(text for text in (q.strip() for q in given) if text))
