"""What changes the knowledge base."""

from peakend.knowledge.actions import archiving as _archiving
from peakend.knowledge.actions import carrying as _carrying
from peakend.knowledge.actions.writing import (
    EDITABLE,
    ArticleEmpty,
    ArticleStale,
    CategoryInUse,
    SlugTaken,
    SlugWrong,
    edit_article,
    index_article,
    judge,
    publish,
    remove_article,
    remove_category,
    retire,
    save_category,
    write_article,
)

__all__ = [
    "EDITABLE",
    "ArticleEmpty",
    "ArticleStale",
    "CategoryInUse",
    "SlugTaken",
    "SlugWrong",
    "_archiving",
    "_carrying",
    "edit_article",
    "index_article",
    "judge",
    "publish",
    "remove_article",
    "remove_category",
    "retire",
    "save_category",
    "write_article",
]
