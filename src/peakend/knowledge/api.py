"""Routes of editors and readers at the desk."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.knowledge import actions, queries

Title = Annotated[str, Meta(min_length=1, max_length=120)]
Slug = Annotated[str, Meta(min_length=1, max_length=120)]
Body = Annotated[str, Meta(max_length=40_000)]
Question = Annotated[str, Meta(max_length=200)]
Questions = Annotated[list[Question], Meta(max_length=60)]
Files = Annotated[list[UUID], Meta(max_length=20)]
Audience = Annotated[str, Meta(pattern="^(customer|agent)$")]
Language = Annotated[str, Meta(pattern="^(zh-CN|en)$")]
Place = Annotated[int, Meta(ge=-100_000, le=100_000)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class NewArticle(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an article begins with."""

    title: Title
    slug: Slug | None = None
    category_id: UUID | None = None
    brand_id: UUID | None = None
    audience: Audience = "customer"
    language: Language | None = None
    body: Body = ""
    questions: Questions = []
    picture_ids: Files = []
    video_id: UUID | None = None
    position: Place = 0


class ArticleChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an editor changes; `version` is the one the editor saw."""

    version: int
    title: Title | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    category_id: UUID | UnsetType | None = UNSET
    brand_id: UUID | UnsetType | None = UNSET
    audience: Audience | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    questions: Questions | UnsetType = UNSET
    picture_ids: Files | UnsetType = UNSET
    video_id: UUID | UnsetType | None = UNSET
    position: Place | UnsetType = UNSET


class CategoryGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A category as an editor writes it."""

    slug: Slug
    name_zh: Name
    name_en: Annotated[str, Meta(max_length=60)] = ""
    position: Place = 0
    brand_id: UUID | None = None


def _given(data: msgspec.Struct, *without: str) -> dict[str, object]:
    fields = {name: getattr(data, name) for name in data.__struct_fields__ if name not in without}
    return {name: value for name, value in fields.items() if value is not UNSET}


@get("/articles", summary="Articles", opt=needs("knowledge.read"))
async def article_list(
    tx: Transaction,
    actor: Actor,
    wanted: Annotated[
        str | None, Parameter(query="state", pattern="^(draft|published|retired)$")
    ] = None,
    category: UUID | None = None,
    audience: Annotated[str | None, Parameter(pattern="^(customer|agent)$")] = None,
    brand: UUID | None = None,
    q: Annotated[str | None, Parameter(max_length=100)] = None,
    cursor: Annotated[str | None, Parameter(max_length=400)] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
) -> Page[queries.ArticleRow]:
    return await queries.article_page(
        tx, actor, state=wanted, category_id=category, audience=audience, brand_id=brand, q=q,
        cursor=cursor, limit=limit,
    )  # fmt: skip


@post("/articles", summary="Begin an article", opt=needs("knowledge.edit"))
async def write_article(tx: Transaction, actor: Actor, data: NewArticle) -> queries.Article:
    article_id = await actions.write_article(tx, by=actor, **_given(data))  # type: ignore[arg-type]
    return await queries.article_for_editor(tx, article_id, actor)


@get("/articles/{article_id:uuid}", summary="An article", opt=needs("knowledge.read"))
async def show_article(tx: Transaction, actor: Actor, article_id: UUID) -> queries.Article:
    return await queries.article_for_editor(tx, article_id, actor)


@patch("/articles/{article_id:uuid}", summary="Change an article", opt=needs("knowledge.edit"))
async def edit_article(
    tx: Transaction, actor: Actor, article_id: UUID, data: ArticleChange
) -> queries.Article:
    await actions.edit_article(
        tx, article_id=article_id, version=data.version, by=actor, **_given(data, "version")
    )
    return await queries.article_for_editor(tx, article_id, actor)


@post(
    "/articles/{article_id:uuid}/publications",
    summary="Publish an article",
    opt=needs("knowledge.publish"),
)
async def publish_article(tx: Transaction, actor: Actor, article_id: UUID) -> queries.Article:
    await actions.publish(tx, article_id=article_id, by=actor)
    return await queries.article_for_editor(tx, article_id, actor)


@post(
    "/articles/{article_id:uuid}/retirements",
    summary="Retire an article",
    opt=needs("knowledge.publish"),
)
async def retire_article(tx: Transaction, actor: Actor, article_id: UUID) -> queries.Article:
    await actions.retire(tx, article_id=article_id, by=actor)
    return await queries.article_for_editor(tx, article_id, actor)


@get("/article-categories", summary="Categories of articles", opt=needs("knowledge.read"))
async def category_list(tx: Transaction) -> list[queries.Category]:
    return await queries.categories(tx)


@post("/article-categories", summary="Make a category", opt=needs("knowledge.edit"))
async def make_category(tx: Transaction, data: CategoryGiven) -> queries.Category:
    category_id = await actions.save_category(tx, **_given(data))  # type: ignore[arg-type]
    return await queries.need_category(tx, category_id)


@patch(
    "/article-categories/{category_id:uuid}",
    summary="Change a category",
    opt=needs("knowledge.edit"),
)
async def change_category(
    tx: Transaction, category_id: UUID, data: CategoryGiven
) -> queries.Category:
    await queries.need_category(tx, category_id)
    await actions.save_category(tx, category_id=category_id, **_given(data))  # type: ignore[arg-type]
    return await queries.need_category(tx, category_id)


@delete(
    "/article-categories/{category_id:uuid}",
    summary="Take a category away",
    opt=needs("knowledge.edit"),
)
async def remove_category(tx: Transaction, category_id: UUID) -> None:
    await actions.remove_category(tx, category_id=category_id)


routes = [
    article_list,
    write_article,
    show_article,
    edit_article,
    publish_article,
    retire_article,
    category_list,
    make_category,
    change_category,
    remove_category,
]
