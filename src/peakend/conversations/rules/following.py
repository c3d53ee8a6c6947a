"""How much one person may follow and pin, and how much of it is looked at."""

MOST_FOLLOWED = 300
MOST_PINNED = 20
# New messages of a followed conversation are counted up to here.
NEWS_COUNTED_TO = 99
MENTIONS_COUNTED_TO = 99
