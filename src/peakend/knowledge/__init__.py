"""知识库: articles with example questions, their publication, and finding the one that answers."""
