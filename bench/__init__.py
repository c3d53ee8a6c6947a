"""`make bench`: how fast the product is, as ratios and counts taken in one run."""
