"""What the knowledge base does when its own articles change."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.knowledge import actions, queries
from peakend.knowledge.events import ArticlePublished, ArticleRemoved, ArticleRetired

Changed = ArticlePublished | ArticleRetired | ArticleRemoved


async def _vectors(
    read: Callable[[], AbstractAsyncContextManager[Transaction]], fact: Changed
) -> dict[str, bytes]:
    async with read() as tx:
        rows = await queries.published(tx, [fact.article_id], audience="agent", brand_id=None)
    texts = [text for article in rows.values() for _, text in queries.passages_of(article)]
    return await queries.vectors_of(texts)


# Alone, because making vectors takes longer than a batch of other reactions should wait.
@reacts_to(ArticlePublished, ArticleRetired, ArticleRemoved, alone=True, ahead=_vectors)
async def index_article(tx: Transaction, fact: Changed, vectors: dict[str, bytes]) -> None:
    """Let a published article be found, and a retired or removed one no more."""
    await actions.index_article(tx, article_id=fact.article_id, vectors=vectors)
