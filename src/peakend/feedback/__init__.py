"""客户评价: what customers say about how they were served."""
