"""Tables and rows of the knowledge base.

An article is a working copy; what the world sees is its row in article_version that
published_version points to. Brand and audience count from the published version, so that an edit
cannot show an agents' article to customers before somebody with the right has published it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _files(name: str) -> Column[Any]:
    return Column(name, ARRAY(Uuid(as_uuid=True)), nullable=False, server_default="{}")


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


article_category = tenant_table(
    "article_category",
    Column("slug", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    Column("position", Integer, nullable=False, server_default="0"),
    *reference("brand_id", "brand"),
    Index("uq_article_category_slug", "organisation_id", "slug", unique=True),
)
article = tenant_table(
    "article",
    Column("slug", Text, nullable=False),
    *reference("category_id", "article_category"),
    *reference("brand_id", "brand"),
    Column("audience", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("language", Text, nullable=False, server_default="zh-CN"),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("questions", ARRAY(Text), nullable=False, server_default="{}"),
    _files("picture_ids"),
    Column("video_id", Uuid(as_uuid=True)),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("published_version", Integer),
    Column("published_edit", Integer),
    Column("helpful", Integer, nullable=False, server_default="0"),
    Column("unhelpful", Integer, nullable=False, server_default="0"),
    Column("author_id", Uuid(as_uuid=True)),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("published_at", nullable=True),
    Index("uq_article_slug", "organisation_id", "slug", unique=True),
    Index("ix_article_updated", "organisation_id", "updated_at", "id"),
    Index("ix_article_category", "organisation_id", "category_id"),
)
article_version = tenant_table(
    "article_version",
    *reference("article_id", "article", nullable=False, on_delete="CASCADE"),
    Column("version", Integer, nullable=False),
    *reference("category_id", "article_category", on_delete=None),
    *reference("brand_id", "brand"),
    Column("audience", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("questions", ARRAY(Text), nullable=False),
    _files("picture_ids"),
    Column("video_id", Uuid(as_uuid=True)),
    Column("position", Integer, nullable=False),
    Column("published_by", Uuid(as_uuid=True)),
    _moment("published_at"),
    primary_key=("article_id", "version"),
)
article_passage = tenant_table(
    "article_passage",
    *reference("article_id", "article", nullable=False, on_delete="CASCADE"),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("vector", LargeBinary),
    Column("embedder", Text, nullable=False, server_default=""),
    *reference("brand_id", "brand"),
    Column("audience", Text, nullable=False),
    primary_key=("article_id", "position"),
)
knowledge_revision = tenant_table(
    "knowledge_revision",
    Column("revision", Integer, nullable=False, server_default="0"),
    primary_key=(),
)
article_vote = tenant_table(
    "article_vote",
    *reference("article_id", "article", nullable=False, on_delete="CASCADE"),
    Column("voter", LargeBinary, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    primary_key=("article_id", "voter"),
)


class ArticleRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The working copy of an article."""

    id: UUID
    slug: str
    category_id: UUID | None
    brand_id: UUID | None
    audience: str
    state: str
    language: str
    title: str
    body: str
    questions: list[str]
    picture_ids: list[UUID]
    video_id: UUID | None
    position: int
    version: int
    published_version: int | None
    published_edit: int | None
    helpful: int
    unhelpful: int
    author_id: UUID | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


class PublishedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An article as the world sees it."""

    article_id: UUID
    slug: str
    version: int
    category_id: UUID | None
    brand_id: UUID | None
    audience: str
    language: str
    title: str
    body: str
    questions: list[str]
    picture_ids: list[UUID]
    video_id: UUID | None
    position: int
    helpful: int
    unhelpful: int
    published_at: datetime


class CategoryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A category of articles."""

    id: UUID
    slug: str
    name_zh: str
    name_en: str
    position: int
    brand_id: UUID | None


class PassageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A stored passage."""

    article_id: UUID
    kind: str
    text: str
    vector: bytes | None
    embedder: str
    brand_id: UUID | None
    audience: str


ARTICLE_COLUMNS = ", ".join(f"a.{name}" for name in ArticleRecord.__struct_fields__)
CATEGORY_COLUMNS = ", ".join(CategoryRecord.__struct_fields__)
_OF_ARTICLE = {"slug", "helpful", "unhelpful"}
PUBLISHED_COLUMNS = ", ".join(
    f"a.{name}" if name in _OF_ARTICLE else f"v.{name}"
    for name in PublishedRecord.__struct_fields__
)
PUBLISHED = """
FROM article a
JOIN article_version v
    ON v.organisation_id = a.organisation_id
    AND v.article_id = a.id
    AND v.version = a.published_version
WHERE a.organisation_id = current_organisation()
    AND a.state = 'published'
"""

plain(
    "knowledge",
    "article_category",
    "article",
    "article_version",
    "article_passage",
    "knowledge_revision",
    "article_vote",
)
