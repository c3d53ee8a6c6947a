"""Articles in an archive: their vectors and the marks of who voted need no key."""

from peakend.kernel.archiving import Treated, archived

archived(
    Treated(table="article_passage", bytes_=("vector",)),
    Treated(table="article_vote", bytes_=("voter",)),
)
