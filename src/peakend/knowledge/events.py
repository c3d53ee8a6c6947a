"""Facts of the knowledge base."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class ArticleWritten(Fact):
    """An article was begun; nobody but editors sees it yet."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID


@dataclass(frozen=True, kw_only=True)
class ArticleEdited(Fact):
    """The working copy of an article changed; what is published did not."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID
    edition: int


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(Fact):
    """A version of an article can be found and is answered with."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID
    published_version: int
    audience: str
    first: bool


@dataclass(frozen=True, kw_only=True)
class ArticleRetired(Fact):
    """An article is no longer found by anybody but editors."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID


@dataclass(frozen=True, kw_only=True)
class ArticleRemoved(Fact):
    """An article was taken away with its versions, as a sample is."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID


@dataclass(frozen=True, kw_only=True)
class ArticleJudged(Fact):
    """A reader said whether an article helped; `place` is help (the help centre) or chat."""

    subject: ClassVar[str] = "article_id"
    article_id: UUID
    helpful: bool
    place: str


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Fact):
    """A category was made, renamed, moved or taken away."""

    subject: ClassVar[str] = "category_id"
    category_id: UUID
    removed: bool
