"""Reading the knowledge base: what the world sees, what editors see, what answers."""

from peakend.knowledge.queries.editing import (
    Article,
    ArticleNotFound,
    ArticleRow,
    CategoryNotFound,
    Version,
    article_for_editor,
    article_page,
    need_article,
    need_category,
)
from peakend.knowledge.queries.finding import (
    Candidate,
    answer_candidates,
    passages_of,
    vectors_of,
)
from peakend.knowledge.queries.reading import (
    Category,
    PublishedArticle,
    categories,
    category_by_slug,
    in_language,
    published,
    published_by_slug,
    published_list,
    rendered,
)
from peakend.knowledge.rules.text import Heading, Told, extract, plain, readable

__all__ = [
    "Article",
    "ArticleNotFound",
    "ArticleRow",
    "Candidate",
    "Category",
    "CategoryNotFound",
    "Heading",
    "PublishedArticle",
    "Told",
    "Version",
    "answer_candidates",
    "article_for_editor",
    "article_page",
    "categories",
    "category_by_slug",
    "extract",
    "in_language",
    "need_article",
    "need_category",
    "passages_of",
    "plain",
    "published",
    "published_by_slug",
    "published_list",
    "readable",
    "rendered",
    "vectors_of",
]
