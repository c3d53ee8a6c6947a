"""地基: what every context stands on; it knows nothing of the business."""
