"""知识库: articles, example questions, versions and search."""
