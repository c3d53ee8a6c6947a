"""Pure parts of the knowledge base: the text of an article, and finding the one that answers."""
