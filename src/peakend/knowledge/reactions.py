"""What the knowledge base does when its own articles change."""

from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.knowledge import actions
from peakend.knowledge.events import ArticlePublished, ArticleRemoved, ArticleRetired


# Alone, because making vectors takes longer than a batch of other reactions should wait.
@reacts_to(ArticlePublished, ArticleRetired, ArticleRemoved, alone=True)
async def index_article(
    tx: Transaction, fact: ArticlePublished | ArticleRetired | ArticleRemoved
) -> None:
    """Let a published article be found, and a retired or removed one no more."""
    await actions.index_article(tx, article_id=fact.article_id)
