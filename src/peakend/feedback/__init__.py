"""客户评价: one question at the end, answered once, by a link that nobody can guess."""
